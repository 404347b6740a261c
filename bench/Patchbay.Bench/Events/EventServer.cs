using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Bench.Proxy;
using Patchbay.Platform;
using Patchbay.Server;

namespace Patchbay.Bench.Events;

/// <summary>The server as it is shipped, in a process of its own, with one endpoint of a trigger; and the same with a transaction for each event.</summary>
internal sealed class EventServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;

    private readonly bool _shared;

    private EventServer(ChildProcess process, DirectoryInfo folder, bool shared, string path) =>
        (_process, _folder, _shared, Path) = (process, folder, shared, path);

    /// <summary>The path of the endpoint.</summary>
    public string Path { get; }

    public Target Target => new("The intake of events", _process.Url, [], () => _process.ProcessorTime);

    /// <summary>The size of the embedded store's log, in bytes.</summary>
    public long LogLength => new FileInfo(System.IO.Path.Combine(_folder.FullName, "patchbay.db-wal")) is { Exists: true } log ? log.Length : 0;

    /// <summary>Starts one.</summary>
    /// <param name="batch">How many events a transaction holds at most.</param>
    /// <param name="connectionString">Of PostgreSQL; null for SQLite.</param>
    /// <param name="other">One that uses the same PostgreSQL, and so must have the same keys.</param>
    public static async Task<EventServer> StartAsync(int batch, string? connectionString, EventServer? other = null)
    {
        var folder = connectionString is not null && other is not null ? other._folder : Directory.CreateTempSubdirectory("patchbay-bench-");
        var port = ChildProcess.FreePort();
        string[] store = connectionString is null ? [] : ["--connection-string", connectionString];
        var process = await ChildProcess.StartProgramAsync(
            "Patchbay.Bench", port, ["serve-events", "--url", ChildProcess.UrlOf(port), "--upstream", folder.FullName, "--rounds", $"{batch}", .. store]);
        var operatorKey = (await File.ReadAllTextAsync(System.IO.Path.Combine(folder.FullName, "operator.key"))).Trim();
        return new EventServer(process, folder, folder == other?._folder, await MakeEndpointAsync(process.Url, operatorKey));
    }

    /// <summary>What runs in the process.</summary>
    public static async Task RunAsync(BenchOptions options)
    {
        var server = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = options.Url, ["DataDir"] = options.Upstream, ["Database"] = options.ConnectionString is null ? "sqlite" : "postgres", ["ConnectionString"] = options.ConnectionString,
        });
        await using var app = await PatchbayServer.CreateAsync(server, CancellationToken.None, configure: builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddSingleton(new PatchbaySettings { MaxEventBatch = options.Rounds!.Value, ChecksFunctionsAtStart = false });
        });
        app.MapPost(OneRow.Path, OneRow.StoreAsync);
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (!_shared)
            _folder.Delete(recursive: true);
    }

    private static async Task<string> MakeEndpointAsync(string url, string operatorKey)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var slug = $"bench-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}";
        var organisation = await PostAsync("/api/organisations/v1/organisations", new { slug, displayName = "Bench" }, "id");
        var api = $"/api/connect/v1/o/{organisation}";
        var connector = await PostAsync($"{api}/protocols/http/connectors", new
        {
            name = "Events", baseUrl = "https://api.example.com",
            authSchemeConfigs = new[] { new { id = "signed", schemeType = "hmac", description = "", name = "X-Signature", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" }, prefix = "sha256=" } },
        }, "id");
        await PostAsync($"{api}/connectors/{connector}/versions", new { name = "1" }, "id");
        await PostAsync($"{api}/connectors/{connector}/versions/1/triggers", new
        {
            type = "http", name = "happened", method = "POST", parameters = Array.Empty<object>(), responses = new[] { new { status = 200, definitions = Array.Empty<object>() } },
            intake = new { verifiedBy = new[] { "signed" }, duplicateKey = "header:X-Delivery" },
        }, "id");
        await PostAsync($"{api}/connectors/{connector}/versions/1/publish", new { }, "version");
        var connection = await PostAsync($"{api}/connectors/{connector}/connections", new
        {
            name = "bench", variables = Array.Empty<object>(),
            credentials = new { trigger = new[] { new { authSchemeConfig = new { id = "signed" }, credential = new { name = "key", type = "string", data = new { value = EventLoad.Secret } } } } },
        }, "id");
        var endpoint = await PostAsync($"{api}/connectors/{connector}/connections/{connection}/triggers/happened/endpoint", new { }, "url");
        return new Uri(endpoint).AbsolutePath;

        async Task<string> PostAsync(string path, object body, string result)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url + path) { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorKey);
            using var response = await invoker.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode
                ? JsonDocument.Parse(text).RootElement.GetProperty(result).ToString()
                : throw new InvalidOperationException($"{path}: {text}");
        }
    }
}
