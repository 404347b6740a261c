using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Patchbay.Platform;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.BigQuery;

/// <summary>A connector to a BigQuery that is the stand-in, with a draft and a connection by a service account, on a server of its own.</summary>
internal sealed class SalesConnector : IAsyncDisposable
{
    private static readonly string PrivateKey = NewPrivateKey();

    private SalesConnector(PatchbayHost host, BigQueryStandIn standIn, Tenant tenant, string id, string connectionId) =>
        (Host, StandIn, Tenant, Id, ConnectionId) = (host, standIn, tenant, id, connectionId);

    public PatchbayHost Host { get; }
    public BigQueryStandIn StandIn { get; }
    public Tenant Tenant { get; }
    public string Id { get; }
    public string ConnectionId { get; }
    public string Actions => $"connectors/{Id}/versions/draft/actions";

    public static async Task<SalesConnector> StartAsync(Database database, PatchbaySettings? settings = null)
    {
        var standIn = await BigQueryStandIn.StartAsync();
        var host = await PatchbayHost.StartAsync(database, settings: (settings ?? new PatchbaySettings()) with { BigQueryUrl = standIn.Url });
        var tenant = await host.NewOrganisationAsync();
        var created = (await tenant.PostAsync("protocols/bigquery/connectors", new
        {
            name = "Sales", datasetId = $"{BigQueryStandIn.Project}.sales",
            connections = new[]
            {
                new
                {
                    name = "robot", variables = Array.Empty<object>(),
                    credentials = new
                    {
                        action = new[]
                        {
                            new
                            {
                                authSchemeConfig = new { id = "google", schemeType = "google-service-account", description = "d", scopes = new[] { "https://www.googleapis.com/auth/bigquery" }, tokenUrl = standIn.TokenUrl },
                                credential = new { name = "n", type = "string", data = new { value = KeyFile(standIn.TokenUrl) } },
                            },
                        },
                    },
                },
            },
        })).Expect(201);
        await tenant.CreateVersionAsync(created.Id, "draft");
        return new SalesConnector(host, standIn, tenant, created.Id, created["connections"][0]!["id"]!.GetValue<string>());
    }

    /// <summary>Adds an action to the draft.</summary>
    public async Task<Answer> CreateAsync(string name, string query, object[] parameters, bool withConnection = false, long? maximumBytesBilled = null)
    {
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(new { type = "bigquery", name, query, parameters }))!.AsObject();
        if (withConnection)
            body["connectionId"] = ConnectionId;
        if (maximumBytesBilled is { } bytes)
            body["maximumBytesBilled"] = bytes;
        return (await Tenant.PostAsync(Actions, body)).Expect(201);
    }

    public Task<Answer> ExecuteAsync(string action, JsonNode? parameters = null, string more = "{}")
    {
        var body = new JsonObject { ["connectionId"] = ConnectionId, ["parameters"] = parameters ?? new JsonObject() };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject())
            body[name] = value?.DeepClone();
        return Tenant.PostAsync($"{Actions}/{action}/execute", body);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await StandIn.DisposeAsync();
    }

    private static string KeyFile(string tokenUrl) => new JsonObject
    {
        ["type"] = "service_account", ["client_email"] = "robot@example.com", ["private_key"] = PrivateKey, ["private_key_id"] = "1", ["token_uri"] = tokenUrl,
    }.ToJsonString();

    private static string NewPrivateKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
