using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>A site with a page that embeds the pages for end users, which keeps what it is told; and an API with keys, which stands for one of somebody else's.</summary>
internal sealed class Embedder : IAsyncDisposable
{
    /// <summary>The key that its API takes.</summary>
    public const string Key = "key-of-ada";

    private readonly WebApplication _app;

    private Embedder(WebApplication app) => _app = app;

    public string Origin => _app.Urls.Single();

    /// <summary>Starts it.</summary>
    /// <param name="server">The origin of the server.</param>
    public static async Task<Embedder> StartAsync(string server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/", () => Results.Content(Page(server), "text/html", Encoding.UTF8));
        app.MapGet("/favicon.ico", () => Results.NoContent());
        app.MapGet("/api/thing", (HttpContext context) => context.Request.Headers["X-Key"] == Key ? Results.Text("{}", "application/json") : Results.StatusCode(401));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Embedder(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static string Page(string server) => $$"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Embedder</title><script src="{{HtmlEncoder.Default.Encode(server)}}/embed.js"></script></head>
        <body>
        <button id="go">Go</button>
        <div id="here"></div>
        <script>
          window.told = [];
          window.received = [];
          window.addEventListener('message', event => window.received.push(event.data));
          const openWindow = window.open;
          window.open = (...how) => window.popup = openWindow.apply(window, how);
          const events = ['onReady', 'onActivated', 'onDeactivated', 'onChanged', 'onReconnected', 'onExpired', 'onClose', 'onBlocked', 'onError'];
          document.getElementById('go').addEventListener('click', () => {
            const { container, ...options } = window.next;
            const listeners = Object.fromEntries(events.map(name => [name, payload => window.told.push([name, payload ?? null])]));
            window.pages = Patchbay.open({ ...listeners, container: container ? document.getElementById('here') : null, ...options });
          });
        </script>
        </body>
        </html>
        """;
}
