using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Credentials;

/// <summary>Steps that tests of credentials begin with.</summary>
internal static class CredentialSteps
{
    /// <summary>The body that creates a connection with credentials for outgoing requests.</summary>
    public static object Connection(string name, params (string Config, string Type, object Data)[] credentials) => new
    {
        name,
        credentials = new
        {
            action = credentials.Select(c => new { authSchemeConfig = new { id = c.Config }, credential = new { name = c.Config, type = c.Type, data = c.Data } }),
        },
        variables = Array.Empty<object>(),
    };

    public static async Task<Answer> ConnectAsync(this Tenant tenant, string connectorId, params (string Config, string Type, object Data)[] credentials) =>
        (await tenant.PostAsync($"connectors/{connectorId}/connections", Connection("production", credentials))).Expect(200);

    /// <summary>The id of a connection's credential.</summary>
    public static string CredentialId(this Answer connection, int index = 0) =>
        connection["credentials"]["action"]![index]!["credential"]!["id"]!.GetValue<string>();

    public static JsonObject ClientCredentials(string tokenUrl) => new()
    {
        ["id"] = "client", ["schemeType"] = "oauth2", ["description"] = "", ["authorizeUrl"] = "", ["tokenUrl"] = tokenUrl,
        ["scopes"] = new JsonArray(), ["defaultScopes"] = new JsonArray(), ["grant"] = new JsonObject { ["grantType"] = "client_credentials" },
    };

    public static object Client(string tokenUrl, string secret) => new { clientId = "me", clientSecret = secret, authorizeUrl = "", tokenUrl };

    public static JsonObject AuthorizationCode(string tokenUrl) => new()
    {
        ["id"] = "code", ["schemeType"] = "oauth2", ["description"] = "", ["authorizeUrl"] = "https://auth.example.com/authorize", ["tokenUrl"] = tokenUrl,
        ["scopes"] = new JsonArray(), ["defaultScopes"] = new JsonArray("read"),
        ["grant"] = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = "app", ["clientSecret"] = "app-secret" },
    };

    /// <summary>Begins an authorization.</summary>
    /// <returns>The state, as it would come back with the user.</returns>
    public static async Task<string> InitialiseAsync(this Tenant tenant, string connectorId)
    {
        var config = (await tenant.GetAsync($"connectors/{connectorId}")).Expect(200)["authSchemeConfigs"].AsArray().Single(c => (string)c!["id"]! == "code")!;
        var url = (await tenant.PostAsync($"connectors/{connectorId}/oauth2/initialise", new
        {
            credential = new { id = (string)config["grant"]!["credentialId"]!, organisationId = tenant.Id },
            authorizeUrl = "https://auth.example.com/authorize", clientId = "app",
        })).Expect(200)["url"].GetValue<string>();
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(url).Query)["state"].ToString();
    }
}
