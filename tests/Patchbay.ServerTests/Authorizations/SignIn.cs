using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.Authorizing;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>A provider with one application, and the steps by which a user's consent becomes a connection.</summary>
internal sealed class SignIn : IAsyncDisposable
{
    public const string ConfigId = "login";
    public const string ClientId = "app";
    public const string ClientSecret = "secret-of-the-application-9f27c1";

    private SignIn(PatchbayHost host, AuthorizationServer provider) => (Host, Provider) = (host, provider);

    public PatchbayHost Host { get; }

    public AuthorizationServer Provider { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a provider that sends users back to a server.</summary>
    /// <param name="host">The server; it stays the caller's.</param>
    /// <param name="options">How the provider behaves; the client is added.</param>
    public static async Task<SignIn> AtAsync(PatchbayHost host, AuthorizationServerOptions? options = null) =>
        new(host, await AuthorizationServer.StartAsync((options ?? new()) with
        {
            Clients = [new() { Id = ClientId, Secret = ClientSecret, RequirePkce = true, RedirectUris = [new Uri(host.Address, "/oauth2/callback").AbsoluteUri] }],
        }, Token));

    /// <summary>A config of the provider's application.</summary>
    public JsonObject Config() => new()
    {
        ["id"] = ConfigId,
        ["schemeType"] = "oauth2",
        ["description"] = "sign in",
        ["authorizeUrl"] = Provider.AuthorizeUrl.AbsoluteUri,
        ["tokenUrl"] = Provider.TokenUrl.AbsoluteUri,
        ["revocationUrl"] = Provider.RevokeUrl.AbsoluteUri,
        ["scopes"] = new JsonArray(new JsonObject { ["name"] = "read" }, new JsonObject { ["name"] = "write" }),
        ["defaultScopes"] = new JsonArray("read"),
        ["grant"] = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = ClientId, ["clientSecret"] = ClientSecret },
    };

    /// <summary>A connector whose API is the provider's, or another.</summary>
    public async Task<SignInConnector> ConnectorAsync(Tenant tenant, Uri? api = null, Action<JsonObject>? change = null)
    {
        var config = Config();
        change?.Invoke(config);
        var connector = await tenant.CreateConnectorAsync("Sign in", (api ?? Provider.ApiUrl).AbsoluteUri.TrimEnd('/'), config);
        return Of(tenant, connector);
    }

    /// <summary>A connector as the answer that shows it has it.</summary>
    public SignInConnector Of(Tenant tenant, Answer connector)
    {
        var grant = connector["authSchemeConfigs"].AsArray().Single(c => (string)c!["id"]! == ConfigId)!["grant"]!;
        return new SignInConnector(this, tenant, connector.Id, (string)grant["credentialId"]!, (string)grant["organisationId"]!);
    }

    /// <summary>Signs in and consents.</summary>
    /// <returns>What the provider sent the user back with.</returns>
    public async Task<UserAnswer> ConsentAsync(string authorizeUrl)
    {
        using var person = Provider.NewPerson();
        var back = await person.VisitAsync(new Uri(authorizeUrl), cancellationToken: Token);
        Assert.Equal(new Uri(Host.Address, "/oauth2/callback").AbsoluteUri, back.GetLeftPart(UriPartial.Path));
        var query = QueryHelpers.ParseQuery(back.Query);
        return new UserAnswer(query["code"].ToString(), query["state"].ToString());
    }

    public ValueTask DisposeAsync() => Provider.DisposeAsync();
}

/// <summary>What a user came back with.</summary>
internal sealed record UserAnswer(string Code, string State);

/// <summary>A connector that users sign in to, as one organisation has it.</summary>
/// <param name="SignIn">The provider.</param>
/// <param name="Tenant">The organisation.</param>
/// <param name="Id">The connector.</param>
/// <param name="ApplicationId">The credential with the application.</param>
/// <param name="ApplicationOwner">The organisation whose application it is.</param>
internal sealed record SignInConnector(SignIn SignIn, Tenant Tenant, string Id, string ApplicationId, string ApplicationOwner)
{
    private static int _names;

    /// <summary>Asks for the URL to send a user to.</summary>
    /// <param name="change">Changes the body.</param>
    /// <param name="api">Who asks; the organisation's own key unless given.</param>
    public Task<Answer> InitialiseAsync(Action<JsonObject>? change = null, Api? api = null)
    {
        var body = new JsonObject
        {
            ["credential"] = new JsonObject { ["id"] = ApplicationId, ["organisationId"] = ApplicationOwner },
            ["authorizeUrl"] = SignIn.Provider.AuthorizeUrl.AbsoluteUri,
            ["clientId"] = SignIn.ClientId,
        };
        change?.Invoke(body);
        return (api ?? Tenant.Api).PostAsync(Tenant.Whole($"connectors/{Id}/oauth2/initialise"), body);
    }

    /// <summary>Sends a user to the provider, who consents.</summary>
    public async Task<UserAnswer> ConsentAsync(Action<JsonObject>? change = null, Api? api = null) =>
        await SignIn.ConsentAsync((await InitialiseAsync(change, api)).Expect(200)["url"].GetValue<string>());

    /// <summary>Makes a connection of what a user came back with.</summary>
    public Task<Answer> ConnectAsync(UserAnswer user, Api? api = null, string? variables = null) => (api ?? Tenant.Api).PostAsync(Tenant.Whole($"connectors/{Id}/connections"), new JsonObject
    {
        ["name"] = $"user {Interlocked.Increment(ref _names)}",
        ["credentials"] = new JsonObject
        {
            ["action"] = new JsonArray(new JsonObject
            {
                ["authSchemeConfig"] = new JsonObject { ["id"] = SignIn.ConfigId },
                ["credential"] = new JsonObject
                {
                    ["name"] = "grant", ["type"] = "oauth2-code", ["data"] = new JsonObject { ["code"] = user.Code, ["state"] = user.State },
                },
            }),
        },
        ["variables"] = variables is null ? new JsonArray() : JsonNode.Parse(variables)!,
    });

    /// <summary>The whole way, from the button to the connection.</summary>
    /// <returns>The connection's id.</returns>
    public async Task<string> ConnectUserAsync() => (await ConnectAsync(await ConsentAsync())).Expect(200).Id;

    /// <summary>Reads the connector.</summary>
    public Task<Answer> ReadAsync() => Tenant.GetAsync($"connectors/{Id}");

    /// <summary>The config as the connector shows it.</summary>
    public async Task<JsonObject> ConfigAsync() => (await ReadAsync()).Expect(200)["authSchemeConfigs"].AsArray()
        .Single(c => (string)c!["id"]! == SignIn.ConfigId)!.DeepClone().AsObject();

    /// <summary>Stores a config.</summary>
    public Task<Answer> PutConfigAsync(JsonObject config) => Tenant.PutAsync($"connectors/{Id}/auth-scheme-configs/{config["id"]}", config);

    /// <summary>Calls the API through a connection.</summary>
    public Task<Answer> CallAsync(string connectionId, string path = "me") => Tenant.Api.GetAsync($"/api/proxy/{connectionId}/{path}");
}
