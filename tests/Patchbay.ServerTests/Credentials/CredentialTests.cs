using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

public sealed class CredentialTests(Hosts hosts)
{
    private const string Secret = "k-77aa-very-secret";

    [Theory, EachDatabase]
    public async Task Credentials_are_listed_and_read_with_what_uses_them_and_without_their_secrets(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: [TenantSteps.ApiKeyConfig, CredentialSteps.AuthorizationCode("https://auth.example.com/token")])).Id;
        var first = await acme.ConnectAsync(connector, "first", value: Secret);
        var second = await acme.ConnectAsync(connector, "second", value: Secret);

        var listed = (await acme.GetAsync("credentials")).Expect(200);
        Assert.Equal(3, listed["totalCount"].GetValue<int>());
        Assert.DoesNotContain(Secret, listed.Text, StringComparison.Ordinal);
        Assert.Equal("second", listed["items"][0]!["name"]!.GetValue<string>());
        var read = (await acme.GetAsync($"credentials/{first.CredentialId()}")).Expect(200);
        Assert.Equal(read.Json.ToJsonString(), listed["items"].AsArray().Single(i => (string)i!["name"]! == "first")!.ToJsonString());
        Assert.Equal("""{"value":"[redacted]"}""", read["data"].ToJsonString());
        var use = Assert.Single(read["usages"].AsArray())!["connection"]!;
        Assert.Equal((first.Id, "first", connector), (use["id"]!.GetValue<string>(), use["name"]!.GetValue<string>(), use["connector"]!["id"]!.GetValue<string>()));

        // The application of a config is a credential too, which no connection uses.
        var application = Assert.Single(listed["items"].AsArray(), i => (string)i!["type"]! == "oauth2-client")!;
        Assert.Empty(application["usages"]!.AsArray());
        (await acme.PutAsync($"credentials/{application["id"]}", new { name = "n", type = "oauth2-client", data = CredentialSteps.Client("https://auth.example.com/token", "x") }))
            .ExpectError(409, "application_credential");

        // Page by page, each once; and nothing of it for anybody else.
        var page = (await acme.GetAsync("credentials?first=2&sort=name:asc")).Expect(200);
        var rest = (await acme.GetAsync($"credentials?first=2&sort=name:asc&after={page["next"]}")).Expect(200);
        Assert.Equal(3, page["items"].AsArray().Concat(rest["items"].AsArray()).Select(i => (string)i!["id"]!).Distinct().Count());
        var stranger = await acme.Host.NewOrganisationAsync();
        Assert.Equal(0, (await stranger.GetAsync("credentials"))["totalCount"].GetValue<int>());
        (await stranger.GetAsync($"credentials/{second.CredentialId()}")).ExpectError(404, "credential_not_found");
        (await stranger.PutAsync($"credentials/{second.CredentialId()}", new { name = "n", type = "string", data = new { value = "v" } })).ExpectError(404, "credential_not_found");
        (await acme.GetAsync("credentials/nonsense")).ExpectError(404, "credential_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_credential_is_changed_in_place_and_its_connection_goes_on_with_it(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [TenantSteps.ApiKeyConfig])).Id;
        var connection = await acme.ConnectAsync(connector, "production", value: "old-key");
        (await acme.GetAsync($"/api/proxy/{connection.Id}/a")).Expect(200);
        var before = (await acme.GetAsync($"credentials/{connection.CredentialId()}")).Expect(200);

        var put = (await acme.PutAsync($"credentials/{before.Id}", new { name = "renamed", type = "string", data = new { value = "new-key" }, expiresAt = "2999-01-01T00:00:00+02:00" })).Expect(200);
        Assert.Equal(("renamed", before.Id, """{"value":"[redacted]"}"""), (put["name"].GetValue<string>(), put.Id, put["data"].ToJsonString()));
        Assert.Equal("2998-12-31T22:00:00Z", put["expiresAt"].GetValue<string>());
        Assert.Equal(put.Text, (await acme.GetAsync($"credentials/{before.Id}")).Text);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/b")).Expect(200);

        // The placeholder keeps the secret, and an end that is left out is none.
        var kept = (await acme.PutAsync($"credentials/{before.Id}", new { name = "renamed again", type = "string", data = put["data"] })).Expect(200);
        Assert.Null(kept.Json["expiresAt"]);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/c")).Expect(200);
        Assert.Equal(["old-key", "new-key", "new-key"], upstream.Requests.Select(r => r.Headers["X-Key"]));
    }

    [Theory, EachDatabase]
    public async Task What_could_not_be_applied_or_is_another_thing_is_refused_by_field_and_nothing_changes(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: [TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig])).Id;
        var connection = await acme.ConnectAsync(connector, ("key", "string", new { value = Secret }), ("basic", "basic-auth", new { username = "me", password = Secret }));
        var (key, basic) = (connection.CredentialId(), connection.CredentialId(1));
        var before = (await acme.GetAsync("credentials")).Text;
        (await acme.PutAsync($"credentials/{key}", new { name = "n", type = "string", data = new { value = "two\nlines" } })).ExpectError(400, "invalid_request", "data.value");
        (await acme.PutAsync($"credentials/{key}", new { name = "n", type = "basic-auth", data = new { username = "u", password = "p" } })).ExpectError(400, "invalid_request", "type");
        (await acme.PutAsync($"credentials/{key}", new { name = "n", type = "oauth2-code", data = new { code = "c", state = "s" } })).ExpectError(400, "invalid_request", "type");
        (await acme.PutAsync($"credentials/{key}", new { name = "n", type = "string", data = new { value = 1 }, expiresAt = "2001-01-01T00:00:00Z" })).ExpectError(400, "invalid_request", "data.value", "expiresAt");
        (await acme.PutAsync($"credentials/{key}", new { name = "", type = "string", data = new { value = "v" } })).ExpectError(400, "invalid_request", "name");
        (await acme.PutAsync($"credentials/{key}", new { name = "n", type = "string" })).ExpectError(400, "invalid_request", "data");
        (await acme.PutAsync($"credentials/{basic}", new { name = "n", type = "basic-auth", data = new { username = "a:b", password = "[redacted]" } })).ExpectError(400, "invalid_request", "data.username");
        Assert.Equal(before, (await acme.GetAsync("credentials")).Text);
    }

    [Theory, EachDatabase]
    public async Task Another_secret_of_a_client_ends_its_token_and_gets_a_new_one(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        await using var tokens = await TokenEndpoint.StartAsync();
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [CredentialSteps.ClientCredentials(tokens.Url)])).Id;
        var connection = await acme.ConnectAsync(connector, ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "first")));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/a")).Expect(200);

        // A new name is no new secret: the token stays.
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "renamed", type = "oauth2-client", data = CredentialSteps.Client(tokens.Url, "[redacted]") })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/b")).Expect(200);
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "renamed", type = "oauth2-client", data = CredentialSteps.Client(tokens.Url, "second") })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/c")).Expect(200);

        Assert.Equal(["Bearer access-1", "Bearer access-1", "Bearer access-2"], upstream.Requests.Select(r => r.Headers["Authorization"]));
        Assert.Equal(2, tokens.Asked.Select(a => a["authorization"]).Distinct().Count());

        // A secret goes where it was saved for, and nowhere else.
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "n", type = "oauth2-client", data = CredentialSteps.Client("https://evil.example.com/token", "third") }))
            .ExpectError(400, "invalid_request", "data.tokenUrl");
    }

    [Theory, EachDatabase]
    public async Task A_user_connects_again_and_the_connection_stays(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        await using var tokens = await TokenEndpoint.StartAsync();
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [CredentialSteps.AuthorizationCode(tokens.Url)])).Id;
        var connection = await acme.ConnectAsync(connector, ("code", "oauth2-code", new { code = "one", state = await acme.InitialiseAsync(connector) }));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/a")).Expect(200);

        // A new name alone keeps the grant.
        var read = (await acme.GetAsync($"credentials/{connection.CredentialId()}")).Expect(200);
        Assert.Equal("oauth2-token", read["type"].GetValue<string>());
        (await acme.PutAsync($"credentials/{read.Id}", new { name = "renamed", type = "oauth2-token", data = read["data"] })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/b")).Expect(200);

        var state = await acme.InitialiseAsync(connector);
        var again = (await acme.PutAsync($"credentials/{read.Id}", new { name = "renamed", type = "oauth2-code", data = new { code = "two", state } })).Expect(200);
        Assert.Equal(("oauth2-token", """{"scopes":["read"]}""", "[]"), (again["type"].GetValue<string>(), again["data"].ToJsonString(), again["errors"].ToJsonString()));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/c")).Expect(200);
        Assert.Equal(["Bearer access-1", "Bearer access-1", "Bearer access-2"], upstream.Requests.Select(r => r.Headers["Authorization"]));

        // A state serves once, and for its connector only.
        (await acme.PutAsync($"credentials/{read.Id}", new { name = "n", type = "oauth2-code", data = new { code = "three", state } })).ExpectError(400, "state_used", "data.state");
        var other = (await acme.CreateConnectorAsync("Other", configs: [CredentialSteps.AuthorizationCode(tokens.Url)])).Id;
        (await acme.PutAsync($"credentials/{read.Id}", new { name = "n", type = "oauth2-code", data = new { code = "four", state = await acme.InitialiseAsync(other) } }))
            .ExpectError(400, "state_foreign", "data.state");
        (await acme.PutAsync($"credentials/{read.Id}", new { name = "n", type = "oauth2-code", data = new { code = "five", state = "made-up" } })).ExpectError(400, "state_unknown", "data.state");
        Assert.Equal(["one", "two"], tokens.Asked.Select(a => a["code"]));

        // Tokens that the user brings along take the grant's place as well.
        (await acme.PutAsync($"credentials/{read.Id}", new { name = "n", type = "oauth2-token", data = new { scopes = new[] { "write" }, accessToken = "brought" } })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/d")).Expect(200);
        Assert.Equal("Bearer brought", upstream.Requests.Last().Headers["Authorization"]);
    }
}
