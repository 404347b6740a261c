using System.IO.Compression;
using System.Text;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyBodyTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    /// <summary>Every byte value, several times, with what looks like framing in it.</summary>
    private static readonly string AllBytes =
        string.Concat(Enumerable.Range(0, 1024).Select(i => (char)(i % 256))) + "\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";

    [Fact]
    public async Task A_body_of_known_length_passes_byte_for_byte_both_ways()
    {
        var received = new TaskCompletionSource<byte[]>();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            received.SetResult(await exchange.ReadBodyAsync());
            await exchange.WriteAsync(ScriptedUpstream.Ok(AllBytes, "Content-Type: application/octet-stream"));
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var request = connection.Head("POST", "/a", "Content-Type: multipart/form-data; boundary=\"a b\"", $"Content-Length: {AllBytes.Length}") + AllBytes;
        var answer = await RawConnection.ExchangeAsync(server.Port, request);

        Assert.Equal(AllBytes, Encoding.Latin1.GetString(await received.Task));
        Assert.Equal(AllBytes, answer.IsForeign(200).Text);
        Assert.Equal($"{AllBytes.Length}", upstream.LastRequest["Content-Length"]);
        Assert.Null(upstream.LastRequest["Transfer-Encoding"]);
        Assert.Equal("multipart/form-data; boundary=\"a b\"", upstream.LastRequest["Content-Type"]);
        Assert.Equal($"{AllBytes.Length}", answer["Content-Length"]);
    }

    [Fact]
    public async Task A_multipart_body_passes_byte_for_byte()
    {
        const string Body = "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\u00e9.bin\"\r\n\r\n\0\u0001\u00ff\r\n--b\r\n\r\n\r\n--b--\r\nepilogue";
        byte[] received = [];
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            received = await exchange.ReadBodyAsync();
            await exchange.WriteAsync(ScriptedUpstream.Ok());
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        await RawConnection.ExchangeAsync(
            server.Port, connection.Head("POST", "/a", "Content-Type: multipart/form-data; boundary=b", $"Content-Length: {Body.Length}") + Body);

        Assert.Equal(Body, Encoding.Latin1.GetString(received));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task An_empty_body_stays_an_empty_body(string method)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        (await connection.SendAsync(method, "/a", "Content-Length: 0")).IsForeign(200);

        Assert.Equal("0", upstream.LastRequest["Content-Length"]);
    }

    [Fact]
    public async Task Length_and_chunks_at_once_are_read_as_chunks_and_sent_on_with_one_frame()
    {
        var received = new TaskCompletionSource<byte[]>();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            received.SetResult(await exchange.ReadBodyAsync());
            await exchange.WriteAsync(ScriptedUpstream.Ok());
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await RawConnection.ExchangeAsync(
            server.Port, connection.Head("POST", "/a", "Content-Length: 3", "Transfer-Encoding: chunked") + "8\r\nabcdefgh\r\n0\r\n\r\n");

        answer.IsForeign(200);
        Assert.Equal("abcdefgh", Encoding.Latin1.GetString(await received.Task));
        Assert.Null(upstream.LastRequest["Content-Length"]);
        Assert.Equal("chunked", upstream.LastRequest["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData("Content-Length: 3", "Content-Length: 4")]
    [InlineData("Content-Length: 3, 4")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: gzip")]
    public async Task A_body_that_could_be_framed_in_two_ways_does_not_pass(params string[] frames)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await RawConnection.ExchangeAsync(server.Port, connection.Head("POST", "/a", frames) + "3\r\nabc\r\n0\r\n\r\n");

        Assert.InRange(answer.Status, 400, 501);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_packed_body_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(new string('a', 10_000)), TestContext.Current.CancellationToken);
        var body = Encoding.Latin1.GetString(packed.ToArray());
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok(body, "Content-Encoding: gzip", "Vary: Accept-Encoding"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a", "Accept-Encoding: gzip");

        Assert.Equal(body, answer.IsForeign(200).Text);
        Assert.Equal("gzip", answer["Content-Encoding"]);
        Assert.Equal($"{body.Length}", answer["Content-Length"]);
    }

    [Fact]
    public async Task The_answer_to_head_keeps_the_length_of_the_body_that_it_does_not_have()
    {
        await using var upstream = new ScriptedUpstream("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nContent-Type: text/plain\r\n\r\n");
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("HEAD", "/a");

        answer.IsForeign(200);
        Assert.Equal("12345", answer["Content-Length"]);
        Assert.Equal("text/plain", answer["Content-Type"]);
    }

    [Theory]
    [InlineData("204 No Content", "X-A: 1")]
    [InlineData("304 Not Modified", "ETag: \"a\"")]
    public async Task An_answer_without_a_body_passes_with_its_headers(string status, string header)
    {
        await using var upstream = new ScriptedUpstream($"HTTP/1.1 {status}\r\n{header}\r\n\r\n");
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        await using var caller = await RawConnection.OpenAsync(server.Port);

        // Twice on one connection: a body that came along would be taken for the second answer.
        for (var time = 0; time < 2; time++)
        {
            await caller.SendAsync(connection.Head("GET", "/a"));
            var answer = await caller.ReadAnswerAsync();
            answer.IsForeign(int.Parse(status[..3], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(header.Split(": ")[1], answer[header.Split(": ")[0]]);
            Assert.Null(answer["Transfer-Encoding"]);
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(415)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(599)]
    public async Task A_status_without_a_body_stays_as_it_is_and_is_not_followed(int status)
    {
        await using var upstream = new ScriptedUpstream($"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\nLocation: /b\r\nRetry-After: 7\r\n\r\n");
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        answer.IsForeign(status);
        Assert.Empty(answer.Body);
        Assert.Null(answer["Content-Type"]);
        Assert.Equal("/b", answer["Location"]);
        Assert.Equal("7", answer["Retry-After"]);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task An_answer_that_ends_with_its_connection_passes_whole()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it");
            exchange.Close();
        });
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);

        var answer = await connection.SendAsync("GET", "/a");

        Assert.Equal("all of it", answer.IsForeign(200).Text);
        Assert.True(answer.IsWhole);
    }
}
