using System.Text;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyStreamingTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Fact]
    public async Task An_event_arrives_before_the_next_one_is_sent()
    {
        var seen = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var number = 0; number < 5; number++)
            {
                await exchange.WriteChunkAsync($"data: {number}\n\n");
                await exchange.WaitAsync(seen.WaitAsync(TestContext.Current.CancellationToken));
            }

            await exchange.WriteAsync("0\r\n\r\n");
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("GET", "/events", "Accept: text/event-stream"));
        var head = await caller.ReadHeadAsync();
        Assert.Equal("text/event-stream", head["Content-Type"]);
        for (var number = 0; number < 5; number++)
        {
            Assert.Equal($"data: {number}\n\n", await caller.ReadChunkAsync());
            seen.Release();
        }

        Assert.Null(await caller.ReadChunkAsync());
    }

    [Fact]
    public async Task The_head_of_a_stream_arrives_before_anything_in_it()
    {
        var headSeen = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await exchange.WaitAsync(headSeen.Task);
            await exchange.WriteAsync("4\r\nbody\r\n0\r\n\r\n");
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("GET", "/a"));
        Assert.Equal(200, (await caller.ReadHeadAsync()).Status);
        headSeen.SetResult();
        Assert.Equal("body", await caller.ReadChunkAsync());
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "5\r\nfirst\r\n", "6\r\nsecond\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 11", "first", "second")]
    public async Task The_start_of_a_request_reaches_the_upstream_before_the_caller_ends_it(string frame, string first, string second)
    {
        var firstSeen = new TaskCompletionSource<string>();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            var chunked = exchange.Head["Transfer-Encoding"] is not null;
            firstSeen.SetResult(chunked ? (await exchange.Reader.ReadChunkAsync())! : Encoding.Latin1.GetString(await exchange.Reader.ReadAsync(5)));
            var rest = chunked ? (await exchange.Reader.ReadChunkAsync())! + await exchange.Reader.ReadChunkAsync() : Encoding.Latin1.GetString(await exchange.Reader.ReadAsync(6));
            await exchange.WriteAsync(ScriptedUpstream.Ok(rest));
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("POST", "/a", frame) + first);
        Assert.Equal("first", await firstSeen.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await caller.SendAsync(second);

        Assert.Equal("second", (await caller.ReadAnswerAsync()).Text);
        Assert.Equal(frame.Split(": ")[1], upstream.LastRequest[frame.Split(": ")[0]]);
    }

    [Fact]
    public async Task A_caller_that_waits_to_be_told_to_continue_is_told()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            if (exchange.Head["Expect"] is not null)
                await exchange.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await exchange.WriteAsync(ScriptedUpstream.Ok(Encoding.Latin1.GetString(await exchange.ReadBodyAsync())));
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("POST", "/a", "Expect: 100-continue", "Content-Length: 4"));
        Assert.Equal(100, (await caller.ReadHeadAsync()).Status);
        await caller.SendAsync("body");

        Assert.Equal("body", (await caller.ReadAnswerAsync()).IsForeign(200).Text);
    }

    [Fact]
    public async Task Connections_to_the_upstream_are_used_again()
    {
        var sockets = new HashSet<object>();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            lock (sockets)
                sockets.Add(exchange.Reader);
            await exchange.ReadBodyAsync();
            await exchange.WriteAsync(ScriptedUpstream.Ok("x"));
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        for (var time = 0; time < 5; time++)
            (await connection.SendAsync("GET", "/a")).IsForeign(200);

        Assert.Single(sockets);
    }

    [Fact]
    public async Task A_web_socket_passes_both_ways_with_the_credentials_applied()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhello");
            var said = Encoding.Latin1.GetString(await exchange.Reader.ReadAsync(5));
            await exchange.WriteAsync($"you said {said}");
            exchange.Close();
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url, [ProxyScheme.ApiKey("key", "header", "Authorization", "Bearer upstream-token")]);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head(
            "GET", "/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        var head = await caller.ReadHeadAsync();
        Assert.Equal(101, head.Status);
        Assert.Equal("websocket", head["Upgrade"]);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head["Sec-WebSocket-Accept"]);
        Assert.Equal("hello", Encoding.Latin1.GetString(await caller.ReadAsync(5)));
        await caller.SendAsync("world");
        Assert.Equal("you said world", Encoding.Latin1.GetString(await caller.ReadAsync(14)));

        Assert.Equal("Bearer upstream-token", upstream.LastRequest["Authorization"]);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ==", upstream.LastRequest["Sec-WebSocket-Key"]);
    }
}
