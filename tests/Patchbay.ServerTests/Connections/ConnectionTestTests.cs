using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Credentials;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connections;

/// <summary>Connections tested by the verification requests of their auth schemes.</summary>
public sealed class ConnectionTestTests(Hosts hosts)
{
    private const string GoodKey = "good-key-41";
    private const string BadKey = "bad-key-42";

    [Theory, EachDatabase]
    public async Task A_credential_is_tested_when_it_is_made_when_it_is_changed_and_on_demand(Database database)
    {
        await using var upstream = await UpstreamAsync();
        var (acme, connector) = await ArrangeAsync(database, upstream, new() { ["url"] = "/me?full=1" });
        var connection = await acme.ConnectAsync(connector, "production", value: GoodKey);
        Assert.Equal("[]", Errors(connection));

        Assert.Equal("[]", (await PutAsync(acme, connection, GoodKey))["errors"].ToJsonString());
        var bad = await PutAsync(acme, connection, BadKey);
        Assert.Equal("""["The verification request was answered with 401 (invalid_token)."]""", bad["errors"].ToJsonString());
        var tested = (await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200);
        Assert.False(tested["valid"].GetValue<bool>());
        var test = Assert.Single(tested["credentials"].AsArray())!;
        Assert.Equal((connection.CredentialId(), "key", 401, false), ((string)test["credentialId"]!, (string)test["authSchemeConfigId"]!, (int)test["status"]!, (bool)test["valid"]!));
        Assert.DoesNotContain(BadKey, tested.Text + bad.Text, StringComparison.Ordinal);
        Assert.Equal(bad["errors"].ToJsonString(), Errors(await acme.GetAsync($"connectors/{connector}/connections/{connection.Id}")));

        // A connection with a credential that does not work is made all the same, and says so.
        var broken = await acme.ConnectAsync(connector, "broken", value: BadKey);
        Assert.Equal(bad["errors"].ToJsonString(), Errors(broken));
        Assert.All(upstream.Requests, r => Assert.Equal("/me?full=1", r.Target));
        Assert.Equal([GoodKey, GoodKey, BadKey, BadKey, BadKey], upstream.Requests.Select(r => r.Headers["X-Key"]));
    }

