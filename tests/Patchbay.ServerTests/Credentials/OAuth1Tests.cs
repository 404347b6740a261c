using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

/// <summary>OAuth 1.0a against a provider that checks every signature by code of its own.</summary>
public sealed class OAuth1Tests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_token_of_an_administrators_signs_requests_in_the_header_and_in_the_query(Database database)
    {
        await using var provider = await OAuth1Provider.StartAsync();
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: $"{provider.Root}/api", configs:
        [
            Config("header", new() { ["realm"] = "12 345" }), Config("query", new() { ["placement"] = "query" }), Config("body", new() { ["placement"] = "body", ["sendsVersion"] = false }),
        ])).Id;
        var (token, tokenSecret) = provider.NewToken();
        foreach (var placement in (string[])["header", "query", "body"])
        {
            var connection = (await acme.PostAsync($"connectors/{connector}/connections", CredentialSteps.Connection(placement, (placement, "oauth1-token", new
            {
                consumerKey = OAuth1Provider.ConsumerKey, consumerSecret = OAuth1Provider.ConsumerSecret, token, tokenSecret,
            })))).Expect(200);
            Assert.DoesNotContain(tokenSecret, connection.Text, StringComparison.Ordinal);
            foreach (var target in (string[])["a", "b%20c?x=1&x=%C3%A4%7E+&y", "d?z=a%2Bb&a="])
                (await acme.GetAsync($"/api/proxy/{connection.Id}/{target}")).Expect(200);
        }

        // The fields of a form are signed too, wherever the signature stands; other bodies are not.
        var posting = (await acme.GetAsync($"connectors/{connector}/connections"))["items"][0]!["id"]!.GetValue<string>();
        using var form = new StringContent("a=1&b=%20+%C3%BC&a=0", null, "application/x-www-form-urlencoded");
        form.Headers.ContentType!.CharSet = null;
        (await acme.Api.SendAsync(HttpMethod.Post, $"/api/proxy/{posting}/form?q=1", form)).Expect(200);
        (await acme.PostAsync($"/api/proxy/{posting}/json", new { a = 1 })).Expect(200);

        string[] served = ["GET /api/a", "GET /api/b%20c?x=1&x=%C3%A4%7E+&y", "GET /api/d?z=a%2Bb&a="];
        Assert.Equal([.. served, .. served, .. served, "POST /api/form?q=1", "POST /api/json"], provider.Served);
        Assert.Empty(provider.Refused);
    }

    [Theory, EachDatabase]
    public async Task A_user_grants_access_and_can_do_so_again(Database database)
    {
        await using var provider = await OAuth1Provider.StartAsync();
        var (acme, connector) = await ArrangeAsync(database, provider);
        var (token, verifier) = provider.Grant(await InitialiseAsync(acme, connector));
        var connection = await acme.ConnectAsync(connector, ("user", "oauth1-verifier", new { token, verifier }));
        var credential = (await acme.GetAsync($"credentials/{connection.CredentialId()}")).Expect(200);
        Assert.Equal("oauth1-token", credential["type"].GetValue<string>());
        Assert.Equal($$"""{"consumerKey":"{{OAuth1Provider.ConsumerKey}}","consumerSecret":"[redacted]"}""", credential["data"].ToJsonString(Unescaped));
        Assert.Contains(connection["variables"].AsArray(), v => (string)v!["name"]! == "account" && (string)v["value"]! == "account-7");
        (await acme.GetAsync($"/api/proxy/{connection.Id}/me")).Expect(200);

        var again = provider.Grant(await InitialiseAsync(acme, connector));
        (await acme.PutAsync($"credentials/{credential.Id}", new { name = "again", type = "oauth1-verifier", data = new { token = again.Token, verifier = again.Verifier } })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/you")).Expect(200);
        Assert.Equal(["GET /api/me", "GET /api/you"], provider.Served);
        Assert.Empty(provider.Refused);
    }

    [Theory, EachDatabase]
    public async Task A_temporary_token_serves_once_and_only_for_what_it_was_made_for(Database database)
    {
        await using var provider = await OAuth1Provider.StartAsync();
        var (acme, connector) = await ArrangeAsync(database, provider);
        var (token, verifier) = provider.Grant(await InitialiseAsync(acme, connector));
        var names = 0;
        Task<Answer> Connect(Tenant tenant, string at, string config, string temporary, string with) =>
            tenant.PostAsync($"connectors/{at}/connections", CredentialSteps.Connection($"granted {++names}", (config, "oauth1-verifier", new { token = temporary, verifier = with })));

        const string Field = "credentials.action[0].credential.data.token";
        (await Connect(acme, connector, "user", "made-up", verifier)).ExpectError(400, "state_unknown", Field);
        (await Connect(acme, connector, "second", token, verifier)).ExpectError(400, "state_foreign", Field);
        (await ConnectAsOperatorAsync(acme.Host.Operator, acme, connector, token, verifier)).ExpectError(400, "state_foreign", Field);
        var stranger = await ArrangeAsync(database, provider);
        (await Connect(stranger.Tenant, stranger.ConnectorId, "user", token, verifier)).ExpectError(400, "state_unknown", Field);
        (await Connect(acme, connector, "user", token, verifier)).Expect(200);
        (await Connect(acme, connector, "user", token, verifier)).ExpectError(400, "state_used", Field);

        // A wrong verifier uses the token up as well: it is not to be guessed.
        var (other, _) = provider.Grant(await InitialiseAsync(acme, connector));
        (await Connect(acme, connector, "user", other, "guess")).ExpectOneOf(400, 502);
        (await Connect(acme, connector, "user", other, "guess")).ExpectError(400, "state_used", Field);
        Assert.Single(provider.Refused);

        static Task<Answer> ConnectAsOperatorAsync(Api api, Tenant tenant, string connector, string token, string verifier) => api.PostAsync(
            tenant.Whole($"connectors/{connector}/connections"), CredentialSteps.Connection("operator", ("user", "oauth1-verifier", new { token, verifier })));
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_by_field()
    {
        await using var provider = await OAuth1Provider.StartAsync();
        var (acme, connector) = await ArrangeAsync(Database.Sqlite, provider);
        var path = $"connectors/{connector}/oauth1/initialise";
        (await acme.PostAsync(path, new { authSchemeConfigId = "token-only", consumerKey = "k", consumerSecret = "s" })).ExpectError(400, "invalid_request", "authSchemeConfigId");
        (await acme.PostAsync(path, new { authSchemeConfigId = "none", consumerKey = "k", consumerSecret = "s" })).ExpectError(400, "invalid_request", "authSchemeConfigId");
        (await acme.PostAsync(path, new { authSchemeConfigId = "rsa", consumerKey = "k", consumerSecret = "no key" })).ExpectError(400, "invalid_request", "consumerSecret");
        (await acme.PostAsync(path, new { authSchemeConfigId = "user", consumerKey = "unknown", consumerSecret = "s" })).Expect(502);
        (await acme.PostAsync($"connectors/{connector}/connections", CredentialSteps.Connection("c", ("rsa", "oauth1-token", new { consumerKey = "k", consumerSecret = "no key" }))))
            .ExpectError(400, "invalid_request", "credentials.action[0].credential.data.consumerSecret");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject Config(string id, JsonObject profile) => new() { ["id"] = id, ["schemeType"] = "oauth1", ["description"] = "", ["profile"] = profile };

    private static JsonObject Urls(OAuth1Provider provider) => new()
    {
        ["requestTokenUrl"] = $"{provider.Root}/request", ["authorizeUrl"] = $"{provider.Root}/authorize?app=1", ["accessTokenUrl"] = $"{provider.Root}/access",
        ["captured"] = new JsonObject { ["account"] = "account_id" },
    };

    private async Task<(Tenant Tenant, string ConnectorId)> ArrangeAsync(Database database, OAuth1Provider provider)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var rsa = Urls(provider);
        rsa["signatureMethod"] = "RSA-SHA1";
        return (acme, (await acme.CreateConnectorAsync(baseUrl: $"{provider.Root}/api", configs:
            [Config("user", Urls(provider)), Config("second", Urls(provider)), Config("token-only", []), Config("rsa", rsa)])).Id);
    }

    private static async Task<string> InitialiseAsync(Tenant tenant, string connector) =>
        (await tenant.PostAsync($"connectors/{connector}/oauth1/initialise", new
        {
            authSchemeConfigId = "user", consumerKey = OAuth1Provider.ConsumerKey, consumerSecret = OAuth1Provider.ConsumerSecret,
        })).Expect(200)["url"].GetValue<string>();
}
