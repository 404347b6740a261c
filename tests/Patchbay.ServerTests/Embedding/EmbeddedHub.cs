using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.SigningKeys;

namespace Patchbay.ServerTests.Embedding;

/// <summary>A hub around a connector with an API key, and a signing key for its users.</summary>
internal sealed record EmbeddedHub(Tenant Tenant, string Id, string ConnectorId, Signer Signer)
{
    public string Path => $"/api/embedded/v1/hubs/{Id}";

    public static async Task<EmbeddedHub> MakeAsync(Tenant tenant, string baseUrl = "https://api.example.com")
    {
        var connector = (await tenant.CreateConnectorAsync("Product", baseUrl, Config())).Id;
        return await AroundAsync(tenant, connector, "key");
    }

    public static async Task<EmbeddedHub> AroundAsync(Tenant tenant, string connector, string config)
    {
        var hub = (await tenant.PostAsync("/api/embedded/v1/hubs", new { organisationId = tenant.Id, name = "Marketplace", primaryConnectorId = connector, authSchemeConfig = new { id = config } })).Expect(201);
        return new EmbeddedHub(tenant, hub.Id, connector, await Signer.MakeAsync(tenant));
    }

    public static object Config(string id = "key") => new { id, schemeType = "api-key", description = "", name = "X-Key", @in = "header" };

    /// <summary>The body that creates a user.</summary>
    public static object User(string externalId, string? key = null) => key is null
        ? new { externalId, displayName = $"{externalId} of acme" }
        : new { externalId, displayName = $"{externalId} of acme", primaryConnection = TenantSteps.Connection("own", value: key) };

    public async Task<Answer> CreateUserAsync(string externalId, string? key = null) => (await Tenant.PostAsync($"{Path}/users", User(externalId, key))).Expect(201);

    /// <summary>Calls as an end user.</summary>
    public Task<Answer> AsUserAsync(string externalId, HttpMethod method, string path, object? body = null) =>
        Tenant.Host.Nobody.SendAsync(method, path.StartsWith('/') ? path : $"{Path}/{path}", Api.ContentOf(body), ("Authorization", $"JWT {Signer.Token(externalId)}"));
}
