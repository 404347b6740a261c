namespace Patchbay.Bench.Events;

/// <summary>Events that are acknowledged in a second, group-committed against one transaction each, in pairs.</summary>
internal sealed class EventsBenchmark(BenchOptions options)
{
    private const int Connections = 64;
    private const int Together = 512;

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 2 : 5);
    private readonly TimeSpan _time = TimeSpan.FromSeconds(options.Seconds ?? (options.Quick ? 4 : 10));

    public async Task RunAsync()
    {
        await RunAsync("SQLite, synchronous=FULL", null);
        if (options.ConnectionString is null)
            Report.Line($"No --connection-string: not measured on PostgreSQL.");
        else
            await RunAsync("PostgreSQL", options.ConnectionString);
    }

    private async Task RunAsync(string database, string? connectionString)
    {
        Report.Heading($"Events acknowledged at {Connections} connections on {database}");
        await using var together = await EventServer.StartAsync(Together, connectionString);
        await using var alone = await EventServer.StartAsync(1, connectionString);
        await MeasureAsync(together, TimeSpan.FromSeconds(3));
        await MeasureAsync(alone, TimeSpan.FromSeconds(2));
        var (rates, ratios, p50, p99, cost) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < _rounds; round++)
        {
            var used = together.ProcessorTime;
            var (rate, latencies) = await MeasureAsync(together, _time);
            cost.Add((together.ProcessorTime - used).TotalMilliseconds * 1000 / latencies.Count);
            var (baseline, _) = await MeasureAsync(alone, _time / 2);
            rates.Add(rate);
            ratios.Add(rate / baseline);
            p50.Add(Spread.Quantile(latencies, 0.5));
            p99.Add(Spread.Quantile(latencies, 0.99));
        }

        var (events, ratio, middle, tail) = (Spread.Of(rates), Spread.Of(ratios), Spread.Of(p50), Spread.Of(p99));
        Report.Line($"  {events.Median:F0} a second ({events.Lowest:F0} to {events.Highest:F0}), {ratio.Median:F1} times one transaction each ({ratio.Lowest:F1} to {ratio.Highest:F1})");
        Report.Line($"  median {middle.Median:F1} ms ({middle.Lowest:F1} to {middle.Highest:F1}), p99 {tail.Median:F1} ms ({tail.Lowest:F1} to {tail.Highest:F1}), {Spread.Of(cost).Median:F0} µs of the server's processor time each");
        if (connectionString is null)
            Report.Line($"  the log of the store has {together.LogLength / 1024 / 1024} MiB at the end");
    }

    private static async Task<(double Rate, List<double> Latencies)> MeasureAsync(EventServer server, TimeSpan time)
    {
        var (acknowledged, took, latencies) = await EventLoad.RunAsync(server.Port, server.Path, Connections, time);
        return (acknowledged / took.TotalSeconds, latencies);
    }
}
