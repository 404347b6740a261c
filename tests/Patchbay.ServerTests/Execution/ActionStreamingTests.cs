using System.Net.Http.Headers;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

public sealed class ActionStreamingTests(Hosts hosts)
{
    private const string Paths = """
          /file:
            get: { operationId: download, responses: { "200": { description: It, content: { application/pdf: {} } } } }
            put:
              operationId: upload
              parameters: [{ name: name, in: query, required: true, schema: { type: string } }]
              requestBody: { required: true, content: { application/octet-stream: {}, application/json: { schema: { type: object } } } }
              responses: { "200": { description: It, content: { application/json: { schema: { type: object } } } } }
        """;

    /// <summary>Other tests of the process hold memory meanwhile; a gigabyte would show all the same.</summary>
    private const long MayGrow = 256L << 20;

    private static long Size => Counts.Full ? 1L << 30 : 64L << 20;

    [Fact]
    public async Task A_large_answer_goes_through_without_being_kept()
    {
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            context.Response.ContentType = "application/pdf";
            var piece = new byte[1 << 20];
            for (long sent = 0; sent < Size; sent += piece.Length)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        var running = await MakeAsync(upstream.Address.ToString());
        using var client = Client(running);
        using var request = new HttpRequestMessage(HttpMethod.Post, running.Tenant.Whole(running.Path("download"))) { Content = (HttpContent)Api.ContentOf(running.Call())! };
        request.Headers.Accept.ParseAdd("application/octet-stream");

        var before = Settled();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var (length, most) = await DrainAsync(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        Assert.Equal(Size, length);
        Assert.Equal(("200", "application/pdf", "application/octet-stream", "nosniff"),
            (response.Headers.GetValues("X-Patchbay-Status").Single(), response.Headers.GetValues("X-Patchbay-Content-Type").Single(), response.Content.Headers.ContentType!.ToString(),
                response.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.True(most - before < MayGrow, $"{(most - before) >> 20} MB more were held");
    }

    [Fact]
    public async Task A_large_body_goes_through_without_being_kept()
    {
        var (length, most) = (0L, 0L);
        await using var upstream = await Upstream.StartStreamingAsync(async context =>
        {
            (length, most) = await DrainAsync(context.Request.Body);
            await RunningAction.Json($$"""{"type":"{{context.Request.ContentType}}","query":"{{context.Request.QueryString}}","length":{{context.Request.ContentLength}}}""")(context);
        });
        var running = await MakeAsync(upstream.Address.ToString());
        using var client = Client(running);
        using var content = new StreamContent(new Zeros(Size));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = Size;

        var before = Settled();
        using var response = await client.PostAsync(
            $"{running.Tenant.Whole(running.Path("upload"))}/raw?connectionId={running.ConnectionId}&parameters=%7B%22name%22%3A%22a%20b%22%7D", content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Size, length);
        Assert.True(answer.Contains($$"""{"type":"application/octet-stream","query":"?name=a%20b","length":{{Size}}}""", StringComparison.Ordinal), answer);
        Assert.True(most - before < MayGrow, $"{(most - before) >> 20} MB more were held");
    }

    [Fact]
    public async Task What_is_no_success_is_told_as_usual()
    {
        await using var upstream = await Upstream.StartAsync(RunningAction.Json("""{"a":1}""", 404));
        var running = await MakeAsync(upstream.Address.ToString());

        var answer = (await running.RunAsync("download", more: new { stream = true })).Expect(200);

        Assert.Equal((404, 1), ((int)answer["status"], (int)answer["body"]["a"]!));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_does_not_look_whole()
    {
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[100_000], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        var running = await MakeAsync(upstream.Address.ToString());

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => running.RunAsync("download", more: new { stream = true }));
    }

    [Fact]
    public async Task Faults_of_a_raw_call_are_told_at_once()
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var running = await MakeAsync(upstream.Address.ToString());

        await RefusedAsync("", "application/octet-stream", "connectionId");
        await RefusedAsync("?connectionId=x&parameters=[", "application/octet-stream", "connectionId", "parameters");
        await RefusedAsync($"?connectionId={running.ConnectionId}&parameters=%7B%22other%22%3A1%7D", "image/png", "parameters.other", "parameters.name", "contentType");
        await RefusedAsync($"?connectionId={running.ConnectionId}&parameters=%7B%22name%22%3A%22a%22%7D", "application/json", "contentType");
        Assert.Empty(upstream.Requests);

        async Task RefusedAsync(string query, string type, params string[] fields)
        {
            var content = new ByteArrayContent([1]);
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            (await running.Tenant.Api.SendAsync(HttpMethod.Post, running.Tenant.Whole(running.Path("upload")) + "/raw" + query, content)).ExpectError(400, "invalid_request", fields);
        }
    }

    private async Task<RunningAction> MakeAsync(string url) => await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), url, Paths);

    private static HttpClient Client(RunningAction running)
    {
#pragma warning disable RS0030 // A client of the tests.
        var client = new HttpClient { BaseAddress = running.Tenant.Host.Address, Timeout = TimeSpan.FromMinutes(5) };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", running.Tenant.Key);
        return client;
    }

    private static long Settled() => GC.GetTotalMemory(forceFullCollection: true);

    private static async Task<(long Length, long Most)> DrainAsync(Stream body)
    {
        var buffer = new byte[1 << 16];
        var (length, most, sampled) = (0L, 0L, 0L);
        for (int read; (read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; length += read)
        {
            if (length - sampled < Size / 8)
                continue;
            sampled = length;
            most = Math.Max(most, Settled());
        }

        return (length, most);
    }

    /// <summary>Zeros, a given number of them.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private readonly long _whole = length;
        private long _left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => _whole;

        public override long Position
        {
            get => _whole - _left;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Clear();
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
