using System.Diagnostics;
using Patchbay.Bench.Proxy;
using Patchbay.Functions;

namespace Patchbay.Bench.Functions;

/// <summary>
/// What hostile custom functions cost others: the latency of the proxy while as many run as may, against the latency of the same server with none,
/// taken in turns. And how long an honest function takes.
/// </summary>
internal sealed class FunctionsBenchmark(BenchOptions options)
{
    private const int Requests = 200;
    private const int HonestRuns = 20;

    private static readonly (string Name, string Body)[] Hostile =
    [
        ("endless loop", "for (;;) {}"),
        ("memory bomb", "const all = []; for (;;) all.push(new Array(1000).fill(1.5));"),
        ("garbage", "for (;;) 'x'.repeat(100000).split('');"),
        ("deep recursion", "const down = () => down() + 1; for (;;) try { down(); } catch {}"),
    ];

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 2 : 5);

    public async Task RunAsync()
    {
        Report.Heading("Custom functions: what they cost others");
        var port = ChildProcess.FreePort();
        await using var upstream = await ChildProcess.StartProgramAsync("Patchbay.Bench", port, "serve-upstream", "--url", ChildProcess.UrlOf(port));
        await using var patchbay = await PatchbayProcess.StartAsync(upstream.Url);
        var program = new FunctionHostProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "patchbay.dll")]);
        await using var runner = new FunctionRunner(program, new FunctionLimits(), new FunctionQueueLimits(), TimeProvider.System);
        await MeasureHonestAsync(runner);
        // Only now: the server closes a connection that is idle for long.
        using var probe = new LatencyProbe(patchbay.Target);
        _ = probe.Measure(options.Quick ? 1000 : 5000).Count();
        foreach (var (name, body) in Hostile)
        {
            var medians = new List<double>();
            var tails = new List<double>();
            var (tailAlone, tailBeside) = (new List<double>(), new List<double>());
            for (var round = 0; round < _rounds; round++)
            {
                var alone = await MeasureAsync(probe);
                var beside = await MeasureBesideAsync(probe, runner, body);
                medians.Add(Spread.Of(beside).Median / Spread.Of(alone).Median);
                tailAlone.Add(Spread.Quantile(alone, 0.99));
                tailBeside.Add(Spread.Quantile(beside, 0.99));
                tails.Add(tailBeside[^1] / tailAlone[^1]);
            }

            var (median, tail) = (Spread.Of(medians), Spread.Of(tails));
            Report.Line($"  {name,-16} latency beside / alone: median {median.Median:F2} ({median.Lowest:F2} to {median.Highest:F2}), p99 {tail.Median:F2} ({tail.Lowest:F2} to {tail.Highest:F2}), from {Spread.Of(tailAlone).Median:F2} to {Spread.Of(tailBeside).Median:F2} ms");
        }
    }

    private static async Task<List<double>> MeasureBesideAsync(LatencyProbe probe, FunctionRunner runner, string body)
    {
        using var ending = new CancellationTokenSource();
        // Twice as many owners as places, so that there is always one to come, its process being started meanwhile.
        var owners = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(owner => HostileAsync(runner, $"owner {owner}", body, ending.Token)).ToList();
        var times = await MeasureAsync(probe);
        await ending.CancelAsync();
        await Task.WhenAll(owners);
        return times;
    }

    // Through the whole life of several functions: waiting, running, ended, the next.
    private static async Task<List<double>> MeasureAsync(LatencyProbe probe)
    {
        var times = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5)) times.AddRange(await Task.Run(() => probe.Measure(Requests).ToList()));
        return times;
    }

    private static async Task HostileAsync(FunctionRunner runner, string owner, string body, CancellationToken cancellationToken)
    {
        var run = Run(owner, $"function authenticate() {{ {body} }}");
        try
        {
            while (true) await runner.RunAsync(run, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }
    }

    private static async Task MeasureHonestAsync(FunctionRunner runner)
    {
        var run = Run("honest", "function authenticate({ values }) { return { headers: { 'X-Signature': crypto.hmac('sha256', values.key, 'text') } }; }");
        var (first, rested, pressed) = (await TimeAsync(), new List<double>(), new List<double>());
        for (var i = 0; i < HonestRuns; i++)
        {
            // The next process is ready by then.
            await Task.Delay(TimeSpan.FromSeconds(1));
            rested.Add(await TimeAsync());
        }

        for (var i = 0; i < HonestRuns; i++) pressed.Add(await TimeAsync());
        Report.Line($"  an honest run: the first, which proves the sandbox, {first:F0} ms; now and then {Spread.Of(rested).Median:F0} ms; one after another {Spread.Of(pressed).Median:F0} ms");

        async Task<double> TimeAsync()
        {
            var start = Stopwatch.GetTimestamp();
            var result = await runner.RunAsync(run, CancellationToken.None);
            return result.Succeeded ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : throw new InvalidOperationException($"{result}");
        }
    }

    private static FunctionRun Run(string owner, string source) =>
        FunctionDefinition.TryCreate(source, [], out var function, out _)
            ? new FunctionRun(owner, function, new FunctionContext { Values = new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = "not-a-secret" } },
                (_, _) => Task.FromResult(FunctionHttpResponse.Failed("There is no network here.")))
            : throw new InvalidOperationException("The function is none.");
}
