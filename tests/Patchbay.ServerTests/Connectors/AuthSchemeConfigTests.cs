using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connectors;

public sealed class AuthSchemeConfigTests(Hosts hosts)
{
    private const string Secret = "cs-3f9b0f0d-very-secret";

    [Theory, EachDatabase]
    public async Task A_config_is_added_replaced_and_deleted_under_an_id_of_the_clients_choice(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        var added = (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200);
        Assert.Equal("""[{"schemeType":"api-key","name":"X-Key","in":"header","id":"key","description":"the key"}]""", added["authSchemeConfigs"].ToJsonString());
        (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/basic", TenantSteps.BasicConfig)).Expect(200);
        var replaced = (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/key",
            new { id = "key", schemeType = "api-key", description = "in the query", name = "k", @in = "query" })).Expect(200);
        Assert.Equal(["key", "basic"], replaced["authSchemeConfigs"].AsArray().Select(c => c!["id"]!.GetValue<string>()));
        Assert.Equal("query", replaced["authSchemeConfigs"][0]!["in"]!.GetValue<string>());
        Assert.True(string.CompareOrdinal(replaced["updatedAt"].GetValue<string>(), connector["updatedAt"].GetValue<string>()) > 0);

        var deleted = (await acme.DeleteAsync($"connectors/{connector.Id}/auth-scheme-configs/key")).Expect(200);
        Assert.Equal(["basic"], deleted["authSchemeConfigs"].AsArray().Select(c => c!["id"]!.GetValue<string>()));
        (await acme.DeleteAsync($"connectors/{connector.Id}/auth-scheme-configs/key")).ExpectError(404, "auth_scheme_config_not_found");
        (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/other", TenantSteps.ApiKeyConfig)).ExpectError(400, "invalid_request", "id");
        (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/key",
            new { id = "key", schemeType = "api-key", description = "", name = "a b", @in = "header" })).ExpectError(400, "invalid_request", "name");
        (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/key",
            new { id = "key", schemeType = "kerberos", description = "" })).ExpectError(400, "invalid_request", "schemeType");
    }

    [Theory, EachDatabase]
    public async Task A_client_secret_is_never_readable_and_the_placeholder_keeps_it(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        var put = (await PutAsync(acme, connector, OAuth2(Secret))).Expect(200);
        AssertHidden(put);
        AssertHidden(await acme.GetAsync($"connectors/{connector.Id}"));
        var grant = put["authSchemeConfigs"][0]!["grant"]!;
        Assert.Equal(acme.Id, grant["organisationId"]!.GetValue<string>());

        // Sent back as read, sent back with the placeholder, and left out altogether: each keeps what is stored.
        var asRead = put["authSchemeConfigs"][0]!.DeepClone().AsObject();
        AssertHidden((await PutAsync(acme, connector, asRead)).Expect(200));
        var kept = (await PutAsync(acme, connector, OAuth2("[redacted]"))).Expect(200);
        AssertHidden(kept);
        Assert.Equal(grant["credentialId"]!.GetValue<string>(), kept["authSchemeConfigs"][0]!["grant"]!["credentialId"]!.GetValue<string>());
        var omitted = (await PutAsync(acme, connector, OAuth2(null))).Expect(200);
        Assert.Equal(grant["credentialId"]!.GetValue<string>(), omitted["authSchemeConfigs"][0]!["grant"]!["credentialId"]!.GetValue<string>());

        static void AssertHidden(Answer answer)
        {
            Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);
            Assert.Null(answer["authSchemeConfigs"][0]!["grant"]!["clientSecret"]);
            Assert.NotNull(answer["authSchemeConfigs"][0]!["grant"]!["credentialId"]);
        }
    }

    [Theory]
    [InlineData("tokenUrl")]
    [InlineData("authorizeUrl")]
    [InlineData("additionalTokenParams")]
    public async Task What_the_client_secret_is_bound_to_changes_only_with_the_secret(string field)
    {
        foreach (var database in Databases.All)
        {
            var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
            var connector = await acme.CreateConnectorAsync();
            (await PutAsync(acme, connector, OAuth2(Secret))).Expect(200);
            foreach (var secret in (string?[])[null, "[redacted]"])
            {
                var changed = OAuth2(secret);
                changed[field] = field == "additionalTokenParams" ? "audience=evil" : "https://evil.example.com/";
                (await PutAsync(acme, connector, changed)).ExpectError(400, "invalid_request", field);
                // Naming the stored application by its ids is no way around.
                changed["grant"]!["credentialId"] = (await acme.GetAsync($"connectors/{connector.Id}"))["authSchemeConfigs"][0]!["grant"]!["credentialId"]!.DeepClone();
                changed["grant"]!["organisationId"] = acme.Id;
                (await PutAsync(acme, connector, changed)).ExpectError(400, "invalid_request", field);
                // Nor is another config that names it.
                changed["id"] = "second";
                (await PutAsync(acme, connector, changed, "second")).ExpectError(400, "invalid_request", field);
            }

            var withSecret = OAuth2(Secret);
            withSecret[field] = field == "additionalTokenParams" ? "audience=new" : "https://new.example.com/";
            (await PutAsync(acme, connector, withSecret)).Expect(200);
        }
    }

    [Theory, EachDatabase]
    public async Task The_placeholder_without_a_stored_secret_is_refused(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        (await PutAsync(acme, connector, OAuth2("[redacted]"))).ExpectError(400, "invalid_request", "grant.clientSecret");
        (await acme.PostAsync("protocols/http/connectors", new { name = "P", baseUrl = "https://a.example.com", authSchemeConfigs = new[] { OAuth2("[redacted]") } }))
            .ExpectError(400, "invalid_request", "authSchemeConfigs[0].grant.clientSecret");
    }

    [Theory, EachDatabase]
    public async Task Nobody_takes_another_organisations_application_for_his_own(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, thief) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var theirs = await acme.CreateConnectorAsync();
        var grant = (await PutAsync(acme, theirs, OAuth2(Secret))).Expect(200)["authSchemeConfigs"][0]!["grant"]!;
        var mine = await thief.CreateConnectorAsync();
        var (credentialId, made) = (grant["credentialId"]!.GetValue<string>(), "01JDF3Q2M8V7K5T9XW4RZ6YB1C");
        foreach (var owner in (string[])[acme.Id, thief.Id])
        {
            var theft = (await PutAsync(thief, mine, Borrowing(credentialId, owner))).ExpectError(400, "invalid_request", "grant.credentialId");
            var guess = (await PutAsync(thief, mine, Borrowing(made, owner))).ExpectError(400, "invalid_request", "grant.credentialId");
            Assert.Equal(guess.Text, theft.Text);
        }

        static JsonObject Borrowing(string credentialId, string organisationId)
        {
            var config = OAuth2(null);
            (config["grant"]!["credentialId"], config["grant"]!["organisationId"]) = (credentialId, organisationId);
            return config;
        }
    }

    internal static JsonObject OAuth2(string? clientSecret)
    {
        var grant = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = "client" };
        if (clientSecret is not null)
            grant["clientSecret"] = clientSecret;
        return new JsonObject
        {
            ["id"] = "oauth",
            ["schemeType"] = "oauth2",
            ["description"] = "",
            ["authorizeUrl"] = "https://login.example.com/authorize",
            ["tokenUrl"] = "https://login.example.com/token",
            ["scopes"] = new JsonArray(new JsonObject { ["name"] = "read" }),
            ["defaultScopes"] = new JsonArray("read"),
            ["grant"] = grant,
        };
    }

    private static Task<Answer> PutAsync(Tenant tenant, Answer connector, JsonObject config, string id = "oauth") =>
        tenant.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/{id}", config);
}