    [Theory, EachDatabase]
    public async Task What_shows_nothing_is_not_held_against_the_credential(Database database)
    {
        var status = 503;
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("""{"error":"overloaded"}""");
        });
        var (acme, connector) = await ArrangeAsync(database, upstream, new() { ["url"] = "/me", ["failed"] = new JsonArray(new JsonObject { ["statuses"] = new JsonArray(500) }) });
        var connection = await acme.ConnectAsync(connector, "production", value: GoodKey);
        Assert.Null(connection["credentials"]["action"]![0]!["credential"]!["errors"]);
        var tested = (await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200);
        Assert.Null(tested.Json["valid"]);
        Assert.Equal(503, (int)tested["credentials"][0]!["status"]!);

        // An API for which this is the way to say it is believed.
        status = 500;
        Assert.False((await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200)["valid"].GetValue<bool>());

        // Nor is one that is not there.
        await acme.ChangeConnectorAsync(connector, c => c["baseUrl"] = "http://127.0.0.1:1");
        (await PutAsync(acme, connection, "another-key")).Expect(200);
        Assert.Null((await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200).Json["valid"]);
        Assert.Null((await acme.GetAsync($"credentials/{connection.CredentialId()}")).Json["errors"]);
    }

    [Theory, EachDatabase]
    public async Task Nothing_of_the_answer_is_told_that_could_be_the_credential(Database database)
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            var key = context.Request.Headers["X-Key"].ToString();
            return context.Response.WriteAsJsonAsync(new { error = new { message = $"no {key}", code = key } });
        });
        var (acme, connector) = await ArrangeAsync(database, upstream, new() { ["url"] = "/me" });
        Assert.Equal("""["The verification request was answered with 403."]""", Errors(await acme.ConnectAsync(connector, "words", value: "sesame_open")));
    }

    [Theory, EachDatabase]
    public async Task The_request_goes_only_where_the_connections_other_requests_may_go(Database database)
    {
        await using var upstream = await UpstreamAsync();
        await using var elsewhere = await UpstreamAsync();
        var (acme, connector) = await ArrangeAsync(database, upstream, new() { ["url"] = $"{elsewhere.Address}me" });
        var connection = await acme.ConnectAsync(connector, "production", value: GoodKey);
        var refused = (await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200);
        Assert.Null(refused.Json["valid"]);
        Assert.Contains("allowedHosts", refused["credentials"][0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);

        await acme.ChangeConnectorAsync(connector, c => c["allowedHosts"] = new JsonArray(elsewhere.Address.ToString().TrimEnd('/')));
        Assert.True((await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200)["valid"].GetValue<bool>());
        Assert.Equal(("/me", GoodKey), (elsewhere.Requests.Single().Target, elsewhere.Requests.Single().Headers["X-Key"]));

        // A redirect is an answer, which is not followed with the credential.
        await using var redirecting = await Upstream.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Address.ToString());
            return Task.CompletedTask;
        });
        var (other, second) = await ArrangeAsync(database, redirecting, new() { ["url"] = "/me" });
        Assert.Contains("302", Errors(await other.ConnectAsync(second, "c", value: GoodKey)), StringComparison.Ordinal);
        Assert.Single(elsewhere.Requests);
    }

    [Theory, EachDatabase]
    public async Task A_token_that_the_API_calls_expired_is_renewed_before_it_is_judged(Database database)
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer access-1" && context.Request.Path == "/me" ? 401 : 200;
            return Task.CompletedTask;
        });
        var config = CredentialSteps.ClientCredentials(tokens.Url);
        config["verification"] = new JsonObject { ["url"] = "/me" };
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [config])).Id;
        var connection = await acme.ConnectAsync(connector, ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "s")));
        Assert.Equal("[]", Errors(connection));
        Assert.Equal(["Bearer access-1", "Bearer access-2"], upstream.Requests.Select(r => r.Headers["Authorization"]));
    }

    [Theory, EachDatabase]
    public async Task A_new_token_does_not_disprove_what_a_verification_request_showed(Database database)
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/me" ? 403 : 200;
            return Task.CompletedTask;
        });
        var config = CredentialSteps.ClientCredentials(tokens.Url);
        config["verification"] = new JsonObject { ["url"] = "/me" };
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [config])).Id;
        var connection = await acme.ConnectAsync(connector, ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "s")));
        Assert.Equal("""["The verification request was answered with 403."]""", Errors(connection));

        (await acme.Api.SendAsync(HttpMethod.Get, $"/api/proxy/{connection.Id}/other", null, ("X-Versori-Force-Refresh-Credential", "true"))).Expect(200);

        Assert.Equal(2, tokens.Asked.Count);
        Assert.Equal(Errors(connection), Errors(await acme.GetAsync($"connectors/{connector}/connections/{connection.Id}")));
    }

    [Fact]
    public async Task A_verification_request_that_cannot_be_made_is_refused_with_its_config()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        foreach (var url in (string[])["me", "ftp://api.example.com/me", "/a/../b", "/{{", "https://"])
        {
            (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/key", Config(new() { ["url"] = url })))
                .ExpectError(400, "invalid_request", "verification.url");
        }

        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/key", Config(new() { ["url"] = "/me", ["method"] = "G T" }))).ExpectError(400, "invalid_request", "verification.method");
        var connection = await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/key", Config(new() { ["url"] = "/{{ conn.tenant }}/me" }));
        connection.Expect(200);
        (await acme.PostAsync($"connectors/{connector}/connections/01JDF3Q2M8V7K5T9XW4RZ6YB3C/test")).ExpectError(404, "connection_not_found");
    }

    private static JsonObject Config(JsonObject verification) => new()
    {
        ["id"] = "key", ["schemeType"] = "api-key", ["description"] = "", ["name"] = "X-Key", ["in"] = "header", ["verification"] = verification,
    };

    private static Task<Upstream> UpstreamAsync() => Upstream.StartAsync(context =>
    {
        context.Response.StatusCode = context.Request.Headers["X-Key"] == GoodKey ? 200 : 401;
        return context.Response.WriteAsync($$"""{"error":"invalid_token","error_description":"{{context.Request.Headers["X-Key"]}}"}""");
    });

    private async Task<(Tenant Tenant, string ConnectorId)> ArrangeAsync(Database database, Upstream upstream, JsonObject verification)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        return (acme, (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [Config(verification)])).Id);
    }

    private static Task<Answer> PutAsync(Tenant tenant, Answer connection, string value) =>
        tenant.PutAsync($"credentials/{connection.CredentialId()}", new { name = "n", type = "string", data = new { value } });

    private static string Errors(Answer connection) => connection.Expect(200)["credentials"]["action"]![0]!["credential"]!["errors"]?.ToJsonString() ?? "never checked";
}
