using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Credentials;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Idempotency;

public sealed class RunOnceTests(Hosts hosts)
{
    private static readonly Failure Faulty = Failure.InvalidField("parameters.id", "is required");

    [Theory, EachDatabase]
    public async Task However_many_send_a_call_at_once_on_two_nodes_it_runs_once(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        RunOnce[] nodes = [calls.NewNode(), calls.NewNode()];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => calls.CallAsync(nodes[i % 2], "k", run: async number =>
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);
            return new RunResult.Ran(Encoding.UTF8.GetBytes($"outcome {number}"));
        }))));

        Assert.Equal(1, calls.Runs);
        Assert.All(outcomes, o => Assert.Equal("outcome 1", NamedCalls.TextOf(o)));
        Assert.Single(outcomes, o => o.Succeeded(out var named, out _) && !named.Replayed);
    }

    [Theory, EachDatabase]
    public async Task The_first_outcome_is_given_again_on_any_node_to_the_same_request_only(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        var first = calls.NewNode();
        Assert.Equal("outcome 1", NamedCalls.TextOf(await calls.CallAsync(first, "k", new { a = 1, b = "x" })));

        var again = await calls.CallAsync(calls.NewNode(), "k", new { b = "x", a = 1 });
        Assert.True(again.Succeeded(out var named, out _) && named.Replayed && Encoding.UTF8.GetString(named.Outcome) == "outcome 1");
        foreach (var other in (object[])[new { a = 2, b = "x" }, new { a = 1 }, new { a = 1, b = "x", c = (string?)null }, new { a = "1", b = "x" }, new object[] { 1, "x" }])
            Assert.Equal((FailureKind.Unprocessable, "idempotency_key_reused"), (await calls.CallAsync(first, "k", other)).Failure is { } f ? (f.Kind, f.Code) : default);

        Assert.Equal(1, calls.Runs);
        Assert.Equal("outcome 2", NamedCalls.TextOf(await calls.CallAsync(first, "K", new { a = 1, b = "x" })));
    }

    [Theory, EachDatabase]
    public async Task A_call_of_which_nothing_was_sent_leaves_its_key_free(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        var node = calls.NewNode();

        Assert.Equal("invalid_request", NamedCalls.TextOf(await calls.CallAsync(node, "k", "faulty", _ => Task.FromResult<RunResult>(new RunResult.NotSent(Faulty)))));
        // With other parameters, too: the faulty ones count for nothing.
        Assert.Equal("outcome 2", NamedCalls.TextOf(await calls.CallAsync(node, "k", "mended")));

        // Of many at once each is told what is wrong with it.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => calls.CallAsync(node, "other", "faulty", _ => Task.FromResult<RunResult>(new RunResult.NotSent(Faulty)))));
        Assert.All(outcomes, o => Assert.Equal("invalid_request", o.Failure?.Code));
        Assert.Null(await calls.Store.FindAsync(calls.Key("other")));
    }

    [Theory, EachDatabase]
    public async Task An_outcome_that_is_too_large_is_given_to_the_first_and_the_call_not_made_again(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        foreach (var (key, size, kept) in (List<(string, int, bool)>)[("fits", IdempotentOutcome.MaxBytes, true), ("too large", IdempotentOutcome.MaxBytes + 1, false)])
        {
            var node = calls.NewNode();
            Task<RunResult> Run(int number) => Task.FromResult<RunResult>(new RunResult.Ran(new byte[size]));

            Assert.True((await calls.CallAsync(node, key, run: Run)).Succeeded(out var first, out _) && first.Outcome.Length == size);

            var second = await calls.CallAsync(node, key, run: Run);
            if (kept)
                Assert.True(second.Succeeded(out var named, out _) && named.Replayed && named.Outcome.Length == size);
            else
                Assert.Equal((FailureKind.Conflict, "outcome_not_kept"), (second.Failure!.Kind, second.Failure.Code));
        }

        Assert.Equal(2, calls.Runs);
    }

    [Theory, EachDatabase]
    public async Task A_streamed_call_runs_once_and_its_outcome_is_not_kept(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        var node = calls.NewNode();
        Task<Outcome<RunOnce.StreamedCall>> BeginAsync(string key) => node.BeginStreamAsync(calls.Key(key), NamedCalls.Fingerprint("r"));
        static RunOnce.StreamedCall Begun(Outcome<RunOnce.StreamedCall> outcome) => outcome.Succeeded(out var call, out var failure) ? call : throw new InvalidOperationException(failure.Code);

        await using (var streamed = Begun(await BeginAsync("k")))
        {
            Assert.Equal("outcome_not_kept", (await BeginAsync("k")).Failure?.Code);
            Assert.Equal("outcome_not_kept", NamedCalls.TextOf(await calls.CallAsync(calls.NewNode(), "k", "r")));
            streamed.Ran();
        }

        Assert.Equal("outcome_not_kept", (await BeginAsync("k")).Failure?.Code);
        Assert.Equal("idempotency_key_reused", NamedCalls.TextOf(await calls.CallAsync(node, "k", "another")));

        // Broken off: nobody knows. Not begun: the key is free.
        await Begun(await BeginAsync("broken")).DisposeAsync();
        Assert.Equal("outcome_unknown", (await BeginAsync("broken")).Failure?.Code);
        await using (var faulty = Begun(await BeginAsync("faulty")))
            faulty.NotSent();
        await Begun(await BeginAsync("faulty")).DisposeAsync();
    }

    [Theory, EachDatabase]
    public async Task A_call_whose_server_was_not_heard_of_for_the_length_of_its_lease_is_unknown_for_good(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        var calls = await NamedCalls.MakeAsync(host, clock);
        var (key, fingerprint) = (calls.Key("k"), NamedCalls.Fingerprint("the same"));
        (await calls.Store.ClaimAsync(key, fingerprint, OutcomeState.Running, "gone", TimeSpan.FromSeconds(15))).Succeeded(out var claimed, out _);
        clock.Advance(TimeSpan.FromSeconds(16));

        var node = calls.NewNode();
        Assert.Equal("outcome_unknown", NamedCalls.TextOf(await calls.CallAsync(node, "k")));

        // It was only slow: what was said stands, so that the same key has one answer.
        Assert.False(await calls.Store.KeepAsync(key, claimed!, fingerprint, "late"u8.ToArray()));
        await calls.Store.EndAsync(key, claimed!, OutcomeState.NotKept);
        await calls.Store.ReleaseAsync(key, claimed!);
        Assert.Equal("outcome_unknown", NamedCalls.TextOf(await calls.CallAsync(calls.NewNode(), "k")));
        Assert.Equal("idempotency_key_reused", NamedCalls.TextOf(await calls.CallAsync(node, "k", "another")));
        Assert.Equal(0, calls.Runs);
    }

    [Theory, EachDatabase]
    public async Task A_call_that_breaks_off_inside_the_server_is_unknown(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        var node = calls.NewNode();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => calls.CallAsync(node, "k", run: _ => throw new InvalidTimeZoneException()));

        Assert.Equal("outcome_unknown", NamedCalls.TextOf(await calls.CallAsync(node, "k")));
        Assert.Equal(1, calls.Runs);
    }

    [Theory, EachDatabase]
    public async Task A_caller_who_goes_away_finds_the_outcome_later(Database database)
    {
        var calls = await NamedCalls.MakeAsync(await hosts.OfAsync(database));
        var node = calls.NewNode();
        using var gone = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var first = node.RunAsync(calls.Key("k"), NamedCalls.Fingerprint("the same"), async (_, cancellationToken) =>
        {
            running.SetResult();
            await go.Task.WaitAsync(cancellationToken);
            return new RunResult.Ran("late"u8.ToArray());
        }, gone.Token);
        await running.Task;
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = calls.CallAsync(node, "k");
        go.SetResult();

        Assert.Equal("late", NamedCalls.TextOf(await second));
        Assert.Equal(0, calls.Runs);
    }

    [Theory, EachDatabase]
    public async Task A_day_later_the_key_is_free_and_the_sweep_forgets_it(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        var calls = await NamedCalls.MakeAsync(host, clock);
        var node = calls.NewNode();
        foreach (var key in (string[])["reused", "swept"])
            await calls.CallAsync(node, key);
        clock.Advance(TimeSpan.FromHours(23.9));
        await SweepAsync(host);
        Assert.Equal("outcome 1", NamedCalls.TextOf(await calls.CallAsync(node, "reused")));

        clock.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal("outcome 3", NamedCalls.TextOf(await calls.CallAsync(node, "reused", "another")));
        await SweepAsync(host);
        Assert.Equal(1L, await host.ScalarAsync<long>("SELECT COUNT(*) FROM idempotent_outcomes"));
    }

    [Theory, EachDatabase]
    public async Task What_is_kept_is_sealed_and_goes_with_its_connection(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var calls = await NamedCalls.MakeAsync(host);
        await calls.CallAsync(calls.NewNode(), "k", run: _ => Task.FromResult<RunResult>(new RunResult.Ran("a-marker-in-the-outcome"u8.ToArray())));

        Assert.DoesNotContain("a-marker-in-the-outcome", await StoreDump.OfAsync(host), StringComparison.Ordinal);
        var row = (await calls.Store.FindAsync(calls.Key("k")))!;
        row.Outcome[^1] ^= 1;
        await host.ExecuteAsync("UPDATE idempotent_outcomes SET outcome = @p0", row.Outcome);
        await Assert.ThrowsAsync<InvalidDataException>(() => calls.CallAsync(calls.NewNode(), "k"));

        var connector = (await calls.Tenant.GetAsync("connectors"))["connectors"]![0]!["id"]!.GetValue<string>();
        (await calls.Tenant.DeleteAsync($"connectors/{connector}/connections/{calls.ConnectionId}")).Expect(204);
        Assert.Equal(0L, await host.ScalarAsync<long>("SELECT COUNT(*) FROM idempotent_outcomes"));
        Assert.Equal("connection_not_found", NamedCalls.TextOf(await calls.CallAsync(calls.NewNode(), "k")));
    }

    [Theory, EachDatabase]
    public async Task Outcomes_are_there_after_the_keys_were_changed(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var calls = await NamedCalls.MakeAsync(host);
        for (var i = 0; i < (2 * SealedColumn.IdempotentOutcome.BatchSize) + 1; i++)
            await calls.CallAsync(calls.NewNode(), $"k{i}");

        await using var rotate = ServerProcess.Command(["vault", "rotate"], host.DataDir, host.ConnectionString);
        await rotate.EndedAsync();

        for (var i = 0; i < (2 * SealedColumn.IdempotentOutcome.BatchSize) + 1; i++)
            Assert.Equal($"outcome {i + 1}", NamedCalls.TextOf(await calls.CallAsync(calls.NewNode(), $"k{i}")));
    }

    private static Task SweepAsync(PatchbayHost host) =>
        host.Services.GetServices<IHostedService>().OfType<OutcomeSweep>().Single().RunAsync(TestContext.Current.CancellationToken);
}
