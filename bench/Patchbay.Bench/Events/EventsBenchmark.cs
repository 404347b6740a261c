using Patchbay.Bench.Proxy;

namespace Patchbay.Bench.Events;

/// <summary>Events that are acknowledged in a second, group-committed against one transaction each, in pairs.</summary>
internal sealed class EventsBenchmark(BenchOptions options)
{
    private const int Connections = 64;
    private const int Together = 512;

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 2 : 5);
    private readonly int _seconds = options.Seconds ?? (options.Quick ? 4 : 10);

    public async Task RunAsync()
    {
        if (!Wrk.IsInstalled)
        {
            Report.Line($"wrk is not installed: the intake of events is not measured.");
            return;
        }

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
        await using var alone = await EventServer.StartAsync(1, connectionString, together);
        await EventLoad.RunAsync(together, together.Path, Connections, 3);
        await EventLoad.RunAsync(alone, alone.Path, Connections, 2);
        await EventLoad.RunAsync(alone, OneRow.Path, Connections, 2);
        var (rates, plain, writer, p50, p99, cost) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < _rounds; round++)
        {
            var load = await EventLoad.RunAsync(together, together.Path, Connections, _seconds);
            rates.Add(load.RequestsPerSecond);
            plain.Add(load.RequestsPerSecond / (await EventLoad.RunAsync(alone, OneRow.Path, Connections, Math.Max(_seconds / 2, 1))).RequestsPerSecond);
            writer.Add(load.RequestsPerSecond / (await EventLoad.RunAsync(alone, alone.Path, Connections, Math.Max(_seconds / 2, 1))).RequestsPerSecond);
            p50.Add(load.Median);
            p99.Add(load.P99);
            cost.Add(load.ProcessorTime);
        }

        var (events, ratio, same, middle, tail) = (Spread.Of(rates), Spread.Of(plain), Spread.Of(writer), Spread.Of(p50), Spread.Of(p99));
        Report.Line($"  {events.Median:F0} a second ({events.Lowest:F0} to {events.Highest:F0}), {ratio.Median:F1} times a transaction for each, as other writes are made ({ratio.Lowest:F1} to {ratio.Highest:F1})");
        Report.Line($"  {same.Median:F1} times the same writer with one event a transaction ({same.Lowest:F1} to {same.Highest:F1})");
        Report.Line($"  median {middle.Median:F1} ms ({middle.Lowest:F1} to {middle.Highest:F1}), p99 {tail.Median:F1} ms ({tail.Lowest:F1} to {tail.Highest:F1}), {Spread.Of(cost).Median:F0} µs of the server's processor time each");
        if (connectionString is null)
            Report.Line($"  the log of the store has {together.LogLength / 1024 / 1024} MiB at the end");
    }
}
