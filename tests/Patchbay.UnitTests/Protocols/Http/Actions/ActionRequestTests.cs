using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http.Actions;

public sealed class ActionRequestTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Parameters_stand_where_they_belong()
    {
        Assert.True(Create("GET", "/users/{{ param.id }}/files?a=b",
            (ParameterPlace.Path, "id", "\"a/b\""), (ParameterPlace.Query, "q", "\"x y\""), (ParameterPlace.Header, "X-Trace", "[1,2]"),
            (ParameterPlace.Cookie, "session", "\"s;1\""), (ParameterPlace.Cookie, "tags", "[\"a\",\"b\"]")).TryGet(out var request, out var faults), string.Join(' ', faults));

        Assert.Equal("/users/a%2Fb/files?a=b&q=x%20y", request.Remainder);
        var message = Message(request);
        Assert.Equal("1,2", message.HeaderValue("X-Trace"));
        Assert.Equal("session=s%3B1; tags=a; tags=b", message.HeaderValue("Cookie"));
        Assert.Equal("*/*", message.HeaderValue("Accept"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/../b")]
    [InlineData("..\\b")]
    public void A_value_does_not_lead_out_of_its_segment(string value)
    {
        var fault = Assert.Single(Create("GET", "/users/{{ param.id }}/files", (ParameterPlace.Path, "id", JsonSerializer.Serialize(value))).Faults);
        Assert.Equal("id", fault.Subject);
    }

    [Theory]
    [InlineData("X-A", "a\r\nX-B: c")]
    [InlineData("X-A", "a\nb")]
    [InlineData("X-A", "a\0b")]
    [InlineData("Host", "other.example.com")]
    [InlineData("content-length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("Proxy-Authorization", "x")]
    [InlineData("X A", "x")]
    [InlineData("X:A", "x")]
    public void No_header_is_smuggled_in(string name, string value)
    {
        var fault = Assert.Single(Create("GET", "/", (ParameterPlace.Header, name, JsonSerializer.Serialize(value))).Faults);
        Assert.Equal(name, fault.Subject);
    }

    [Fact]
    public void Values_of_cookies_are_encoded_and_their_names_are_tokens()
    {
        Assert.True(Create("GET", "/", (ParameterPlace.Cookie, "a", "\"x; admin=1\\r\\nb\"")).TryGet(out var request, out _));
        Assert.Equal("a=x%3B%20admin%3D1%0D%0Ab", Message(request).HeaderValue("Cookie"));
        Assert.Equal("a%3D%3B", Message(Made(Create("GET", "/", (ParameterPlace.Cookie, "a=;", "\"x\"")))).HeaderValue("Cookie")!.Split('=')[0]);
    }

    [Fact]
    public async Task A_form_has_a_part_for_each_field()
    {
        Assert.True(WrittenBody.Multipart(
        [
            new FormField("text", Json("\"a\"")), new FormField("list", Json("[1,2]")), new FormField("data", Json("""{"a":1}""")),
            new FormField("file", Json($$"""{"content":"{{Convert.ToBase64String([0, 255])}}","filename":"a\"b.bin","contentType":"image/png"}"""), IsBinary: true),
            new FormField("none", Json("null")), new FormField("typed", Json("[1]"), new FieldEncoding { ContentType = "application/json" }),
        ]).TryGet(out var body, out _));

        var reader = new Microsoft.AspNetCore.WebUtilities.MultipartReader(body.ContentType.Split("boundary=")[1], new MemoryStream(body.Bytes.ToArray()));
        var parts = new List<string>();
        while (await reader.ReadNextSectionAsync(TestContext.Current.CancellationToken) is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content, TestContext.Current.CancellationToken);
            parts.Add($"{section.ContentDisposition}|{section.ContentType}|{Encoding.Latin1.GetString(content.ToArray())}");
        }

        Assert.Equal(
        [
            "form-data; name=\"text\"||a", "form-data; name=\"list\"||1", "form-data; name=\"list\"||2", "form-data; name=\"data\"|application/json|{\"a\":1}",
            "form-data; name=\"file\"; filename=\"a%22b.bin\"|image/png|\0\u00ff", "form-data; name=\"typed\"|application/json|[1]",
        ], parts);
    }

    [Fact]
    public void A_file_that_is_no_base64_or_no_type_is_refused()
    {
        Assert.Equal("file", Assert.Single(WrittenBody.Multipart([new FormField("file", Json("\"§\""), IsBinary: true)]).Faults).Subject);
        Assert.Equal("file", Assert.Single(WrittenBody.Multipart([new FormField("file", Json("""{"content":"AA==","contentType":"a/b\r\nX: y"}"""), IsBinary: true)]).Faults).Subject);
        Assert.Equal("file", Assert.Single(WrittenBody.Multipart([new FormField("file", Json("""{"content":"AA==","filename":"a\r\nb"}"""), IsBinary: true)]).Faults).Subject);
    }

    [Fact]
    public void Fields_of_a_form_are_written_by_their_encoding()
    {
        var body = WrittenBody.Form(
        [
            new FormField("a", Json("\"x y&z\"")), new FormField("b", Json("[1,2]")), new FormField("c", Json("[1,2]"), new FieldEncoding { Explode = false }),
            new FormField("d", Json("""{"e":{"f":1}}"""), new FieldEncoding { Style = "deepObject", Explode = true }), new FormField("g", Json("""{"h":1}""")), new FormField("i", Json("null")),
        ]);

        Assert.Equal("a=x%20y%26z&b=1&b=2&c=1,2&d%5Be%5D%5Bf%5D=1&g=%7B%22h%22%3A1%7D", Encoding.ASCII.GetString(body.Bytes.Span));
    }

    [Theory]
    [InlineData(429, "Retry-After: 7", 7d)]
    [InlineData(503, "Retry-After: Thu, 01 Jan 2026 00:01:00 GMT", 60d)]
    [InlineData(503, "Retry-After: Wed, 31 Dec 2025 00:00:00 GMT", 0d)]
    [InlineData(429, "RateLimit: \"default\";r=0;t=30", 30d)]
    [InlineData(429, "RateLimit: limit=10, remaining=0, reset=12", 12d)]
    [InlineData(429, "RateLimit-Reset: 5", 5d)]
    [InlineData(429, "X-RateLimit-Reset: 9", 9d)]
    [InlineData(429, "X-RateLimit-Reset: 1767225610", 10d)]
    [InlineData(429, "X-RateLimit-Reset: 1767225602500", 2.5)]
    [InlineData(429, "X-RateLimit-Reset-After: 1.25", 1.25)]
    [InlineData(403, "X-RateLimit-Remaining: 0|X-RateLimit-Reset: 1767225610", 10d)]
    [InlineData(403, "Retry-After: 3", 3d)]
    [InlineData(429, "Retry-After: soon", null)]
    [InlineData(429, "Retry-After: -5", null)]
    [InlineData(502, "", null)]
    public void An_answer_says_when_to_come_again(int status, string headers, double? seconds)
    {
        var lines = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => h.Split(": ", 2)).ToDictionary(h => h[0], h => h[1]);

        var advice = RetryAdvice.Of(status, lines.GetValueOrDefault, Now);

        Assert.True(advice.IsTransient);
        Assert.Equal(seconds, advice.Delay?.TotalSeconds);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(501)]
    public void Other_answers_stand(int status) => Assert.False(RetryAdvice.Of(status, _ => null, Now).IsTransient);

    [Fact]
    public void Waits_are_random_up_to_a_bound_that_doubles()
    {
        for (var failed = 1; failed <= 10; failed++)
        {
            var waits = Enumerable.Range(0, 50).Select(_ => Backoff.Before(failed, null)).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, Backoff.Bound(failed)));
            Assert.True(waits.Distinct().Count() > 10);
        }

        Assert.Equal(TimeSpan.FromSeconds(20), Backoff.Bound(10));
        Assert.InRange(Backoff.Before(1, TimeSpan.FromSeconds(30)), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30.5));
    }

    [Theory]
    [InlineData("<https://a.example/2>; rel=\"next\"", "https://a.example/2")]
    [InlineData("<https://a.example/1>; rel=prev, </x?a=b,c;d>; title=\"a, b; rel=next\"; rel=\"last next\"", "/x?a=b,c;d")]
    [InlineData("<a>;rel=NEXT", "a")]
    [InlineData("<a>; rel=\"first\"; rel=\"next\"", null)]
    [InlineData("<a>; nextrel=next", null)]
    [InlineData("a; rel=next", null)]
    [InlineData("<a; rel=next", null)]
    [InlineData(null, null)]
    public void The_next_page_is_found_among_links(string? header, string? target) => Assert.Equal(target, LinkHeader.Find(header, "next"));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("gzip, br")]
    public async Task Packed_answers_are_unpacked(string coding)
    {
        using var response = Packed(Encoding.UTF8.GetBytes("{\"a\":1}"), coding);

        Assert.True((await AnswerBody.ReadAsync(response, 1000, TestContext.Current.CancellationToken)).TryGet(out var body, out _));
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task A_body_that_unpacks_to_more_than_the_limit_is_refused(string coding)
    {
        using var response = Packed(new byte[50_000_000], coding);

        Assert.Equal(FaultKind.TooLong, Assert.Single((await AnswerBody.ReadAsync(response, 1_000_000, TestContext.Current.CancellationToken)).Faults).Kind);
    }

    [Fact]
    public async Task A_body_that_does_not_unpack_is_no_body()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([1, 2, 3, 4]) };
        response.Content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(FaultKind.Malformed, Assert.Single((await AnswerBody.ReadAsync(response, 1000, TestContext.Current.CancellationToken)).Faults).Kind);
    }

    private static HttpResponseMessage Packed(byte[] body, string codings)
    {
        foreach (var coding in codings.Split(", "))
        {
            using var packed = new MemoryStream();
            using (Stream packing = coding switch
            {
                "br" => new BrotliStream(packed, CompressionLevel.Fastest),
                "deflate" => new ZLibStream(packed, CompressionLevel.Fastest),
                "raw deflate" => new DeflateStream(packed, CompressionLevel.Fastest),
                _ => new GZipStream(packed, CompressionLevel.Fastest),
            })
            {
                packing.Write(body);
            }

            body = packed.ToArray();
        }

        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        foreach (var coding in codings.Split(", ")) response.Content.Headers.ContentEncoding.Add(coding.Split(' ')[^1]);
        return response;
    }

    private static Outcome<ActionRequest> Create(string method, string path, params (ParameterPlace Place, string Name, string Value)[] parameters)
    {
        Assert.True(PathTemplate.Parse(path).TryGet(out var template, out _));
        return ActionRequest.Create(
            method, template, [.. parameters.Select(p => new ParameterValue(ParameterShape.Of(p.Name, p.Place), Json(p.Value)))],
            new Dictionary<string, string>(), body: null, "*/*");
    }

    private static ActionRequest Made(Outcome<ActionRequest> outcome) => outcome.TryGet(out var request, out var faults) ? request : throw new InvalidOperationException(string.Join(' ', faults));

    private static OutgoingRequest Message(ActionRequest request)
    {
        Assert.True(TargetAddress.Parse("https://api.example.com/v1").TryGet(out var address, out _));
        Assert.True(RawTarget.Join(address, request.Remainder).TryGet(out var target, out _));
        return request.ToMessage(target);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();
}
