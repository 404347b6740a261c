using System.Security.Cryptography;

namespace Patchbay.Bench.Proxy;

/// <summary>
/// The proxy against a bare forwarder and nginx. Each round loads every target once, in shuffled order, and gives one ratio; so what the
/// machine does beside it falls on all of them alike.
/// </summary>
internal sealed class ProxyBenchmark(BenchOptions options)
{
    private const int LatencyRequests = 200;

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 5 : 11);
    private readonly int _seconds = options.Seconds ?? (options.Quick ? 2 : 5);

    public async Task RunAsync()
    {
        Report.Heading("Proxy: one small GET, API key, connection, credential in a header");
        if (!NginxServer.IsInstalled)
            Report.Line($"nginx is not installed: no comparison with it, and the upstream is a Kestrel server.");
        await using IAsyncDisposable upstream = NginxServer.IsInstalled ? await NginxServer.StartUpstreamAsync() : await StartSmallUpstreamAsync();
        var upstreamUrl = upstream is NginxServer nginx ? nginx.Url : ((ChildProcess)upstream).Url;
        await using var patchbay = await PatchbayProcess.StartAsync(upstreamUrl);
        var port = ChildProcess.FreePort();
        await using var bare = await ChildProcess.StartProgramAsync(
            "Patchbay.Bench", port, "serve-forwarder", "--url", ChildProcess.UrlOf(port), "--upstream", upstreamUrl);
        await using var nginxProxy = NginxServer.IsInstalled ? await NginxServer.StartProxyAsync(upstreamUrl) : null;

        var targets = new List<Target> { patchbay.Target, new("bare forwarder", bare.Url + Target.Path, [], () => bare.ProcessorTime) };
        if (nginxProxy is not null)
            targets.Add(new Target("nginx", nginxProxy.Url + Target.Path, [], () => nginxProxy.ProcessorTime));
        if (Wrk.IsInstalled)
            await MeasureThroughputAsync(targets);
        else
            Report.Line($"wrk is not installed: no load. On Debian: apt-get install wrk nginx.");
        MeasureLatency([new Target("upstream itself", upstreamUrl + Target.Path, [], () => TimeSpan.Zero), .. targets]);
    }

    private async Task MeasureThroughputAsync(List<Target> targets)
    {
        foreach (var target in targets)
            await Wrk.RunAsync(target, connections: 64, options.Quick ? 10 : 30);
        foreach (var connections in (int[])[16, 256])
        {
            var loads = targets.ToDictionary(t => t, _ => new List<Load>());
            for (var round = 0; round < _rounds; round++)
            {
                foreach (var target in Shuffled(targets))
                    loads[target].Add(await Wrk.RunAsync(target, connections, _seconds));
            }

            Report.Line($"{connections} connections, {_rounds} rounds of {_seconds} s:");
            foreach (var target in targets)
            {
                var rate = Of(target, l => l.RequestsPerSecond);
                Report.Line($"  {target.Name,-16} {rate.Median,8:F0} requests/s ({rate.Lowest:F0} to {rate.Highest:F0}), median {Of(target, l => l.Median).Median:F2} ms, p99 {Of(target, l => l.P99).Median:F2} ms, processor {Of(target, l => l.ProcessorTime).Median:F1} us a request");
            }

            foreach (var other in targets.Skip(1))
            {
                var ratio = Spread.Of(loads[targets[0]].Zip(loads[other], (own, theirs) => own.RequestsPerSecond / theirs.RequestsPerSecond));
                var cost = Spread.Of(loads[targets[0]].Zip(loads[other], (own, theirs) => own.ProcessorTime / theirs.ProcessorTime));
                Report.Line($"  patchbay / {other.Name}: throughput {ratio.Median:F3} ({ratio.Lowest:F3} to {ratio.Highest:F3}), processor time {cost.Median:F3} ({cost.Lowest:F3} to {cost.Highest:F3})");
            }

            Spread Of(Target target, Func<Load, double> figure) => Spread.Of(loads[target].Select(figure));
        }
    }

    private void MeasureLatency(IReadOnlyList<Target> targets)
    {
        var probes = targets.ToDictionary(t => t, t => new LatencyProbe(t));
        var times = targets.ToDictionary(t => t, _ => new List<double>());
        var medians = targets.ToDictionary(t => t, _ => new List<double>());
        foreach (var probe in probes.Values)
            _ = probe.Measure(options.Quick ? 500 : 3000).Count();
        for (var round = 0; round < (options.Quick ? 10 : 50); round++)
        {
            foreach (var target in Shuffled(targets))
            {
                var measured = probes[target].Measure(LatencyRequests).ToList();
                times[target].AddRange(measured);
                medians[target].Add(Spread.Of(measured).Median);
            }
        }

        Report.Line($"One connection, one request at a time, {LatencyRequests} in a row:");
        foreach (var target in targets)
            Report.Line($"  {target.Name,-16} median {Spread.Of(times[target]).Median:F3} ms, p99 {Spread.Quantile(times[target], 0.99):F3} ms");
        var patchbay = targets[1];
        foreach (var other in targets.Where(t => t != patchbay))
        {
            var added = Spread.Of(medians[patchbay].Zip(medians[other], (own, theirs) => own - theirs));
            Report.Line($"  patchbay adds to {other.Name}: median {added.Median:F3} ms ({added.Lowest:F3} to {added.Highest:F3})");
        }

        foreach (var probe in probes.Values)
            probe.Dispose();
    }

    private static async Task<ChildProcess> StartSmallUpstreamAsync()
    {
        var port = ChildProcess.FreePort();
        return await ChildProcess.StartProgramAsync("Patchbay.Bench", port, "serve-upstream", "--url", ChildProcess.UrlOf(port));
    }

    private static Target[] Shuffled(IEnumerable<Target> targets)
    {
        var shuffled = targets.ToArray();
        RandomNumberGenerator.Shuffle(shuffled.AsSpan());
        return shuffled;
    }
}
