using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Patchbay.Protocols.Webhooks;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>A message as it reached a receiver.</summary>
/// <param name="At">When it did, by a clock that only goes forward.</param>
/// <param name="Headers">The headers of Standard Webhooks.</param>
/// <param name="Body">The body.</param>
/// <param name="Status">What was answered.</param>
internal sealed record ReceivedMessage(long At, WebhookHeaders Headers, byte[] Body, int Status)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The field <c>n</c> of the event's body.</summary>
    public int Number => (int)Json["data"]!["body"]!["n"]!;

    public string Connection => (string)Json["data"]!["connectionId"]!;
}

/// <summary>A real receiver of messages on loopback, which does what a test wants and remembers what came.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private WebApplication? _app;

    private EventReceiver(int port, Func<ReceivedMessage, HttpContext, Task<int>> answer) => (Port, Answer) = (port, answer);

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/hook");

    /// <summary>Gives the status of the answer; may be changed while it runs.</summary>
    public Func<ReceivedMessage, HttpContext, Task<int>> Answer { get; set; }

    /// <summary>All that came, whatever was answered.</summary>
    public ConcurrentQueue<ReceivedMessage> Messages { get; } = new();

    public IEnumerable<ReceivedMessage> Accepted => Messages.Where(m => m.Status is >= 200 and < 300);

    /// <summary>A receiver that accepts all.</summary>
    public static Task<EventReceiver> StartAsync() => StartAsync((_, _) => Task.FromResult(204));

    public static async Task<EventReceiver> StartAsync(Func<ReceivedMessage, HttpContext, Task<int>> answer)
    {
        var receiver = Down(answer);
        await receiver.ComeUpAsync();
        return receiver;
    }

    /// <summary>A receiver that does not listen yet, on a port that is free.</summary>
    public static EventReceiver Down(Func<ReceivedMessage, HttpContext, Task<int>>? answer = null)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new EventReceiver(((IPEndPoint)probe.LocalEndpoint).Port, answer ?? ((_, _) => Task.FromResult(204)));
    }

    /// <summary>Begins to listen.</summary>
    public async Task ComeUpAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var headers = context.Request.Headers;
            var message = new ReceivedMessage(Stopwatch.GetTimestamp(), new WebhookHeaders(headers[WebhookHeaders.IdName].ToString(), headers[WebhookHeaders.TimestampName].ToString(),
                headers[WebhookHeaders.SignatureName].ToString()), body.ToArray(), 0);
            Assert.Equal("POST", context.Request.Method);
            Assert.Equal("application/json", context.Request.ContentType);
            var status = 499;
            try
            {
                status = await Answer(message, context);
                if (!context.Response.HasStarted)
                    context.Response.StatusCode = status;
            }
            finally
            {
                Messages.Enqueue(message with { Status = status });
            }
        });
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is null)
            return;
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
