using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Vault;

/// <summary>A store with many secrets, each of which is seen to work or not by a request through its connection.</summary>
/// <param name="tenant">Whose they are.</param>
/// <param name="connectorId">The connector of all.</param>
internal sealed class SealedStore(Tenant tenant, string connectorId)
{
    private const int PerConnection = 16;

    private int _created;

    public Tenant Tenant { get; } = tenant;

    public string ConnectorId { get; } = connectorId;

    /// <summary>Each connection, and the secret that the upstream must see.</summary>
    public List<(string Connection, string Secret)> Connections { get; } = [];

    public static async Task<SealedStore> MakeAsync(PatchbayHost host, Upstream upstream, int secrets)
    {
        var tenant = await host.NewOrganisationAsync();
        var connector = await tenant.CreateConnectorAsync("Sealed", upstream.Address.ToString().TrimEnd('/'), TenantSteps.ApiKeyConfig);
        var store = new SealedStore(tenant, connector.Id);
        for (var left = secrets; left > 0; left -= PerConnection)
            store.Connections.Add(await store.ConnectAsync(tenant.Api, Math.Min(left, PerConnection)));
        return store;
    }

    /// <summary>Creates a connection with some credentials for one header, of which the last one counts.</summary>
    public async Task<(string Connection, string Secret)> ConnectAsync(Api api, int secrets = 1)
    {
        var number = Interlocked.Increment(ref _created);
        var answer = await api.PostAsync(Tenant.Whole($"connectors/{ConnectorId}/connections"), new
        {
            name = $"connection {number}",
            credentials = new
            {
                action = Enumerable.Range(1, secrets).Select(i => new
                {
                    authSchemeConfig = new { id = "key" },
                    credential = new { name = "n", type = "string", data = new { value = $"s3cr3t-{number}-{i}" } },
                }).ToArray(),
            },
            variables = Array.Empty<object>(),
        });
        return (answer.Expect(200).Id, $"s3cr3t-{number}-{secrets}");
    }

    /// <summary>Sends a request through a connection; its upstream must answer with the secret that it saw.</summary>
    public static async Task CallAsync(Api api, (string Connection, string Secret) connection) =>
        Assert.Equal(connection.Secret, (await api.GetAsync($"/api/proxy/{connection.Connection}/x")).Expect(200).Text);

    /// <summary>An API that answers with the key that it was sent.</summary>
    public static Task<Upstream> EchoAsync() => Upstream.StartAsync(context =>
        context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(context.Request.Headers["X-Key"].ToString()), context.RequestAborted).AsTask());

    /// <summary>Every connection works on a server that was started just now, and so has cached nothing.</summary>
    public async Task CallAllOnAsync(ServerProcess server)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var api = new Api(invoker, await server.ReadyAsync(), Tenant.Key, _ => { });
        foreach (var connection in Connections)
            await CallAsync(api, connection);
    }

    /// <summary>The ids of the keys in a key file.</summary>
    public static IReadOnlyList<string> KeyIdsIn(string text) =>
        [.. JsonNode.Parse(text)!["keys"]!.AsArray().Select(k => k!["id"]!.GetValue<string>())];
}
