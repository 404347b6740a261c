using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Platform.Http;
using Patchbay.Server;
using Xunit;

namespace Patchbay.BrowserTests;

public sealed class DocsPageTests : IAsyncLifetime
{
    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-browsed-").FullName;
    private WebApplication? _app;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Urls"] = "http://127.0.0.1:0", ["PublicUrl"] = "", ["DataDir"] = _dataDir, ["Database"] = "sqlite" };
        _app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings), Token);
        await _app.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_dataDir, recursive: true);
    }

    [Fact]
    public async Task The_pages_show_every_operation_and_call_nobody_but_the_server()
    {
        var server = _app!.Urls.Single();

        var met = await Browser.RunAsync("read-docs.mjs", [server, .. ApiDocuments.All.Values.Select(d => d.Title)]);

        foreach (var (name, document) in ApiDocuments.All)
        {
            var sidebar = (string)met["documents"]![document.Title]!;
            Assert.All(await SummariesAsync(name), summary => Assert.Contains(summary, sidebar, StringComparison.Ordinal));
        }

        Assert.All(met["requests"]!.AsArray(), r => Assert.StartsWith(server + "/", (string)r!, StringComparison.Ordinal));
        Assert.Empty(met["complaints"]!.AsArray());
        Assert.Equal(200, (int)met["tried"]!);
    }

    private async Task<IReadOnlyList<string>> SummariesAsync(string name)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_app!.Urls.Single()}/openapi/{name}.json");
        using var answer = await client.SendAsync(request, Token);
        var paths = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["paths"]!.AsObject();
        return [.. paths.SelectMany(p => p.Value!.AsObject()).Select(o => (string)o.Value!["summary"]!)];
    }
}
