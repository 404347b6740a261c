using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyPathTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Theory]
    [InlineData("", "/v1")]
    [InlineData("/", "/v1/")]
    [InlineData("/a/b", "/v1/a/b")]
    [InlineData("/a//b///", "/v1/a//b///")]
    [InlineData("/a%2Fb%2fc", "/v1/a%2Fb%2fc")]
    [InlineData("/v1%2e2/file%2Etxt", "/v1/v1%2e2/file%2Etxt")]
    [InlineData("/%7Euser/~user", "/v1/%7Euser/~user")]
    [InlineData("/a+b%20c", "/v1/a+b%20c")]
    [InlineData("/%E2%82%AC/%C3%28", "/v1/%E2%82%AC/%C3%28")]
    [InlineData("/...a/a..b/.well-known", "/v1/...a/a..b/.well-known")]
    [InlineData("/a;b=c/d,e:f@g!$&'()*=", "/v1/a;b=c/d,e:f@g!$&'()*=")]
    [InlineData("/a?", "/v1/a?")]
    [InlineData("?", "/v1?")]
    [InlineData("?q=1", "/v1?q=1")]
    [InlineData("/a?b=c+d%2Be&b=&&f?=/../%2e%2e/", "/v1/a?b=c+d%2Be&b=&&f?=/../%2e%2e/")]
    [InlineData("/a?%00=%", "/v1/a?%00=%")]
    public async Task Path_and_query_arrive_byte_for_byte_behind_the_base_url(string remainder, string expected)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("here"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync($"{upstream.Url}/v1/");

        var answer = await connection.SendAsync("GET", remainder);

        answer.IsForeign(200);
        Assert.Equal("here", answer.Text);
        Assert.Equal($"GET {expected} HTTP/1.1", upstream.LastRequest.StartLine);
    }

    [Fact]
    public async Task The_older_spelling_of_the_path_leads_to_the_same_place()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        string[] spellings = [$"/api/proxy/legacy/{connection.Id}/a?b=c", $"/api/proxy/{connection.Id}/a?b=c", $"http://elsewhere.test/api/proxy/{connection.Id}/a?b=c"];

        foreach (var spelling in spellings)
        {
            var request = RawConnection.Head("GET", spelling, $"Authorization: Bearer {connection.Tenant.Key}").Replace(
                "patchbay.test", spelling[0] == '/' ? "patchbay.test" : "elsewhere.test", StringComparison.Ordinal);
            (await RawConnection.ExchangeAsync(server.Port, request)).IsForeign(200);
            Assert.Equal("GET /a?b=c HTTP/1.1", upstream.LastRequest.StartLine);
        }
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/.")]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2E/b")]
    [InlineData("/a/.%2e")]
    [InlineData("/a/%2e/b?c")]
    [InlineData("/a%2f..%2fb")]
    [InlineData("/a/..;x=y/b")]
    [InlineData("/a\\..\\b")]
    [InlineData("/../../connect/v1/connectors")]
    [InlineData("/../../../healthz")]
    public async Task A_dot_segment_is_refused_and_never_resolved(string remainder)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", remainder)).IsOwn(400, "dot_segment");

        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("/x/../api/proxy/{0}/a")]
    [InlineData("/api/%70roxy/{0}/a")]
    [InlineData("/api//proxy/{0}/a")]
    [InlineData("http://patchbay.test/x/../api/proxy/{0}/a")]
    public async Task A_target_that_only_resolves_to_the_proxy_is_not_the_proxys(string target)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        target = target.Replace("{0}", connection.Id, StringComparison.Ordinal);

        var answer = await RawConnection.ExchangeAsync(
            server.Port, RawConnection.Head("GET", target, $"Authorization: Bearer {connection.Tenant.Key}"));

        answer.IsOwn(404, "route_not_found");
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("PURGE")]
    [InlineData("QUERY")]
    public async Task Every_method_passes(string method)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync(method, "/a")).IsForeign(200);

        Assert.Equal($"{method} /a HTTP/1.1", upstream.LastRequest.StartLine);
    }

    [Fact]
    public async Task Trace_is_not_taken()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("TRACE", "/a");

        answer.IsOwn(405, "method_not_allowed");
        Assert.Equal("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", answer["Allow"]);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Connect_is_not_taken()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var tenant = await server.AddTenantAsync();

        var answer = await RawConnection.ExchangeAsync(server.Port, $"CONNECT 127.0.0.1:{upstream.Port} HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\nAuthorization: Bearer {tenant.Key}\r\n\r\n");

        answer.IsOwn(405, "method_not_allowed");
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Without_a_key_or_with_a_bad_one_nothing_passes()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        var path = $"/api/proxy/{connection.Id}/a";

        (await RawConnection.ExchangeAsync(server.Port, RawConnection.Head("GET", path))).IsOwn(401, "unauthenticated");
        (await RawConnection.ExchangeAsync(server.Port, RawConnection.Head("GET", path, "Authorization: Bearer pb_wrong"))).IsOwn(401, "invalid_key");
        (await RawConnection.ExchangeAsync(server.Port, RawConnection.Head("GET", path, $"Cookie: key={connection.Tenant.Key}"))).IsOwn(401, "unauthenticated");
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Another_organisations_connection_looks_like_a_made_up_one()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        var stranger = await server.AddTenantAsync();

        var foreign = await (connection with { Tenant = stranger }).SendAsync("GET", "/a");
        var unknown = await (connection with { Tenant = stranger, Id = "01J00000000000000000000000" }).SendAsync("GET", "/a");
        var malformed = await (connection with { Tenant = stranger, Id = "no-id" }).SendAsync("GET", "/a");

        foreign.IsOwn(404, "connection_not_found");
        Assert.Equal(foreign.Text, unknown.Text);
        Assert.Equal(foreign.Text, malformed.Text);
        Assert.Empty(upstream.Requests);
    }
}
