using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Grants;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Idempotency;

/// <summary>Running actions under a key, over sockets, and over processes that share a store or are killed.</summary>
public sealed class ExecuteOnceTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_hundred_at_once_reach_the_API_once(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await SlowAsync(TimeSpan.FromMilliseconds(200));
        using var invoker = GrantClient.NewInvoker();
        var client = await OnceClient.MakeAsync(invoker, host.Address, host.OperatorKey, upstream.Address);
        for (var round = 0; round < Counts.Of(1, 20); round++)
        {
            var before = upstream.Requests.Count;
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => client.SendAsync($"\"round {round}\""))));
            AssertOnce(answers, upstream.Requests.Count - before);
        }

        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_hundred_at_once_at_two_servers_on_one_store_reach_the_API_once()
    {
        var connectionString = await (await PostgresCluster.SharedAsync()).NewDatabaseAsync();
        var root = Directory.CreateTempSubdirectory("patchbay-once-").FullName;
        try
        {
            await using var upstream = await SlowAsync(TimeSpan.FromMilliseconds(300));
            using var invoker = GrantClient.NewInvoker();
            await using var first = ServerProcess.Start(root, connectionString, OnceClient.OperatorKey);
            var client = await OnceClient.MakeAsync(invoker, await first.ReadyAsync(), OnceClient.OperatorKey, upstream.Address);
            await using var second = ServerProcess.Start(root, connectionString, OnceClient.OperatorKey);
            var other = client.At(await second.ReadyAsync());
            for (var round = 0; round < Counts.Of(2, 20); round++)
            {
                var before = upstream.Requests.Count;
                var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => (i % 2 == 0 ? client : other).SendAsync($"round-{round}"))));
                AssertOnce(answers, upstream.Requests.Count - before);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_leaves_an_honest_answer()
    {
        // Both at once: each waits for a lease to run out.
        await Task.WhenAll(Databases.All.Select(KillAsync));
    }

    [Theory, EachDatabase]
    public async Task What_was_answered_is_answered_again_byte_for_byte(Database database)
    {
        var host = await hosts.OfAsync(database);
        var number = 0;
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 402;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync($$"""{"number":{{Interlocked.Increment(ref number)}}}""", context.RequestAborted);
        });
        using var invoker = GrantClient.NewInvoker();
        var client = await OnceClient.MakeAsync(invoker, host.Address, host.OperatorKey, upstream.Address);

        var first = (await client.SendAsync("k")).Expect(200);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        var second = (await client.SendAsync("\"k\"")).Expect(200);
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal((402, 1), (second["status"].GetValue<int>(), second["body"]["number"]!.GetValue<int>()));

        (await client.SendAsync("k", new { amount = 2 })).ExpectError(422, "idempotency_key_reused");
        (await client.SendAsync("k", version: "1.0.0")).ExpectError(422, "idempotency_key_reused");
        foreach (var wrong in (string[])["", "\"open", new string('x', 256)])
            (await client.SendAsync(wrong)).ExpectError(400, "invalid_request", "Idempotency-Key");
        (await client.SendRawAsync("k")).ExpectError(400, "idempotency_not_supported");

        // Without a key nothing is remembered, and each key is its own.
        Assert.Equal([2, 3, 4], new[] { await client.SendAsync(null), await client.SendAsync(null), await client.SendAsync("K") }.Select(a => a.Expect(200)["body"]["number"]!.GetValue<int>()));
    }

    [Theory, EachDatabase]
    public async Task What_was_not_sent_leaves_its_key_free_and_what_may_have_been_does_not(Database database)
    {
        var host = await hosts.OfAsync(database);
        using var invoker = GrantClient.NewInvoker();
        var port = FreePort();
        var client = await OnceClient.MakeAsync(invoker, host.Address, host.OperatorKey, new Uri($"http://127.0.0.1:{port}/"));

        (await client.SendAsync("k", new { amount = "one" })).ExpectError(400, "invalid_request", "body.amount");
        (await client.SendAsync("k")).ExpectError(502, "upstream_unreachable");

        // Something listens now, takes the request and hangs up.
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var taking = TakeAndCloseAsync(listener);
        var lost = (await client.SendAsync("k")).ExpectError(502, "upstream_connection_lost");
        await taking;
        listener.Stop();
        var again = (await client.SendAsync("k")).ExpectError(502, "upstream_connection_lost");
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(lost.Bytes, again.Bytes);
    }

    [Theory, EachDatabase]
    public async Task What_is_streamed_or_large_runs_once_and_is_not_kept(Database database)
    {
        var host = await hosts.OfAsync(database);
        var size = 10;
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync(new string('x', size), context.RequestAborted));
        using var invoker = GrantClient.NewInvoker();
        var client = await OnceClient.MakeAsync(invoker, host.Address, host.OperatorKey, upstream.Address);

        Assert.Equal("xxxxxxxxxx", (await client.SendAsync("streamed", more: """{"stream":true}""")).Expect(200).Text);
        (await client.SendAsync("streamed", more: """{"stream":true}""")).ExpectError(409, "outcome_not_kept");
        (await client.SendAsync("streamed")).ExpectError(422, "idempotency_key_reused");
        (await client.SendAsync("faulty", new { }, more: """{"stream":true}""")).ExpectError(400, "invalid_request");
        (await client.SendAsync("faulty", more: """{"stream":true}""")).Expect(200);

        size = 1024 * 1024;
        Assert.True((await client.SendAsync("large")).Expect(200).Bytes.Length > size);
        (await client.SendAsync("large")).ExpectError(409, "outcome_not_kept");
        Assert.Equal(3, upstream.Requests.Count);
    }

    private static async Task KillAsync(Database database)
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var root = Directory.CreateTempSubdirectory("patchbay-once-").FullName;
        try
        {
            var arrived = new TaskCompletionSource();
            await using var upstream = await Upstream.StartAsync(async context =>
            {
                arrived.TrySetResult();
                await Task.Delay(TimeSpan.FromMinutes(5), context.RequestAborted);
            });
            using var invoker = GrantClient.NewInvoker();
            OnceClient client;
            await using (var server = ServerProcess.Start(root, connectionString, OnceClient.OperatorKey))
            {
                client = await OnceClient.MakeAsync(invoker, await server.ReadyAsync(), OnceClient.OperatorKey, upstream.Address);
                var call = client.SendAsync("k");
                await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
                await server.KillAsync();
                await Assert.ThrowsAsync<HttpRequestException>(() => call);
            }

            await using var next = ServerProcess.Start(root, connectionString, OnceClient.OperatorKey);
            client = client.At(await next.ReadyAsync());
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.SendAsync("k"))))
                answer.ExpectError(409, "outcome_unknown");
            (await client.SendAsync("k", new { amount = 2 })).ExpectError(422, "idempotency_key_reused");
            Assert.Single(upstream.Requests);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void AssertOnce(Answer[] answers, int arrived)
    {
        Assert.Equal(1, arrived);
        Assert.All(answers, a => Assert.Equal(answers[0].Bytes, a.Expect(200).Bytes));
        Assert.Single(answers, a => !a.Headers.ContainsKey("Idempotency-Replayed"));
    }

    private static Task<Upstream> SlowAsync(TimeSpan time) => Upstream.StartAsync(async context =>
    {
        await Task.Delay(time, context.RequestAborted);
        await context.Response.WriteAsync("done", context.RequestAborted);
    });

    private static async Task TakeAndCloseAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await connection.GetStream().ReadExactlyAsync(new byte[64], TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
