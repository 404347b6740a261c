using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Patchbay.UnitTests.OAuth;

/// <summary>A request as a provider received it.</summary>
internal sealed record Received(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The parameters of the body, decoded by the framework's own reader.</summary>
    public IReadOnlyDictionary<string, string> Form => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Body)
        .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> QueryParameters => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Query)
        .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
}

/// <summary>A real HTTP server on loopback that answers as a test says and keeps what it was asked.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Provider(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public ConcurrentQueue<Received> Requests { get; } = new();

    public Received Last => Requests.Last();

    public static async Task<Provider> StartAsync(Func<HttpContext, Received, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var provider = new Provider(builder.Build());
        provider._application.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var received = new Received(
                context.Request.Method,
                context.Request.Path,
                context.Request.QueryString.Value ?? "",
                context.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync(context.RequestAborted));
            provider.Requests.Enqueue(received);
            await answer(context, received);
        });
        await provider._application.StartAsync();
        return provider;
    }

    /// <summary>Answers every request alike.</summary>
    public static Task<Provider> StartAsync(string body, int status = 200, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        StartAsync((context, _) =>
        {
            foreach (var (name, value) in headers) context.Response.Headers[name] = value;
            return WriteAsync(context, body, status, contentType);
        });

    public static async Task WriteAsync(HttpContext context, string body, int status = 200, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
