using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyCredentialTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Fact]
    public async Task The_callers_key_stays_here_and_the_connections_goes_out()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "header", "Authorization", "Bearer upstream-token"));

        (await connection.SendAsync("GET", "/a", "Cookie: a=b")).IsForeign(200);

        Assert.Equal(["Bearer upstream-token"], upstream.LastRequest.All("Authorization"));
        Assert.Null(upstream.LastRequest["Cookie"]);
        Assert.DoesNotContain(connection.Tenant.Key, string.Concat(upstream.LastRequest.Headers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_a_header_replaces_the_callers_header_of_its_name()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret"));

        (await connection.SendAsync("GET", "/a", "x-api-key: the callers", "X-Other: stays")).IsForeign(200);

        Assert.Equal(["secret"], upstream.LastRequest.All("X-Api-Key"));
        Assert.Equal("stays", upstream.LastRequest["X-Other"]);
    }

    [Theory]
    [InlineData("/a", "/a?api%20key=s%26%3D%2Bt")]
    [InlineData("/a?", "/a?api%20key=s%26%3D%2Bt")]
    [InlineData("/a?b=%7e", "/a?b=%7e&api%20key=s%26%3D%2Bt")]
    [InlineData("/a?api+key=mine&b=c&api%20key=mine&%61pi%20key", "/a?b=c&api%20key=s%26%3D%2Bt")]
    [InlineData("/a?API+KEY=mine", "/a?API+KEY=mine&api%20key=s%26%3D%2Bt")]
    public async Task A_key_in_the_query_replaces_the_callers_parameter_of_its_name(string remainder, string expected)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "query", "api key", "s&=+t"));

        (await connection.SendAsync("GET", remainder)).IsForeign(200);

        Assert.Equal($"GET {expected} HTTP/1.1", upstream.LastRequest.StartLine);
    }

    [Fact]
    public async Task A_key_in_a_cookie_goes_out_without_the_callers_cookies()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "cookie", "session", "secret"));

        (await connection.SendAsync("GET", "/a", "Cookie: session=mine; other=mine")).IsForeign(200);

        Assert.Equal(["session=secret"], upstream.LastRequest.All("Cookie"));
    }

    [Fact]
    public async Task User_name_and_password_go_out_as_basic_authentication()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.Basic("basic", "Aladdin", "open sesame"));

        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        Assert.Equal("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", upstream.LastRequest["Authorization"]);
    }

    [Fact]
    public async Task Several_credentials_are_applied_in_order_so_that_the_last_of_a_name_counts()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream,
            ProxyScheme.Basic("basic", "a", "b"),
            ProxyScheme.ApiKey("header", "header", "X-Key", "1"),
            ProxyScheme.ApiKey("query", "query", "key", "2"),
            ProxyScheme.ApiKey("cookie", "cookie", "c", "3"),
            ProxyScheme.ApiKey("cookie2", "cookie", "d", "4"),
            ProxyScheme.ApiKey("bearer", "header", "authorization", "Bearer last"));

        (await connection.SendAsync("GET", "/a?x=y")).IsForeign(200);

        Assert.Equal("GET /a?x=y&key=2 HTTP/1.1", upstream.LastRequest.StartLine);
        Assert.Equal("1", upstream.LastRequest["X-Key"]);
        Assert.Equal("c=3; d=4", upstream.LastRequest["Cookie"]);
        Assert.Equal(["Bearer last"], upstream.LastRequest.All("Authorization"));
    }

    [Fact]
    public async Task A_redirect_is_the_callers_to_follow_and_takes_no_credential_along()
    {
        await using var elsewhere = new ScriptedUpstream(ScriptedUpstream.Ok());
        await using var upstream = new ScriptedUpstream($"HTTP/1.1 302 Found\r\nLocation: {elsewhere.Url}/b\r\nContent-Length: 0\r\n\r\n");
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret"));

        var answer = await connection.SendAsync("GET", "/a");

        Assert.Equal($"{elsewhere.Url}/b", answer.IsForeign(302)["Location"]);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Variables_of_a_request_replace_stored_ones_in_the_path_and_the_later_wins()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(
            $"{upstream.Url}/{{{{ conn.region }}}}/{{{{account}}}}", variables: new Dictionary<string, string>(StringComparer.Ordinal) { ["region"] = "eu", ["account"] = "1" });

        (await connection.SendAsync("GET", "/a")).IsForeign(200);
        Assert.Equal("GET /eu/1/a HTTP/1.1", upstream.LastRequest.StartLine);

        (await connection.SendAsync("GET", "/a", "X-Versori-Connection-Variable: region=us&account=a%2Fb+c", "x-versori-connection-variable: region=de")).IsForeign(200);
        Assert.Equal("GET /de/a%2Fb%20c/a HTTP/1.1", upstream.LastRequest.StartLine);

        (await connection.SendAsync("GET", "/a", "X-Versori-Connection-Variable: region=..")).IsOwn(400, "base_url_incomplete");
        (await connection.SendAsync("GET", "/a", "X-Versori-Connection-Variable: region=%zz")).IsOwn(400, "invalid_request");
    }

    [Fact]
    public async Task A_variable_of_a_request_takes_credentials_to_no_other_host_but_those_allowed()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        await using var other = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(
            "http://127.0.0.1:{{ conn.port }}", [ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret")],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["port"] = $"{upstream.Port}" }, [$"http://127.0.0.1:{other.Port}"]);

        (await connection.SendAsync("GET", "/a", "X-Versori-Connection-Variable: port=1")).IsOwn(400, "host_not_allowed");
        (await connection.SendAsync("GET", "/a", $"X-Versori-Connection-Variable: port={other.Port}")).IsForeign(200);

        Assert.Empty(upstream.Requests);
        Assert.Equal("secret", other.LastRequest["X-Api-Key"]);
    }

    [Fact]
    public async Task Another_base_url_is_taken_within_the_allowed_hosts_only()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        await using var other = new ScriptedUpstream(ScriptedUpstream.Ok());
        await using var stranger = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(
            $"{upstream.Url}/v1", [ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret")], allowedHosts: [other.Url]);

        (await connection.SendAsync("GET", "/a", $"X-Versori-Override-Base-Url: {upstream.Url}/v2")).IsForeign(200);
        Assert.Equal("GET /v2/a HTTP/1.1", upstream.LastRequest.StartLine);
        (await connection.SendAsync("GET", "/a?b", $"X-Versori-Override-Base-Url: {other.Url}/files?x=y")).IsForeign(200);
        Assert.Equal("GET /files/a?x=y&b HTTP/1.1", other.LastRequest.StartLine);
        Assert.Equal("secret", other.LastRequest["X-Api-Key"]);
        (await connection.SendAsync("GET", "/a", $"X-Versori-Override-Base-Url: {stranger.Url}")).IsOwn(400, "host_not_allowed");
        (await connection.SendAsync("GET", "/a", "X-Versori-Override-Base-Url: nowhere")).IsOwn(400, "invalid_request");
        Assert.Empty(stranger.Requests);
    }

    [Fact]
    public async Task Ignored_headers_are_the_callers_and_never_a_credentials()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await ConnectAsync(upstream, ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret"));

        (await connection.SendAsync("GET", "/a", "X-Versori-Ignore-Headers: x-drop, X-Api-Key", "X-Versori-Ignore-Headers: User-Agent", "X-Drop: 1", "User-Agent: x", "X-Keep: 2")).IsForeign(200);

        Assert.Null(upstream.LastRequest["X-Drop"]);
        Assert.Null(upstream.LastRequest["User-Agent"]);
        Assert.Equal("2", upstream.LastRequest["X-Keep"]);
        Assert.Equal("secret", upstream.LastRequest["X-Api-Key"]);
    }

    private async Task<ProxyConnection> ConnectAsync(ScriptedUpstream upstream, params ProxyScheme[] schemes) =>
        await (await server.AddTenantAsync()).ConnectAsync(upstream.Url, schemes);
}
