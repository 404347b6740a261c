using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Idempotency;

/// <summary>An organisation's backend with a published connector and a connection, at a server that may be any of several processes on one store.</summary>
internal sealed class OnceClient
{
    public const string OperatorKey = "the-operator-key-of-these-tests-is-long";

    private readonly HttpMessageInvoker _invoker;
    private readonly Api _api;
    private readonly string _organisation;
    private readonly string _connector;

    private OnceClient(HttpMessageInvoker invoker, Api api, string organisation, string connector, string connection) =>
        (_invoker, _api, _organisation, _connector, ConnectionId) = (invoker, api, organisation, connector, connection);

    public string ConnectionId { get; }

    /// <summary>Makes all of it at a server.</summary>
    public static async Task<OnceClient> MakeAsync(HttpMessageInvoker invoker, Uri server, string operatorKey, Uri upstream)
    {
        var operate = new Api(invoker, server, operatorKey, _ => { });
        var slug = $"once-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var organisation = (await operate.PostAsync("/api/organisations/v1/organisations", new { slug, displayName = "Once" })).Expect(201).Id;
        var key = (await operate.PostAsync($"/api/organisations/v1/organisations/{organisation}/api-keys", new { name = "tests" })).Expect(201)["key"].GetValue<string>();
        var api = new Api(invoker, server, key, _ => { });
        var root = $"/api/connect/v1/o/{organisation}";
        var imported = (await api.PostAsync($"{root}/protocols/http/import", Upload.Of(Description(upstream)))).Expect(201)["connector"];
        var connector = imported["id"]!.GetValue<string>();
        (await api.PostAsync($"{root}/connectors/{connector}/versions/1.0.0/publish")).Expect(200);
        var configId = imported["authSchemeConfigs"]!.AsArray().First(c => (string?)c!["schemeType"] == "api-key")!["id"]!.GetValue<string>();
        var connection = (await api.PostAsync($"{root}/connectors/{connector}/connections", TenantSteps.Connection("production", configId))).Expect(200).Id;
        return new OnceClient(invoker, api, organisation, connector, connection);
    }

    /// <summary>The same backend at another server of the same store.</summary>
    public OnceClient At(Uri server) => new(_invoker, new Api(_invoker, server, _api.Key, _ => { }), _organisation, _connector, ConnectionId);

    /// <summary>Runs the action that sends something, under a key.</summary>
    public Task<Answer> SendAsync(string? key, object? body = null, string version = "default", string more = "", params (string, string)[] headers)
    {
        var request = new JsonObject { ["connectionId"] = ConnectionId, ["body"] = System.Text.Json.JsonSerializer.SerializeToNode(body ?? new { amount = 1 }) };
        if (more.Length > 0)
        {
            foreach (var (name, value) in JsonNode.Parse(more)!.AsObject())
                request[name] = value?.DeepClone();
        }

        return _api.SendAsync(HttpMethod.Post, $"/api/connect/v1/o/{_organisation}/connectors/{_connector}/versions/{version}/actions/send/execute", Api.ContentOf(request),
            key is null ? headers : [("Idempotency-Key", key), .. headers]);
    }

    /// <summary>The raw form of the same action.</summary>
    public Task<Answer> SendRawAsync(string key) => _api.SendAsync(
        HttpMethod.Post, $"/api/connect/v1/o/{_organisation}/connectors/{_connector}/versions/default/actions/send/execute/raw?connectionId={ConnectionId}",
        new ByteArrayContent([1]), ("Idempotency-Key", key));

    private static string Description(Uri upstream) => new JsonObject
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject { ["title"] = "Payments", ["version"] = "1.0.0" },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = upstream.ToString().TrimEnd('/') }),
        ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
        ["components"] = new JsonObject { ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Key" } } },
        ["paths"] = new JsonObject
        {
            ["/payments"] = new JsonObject
            {
                ["post"] = new JsonObject
                {
                    ["operationId"] = "send",
                    ["requestBody"] = new JsonObject
                    {
                        ["required"] = true,
                        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = JsonNode.Parse("""{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}""") } },
                    },
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "sent" } },
                },
            },
        },
    }.ToJsonString();
}
