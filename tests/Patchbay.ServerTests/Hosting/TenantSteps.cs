using System.Text.Json.Nodes;

namespace Patchbay.ServerTests.Hosting;

/// <summary>Steps that many tests begin with; each fails the test unless it succeeds.</summary>
public static class TenantSteps
{
    public static readonly object ApiKeyConfig =
        new { id = "key", schemeType = "api-key", description = "the key", name = "X-Key", @in = "header" };

    public static readonly object BasicConfig = new { id = "basic", schemeType = "basic-auth", description = "user and password" };

    /// <summary>Creates a connector.</summary>
    /// <returns>The answer, whose id is the connector's.</returns>
    public static async Task<Answer> CreateConnectorAsync(
        this Tenant tenant, string name = "Parcels", string baseUrl = "https://api.example.com", params object[] configs) =>
        (await tenant.PostAsync("protocols/http/connectors", new { name, baseUrl, authSchemeConfigs = configs })).Expect(201);

    /// <summary>Imports a description as a new connector with one draft.</summary>
    public static async Task<ImportedConnector> ImportAsync(this Tenant tenant, Description? description = null)
    {
        var answer = (await tenant.PostAsync("protocols/http/import", Upload.Of((description ?? new Description()).ToString()))).Expect(201);
        var connector = answer["connector"];
        return new ImportedConnector(connector["id"]!.GetValue<string>(), connector["versions"]![0]!["name"]!.GetValue<string>(), answer);
    }

    /// <summary>Imports a description and publishes the version.</summary>
    public static async Task<ImportedConnector> ImportPublishedAsync(this Tenant tenant, Description? description = null)
    {
        var imported = await tenant.ImportAsync(description);
        await tenant.PublishAsync(imported.Id, imported.Version);
        return imported;
    }

    /// <summary>Imports a description, publishes the version and puts the connector into the library.</summary>
    public static async Task<ImportedConnector> ImportPublicAsync(this Tenant tenant, Description? description = null)
    {
        var imported = await tenant.ImportPublishedAsync(description);
        await tenant.ChangeConnectorAsync(imported.Id, c => c["public"] = true);
        return imported;
    }

    /// <summary>Creates a draft.</summary>
    public static async Task<Answer> CreateVersionAsync(this Tenant tenant, string connectorId, string name, string? fromVersion = null) =>
        (await tenant.PostAsync($"connectors/{connectorId}/versions", fromVersion is null ? new { name } : new { name, fromVersion })).Expect(201);

    public static async Task<Answer> PublishAsync(this Tenant tenant, string connectorId, string version) =>
        (await tenant.PostAsync($"connectors/{connectorId}/versions/{version}/publish")).Expect(200);

    /// <summary>The body that updates a connector and changes nothing.</summary>
    public static async Task<JsonObject> ConnectorUpdateAsync(this Tenant tenant, string connectorId)
    {
        var connector = (await tenant.GetAsync($"connectors/{connectorId}")).Expect(200).Json.AsObject();
        var update = new JsonObject();
        foreach (var name in (string[])["id", "organisationId", "name", "protocol", "baseUrl", "tags", "documentationURL", "imageURL", "public"])
        {
            if (connector[name] is { } value)
                update[name] = value.DeepClone();
        }

        return update;
    }

    /// <summary>Updates a connector.</summary>
    public static async Task<Answer> ChangeConnectorAsync(this Tenant tenant, string connectorId, Action<JsonObject> change)
    {
        var update = await tenant.ConnectorUpdateAsync(connectorId);
        change(update);
        return (await tenant.PutAsync($"connectors/{connectorId}", update)).Expect(200);
    }

    /// <summary>Reads a version, changes the answer and sends it back.</summary>
    public static async Task<Answer> PutVersionAsync(this Tenant tenant, string connectorId, string version, Action<JsonObject> change)
    {
        var read = (await tenant.GetAsync($"connectors/{connectorId}/versions/{version}")).Expect(200).Json.AsObject();
        change(read);
        return await tenant.PutAsync($"connectors/{connectorId}/versions/{version}", read);
    }

    /// <summary>Creates a connection with one credential of an API key.</summary>
    public static async Task<Answer> ConnectAsync(this Tenant tenant, string connectorId, string name = "production", string configId = "key", string value = "k-123") =>
        (await tenant.PostAsync($"connectors/{connectorId}/connections", Connection(name, configId, value))).Expect(200);

    /// <summary>The body that creates a connection with one credential of an API key.</summary>
    public static object Connection(string name, string configId = "key", string value = "k-123") => new
    {
        name,
        credentials = new
        {
            action = new[] { new { authSchemeConfig = new { id = configId }, credential = new { name, type = "string", data = new { value } } } },
        },
        variables = Array.Empty<object>(),
    };
}

/// <summary>A connector that was made of a description.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The name of its version.</param>
/// <param name="Answer">All that the import answered.</param>
public sealed record ImportedConnector(string Id, string Version, Answer Answer);
