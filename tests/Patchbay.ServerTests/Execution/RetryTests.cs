using System.Collections.Concurrent;
using System.Globalization;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

public sealed class RetryTests(Hosts hosts)
{
    private const string Paths = """
          /a:
            get: { operationId: read, responses: { default: { description: It } } }
            post: { operationId: add, responses: { default: { description: It } } }
            delete: { operationId: remove, responses: { default: { description: It } } }
        """;

    [Theory]
    [InlineData("read", 503, 3)]
    [InlineData("remove", 502, 3)]
    [InlineData("read", 500, 1)]
    [InlineData("read", 404, 1)]
    [InlineData("add", 503, 1)]
    [InlineData("add", 429, 1)]
    public async Task Only_what_is_safe_is_repeated_and_only_where_it_may_help(string action, int status, int attempts)
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (status, "0");
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync(action)).Expect(200);

        Assert.Equal(status, (int)answer["status"]);
        Assert.Equal((attempts, attempts), (upstream.Requests.Count, answer["attempts"].AsArray().Count));
    }

    [Fact]
    public async Task What_the_caller_calls_harmless_is_repeated_and_the_first_success_counts()
    {
        var calls = 0;
        await using var upstream = await Upstream.StartAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (Interlocked.Increment(ref calls) < 4 ? 503 : 200, "0");
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("add", more: new { retry = new { maxAttempts = 10, @unsafe = true } })).Expect(200);

        Assert.Equal([503, 503, 503, 200], answer["attempts"].AsArray().Select(a => (int)a!["status"]!));
    }

    [Theory]
    [InlineData("Retry-After", "1")]
    [InlineData("X-RateLimit-Reset", "1")]
    [InlineData("RateLimit", "\"default\";r=0;t=1")]
    public async Task An_api_that_asks_for_a_pause_gets_it_and_the_connections_other_calls_wait_too(string header, string value)
    {
        var times = new ConcurrentQueue<long>();
        await using var upstream = await Upstream.StartAsync(context =>
        {
            times.Enqueue(TimeProvider.System.GetTimestamp());
            context.Response.StatusCode = times.Count == 1 ? 429 : 200;
            context.Response.Headers[header] = value;
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream);

        // A POST is not repeated by itself, but what its answer asks for holds for all.
        Assert.Equal(429, (int)(await running.RunAsync("add")).Expect(200)["status"]);
        var answer = (await running.RunAsync("read")).Expect(200);

        Assert.True((long)answer["attempts"][0]!["waitedMs"]! >= 500, answer.ToString());
        var at = times.ToArray();
        Assert.True(TimeProvider.System.GetElapsedTime(at[0], at[1]) >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_request_that_came_too_early_is_made_again_when_the_api_says()
    {
        var calls = 0;
        await using var upstream = await Upstream.StartAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (Interlocked.Increment(ref calls) == 1 ? 429 : 200, "1");
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("read")).Expect(200);

        Assert.Equal([429, 200], answer["attempts"].AsArray().Select(a => (int)a!["status"]!));
        Assert.True((long)answer["attempts"][1]!["waitedMs"]! >= 1000, answer.ToString());
    }

    [Fact]
    public async Task A_pause_that_is_longer_than_the_call_has_is_not_waited_for()
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "3600");
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("read")).Expect(200);

        Assert.Equal((503, "3600"), ((int)answer["status"], (string)answer["headers"]["retry-after"]!));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task An_api_that_does_not_answer_is_given_up_in_time()
    {
        await using var upstream = await Upstream.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("read", more: new { retry = new { timeLimitSeconds = 1 } })).ExpectError(504, "upstream_timeout");

        Assert.Equal("upstream_timeout", (string)Assert.Single(answer["attempts"].AsArray())!["failure"]!);
    }

    [Fact]
    public async Task A_connection_makes_no_more_requests_at_once_than_it_may_and_refuses_what_its_queue_does_not_hold()
    {
        var (now, most) = (0, 0);
        var gate = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            var at = Interlocked.Increment(ref now);
            InterlockedMax(ref most, at);
            await gate.Task.WaitAsync(context.RequestAborted);
            Interlocked.Decrement(ref now);
        });
        var running = await MakeAsync(upstream, new { concurrency = 2, queue = 3 });

        var calls = Enumerable.Range(0, 12).Select(_ => running.RunAsync("read")).ToList();
        await Eventually.HoldsAsync(() => Task.FromResult(calls.Count(c => c.IsCompleted) == 7));
        gate.SetResult();
        var answers = await Task.WhenAll(calls);

        Assert.Equal((2, 5, 7), (most, answers.Count(a => a.Status == 200), answers.Count(a => a.Status == 429)));
        Assert.All(answers.Where(a => a.Status == 429), a => Assert.True(int.Parse(a.ExpectError(429, "connection_busy").Headers["Retry-After"], CultureInfo.InvariantCulture) >= 1));
    }

    [Fact]
    public async Task A_connection_makes_no_more_requests_in_a_time_than_it_may()
    {
        var times = new ConcurrentQueue<long>();
        await using var upstream = await Upstream.StartAsync(_ =>
        {
            times.Enqueue(TimeProvider.System.GetTimestamp());
            return Task.CompletedTask;
        });
        var running = await MakeAsync(upstream, new { requests = 5, perSeconds = 1 });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => (await running.RunAsync("read")).Expect(200)));

        var at = times.Order().ToArray();
        Assert.True(TimeProvider.System.GetElapsedTime(at[0], at[9]) >= TimeSpan.FromMilliseconds(900), $"10 requests in {TimeProvider.System.GetElapsedTime(at[0], at[9])}");
    }

    [Fact]
    public async Task Limits_are_kept_shown_changed_and_taken_away()
    {
        await using var upstream = await Upstream.StartAsync("");
        var running = await MakeAsync(upstream, new { concurrency = 2, requests = 5 });
        var path = $"connectors/{running.ConnectorId}/connections/{running.ConnectionId}";

        Assert.Equal("""{"concurrency":2,"requests":5,"perSeconds":1}""", (await running.Tenant.GetAsync(path)).Expect(200)["limits"].ToJsonString());
        (await running.Tenant.PutAsync(path, new { id = running.ConnectionId, name = "live" })).Expect(200);
        Assert.Equal(2, (int)(await running.Tenant.GetAsync(path))["limits"]["concurrency"]!);
        (await running.Tenant.PutAsync(path, new { id = running.ConnectionId, name = "live", limits = new { queue = 1 } })).Expect(200);
        Assert.Equal("""{"queue":1}""", (await running.Tenant.GetAsync(path))["limits"].ToJsonString());
        (await running.Tenant.PutAsync(path, new { id = running.ConnectionId, name = "live", limits = new { } })).Expect(200);
        Assert.Null((await running.Tenant.GetAsync(path)).Json["limits"]);
        (await running.Tenant.PutAsync(path, new { id = running.ConnectionId, name = "live", limits = new { concurrency = 0 } })).ExpectError(400, "invalid_request", "limits.concurrency");
    }

    private async Task<RunningAction> MakeAsync(Upstream upstream, object? limits = null) =>
        await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Paths, limits: limits);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
