using System.IO.Compression;
using System.Net;
using System.Text;
using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class DocumentFetcherTests : IDisposable
{
    private static readonly FetchLimits Limits = new(100_000, TimeSpan.FromSeconds(60));

    private readonly DocumentFetcher _fetcher = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateDocumentFetcher();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fetcher.Dispose();

    [Fact]
    public async Task A_document_comes_with_its_final_address_and_its_type()
    {
        await using var upstream = new RawUpstream(head => head.StartsWith("GET /old", StringComparison.Ordinal)
            ? RawUpstream.Redirect("new.json?x=%2e#part")
            : RawUpstream.Ok("{}", "Content-Type: application/json; charset=utf-8\r\n"));

        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/old.json");
        Assert.True(result.Succeeded, result.Failure?.Message);
        Assert.Equal("{}", Encoding.UTF8.GetString(result.Document.Content));
        Assert.StartsWith($"http://127.0.0.1:{upstream.Port}/new.json", result.Document.Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("application/json; charset=utf-8", result.Document.ContentType);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_into_a_network_that_is_not_open_is_refused(int status)
    {
        await using var secret = new RawUpstream(_ => RawUpstream.Ok("secret"), IPAddress.Parse("127.0.0.2"));
        await using var upstream = new RawUpstream(_ => RawUpstream.Redirect($"http://127.0.0.2:{secret.Port}/", status));

        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/");
        Assert.Equal(FetchFailureKind.HostNotAllowed, result.Failure?.Kind);
        Assert.Equal(0, secret.Connections);
    }

    [Fact]
    public async Task A_redirect_that_must_stay_at_home_asks_nobody_else()
    {
        await using var elsewhere = new RawUpstream(_ => RawUpstream.Ok("{}"));
        await using var upstream = new RawUpstream(head => head.StartsWith("GET /away", StringComparison.Ordinal)
            ? RawUpstream.Redirect($"http://127.0.0.1:{elsewhere.Port}/")
            : head.StartsWith("GET /near", StringComparison.Ordinal) ? RawUpstream.Redirect("/here") : RawUpstream.Ok("{}"));
        var atHome = Limits with { SameOrigin = true };

        Assert.True((await _fetcher.FetchAsync(new Uri($"http://127.0.0.1:{upstream.Port}/near"), atHome, Token)).Succeeded);
        Assert.Equal(FetchFailureKind.OtherOrigin, (await _fetcher.FetchAsync(new Uri($"http://127.0.0.1:{upstream.Port}/away"), atHome, Token)).Failure?.Kind);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://user:password@127.0.0.1/")]
    [InlineData("http://[/")]
    [InlineData("gopher://127.0.0.1:1/x")]
    public async Task A_redirect_to_what_is_not_fetched_is_refused(string location)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Redirect(location));
        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/");
        Assert.Equal(FetchFailureKind.Redirects, result.Failure?.Kind);
        Assert.DoesNotContain("password", result.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_redirects_are_followed_and_six_are_not()
    {
        await using var upstream = new RawUpstream(head =>
        {
            var left = head[5] - '0';
            return left == 0 ? RawUpstream.Ok("end") : RawUpstream.Redirect($"/{left - 1}");
        });

        Assert.True((await FetchAsync($"http://127.0.0.1:{upstream.Port}/5")).Succeeded);
        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/6");
        Assert.Equal(FetchFailureKind.Redirects, result.Failure?.Kind);
    }

    [Fact]
    public async Task A_circle_of_redirects_is_noticed_when_it_closes()
    {
        await using var upstream = new RawUpstream(head => RawUpstream.Redirect(head.StartsWith("GET /a ", StringComparison.Ordinal) ? "/b" : "/a"));
        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/a");
        Assert.Equal(FetchFailureKind.Redirects, result.Failure?.Kind);
        Assert.Equal(2, upstream.Heads.Count);
    }

    [Theory]
    [InlineData("/relative")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user@127.0.0.1/")]
    public async Task An_address_that_is_not_fetched_is_an_invalid_one(string address) =>
        Assert.Equal(FetchFailureKind.InvalidUrl, (await _fetcher.FetchAsync(new Uri(address, UriKind.RelativeOrAbsolute), Limits, Token)).Failure?.Kind);

    [Theory]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Another_status_than_200_is_a_failure_that_tells_it(int status)
    {
        await using var upstream = new RawUpstream(_ => $"HTTP/1.1 {status} Other\r\nConnection: close\r\n\r\n");
        var failure = (await FetchAsync($"http://127.0.0.1:{upstream.Port}/")).Failure;
        Assert.Equal((FetchFailureKind.Status, status), (failure?.Kind, failure?.Status));
    }

    [Fact]
    public async Task A_document_of_the_longest_length_is_fetched_and_one_byte_more_is_not()
    {
        var length = 50_000;
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok(new string('x', length)));
        var limits = Limits with { MaxBytes = 50_000 };
        Assert.True((await _fetcher.FetchAsync(new Uri($"http://127.0.0.1:{upstream.Port}/"), limits, Token)).Succeeded);
        length++;
        var result = await _fetcher.FetchAsync(new Uri($"http://127.0.0.1:{upstream.Port}/"), limits, Token);
        Assert.Equal(FetchFailureKind.TooLarge, result.Failure?.Kind);
    }

    [Fact]
    public async Task A_document_without_end_is_read_no_further_than_the_limit()
    {
        await using var upstream = new RawUpstream(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), token);
            var chunk = Encoding.Latin1.GetBytes("1000\r\n" + new string('x', 0x1000) + "\r\n");
            while (true) await stream.WriteAsync(chunk, token);
        });
        Assert.Equal(FetchFailureKind.TooLarge, (await FetchAsync($"http://127.0.0.1:{upstream.Port}/")).Failure?.Kind);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Packed_documents_are_unpacked_and_the_limit_is_for_what_comes_out(string encoding)
    {
        var length = 100_000;
        await using var upstream = new RawUpstream(async (_, stream, token) =>
        {
            var packed = Pack(encoding, new string('x', length));
            var head = $"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {packed.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head), token);
            await stream.WriteAsync(packed, token);
        });
        var result = await FetchAsync($"http://127.0.0.1:{upstream.Port}/");
        Assert.Equal(new string('x', length), Encoding.Latin1.GetString(result.Document?.Content ?? []));

        length = 50_000_000;
        Assert.Equal(FetchFailureKind.TooLarge, (await FetchAsync($"http://127.0.0.1:{upstream.Port}/")).Failure?.Kind);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Wrongly_packed_documents_are_a_failure(string encoding)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("\u00ff\u00fe this is not packed at all", $"Content-Encoding: {encoding}\r\n"));
        Assert.Equal(FetchFailureKind.ConnectionLost, (await FetchAsync($"http://127.0.0.1:{upstream.Port}/")).Failure?.Kind);
    }

    [Fact]
    public async Task A_document_that_ends_early_is_a_failure()
    {
        await using var upstream = new RawUpstream(_ => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nshort");
        Assert.Equal(FetchFailureKind.ConnectionLost, (await FetchAsync($"http://127.0.0.1:{upstream.Port}/")).Failure?.Kind);
    }

    [Fact]
    public async Task A_host_that_never_finishes_runs_into_the_time_limit()
    {
        await using var upstream = new RawUpstream(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"u8.ToArray(), token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        var result = await _fetcher.FetchAsync(
            new Uri($"http://127.0.0.1:{upstream.Port}/"), Limits with { Timeout = TimeSpan.FromMilliseconds(200) }, Token);
        Assert.Equal(FetchFailureKind.Timeout, result.Failure?.Kind);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_the_cancellation_and_no_result()
    {
        using var giveUp = new CancellationTokenSource();
        await using var upstream = new RawUpstream(async (_, _, token) =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _fetcher.FetchAsync(new Uri($"http://127.0.0.1:{upstream.Port}/"), Limits, giveUp.Token));
    }

    [Fact]
    public async Task Failures_of_the_network_are_told_apart()
    {
        int port;
        await using (var gone = new RawUpstream(_ => "")) port = gone.Port;
        Assert.Equal(FetchFailureKind.Refused, (await FetchAsync($"http://127.0.0.1:{port}/")).Failure?.Kind);
        Assert.Equal(FetchFailureKind.NameNotResolved, (await FetchAsync("http://does-not-exist.invalid/")).Failure?.Kind);
        Assert.Equal(FetchFailureKind.HostNotAllowed, (await FetchAsync("http://10.0.0.1/")).Failure?.Kind);
    }

    [Fact]
    public async Task Nothing_that_identifies_anyone_is_sent()
    {
        await using var upstream = new RawUpstream(head => head.StartsWith("GET /first", StringComparison.Ordinal)
            ? "HTTP/1.1 302 Found\r\nLocation: /second\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            : RawUpstream.Ok("end"));
        Assert.True((await FetchAsync($"http://127.0.0.1:{upstream.Port}/first")).Succeeded);
        Assert.All(upstream.Heads, head =>
            Assert.Equal(
                "Host User-Agent Accept Accept-Encoding",
                string.Join(' ', head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]))));
    }

    private static byte[] Pack(string encoding, string text)
    {
        using var packed = new MemoryStream();
        using (Stream packing = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Fastest),
        })
        {
            packing.Write(Encoding.Latin1.GetBytes(text));
        }

        return packed.ToArray();
    }

    private Task<FetchResult> FetchAsync(string address) => _fetcher.FetchAsync(new Uri(address), Limits, Token);
}
