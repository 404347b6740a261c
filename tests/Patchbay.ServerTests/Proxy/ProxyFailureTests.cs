using System.Text;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyFailureTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Theory]
    [InlineData("Content-Length: 100", "half of it", true)]
    [InlineData("Content-Length: 100", "half of it", false)]
    [InlineData("Transfer-Encoding: chunked", "a\r\nhalf of it\r\n", true)]
    [InlineData("Transfer-Encoding: chunked", "a\r\nhalf of it\r\n", false)]
    [InlineData("Transfer-Encoding: chunked", "a\r\nhalf of it\r\nff\r\n", false)]
    public async Task An_upstream_that_hangs_up_half_way_leaves_the_caller_with_the_half_and_a_broken_connection(string frame, string body, bool reset)
    {
        var halfSeen = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync($"HTTP/1.1 200 OK\r\n{frame}\r\n\r\n{body}");
            await exchange.WaitAsync(halfSeen.Task);
            if (reset)
                exchange.Reset();
            else
                exchange.Close();
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("GET", "/a"));
        var head = await caller.ReadHeadAsync();
        Assert.Equal(200, head.Status);
        Assert.Null(head["X-Patchbay-Error"]);
        var chunked = frame.StartsWith("Transfer", StringComparison.Ordinal);
        Assert.Equal("half of it", chunked ? await caller.ReadChunkAsync() : Encoding.Latin1.GetString(await caller.ReadAsync(10)));
        halfSeen.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            if (chunked)
                await caller.ReadChunkAsync();
            else
                await caller.ReadAsync(1);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")]
    [InlineData("this is no HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno header\r\n\r\n")]
    public async Task An_upstream_that_breaks_off_before_it_has_answered_is_a_bad_gateway(string start)
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.ReadBodyAsync();
            await exchange.WriteAsync(start);
            exchange.Close();
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("POST", "/a", "Content-Length: 0")).IsOwn(502, "upstream_connection_lost");
    }

    [Fact]
    public async Task An_upstream_that_resets_the_connection_is_a_bad_gateway()
    {
        await using var upstream = new ScriptedUpstream(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("POST", "/a", "Content-Length: 0")).IsOwn(502, "upstream_connection_lost");
    }

    [Fact]
    public async Task A_host_that_refuses_the_connection_is_a_bad_gateway()
    {
        string url;
        await using (var gone = new ScriptedUpstream(""))
            url = gone.Url;
        var connection = await (await server.AddTenantAsync()).ConnectAsync(url);

        (await connection.SendAsync("GET", "/a")).IsOwn(502, "upstream_unreachable");
    }

    [Fact]
    public async Task A_host_without_an_address_is_a_bad_gateway()
    {
        var connection = await (await server.AddTenantAsync()).ConnectAsync("http://no-such-host.invalid");

        (await connection.SendAsync("GET", "/a")).IsOwn(502, "upstream_unreachable");
    }

    [Fact]
    public async Task An_upstream_without_the_tls_that_its_address_promises_is_a_bad_gateway()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync($"https://127.0.0.1:{upstream.Port}");

        (await connection.SendAsync("GET", "/a")).IsOwn(502, "upstream_tls_failed");
    }

    [Fact]
    public async Task A_silent_upstream_is_a_gateway_timeout()
    {
        await using var patient = await StartAsync(new ProxyServer(idleTimeout: TimeSpan.FromMilliseconds(300)));
        await using var upstream = new ScriptedUpstream(exchange => exchange.Reader.ReadToEndAsync());
        var connection = await (await patient.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", "/a")).IsOwn(504, "upstream_timeout");
    }

    [Fact]
    public async Task A_private_address_is_not_reached_unless_its_network_is_named()
    {
        await using var closed = await StartAsync(new ProxyServer(networks: ""));
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var tenant = await closed.AddTenantAsync();

        foreach (var host in (string[])["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
        {
            var connection = await tenant.ConnectAsync($"http://{host}:{upstream.Port}");
            (await connection.SendAsync("GET", "/a")).IsOwn(400, "host_not_allowed");
        }

        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_caller_that_goes_away_takes_its_request_to_the_upstream_along()
    {
        var arrived = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            arrived.SetResult();
            await exchange.Reader.ReadToEndAsync();
            closed.SetResult();
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("GET", "/a"));
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        caller.Reset();

        await closed.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_caller_that_breaks_off_its_body_ends_the_request_to_the_upstream()
    {
        var arrived = new TaskCompletionSource();
        var whole = new TaskCompletionSource<bool>();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            arrived.SetResult();
            whole.SetResult((await exchange.Reader.ReadBodyAsync(exchange.Head)).Whole);
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        await caller.SendAsync(connection.Head("POST", "/a", "Transfer-Encoding: chunked") + "5\r\nfirst\r\n");
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        caller.Reset();

        Assert.False(await whole.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://{{ conn.region }}.example.test/v1", "base_url_incomplete")]
    public async Task A_base_url_that_lacks_a_variable_leads_nowhere(string baseUrl, string code)
    {
        var connection = await (await server.AddTenantAsync()).ConnectAsync(baseUrl);

        (await connection.SendAsync("GET", "/a")).IsOwn(400, code);
    }

    private static async Task<ProxyServer> StartAsync(ProxyServer server)
    {
        await server.InitializeAsync();
        return server;
    }
}
