using System.Security.Cryptography;

namespace Patchbay.Bench.Proxy;

/// <summary>
/// The proxy against a bare forwarder and nginx. Each round loads every target once, in shuffled order, and gives one ratio; so what the
/// machine does beside it falls on all of them alike. All of it is done several times with fresh processes, since what the compiler and
/// the thread pool settle on in one may be lucky or not.
/// </summary>
internal sealed class ProxyBenchmark(BenchOptions options)
{
    private const int LatencyRequests = 200;

    private static readonly int[] Connections = [16, 256];

    private readonly int _launches = options.Quick ? 1 : 3;
    private readonly int _rounds = options.Rounds ?? 5;
    private readonly int _seconds = options.Seconds ?? (options.Quick ? 2 : 4);
    private readonly Dictionary<(int Connections, string Target), List<Load>> _loads = [];
    private readonly Dictionary<string, List<double>> _times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<double>> _medians = new(StringComparer.Ordinal);

    public async Task RunAsync()
    {
        Report.Heading("Proxy: one small GET, API key, connection, credential in a header");
        if (!NginxServer.IsInstalled)
            Report.Line($"nginx is not installed: no comparison with it, and the upstream is a Kestrel server.");
        if (!Wrk.IsInstalled)
            Report.Line($"wrk is not installed: no load. On Debian: apt-get install wrk nginx.");
        for (var launch = 0; launch < _launches; launch++)
            await LaunchAsync();
        if (Wrk.IsInstalled)
            ReportLoads();
        ReportLatency();
    }

    private async Task LaunchAsync()
    {
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
            await LoadAsync(targets);
        MeasureLatency([new Target("upstream itself", upstreamUrl + Target.Path, [], () => TimeSpan.Zero), .. targets]);
    }

    private async Task LoadAsync(List<Target> targets)
    {
        foreach (var target in targets)
            await Wrk.RunAsync(target, connections: 64, options.Quick ? 10 : 20);
        foreach (var connections in Connections)
        {
            for (var round = 0; round < _rounds; round++)
            {
                foreach (var target in Shuffled(targets))
                    Of(_loads, (connections, target.Name)).Add(await Wrk.RunAsync(target, connections, _seconds));
            }
        }
    }

    private void ReportLoads()
    {
        foreach (var connections in Connections)
        {
            var loads = _loads.Where(l => l.Key.Connections == connections).ToDictionary(l => l.Key.Target, l => l.Value, StringComparer.Ordinal);
            Report.Line($"{connections} connections, {_launches} times {_rounds} rounds of {_seconds} s:");
            foreach (var (name, measured) in loads)
            {
                var rate = Spread.Of(measured.Select(l => l.RequestsPerSecond));
                var (median, p99) = (Spread.Of(measured.Select(l => l.Median)).Median, Spread.Of(measured.Select(l => l.P99)).Median);
                var cost = Spread.Of(measured.Select(l => l.ProcessorTime)).Median;
                Report.Line($"  {name,-16} {rate.Median,8:F0} requests/s ({rate.Lowest:F0} to {rate.Highest:F0}), median {median:F2} ms, p99 {p99:F2} ms, processor {cost:F1} us a request");
            }

            var own = loads["patchbay"];
            foreach (var (name, others) in loads.Where(l => l.Key != "patchbay"))
            {
                var ratio = Spread.Of(own.Zip(others, (a, b) => a.RequestsPerSecond / b.RequestsPerSecond));
                var cost = Spread.Of(own.Zip(others, (a, b) => a.ProcessorTime / b.ProcessorTime));
                Report.Line($"  patchbay / {name}: throughput {ratio.Median:F3} ({ratio.Lowest:F3} to {ratio.Highest:F3}), processor time {cost.Median:F3} ({cost.Lowest:F3} to {cost.Highest:F3})");
            }
        }
    }

    private void MeasureLatency(IReadOnlyList<Target> targets)
    {
        var probes = targets.ToDictionary(t => t.Name, t => new LatencyProbe(t), StringComparer.Ordinal);
        foreach (var probe in probes.Values)
            _ = probe.Measure(options.Quick ? 500 : 2000).Count();
        for (var round = 0; round < (options.Quick ? 10 : 20); round++)
        {
            foreach (var target in Shuffled(targets))
            {
                var measured = probes[target.Name].Measure(LatencyRequests).ToList();
                Of(_times, target.Name).AddRange(measured);
                Of(_medians, target.Name).Add(Spread.Of(measured).Median);
            }
        }

        foreach (var probe in probes.Values)
            probe.Dispose();
    }

    private void ReportLatency()
    {
        Report.Line($"One connection, one request at a time, {LatencyRequests} in a row:");
        foreach (var (name, times) in _times)
            Report.Line($"  {name,-16} median {Spread.Of(times).Median:F3} ms, p99 {Spread.Quantile(times, 0.99):F3} ms");
        foreach (var (name, medians) in _medians.Where(m => m.Key != "patchbay"))
        {
            var added = Spread.Of(_medians["patchbay"].Zip(medians, (own, theirs) => own - theirs));
            Report.Line($"  patchbay adds to {name}: median {added.Median:F3} ms ({added.Lowest:F3} to {added.Highest:F3})");
        }
    }

    private static List<T> Of<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }

    private static async Task<ChildProcess> StartSmallUpstreamAsync()
    {
        var port = ChildProcess.FreePort();
        return await ChildProcess.StartProgramAsync("Patchbay.Bench", port, "serve-upstream", "--url", ChildProcess.UrlOf(port));
    }

    private static Target[] Shuffled(IReadOnlyCollection<Target> targets)
    {
        var shuffled = targets.ToArray();
        RandomNumberGenerator.Shuffle(shuffled.AsSpan());
        return shuffled;
    }
}
