using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyHeaderTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Fact]
    public async Task A_plain_request_gains_nothing_on_its_way()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        var header = Assert.Single(upstream.LastRequest.Headers);
        Assert.Equal(("Host", $"127.0.0.1:{upstream.Port}"), header);
    }

    [Theory]
    [InlineData("X-Anything: at all", "x-anything", "at all")]
    [InlineData("aCCept: text/html;q=0.5, */*", "Accept", "text/html;q=0.5, */*")]
    [InlineData("Accept-Encoding: gzip, br", "accept-encoding", "gzip, br")]
    [InlineData("User-Agent: curl/8 (a \"quoted\" comment)", "User-Agent", "curl/8 (a \"quoted\" comment)")]
    [InlineData("X-Latin: caf\u00e9", "X-Latin", "caf\u00e9")]
    [InlineData("X-Utf8: \u00e2\u0082\u00ac", "X-Utf8", "\u00e2\u0082\u00ac")]
    [InlineData("X-Odd: \u00ff\u0080", "X-Odd", "\u00ff\u0080")]
    [InlineData("X-Empty:", "X-Empty", "")]
    [InlineData("If-None-Match: W/\"a\", not-quoted", "If-None-Match", "W/\"a\", not-quoted")]
    [InlineData("Date: not a date", "Date", "not a date")]
    [InlineData("X-Forwarded-For: 192.0.2.1", "X-Forwarded-For", "192.0.2.1")]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("Range: bytes=0-1,5-", "Range", "bytes=0-1,5-")]
    public async Task A_callers_header_arrives_unchanged(string line, string name, string value)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", "/a", line)).IsForeign(200);

        Assert.Equal(value, upstream.LastRequest[name]);
        Assert.Equal(2, upstream.LastRequest.Headers.Count);
    }

    [Fact]
    public async Task Several_values_of_a_header_arrive_in_order()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", "/a", "X-List: 1", "X-List: 2, 3", "X-LIST: 4")).IsForeign(200);

        Assert.Equal("1, 2, 3, 4", upstream.LastRequest["X-List"]);
    }

    [Theory]
    [InlineData("Cookie: session=of-the-caller")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("TE: trailers")]
    [InlineData("Proxy-Authorization: Basic eA==")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("Connection: X-Named", "X-Named: 1")]
    [InlineData("Connection: x-named, X-Other", "X-Named: 1", "X-Other: 2")]
    [InlineData("X-Versori-Anything: 1")]
    [InlineData("x-versori-connection-variable: a=b")]
    [InlineData("X-Versori-Force-Refresh-Credential: true")]
    public async Task What_is_meant_for_the_proxy_or_this_hop_goes_no_further(params string[] lines)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync("GET", "/a", lines)).IsForeign(200);

        var header = Assert.Single(upstream.LastRequest.Headers);
        Assert.Equal("Host", header.Name);
    }

    [Theory]
    [InlineData("X-Anything: at all", "x-anything", "at all")]
    [InlineData("Server: nginx", "Server", "nginx")]
    [InlineData("ETag: \"a\"", "ETag", "\"a\"")]
    [InlineData("Date: not a date", "Date", "not a date")]
    [InlineData("X-Latin: caf\u00e9", "X-Latin", "caf\u00e9")]
    [InlineData("X-Utf8: \u00e2\u0082\u00ac", "X-Utf8", "\u00e2\u0082\u00ac")]
    [InlineData("Content-Type: text/plain;charset=\u00e9", "Content-Type", "text/plain;charset=\u00e9")]
    [InlineData("Content-Language: x y z", "Content-Language", "x y z")]
    [InlineData("Location: ../elsewhere?a=%2e", "Location", "../elsewhere?a=%2e")]
    [InlineData("Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin", "*")]
    [InlineData("Cache-Control: public, max-age=3600", "Cache-Control", "public, max-age=3600")]
    public async Task An_upstreams_header_arrives_unchanged(string line, string name, string value)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("", line));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        answer.IsForeign(200);
        Assert.Equal(value, answer[name]);
    }

    [Fact]
    public async Task Several_lines_of_an_upstreams_header_stay_several()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("", "WWW-Authenticate: Basic", "WWW-Authenticate: Bearer realm=\"x\"", "Link: <a>", "Link: <b>"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        Assert.Equal(["Basic", "Bearer realm=\"x\""], answer.Head.All("WWW-Authenticate"));
        Assert.Equal(["<a>", "<b>"], answer.Head.All("Link"));
    }

    [Theory]
    [InlineData("Set-Cookie: a=b", "Set-Cookie")]
    [InlineData("Set-Cookie2: a=b", "Set-Cookie2")]
    [InlineData("Clear-Site-Data: \"*\"", "Clear-Site-Data")]
    [InlineData("Proxy-Authenticate: Basic", "Proxy-Authenticate")]
    [InlineData("X-Patchbay-Error: connection_not_found", "X-Patchbay-Error")]
    [InlineData("x-patchbay-ERROR: connection_not_found", "X-Patchbay-Error")]
    public async Task An_upstream_speaks_neither_to_browsers_about_our_origin_nor_in_our_name(string line, string name)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("", line));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        Assert.Null((await connection.SendAsync("GET", "/a")).IsForeign(200)[name]);
    }

    [Fact]
    public async Task Hop_by_hop_headers_of_an_upstream_stay_behind()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("", "Connection: X-Named", "X-Named: 1", "Keep-Alive: timeout=5"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        answer.IsForeign(200);
        Assert.Null(answer["X-Named"]);
        Assert.Null(answer["Keep-Alive"]);
    }

    [Fact]
    public async Task Every_answer_of_an_upstream_is_sandboxed()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("<script>", "Content-Type: text/html", "Content-Security-Policy: default-src *", "X-Content-Type-Options: sniff"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        Assert.Equal(["nosniff"], answer.Head.All("X-Content-Type-Options"));
        Assert.Equal(["default-src *", "sandbox"], answer.Head.All("Content-Security-Policy"));
    }

    [Theory]
    [InlineData(100_000, 431)]
    [InlineData(30_000, 200)]
    public async Task Headers_pass_up_to_the_servers_limit(int length, int status)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        Assert.Equal(status, (await connection.SendAsync("GET", "/a", $"X-Long: {new string('x', length)}")).Status);
    }
}
