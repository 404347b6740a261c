using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>
/// A web application of an organisation, at an origin of its own. Its page opens the pop-up and says hello until it is answered, by the very
/// script that <c>docs/oauth.md</c> shows.
/// </summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Application(WebApplication app) => _app = app;

    public string Origin => _app.Urls.Single();

    /// <summary>Where its page sends the user.</summary>
    public string AuthorizeUrl { get; set; } = "about:blank";

    /// <summary>Whether its hellos name another state than the one of the sign-in.</summary>
    public bool Guesses { get; set; }

    /// <summary>Starts it.</summary>
    /// <param name="server">The origin of the server.</param>
    public static async Task<Application> StartAsync(string server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var application = new Application(app);
        app.MapGet("/", () => Results.Content(application.Page(server), "text/html", Encoding.UTF8));
        app.MapGet("/favicon.ico", () => Results.NoContent());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private string Page(string server) => $$"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Application</title></head>
        <body>
        <button id="connect">Connect</button>
        <script>
          {{OAuthGuide.Script("signIn")}}
          const authorizeUrl = '{{JavaScriptEncoder.Default.Encode(AuthorizeUrl)}}';
          window.received = [];
          window.addEventListener('message', event => window.received.push(event.data));
          const openWindow = window.open;
          window.open = (_, ...how) => {
            const popup = openWindow.call(window, authorizeUrl, ...how);
            window.sayLast = () => popup.postMessage('last', '*');
            return popup;
          };
          document.getElementById('connect').addEventListener('click', async () => {
            document.body.dataset.search = await signIn({{(Guesses ? "authorizeUrl.replace(/state=[^&]*/, 'state=a-guess')" : "authorizeUrl")}}, '{{JavaScriptEncoder.Default.Encode(server)}}');
          });
        </script>
        </body>
        </html>
        """;
}
