using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connections;

public sealed class ConnectionTests(Hosts hosts)
{
    private const string Secret = "k-1f2e3d-very-secret";

    [Theory, EachDatabase]
    public async Task Secrets_go_in_and_never_come_out(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var created = (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "production",
            credentials = new
            {
                action = new[] { Use("key", "string", new { value = Secret }), Use("basic", "basic-auth", new { username = "me", password = Secret }) },
                trigger = new[] { Use("none", "none", new { }) },
            },
            variables = new[] { new { name = "tenant", value = "t1" } },
        })).Expect(200);
        var read = (await acme.GetAsync($"connectors/{connector}/connections/{created.Id}")).Expect(200);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal("""{"value":"[redacted]"}""", Data(read, "action", 0));
        Assert.Equal("""{"username":"me","password":"[redacted]"}""", Data(read, "action", 1));
        Assert.Equal("{}", Data(read, "trigger", 0));
        Assert.Equal("X-Key", read["credentials"]["action"]![0]!["authSchemeConfig"]!["name"]!.GetValue<string>());
        Assert.Equal(acme.Id, read["credentials"]["action"]![0]!["credential"]!["organisationId"]!.GetValue<string>());

        var inConnector = (await acme.GetAsync($"connectors/{connector}")).Expect(200);
        Assert.Equal(read.Json.ToJsonString(), Assert.Single(inConnector["connections"].AsArray())!.ToJsonString());
        var listed = (await acme.GetAsync($"connectors/{connector}/connections")).Expect(200);
        Assert.Equal(created.Id, listed["items"][0]!["id"]!.GetValue<string>());
        Assert.Equal(["id", "name", "createdAt", "updatedAt"], listed["items"][0]!.AsObject().Select(m => m.Key));
        foreach (var answer in (Answer[])[created, read, inConnector, listed])
            Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);

        static string Data(Answer connection, string use, int index) => connection["credentials"][use]![index]!["credential"]!["data"]!.ToJsonString();
    }

    [Theory]
    [InlineData("key", "basic-auth", "\"string\"")]
    [InlineData("basic", "string", "\"basic-auth\"")]
    [InlineData("none", "string", "\"none\"")]
    [InlineData("key", "oauth2-client", "\"string\"")]
    [InlineData("key", "none", "\"string\"")]
    public async Task A_credential_type_must_go_with_the_scheme(string config, string type, string usable)
    {
        var (acme, connector) = await ArrangeAsync(Database.Sqlite);
        var refused = await acme.PostAsync($"connectors/{connector}/connections", Creation("c", Use(config, type, new { value = "x" })));
        refused.ExpectError(400, "invalid_request", "credentials.action[0].credential.type");
        Assert.Contains(usable, refused["fields"][0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, (await acme.GetAsync($"connectors/{connector}/connections"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task Every_fault_of_a_connection_is_named_at_once_and_nothing_is_kept(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        await acme.ConnectAsync(connector, "taken");
        (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "taken",
            credentials = new
            {
                action = new object[]
                {
                    Use("nonsense", "string", new { value = "x" }),
                    Use("key", "string", new { value = "[redacted]" }),
                    Use("key", "string", new { value = "two\nlines" }),
                    Use("key", "string", new { value = 5 }),
                    Use("key", "string", new { value = "x", more = 1 }),
                    Use("basic", "basic-auth", new { username = "a:b", password = "x" }),
                    Use("basic", "basic-auth", new { username = "a" }),
                    new { authSchemeConfig = 7, credential = new { name = "n", type = "string", data = new { value = "x" } } },
                },
                trigger = new object[] { Use("none", "none", new { surprise = true }) },
            },
            variables = new[] { new { name = "a", value = "1" }, new { name = "a", value = "2" } },
        })).ExpectError(400, "invalid_request",
            "name", "credentials.action[0].authSchemeConfig.id", "credentials.action[1].credential.data.value", "credentials.action[2].credential.data.value",
            "credentials.action[3].credential.data.value", "credentials.action[4].credential.data.more", "credentials.action[5].credential.data.username",
            "credentials.action[6].credential.data.password", "credentials.action[7].authSchemeConfig", "credentials.trigger[0].credential.data.surprise",
            "variables[1].name");
        Assert.Equal(1, (await acme.GetAsync($"connectors/{connector}/connections"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task Names_are_unique_in_a_connector_even_when_many_ask_at_once(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => acme.PostAsync($"connectors/{connector}/connections", TenantSteps.Connection("one"))));
        var made = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.ExpectError(409, "connection_exists", "name"));
        var second = await acme.ConnectAsync(connector, "two");
        (await acme.PutAsync($"connectors/{connector}/connections/{second.Id}", new { id = second.Id, name = "one" })).ExpectError(409, "connection_exists", "name");
        (await acme.PutAsync($"connectors/{connector}/connections/{made.Id}", new { id = made.Id, name = "one" })).Expect(200);
        var (_, other) = await ArrangeAsync(database);
        Assert.NotEqual(connector, other);
    }

    [Theory, EachDatabase]
    public async Task A_config_in_a_connection_is_a_reference_whatever_else_is_sent(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var created = (await acme.PostAsync($"connectors/{connector}/connections", Creation("c", new
        {
            authSchemeConfig = new
            {
                id = "key",
                schemeType = "basic-auth",
                name = "X-Evil",
                @in = "query",
                description = "mine",
                tokenUrl = "https://evil.example.com",
                unknown = new[] { 1 },
            },
            credential = new { name = "n", type = "string", data = new { value = "x" } },
        }))).Expect(200);
        Assert.Equal("""{"schemeType":"api-key","name":"X-Key","in":"header","id":"key","description":"the key"}""",
            created["credentials"]["action"]![0]!["authSchemeConfig"]!.ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task Variables_begin_with_the_connectors_defaults(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        await acme.ChangeConnectorAsync(connector, c => c["connectionVariables"] = new JsonArray(
            new JsonObject { ["name"] = "region", ["value"] = "eu" }, new JsonObject { ["name"] = "tenant", ["value"] = "t0" }));
        var created = (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "c",
            credentials = new { },
            variables = new[] { new { name = "tenant", value = "t1" }, new { name = "own", value = "o" } },
        })).Expect(200);
        Assert.Equal("""[{"name":"region","value":"eu"},{"name":"tenant","value":"t1"},{"name":"own","value":"o"}]""", created["variables"].ToJsonString());

        var left = (await acme.PutAsync($"connectors/{connector}/connections/{created.Id}", new { id = created.Id, name = "d" })).Expect(200);
        Assert.Equal(created["variables"].ToJsonString(), left["variables"].ToJsonString());
        Assert.Equal("d", left["name"].GetValue<string>());
        var emptied = (await acme.PutAsync($"connectors/{connector}/connections/{created.Id}", new { id = created.Id, name = "d", variables = Array.Empty<object>() })).Expect(200);
        Assert.Equal("[]", emptied["variables"].ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task A_credential_does_not_move_to_a_config_that_sends_it_elsewhere(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        const string Here = "https://here.example.com/token";
        var connector = (await acme.CreateConnectorAsync(configs: [Config("here", Here), Config("also-here", Here), Config("there", "https://there.example.com/token")])).Id;
        var connection = await Credentials.CredentialSteps.ConnectAsync(acme, connector, ("here", "oauth2-client", Credentials.CredentialSteps.Client(Here, "s")));
        var path = $"connectors/{connector}/connections/{connection.Id}";
        var use = connection["credentials"]["action"]![0]!["id"]!.GetValue<string>();

        (await acme.PutAsync(path, MovedTo("there"))).ExpectError(400, "invalid_request", "credentials.action[0].authSchemeConfig.id");
        (await acme.PutAsync(path, MovedTo("also-here"))).Expect(200);

        static System.Text.Json.Nodes.JsonObject Config(string id, string url)
        {
            var config = Credentials.CredentialSteps.ClientCredentials(url);
            config["id"] = id;
            return config;
        }

        object MovedTo(string config) => new { id = connection.Id, name = "production", credentials = new { action = new[] { new { id = use, authSchemeConfig = new { id = config } } } } };
    }

    [Theory, EachDatabase]
    public async Task Credentials_are_reordered_but_neither_added_nor_dropped_nor_moved_to_another_scheme(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/key2",
            new { id = "key2", schemeType = "api-key", description = "", name = "X-Key-2", @in = "header" })).Expect(200);
        var created = (await acme.PostAsync($"connectors/{connector}/connections",
            Creation("c", Use("key", "string", new { value = "1" }), Use("basic", "basic-auth", new { username = "u", password = "p" })))).Expect(200);
        var ids = created["credentials"]["action"]!.AsArray().Select(c => c!["id"]!.GetValue<string>()).ToList();
        var path = $"connectors/{connector}/connections/{created.Id}";

        var reordered = (await acme.PutAsync(path, Order((ids[1], "basic"), (ids[0], "key2")))).Expect(200);
        Assert.Equal(reordered.Text, (await acme.GetAsync(path)).Text);
        Assert.Equal([ids[1], ids[0]], reordered["credentials"]["action"]!.AsArray().Select(c => c!["id"]!.GetValue<string>()));
        Assert.Equal("X-Key-2", reordered["credentials"]["action"]![1]!["authSchemeConfig"]!["name"]!.GetValue<string>());

        (await acme.PutAsync(path, Order((ids[0], "key")))).ExpectError(400, "invalid_request", "credentials.action");
        (await acme.PutAsync(path, Order((ids[0], "key"), (ids[0], "key")))).ExpectError(400, "invalid_request", "credentials.action");
        (await acme.PutAsync(path, Order((ids[0], "key"), ("01JDF3Q2M8V7K5T9XW4RZ6YB1C", "basic")))).ExpectError(400, "invalid_request", "credentials.action");
        (await acme.PutAsync(path, Order((ids[0], "basic"), (ids[1], "basic")))).ExpectError(400, "invalid_request", "credentials.action[0].authSchemeConfig.schemeType");
        (await acme.PutAsync(path, Order((ids[0], "none such"), (ids[1], "basic")))).ExpectError(400, "invalid_request", "credentials.action[0].authSchemeConfig.id");
        (await acme.PutAsync(path, new { id = connector, name = "c" })).ExpectError(400, "invalid_request", "id");
        Assert.Equal(reordered.Text, (await acme.GetAsync(path)).Text);

        object Order(params (string Id, string Config)[] credentials) => new
        {
            id = created.Id,
            name = "c",
            credentials = new { action = credentials.Select(c => new { id = c.Id, authSchemeConfig = new { id = c.Config } }) },
        };
    }

    [Theory, EachDatabase]
    public async Task A_connection_outlives_its_config_and_goes_with_its_deletion(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var created = await acme.ConnectAsync(connector);
        (await acme.DeleteAsync($"connectors/{connector}/auth-scheme-configs/key")).Expect(200);
        var orphan = (await acme.GetAsync($"connectors/{connector}/connections/{created.Id}")).Expect(200);
        Assert.Equal("key", orphan["credentials"]["action"]![0]!["authSchemeConfig"]!["id"]!.GetValue<string>());
        (await acme.Api.GetAsync($"/api/proxy/{created.Id}/x")).ExpectError(409, "auth_scheme_config_deleted");
        var before = (await acme.GetAsync($"connectors/{connector}"))["updatedAt"].GetValue<string>();
        (await acme.DeleteAsync($"connectors/{connector}/connections/{created.Id}")).Expect(204);
        (await acme.GetAsync($"connectors/{connector}/connections/{created.Id}")).ExpectError(404, "connection_not_found");
        (await acme.DeleteAsync($"connectors/{connector}/connections/{created.Id}")).ExpectError(404, "connection_not_found");
        Assert.True(string.CompareOrdinal((await acme.GetAsync($"connectors/{connector}"))["updatedAt"].GetValue<string>(), before) > 0);
    }

    [Theory, EachDatabase]
    public async Task A_connection_is_found_under_its_own_connector_only(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var created = await acme.ConnectAsync(connector);
        var other = await acme.CreateConnectorAsync("Other");
        (await acme.GetAsync($"connectors/{other.Id}/connections/{created.Id}")).ExpectError(404, "connection_not_found");
        (await acme.PutAsync($"connectors/{other.Id}/connections/{created.Id}", new { id = created.Id, name = "x" })).ExpectError(404, "connection_not_found");
        (await acme.DeleteAsync($"connectors/{other.Id}/connections/{created.Id}")).ExpectError(404, "connection_not_found");
        (await acme.GetAsync($"connectors/{connector}/connections/{created.Id}")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Calls_through_a_connection_carry_its_credential_and_stop_with_it(Database database)
    {
        await using var upstream = await Upstream.StartAsync("""{"ok":true}""");
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [TenantSteps.ApiKeyConfig]);
        var connection = await acme.ConnectAsync(connector.Id, value: Secret);
        Assert.Equal("""{"ok":true}""", (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels?x=1")).Expect(200).Text);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal(("/parcels?x=1", Secret), (request.Target, request.Headers["X-Key"]));
        Assert.False(request.Headers.ContainsKey("Authorization"));

        (await acme.PutAsync($"connectors/{connector.Id}/auth-scheme-configs/key",
            new { id = "key", schemeType = "api-key", description = "", name = "k", @in = "query" })).Expect(200);
        (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels")).Expect(200);
        Assert.Equal($"/parcels?k={Secret}", upstream.Requests.Last().Target);
        (await acme.DeleteAsync($"connectors/{connector.Id}/connections/{connection.Id}")).Expect(204);
        (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels")).ExpectError(404, "connection_not_found");
        Assert.Equal(2, upstream.Requests.Count);
    }

    private static object Use(string config, string type, object data) => new { authSchemeConfig = new { id = config }, credential = new { name = "n", type, data } };

    private static object Creation(string name, params object[] action) => new { name, credentials = new { action }, variables = Array.Empty<object>() };

    private async Task<(Tenant Tenant, string ConnectorId)> ArrangeAsync(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync(configs:
            [TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig, new { id = "none", schemeType = "none", description = "" }]);
        return (acme, connector.Id);
    }
}
