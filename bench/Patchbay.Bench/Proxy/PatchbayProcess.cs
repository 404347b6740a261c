using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Patchbay.Bench.Proxy;

/// <summary>The server as it is shipped, with one organisation, and one connection that has an API key for the upstream.</summary>
internal sealed class PatchbayProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;

    private PatchbayProcess(ChildProcess process, DirectoryInfo folder, Target target)
    {
        _process = process;
        _folder = folder;
        Target = target;
    }

    /// <summary>The small document, by way of the connection.</summary>
    public Target Target { get; }

    public static async Task<PatchbayProcess> StartAsync(string upstream)
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        var port = ChildProcess.FreePort();
        var process = await ChildProcess.StartProgramAsync(
            "patchbay", port, "--urls", ChildProcess.UrlOf(port), "--data-dir", folder.FullName, "--allow-network", "127.0.0.0/8");
        var operatorKey = (await File.ReadAllTextAsync(Path.Combine(folder.FullName, "operator.key"))).Trim();
        var (key, connection) = await ConnectAsync(process.Url, operatorKey, upstream);
        return new PatchbayProcess(
            process, folder, new Target("patchbay", $"{process.Url}/api/proxy/{connection}{Target.Path}", [$"Authorization: Bearer {key}"], () => process.ProcessorTime));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<(string Key, string Connection)> ConnectAsync(string url, string operatorKey, string upstream)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var organisation = await PostAsync("/api/organisations/v1/organisations", operatorKey, new { slug = "bench", displayName = "Bench" }, "id");
        var key = await PostAsync($"/api/organisations/v1/organisations/{organisation}/api-keys", operatorKey, new { name = "bench" }, "key");
        var api = $"/api/connect/v1/o/{organisation}";
        var connector = await PostAsync($"{api}/protocols/http/connectors", key, new
        {
            name = "Small",
            baseUrl = upstream,
            authSchemeConfigs = new[] { new { schemeType = "api-key", id = "key", description = "", name = "X-Api-Key", @in = "header" } },
        }, "id");
        var connection = await PostAsync($"{api}/connectors/{connector}/connections", key, new
        {
            name = "bench",
            variables = Array.Empty<object>(),
            credentials = new
            {
                action = new[]
                {
                    new { authSchemeConfig = new { id = "key" }, credential = new { name = "key", type = "string", data = new { value = "not-a-secret" } } },
                },
            },
        }, "id");
        return (key, connection);

        async Task<string> PostAsync(string path, string bearer, object body, string result)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url + path) { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            using var response = await invoker.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode
                ? JsonDocument.Parse(text).RootElement.GetProperty(result).GetString()!
                : throw new InvalidOperationException($"{path}: {text}");
        }
    }
}
