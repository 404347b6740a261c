using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connectors;

public sealed class BigQueryConnectorTests(Hosts hosts)
{
    private const string Path = "protocols/bigquery/connectors";

    private static readonly string PrivateKey = NewPrivateKey();

    private static readonly object NoConnections = new { name = "Sales", datasetId = "my-project.sales", connections = Array.Empty<object>() };

    [Theory, EachDatabase]
    public async Task A_connector_is_created_read_listed_and_updated(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.PostAsync(Path, NoConnections)).Expect(201);
        Assert.Equal(("bigquery", "Sales", "my-project.sales", false), (created["protocol"].GetValue<string>(), created["name"].GetValue<string>(), created["datasetId"].GetValue<string>(), created["public"].GetValue<bool>()));
        Assert.Null(created.Json["baseUrl"]);
        Assert.Empty(created["connections"].AsArray());
        Assert.EndsWith($"/connectors/{created.Id}", created.Headers["Location"], StringComparison.Ordinal);
        Assert.Equal(created.Text, (await acme.GetAsync($"connectors/{created.Id}")).Expect(200).Text);
        await acme.CreateConnectorAsync("Over HTTP");
        foreach (var (query, expected) in ((string, string[])[])[("protocol=bigquery", ["Sales"]), ("protocol=QUERY", ["Sales"]), ("protocol=http", ["Over HTTP"]), ("", ["Over HTTP", "Sales"])])
        {
            var listed = (await acme.GetAsync($"connectors?sort=name:asc&{query}")).Expect(200);
            Assert.Equal(expected, listed["connectors"].AsArray().Select(c => c!["name"]!.GetValue<string>()));
        }

        object Update(object more) => new { id = created.Id, organisationId = acme.Id, protocol = "bigquery", name = "Orders", datasetId = "example.com:other.orders_2", tags = more };
        var updated = (await acme.PutAsync($"connectors/{created.Id}", Update(new { team = new[] { "blue" } }))).Expect(200);
        Assert.Equal(("Orders", "example.com:other.orders_2", """{"team":["blue"]}"""), (updated["name"].GetValue<string>(), updated["datasetId"].GetValue<string>(), updated["tags"].ToJsonString()));
        Assert.Equal(updated.Text, (await acme.GetAsync($"connectors/{created.Id}")).Text);

