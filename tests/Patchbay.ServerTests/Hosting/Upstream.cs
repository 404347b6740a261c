using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>A request as it reached an upstream.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The raw request target.</param>
/// <param name="Headers">Every header, lists joined by a comma.</param>
/// <param name="Body">The body.</param>
public sealed record UpstreamRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A small real API on loopback that remembers what it was asked.</summary>
public sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public ConcurrentQueue<UpstreamRequest> Requests { get; } = new();

    /// <summary>Starts an API that answers every request alike, once it has read it.</summary>
    public static Task<Upstream> StartAsync(RequestDelegate answer) => StartAsync(answer, null);

    /// <summary>Starts an API that reads of a request what the answer reads of it, and remembers nothing.</summary>
    public static Task<Upstream> StartStreamingAsync(RequestDelegate answer) => StartAsync(answer, null, remembers: false);

    /// <summary>Starts an API that speaks TLS only, and only with clients that show a certificate.</summary>
    public static Task<Upstream> StartMutualTlsAsync(X509Certificate2 certificate, RequestDelegate answer) => StartAsync(answer, https =>
    {
        https.ServerCertificate = certificate;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.AllowAnyClientCertificate();
    });

    private static async Task<Upstream> StartAsync(RequestDelegate answer, Action<HttpsConnectionAdapterOptions>? https, bool remembers = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (https is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https));
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.UseUrls(https is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var upstream = new Upstream(app);
        app.Run(async context =>
        {
            if (!remembers)
            {
                await answer(context);
                return;
            }

            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            upstream.Requests.Enqueue(new UpstreamRequest(
                context.Request.Method,
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray()));
            context.Items["body"] = body.ToArray();
            await answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return upstream;
    }

    /// <summary>Starts an API that always answers with the same text.</summary>
    public static Task<Upstream> StartAsync(string text, string contentType = "application/json") => StartAsync(context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();
    });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
