using Patchbay.Authorizing;
using Patchbay.ServerTests.Authorization;

namespace Patchbay.ServerTests.Grants;

/// <summary>
/// A provider whose refresh tokens serve once, with an API that its tokens open; and connectors and connections to it. Whoever shows a used
/// refresh token loses the whole grant.
/// </summary>
internal sealed class RotatingProvider : IAsyncDisposable
{
    public const string ClientId = "patchbay";
    public const string ClientSecret = "a-client-secret-of-the-publisher";
    public const string ConfigId = "oauth";

    private readonly TokenClient _client;

    private RotatingProvider(AuthorizationServer server) => (Server, _client) = (server, new TokenClient(server));

    public AuthorizationServer Server { get; }

    /// <param name="grace">How long a used refresh token still is answered.</param>
    /// <param name="lifetime">Of access tokens; an hour unless given.</param>
    public static async Task<RotatingProvider> StartAsync(TimeSpan grace = default, TimeSpan? lifetime = null) => new(await AuthorizationServer.StartAsync(
        new AuthorizationServerOptions
        {
            Clients = [new RegisteredClient { Id = ClientId, Secret = ClientSecret }],
            ReuseGrace = grace,
            AccessTokenLifetime = lifetime ?? TimeSpan.FromHours(1),
        },
        Xunit.TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>The config of a connector to this provider.</summary>
    public object Config(string id = ConfigId, object? grant = null, bool revokes = false) => new
    {
        id, schemeType = "oauth2", description = "d", authorizeUrl = Server.AuthorizeUrl.AbsoluteUri, tokenUrl = Server.TokenUrl.AbsoluteUri,
        scopes = Array.Empty<object>(), defaultScopes = new[] { "read" }, rotatesRefreshTokens = true,
        revocationUrl = revokes ? Server.RevokeUrl.AbsoluteUri : null,
        grant = grant ?? new { grantType = "authorization_code", clientId = ClientId, clientSecret = ClientSecret },
    };

    /// <summary>The body that creates a connector to this provider's API.</summary>
    public object Connector(string name = "Provider", string? baseUrl = null) => new
    {
        name,
        baseUrl = baseUrl ?? Server.ApiUrl.AbsoluteUri,
        @public = false,
        authSchemeConfigs = new[] { WithoutNulls(Config()) },
    };

    /// <summary>A fresh grant, by way of the user's password.</summary>
    public async Task<string> NewRefreshTokenAsync() => (await _client.TokenAsync(
        ("grant_type", "password"), ("client_id", ClientId), ("client_secret", ClientSecret), ("username", "alice"), ("password", "wonderland"),
        ("scope", "openid offline_access read"))).Expect(200).RefreshToken();

    /// <summary>The body that creates a connection which has to refresh before its first call.</summary>
    public async Task<object> ConnectionAsync(string name) => Connection(name, "oauth2-token", new { scopes = new[] { "read" }, refreshToken = await NewRefreshTokenAsync() });

    /// <summary>The body that creates a connection.</summary>
    public static object Connection(string name, string type, object data, string configId = ConfigId) => new
    {
        name,
        credentials = new { action = new[] { new { authSchemeConfig = new { id = configId }, credential = new { name, type, data } } } },
        variables = Array.Empty<object>(),
    };

    public static System.Text.Json.Nodes.JsonNode WithoutNulls(object body)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToNode(body)!.AsObject();
        foreach (var name in json.Where(f => f.Value is null).Select(f => f.Key).ToList())
            json.Remove(name);
        return json;
    }
}
