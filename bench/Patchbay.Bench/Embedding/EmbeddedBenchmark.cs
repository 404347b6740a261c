using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Server;

namespace Patchbay.Bench.Embedding;

/// <summary>Every read of the Embedded API in a hub of 10,000 users against the same in a hub of 100, in pairs; each user has five activations. On SQLite.</summary>
internal sealed class EmbeddedBenchmark(BenchOptions options)
{
    private const int Integrations = 5;
    private const string OperatorKey = "an-operator-key-for-benchmarks-of-40-chars";

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 40 : 300);

    public async Task RunAsync()
    {
        Report.Heading("Reads of the Embedded API on SQLite");
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["DataDir"] = folder.FullName, ["Urls"] = "http://127.0.0.1:0" };
        await using (var app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings) with { OperatorKey = OperatorKey }, CancellationToken.None))
        {
            await app.StartAsync();
            using var client = new BenchClient(new Uri(app.Urls.First()), OperatorKey);
            var organisation = (string)(await PostAsync(client, "/api/organisations/v1/organisations", """{"slug":"bench","displayName":"Bench"}"""))["id"]!;
            var (small, large) = (await MakeAsync(client, organisation, "small", 100), await MakeAsync(client, organisation, "large", 10_000));
            foreach (var hub in (BenchHub[])[small, large])
                UserCopies.Make(Path.Combine(folder.FullName, "patchbay.db"), hub.User, hub.Users);
            await MeasureAsync(client, small, large);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    private async Task MeasureAsync(BenchClient client, BenchHub small, BenchHub large)
    {
        var random = new Random(1);
        foreach (var (name, path) in Reads())
        {
            var (few, many) = (new List<double>(), new List<double>());
            for (var round = -20; round < _rounds; round++)
            {
                var (of100, of10000) = (await TimeAsync(client, path(small, random.Next(small.Users))), await TimeAsync(client, path(large, random.Next(large.Users))));
                if (round < 0)
                    continue;
                few.Add(of100);
                many.Add(of10000);
            }

            var (at100, at10000) = (Spread.Of(few).Median, Spread.Of(many).Median);
            Report.Line($"  {name,-36} {at10000,6:F2} ms, p99 {Spread.Quantile(many, 0.99),6:F2}; of 100 users {at100,6:F2} ms; {at10000 / at100:F2} times as long");
        }
    }

    private static IEnumerable<(string Name, Func<BenchHub, int, string> Path)> Reads()
    {
        yield return ("ListHubs", (h, _) => $"o/{h.Organisation}/hubs");
        yield return ("GetHub", (h, _) => $"hubs/{h.Id}");
        yield return ("ListEndUsers", (h, _) => $"hubs/{h.Id}/users");
        yield return ("ListEndUsers, by part of an id", (h, u) => $"hubs/{h.Id}/users?search={BenchHub.NameOf(u)}");
        yield return ("GetEndUser", (h, u) => $"hubs/{h.Id}/users/{BenchHub.NameOf(u)}");
        yield return ("ListEndUserConnections", (h, u) => $"hubs/{h.Id}/users/{BenchHub.NameOf(u)}/connections");
        yield return ("ListIntegrations", (h, _) => $"hubs/{h.Id}/integrations");
        yield return ("GetIntegration", (h, _) => $"integrations/{h.Integration}");
        yield return ("ListIntegrationConnectionTemplates", (h, _) => $"integrations/{h.Integration}/connection-templates");
        yield return ("GetDynamicVariables", (h, u) => $"integrations/{h.Integration}/users/{BenchHub.NameOf(u)}/variables");
        yield return ("GetEndUserConnection", (h, u) => $"connection-templates/{h.Template}/users/{BenchHub.NameOf(u)}");
        yield return ("ListEndUserIntegrations", (h, u) => $"embed/{h.Id}/users/{BenchHub.NameOf(u)}/integrations");
        yield return ("GetEmbeddedIntegration", (h, u) => $"embed/{h.Id}/users/{BenchHub.NameOf(u)}/integrations/{h.Integration}");
        yield return ("ListEndUserActivations", (h, u) => $"embed/{h.Id}/users/{BenchHub.NameOf(u)}/activations");
        yield return ("GetActivation", (h, _) => $"activations/{h.Activation}");
    }

    private static async Task<double> TimeAsync(BenchClient client, string path)
    {
        var start = Stopwatch.GetTimestamp();
        await client.SendAsync(HttpMethod.Get, $"/api/embedded/v1/{path}");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>A hub whose first user has activated all that there is; the others become copies of them.</summary>
    private static async Task<BenchHub> MakeAsync(BenchClient client, string organisation, string name, int users)
    {
        const string Config = """{"id":"key","schemeType":"api-key","description":"","name":"X-Key","in":"header"}""";
        var connector = (string)(await PostAsync(client, $"/api/connect/v1/o/{organisation}/protocols/http/connectors", $$"""{"name":"{{name}}","baseUrl":"https://api.example.com","authSchemeConfigs":[{{Config}}]}"""))["id"]!;
        var hub = (string)(await PostAsync(client, "/api/embedded/v1/hubs", $$"""{"organisationId":"{{organisation}}","name":"{{name}}","primaryConnectorId":"{{connector}}","authSchemeConfig":{"id":"key"} }"""))["id"]!;
        var user = (string)(await PostAsync(client, $"/api/embedded/v1/hubs/{hub}/users", $$"""
            {"externalId":"{{BenchHub.NameOf(0)}}","displayName":"User","primaryConnection":{"name":"own","variables":[],"credentials":{"action":[{"authSchemeConfig":{"id":"key"},"credential":{"name":"n","type":"string","data":{"value":"v"} } }]} } }
            """))["id"]!;
        var (integration, activation) = ("", "");
        for (var i = 0; i < Integrations; i++)
        {
            integration = (string)(await PostAsync(client, $"/api/embedded/v1/hubs/{hub}/integrations", $$"""{"organisationId":"{{organisation}}","name":"Integration {{i}}","variablesSchema":{"type":"object","properties":{"channel":{"type":"string"} } } }"""))["id"]!;
            await PostAsync(client, $"/api/embedded/v1/integrations/{integration}/deploy", "{}");
            activation = (string)(await PostAsync(client, "/api/embedded/v1/activations", $$"""{"userId":"{{BenchHub.NameOf(0)}}","integrationId":"{{integration}}","connections":[],"dynamicVariables":{"channel":"general"} }"""))["id"]!;
        }

        var template = (string)JsonNode.Parse(await client.SendAsync(HttpMethod.Get, $"/api/embedded/v1/integrations/{integration}/connection-templates"))!["connectionTemplates"]![0]!["id"]!;
        return new BenchHub(organisation, hub, user, users, integration, template, activation);
    }

    private static async Task<JsonNode> PostAsync(BenchClient client, string path, string json) => JsonNode.Parse(await client.SendAsync(HttpMethod.Post, path, json))!;
}

/// <summary>Sends requests to the server with a key; an answer that is no success is a fault of the benchmark.</summary>
internal sealed class BenchClient(Uri server, string key) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());

    public async Task<string> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _invoker.SendAsync(request, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{path} was answered {(int)answer.StatusCode}: {text}");
    }

    public void Dispose() => _invoker.Dispose();
}

/// <summary>A hub to read.</summary>
/// <param name="Organisation">Whose.</param>
/// <param name="Id">The hub.</param>
/// <param name="User">Its first user.</param>
/// <param name="Users">How many it has.</param>
/// <param name="Integration">One of its integrations.</param>
/// <param name="Template">The integration's template.</param>
/// <param name="Activation">The first user's activation of it.</param>
internal sealed record BenchHub(string Organisation, string Id, string User, int Users, string Integration, string Template, string Activation)
{
    /// <summary>The external id of a user, by their number.</summary>
    public static string NameOf(int user) => $"user-{user:D6}";
}
