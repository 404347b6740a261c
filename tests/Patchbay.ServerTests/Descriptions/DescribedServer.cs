using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Server;
using Patchbay.ServerTests.Descriptions;
using Xunit;

[assembly: AssemblyFixture(typeof(DescribedServer))]

namespace Patchbay.ServerTests.Descriptions;

/// <summary>A server that is asked what it says of itself.</summary>
public sealed class DescribedServer : IAsyncLifetime
{
    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-described-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private WebApplication? _app;

    public string Url { get; private set; } = "";

    public string OperatorKey { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var options = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["PublicUrl"] = "",
            ["DataDir"] = _dataDir,
            ["Database"] = "sqlite",
            ["OperatorKey"] = "",
        });
        _app = await PatchbayServer.CreateAsync(options, TestContext.Current.CancellationToken);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Url = _app.Urls.Single();
        OperatorKey = (await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), TestContext.Current.CancellationToken)).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _client.Dispose();
        Directory.Delete(_dataDir, recursive: true);
    }

    public async Task<string> DescriptionAsync(string name)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/openapi/{name}.json");
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Calls an API as the operator.</summary>
    public async Task<JsonNode> CallAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var answer = await SendAsync(method, path, request =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey);
            request.Content = content;
        });
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(body) ?? throw new InvalidOperationException($"{method} {path} answered {(int)answer.StatusCode} without a body.");
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, Url + path);
        configure?.Invoke(request);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