        (await acme.PutAsync($"connectors/{created.Id}", new { id = created.Id, organisationId = acme.Id, protocol = "http", name = "x", baseUrl = "https://a.example" }))
            .ExpectError(400, "invalid_request", "protocol");
        (await acme.DeleteAsync($"connectors/{created.Id}")).Expect(204);
        (await acme.GetAsync($"connectors/{created.Id}")).ExpectError(404, "connector_not_found");
    }

    [Theory]
    [InlineData("my-project")]
    [InlineData("my-project.")]
    [InlineData(".sales")]
    [InlineData("my-project.sales.orders")]
    [InlineData("my-project.sales-2")]
    [InlineData("my project.sales")]
    [InlineData("my-project.sales\n")]
    [InlineData("../x.sales")]
    public async Task A_dataset_that_cannot_be_one_is_refused(string datasetId)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        (await acme.PostAsync(Path, new { name = "x", datasetId, connections = Array.Empty<object>() })).ExpectError(400, "invalid_request", "datasetId");
        var created = (await acme.PostAsync(Path, NoConnections)).Expect(201);
        (await acme.PutAsync($"connectors/{created.Id}", new { id = created.Id, organisationId = acme.Id, protocol = "bigquery", name = "x", datasetId }))
            .ExpectError(400, "invalid_request", "datasetId");
    }

    [Theory, EachDatabase]
    public async Task Its_first_connections_come_with_it_or_nothing_does(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        await using var provider = await Upstream.StartAsync(AnswerToken);
        var tokenUrl = $"{provider.Address}token";
        var created = (await acme.PostAsync(Path, new
        {
            name = "Sales", datasetId = "my-project.sales",
            connections = new object[] { Connection("robot", Google(tokenUrl), KeyFile(tokenUrl)), Connection("robot too", new { id = "google" }, KeyFile(tokenUrl)) },
        })).Expect(201);
        Assert.Equal("google-service-account", Assert.Single(created["authSchemeConfigs"].AsArray())!["schemeType"]!.GetValue<string>());
        Assert.Equal(["robot", "robot too"], created["connections"].AsArray().Select(c => c!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY", created.Text, StringComparison.Ordinal);
        Assert.Equal(created.Text, (await acme.GetAsync($"connectors/{created.Id}")).Text);

        // A connection to one that is there works the same way.
        var another = (await acme.PostAsync($"connectors/{created.Id}/connections", Connection("third", new { id = "google" }, KeyFile(tokenUrl)))).Expect(200);
        Assert.Equal("[redacted]", another["credentials"]["action"]![0]!["credential"]!["data"]!["value"]!.GetValue<string>());

        foreach (var (connections, field) in ((object[], string)[])
        [
            ([Connection("a", new { id = "google" }, KeyFile(tokenUrl))], "connections[0].credentials.action[0].authSchemeConfig.id"),
            ([Connection("a", Google(tokenUrl), KeyFile(tokenUrl)), Connection("a", Google(tokenUrl), KeyFile(tokenUrl))], "connections[1].name"),
            ([Connection("a", Google(tokenUrl), KeyFile(tokenUrl)), Connection("b", Google("https://other.example/token"), KeyFile(tokenUrl))], "connections[1].credentials.action[0].authSchemeConfig"),
            ([Connection("a", TenantSteps.ApiKeyConfig, "k")], "connections[0].credentials.action[0].authSchemeConfig.schemeType"),
            ([Connection("a", new { id = "google", schemeType = "google-service-account" }, KeyFile(tokenUrl))], "connections[0].credentials.action[0].authSchemeConfig.description"),
            ([Connection("a", Google(tokenUrl), KeyFile(tokenUrl)), Connection("b", new { id = "google" }, "no key file")], "connections[1].credentials.action[0].credential.data"),
            ([Connection("a", Google(tokenUrl), KeyFile(tokenUrl), "basic-auth")], "connections[0].credentials.action[0].credential.type"),
        ])
        {
            var refused = (await acme.PostAsync(Path, new { name = "x", datasetId = "a.b", connections })).ExpectError(400, "invalid_request", field);
            Assert.DoesNotContain("PRIVATE KEY", refused.Text, StringComparison.Ordinal);
        }

        var code = new
        {
            name = "a", variables = Array.Empty<object>(),
            credentials = new
            {
                action = new[]
                {
                    new
                    {
                        authSchemeConfig = (object)new
                        {
                            id = "app", schemeType = "oauth2", description = "d", authorizeUrl = "https://a.example/a", tokenUrl, scopes = Array.Empty<object>(), defaultScopes = Array.Empty<string>(),
                            grant = new { grantType = "authorization_code", clientId = "c", clientSecret = "s3cr3t-of-the-app" },
                        },
                        credential = new { name = "n", type = "oauth2-code", data = (object)new { code = "c", state = "s" } },
                    },
                },
            },
        };
        (await acme.PostAsync(Path, new { name = "x", datasetId = "a.b", connections = new[] { code } }))
            .ExpectError(400, "invalid_request", "connections[0].credentials.action[0].credential.data");
        Assert.Equal(1, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
        Assert.Equal(3, (await acme.GetAsync("credentials"))["totalCount"].GetValue<int>());
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Its_auth_schemes_are_those_of_its_protocol(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var id = (await acme.PostAsync(Path, NoConnections)).Expect(201).Id;
        (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/google", Google("https://oauth2.googleapis.com/token"))).Expect(200);
        (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).ExpectError(400, "invalid_request", "schemeType");
        (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/oauth2", new
        {
            id = "oauth2", schemeType = "oauth2", description = "d", authorizeUrl = "https://accounts.google.com/o/oauth2/v2/auth", tokenUrl = "https://oauth2.googleapis.com/token",
            scopes = Array.Empty<object>(), defaultScopes = Array.Empty<string>(), grant = new { grantType = "authorization_code" },
        })).Expect(200);
        var read = (await acme.GetAsync($"connectors/{id}")).Expect(200);
        Assert.Equal(["google", "oauth2"], read["authSchemeConfigs"].AsArray().Select(c => c!["id"]!.GetValue<string>()));
        (await acme.DeleteAsync($"connectors/{id}/auth-scheme-configs/oauth2")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task It_is_published_and_taken_over_with_its_dataset(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var id = (await acme.PostAsync(Path, new { name = "Sales", connections = Array.Empty<object>() })).Expect(201).Id;
        Assert.Equal("", (await acme.GetAsync($"connectors/{id}"))["datasetId"].GetValue<string>());
        await acme.CreateVersionAsync(id, "1");
        (await acme.PostAsync($"connectors/{id}/versions/1/publish")).ExpectError(400, "version_invalid", "datasetId");
        (await acme.PutAsync($"connectors/{id}", new { id, organisationId = acme.Id, protocol = "bigquery", name = "Sales", datasetId = "my-project.sales", @public = true })).Expect(200);
        (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/google", Google("https://oauth2.googleapis.com/token"))).Expect(200);
        await acme.PublishAsync(id, "1");

        var listed = (await other.GetAsync("/api/connect/v1/connectors?protocol=bigquery&sort=id:desc&first=1")).Expect(200)["connectors"].AsArray();
        Assert.Equal(("bigquery", "my-project.sales"), (listed[0]!["protocol"]!.GetValue<string>(), listed[0]!["datasetId"]!.GetValue<string>()));
        var taken = (await other.PostAsync($"connectors/{id}/versions/latest/library/import")).Expect(200);
        Assert.Equal(("bigquery", "my-project.sales", other.Id), (taken["protocol"].GetValue<string>(), taken["datasetId"].GetValue<string>(), taken["organisationId"].GetValue<string>()));
        Assert.Equal("google", Assert.Single(taken["authSchemeConfigs"].AsArray())!["id"]!.GetValue<string>());
        Assert.Contains("my-project.sales", taken["versions"][0]!["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(taken.Text, (await other.GetAsync($"connectors/{taken.Id}")).Text);
    }

    [Theory, EachDatabase]
    public async Task What_is_for_HTTP_alone_is_refused_in_words(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var created = (await acme.PostAsync(Path, new { name = "Sales", datasetId = "a.b", connections = new[] { Connection("robot", Google("https://oauth2.googleapis.com/token"), KeyFile("https://oauth2.googleapis.com/token")) } })).Expect(201);
        var refused = (await acme.PostAsync($"connector/{created.Id}/http/import", Upload.Of(new Description().ToString(), new { format = "openapi", version = "1" }))).ExpectError(400, "invalid_request", "connector_id");
        Assert.Contains("HTTP", refused.Text, StringComparison.Ordinal);
        var connection = created["connections"][0]!["id"]!.GetValue<string>();
        var proxied = (await acme.GetAsync($"/api/proxy/{connection}/bigquery/v2/projects")).ExpectError(409, "protocol_without_proxy");
        Assert.Contains("bigquery", proxied.Text, StringComparison.Ordinal);
        (await acme.PostAsync($"connectors/{created.Id}/connections/{connection}/test")).ExpectError(409, "protocol_without_proxy");
        Assert.Equal(0, (await acme.GetAsync($"connectors/{created.Id}/versions"))["totalCount"].GetValue<int>());
        Assert.Empty(host.Log.Errors);
    }

    private static object Google(string tokenUrl) => new { id = "google", schemeType = "google-service-account", description = "d", scopes = new[] { "https://www.googleapis.com/auth/bigquery" }, tokenUrl };

    private static object Connection(string name, object config, string value, string type = "string") => new
    {
        name, variables = Array.Empty<object>(),
        credentials = new { action = new[] { new { authSchemeConfig = config, credential = new { name = "n", type, data = new { value } } } } },
    };

    private static string KeyFile(string tokenUrl) => new JsonObject
    {
        ["type"] = "service_account", ["client_email"] = "robot@example.com", ["private_key"] = PrivateKey, ["private_key_id"] = "1", ["token_uri"] = tokenUrl,
    }.ToJsonString();

    private static Task AnswerToken(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""{"access_token":"t","token_type":"Bearer","expires_in":3600}""", context.RequestAborted);
    }

    private static string NewPrivateKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
