using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connectors;

public sealed class ConnectorTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_connector_reads_back_as_it_was_created(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.PostAsync("protocols/http/connectors", new
        {
            name = "Parcels ü 📦",
            baseUrl = "https://{{ conn.region }}.example.com/v1",
            connectionVariables = new[] { new { name = "region", value = "eu" } },
            authSchemeConfigs = new[] { TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig },
            tags = new { team = new[] { "blue", "red" }, beta = Array.Empty<string>() },
        })).Expect(201);
        Assert.Equal($"/api/connect/v1/o/{acme.Id}/connectors/{created.Id}", created.Headers["Location"]);

        var read = (await acme.GetAsync($"connectors/{created.Id}")).Expect(200);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal(acme.Id, read["organisationId"].GetValue<string>());
        Assert.Equal("Parcels ü 📦", read["name"].GetValue<string>());
        Assert.Equal("http", read["protocol"].GetValue<string>());
        Assert.False(read["public"].GetValue<bool>());
        Assert.Equal("""{"team":["blue","red"],"beta":[]}""", read["tags"].ToJsonString());
        Assert.Equal(["key", "basic"], read["authSchemeConfigs"].AsArray().Select(c => c!["id"]!.GetValue<string>()));
        Assert.Empty(read["connections"].AsArray());
        Assert.Empty(read["versions"].AsArray());
        Assert.EndsWith("Z", read["createdAt"].GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Every_fault_of_a_new_connector_is_named_at_once(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        (await acme.PostAsync("protocols/http/connectors", new
        {
            name = "Parcels",
            baseUrl = "ftp://example.com",
            connectionVariables = new[] { new { name = "a", value = "1" }, new { name = "a", value = "2" } },
            authSchemeConfigs = new object[]
            {
                TenantSteps.ApiKeyConfig, TenantSteps.ApiKeyConfig,
                new { id = "bad", schemeType = "api-key", description = "", name = "not a header", @in = "header" },
            },
            tags = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["a:b"] = ["x"] },
        })).ExpectError(400, "invalid_request",
            "baseUrl", "connectionVariables[1].name", "authSchemeConfigs[1].id", "authSchemeConfigs[2].name", "tags.a:b");
        (await acme.PostAsync("protocols/http/connectors", new { name = 1, baseUrl = (string?)null, extra = true }))
            .ExpectError(400, "invalid_request", "name", "baseUrl", "extra", "authSchemeConfigs");
        Assert.Equal(0, (await acme.GetAsync("connectors")).Expect(200)["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task An_update_replaces_what_it_names_unsets_what_it_leaves_out_and_keeps_public(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = await acme.CreateConnectorAsync();
        var first = await acme.ChangeConnectorAsync(created.Id, c =>
        {
            c["public"] = true;
            c["documentationURL"] = "https://docs.example.com";
            c["imageURL"] = "https://example.com/i.png";
            c["tags"] = new JsonObject { ["a"] = new JsonArray("b") };
        });
        Assert.True(first["public"].GetValue<bool>());
        Assert.Equal("https://docs.example.com", first["documentationURL"].GetValue<string>());

        var second = (await acme.PutAsync($"connectors/{created.Id}",
            new { id = created.Id, organisationId = acme.Id, name = "Renamed", protocol = "http", baseUrl = "https://b.example.com" })).Expect(200);
        Assert.Equal("Renamed", second["name"].GetValue<string>());
        Assert.Equal("https://b.example.com", second["baseUrl"].GetValue<string>());
        Assert.True(second["public"].GetValue<bool>(), "left out, public stays");
        Assert.Null(second.Json["documentationURL"]);
        Assert.Null(second.Json["imageURL"]);
        Assert.Equal("{}", second["tags"].ToJsonString());
        Assert.True(string.CompareOrdinal(second["updatedAt"].GetValue<string>(), created["updatedAt"].GetValue<string>()) > 0);
        Assert.Equal(created["createdAt"].GetValue<string>(), second["createdAt"].GetValue<string>());
        Assert.Equal(second.Text, (await acme.GetAsync($"connectors/{created.Id}")).Text);
    }

    [Theory, EachDatabase]
    public async Task Id_owner_and_protocol_are_read_only(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var (connector, another) = (await acme.CreateConnectorAsync(), await acme.CreateConnectorAsync("Another"));
        var before = (await acme.GetAsync($"connectors/{connector.Id}")).Text;
        var update = await acme.ConnectorUpdateAsync(connector.Id);
        (update["id"], update["organisationId"], update["name"]) = (another.Id, other.Id, "Changed");
        (await acme.PutAsync($"connectors/{connector.Id}", update)).ExpectError(400, "invalid_request", "id", "organisationId");
        (await acme.PutAsync($"connectors/{connector.Id}",
            new { id = connector.Id, organisationId = acme.Id, name = "Changed", protocol = "bigquery", datasetId = "a.b" })).ExpectError(400, "invalid_request", "protocol");
        Assert.Equal(before, (await acme.GetAsync($"connectors/{connector.Id}")).Text);
    }

    [Theory, EachDatabase]
    public async Task Auth_scheme_configs_are_put_into_the_order_that_names_each_of_them_once(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync(configs: [TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig]);
        var reordered = await acme.ChangeConnectorAsync(connector.Id, c => c["authSchemeConfigIds"] = new JsonArray("basic", "key"));
        Assert.Equal(["basic", "key"], IdsOf(reordered));
        Assert.Equal(["basic", "key"], IdsOf(await acme.ChangeConnectorAsync(connector.Id, c => c["name"] = "Parcels 2")));
        foreach (var wrong in (JsonArray[])[new("basic"), new("basic", "basic"), new("basic", "key", "more"), new("basic", "other"), []])
        {
            var update = await acme.ConnectorUpdateAsync(connector.Id);
            update["authSchemeConfigIds"] = wrong;
            (await acme.PutAsync($"connectors/{connector.Id}", update)).ExpectError(400, "invalid_request", "authSchemeConfigIds");
        }

        Assert.Equal(["basic", "key"], IdsOf(await acme.GetAsync($"connectors/{connector.Id}")));

        static IEnumerable<string> IdsOf(Answer connector) => connector["authSchemeConfigs"].AsArray().Select(c => c!["id"]!.GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task Changed_variables_reach_connections_that_kept_the_default(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.PostAsync("protocols/http/connectors", new
        {
            name = "Parcels",
            baseUrl = "https://{{ conn.region }}.example.com",
            connectionVariables = new[] { new { name = "region", value = "eu" }, new { name = "old", value = "1" } },
            authSchemeConfigs = Array.Empty<object>(),
        })).Expect(201);
        var kept = (await acme.PostAsync($"connectors/{connector.Id}/connections", Connection("kept"))).Expect(200);
        var own = (await acme.PostAsync($"connectors/{connector.Id}/connections", Connection("own", new { name = "region", value = "us" }))).Expect(200);
        await acme.ChangeConnectorAsync(connector.Id, c => c["connectionVariables"] = new JsonArray(
            new JsonObject { ["name"] = "region", ["value"] = "ap" }, new JsonObject { ["name"] = "new", ["value"] = "2" }));

        Assert.Equal(["new=2", "region=ap"], await VariablesAsync(kept));
        Assert.Equal(["new=2", "region=us"], await VariablesAsync(own));
        await acme.ChangeConnectorAsync(connector.Id, c => c["name"] = "left out, they stay");
        Assert.Equal(["new=2", "region=ap"], await VariablesAsync(kept));

        async Task<IEnumerable<string>> VariablesAsync(Answer connection) =>
            (await acme.GetAsync($"connectors/{connector.Id}/connections/{connection.Id}")).Expect(200)["variables"].AsArray()
                .Select(v => $"{v!["name"]}={v["value"]}").Order(StringComparer.Ordinal);

        static object Connection(string name, params object[] variables) => new { name, credentials = new { }, variables };
    }

    [Theory, EachDatabase]
    public async Task A_deleted_connector_takes_its_versions_and_connections_along(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync();
        var config = connector.Answer["connector"]["authSchemeConfigs"]![0]!["id"]!.GetValue<string>();
        var connection = await acme.ConnectAsync(connector.Id, configId: config);
        (await acme.DeleteAsync($"connectors/{connector.Id}")).Expect(204);
        (await acme.GetAsync($"connectors/{connector.Id}")).ExpectError(404, "connector_not_found");
        (await acme.GetAsync($"connectors/{connector.Id}/versions/{connector.Version}")).ExpectError(404, "connector_not_found");
        (await acme.GetAsync($"connectors/{connector.Id}/connections/{connection.Id}")).ExpectError(404, "connection_not_found");
        (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/x")).ExpectError(404, "connection_not_found");
        (await acme.DeleteAsync($"connectors/{connector.Id}")).ExpectError(404, "connector_not_found");
        (await acme.DeleteAsync("connectors/nonsense")).ExpectError(404, "connector_not_found");
    }

    [Theory, EachDatabase]
    public async Task Tags_and_categories_are_replaced_by_themselves(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        (await acme.PutAsync($"connectors/{connector.Id}/tags", new { tags = new { a = new[] { "1" }, b = new[] { "2" } } })).Expect(204);
        (await acme.PutAsync($"connectors/{connector.Id}/categories", new { categories = new[] { "CRM", "AI/LLMs" } })).Expect(204);
        var read = await acme.GetAsync($"connectors/{connector.Id}");
        Assert.Equal("""{"a":["1"],"b":["2"]}""", read["tags"].ToJsonString());
        Assert.Equal("""["CRM","AI/LLMs"]""", read["categories"].ToJsonString());
        Assert.True(string.CompareOrdinal(read["updatedAt"].GetValue<string>(), connector["updatedAt"].GetValue<string>()) > 0);

        (await acme.PutAsync($"connectors/{connector.Id}/tags", new { tags = new { c = Array.Empty<string>() } })).Expect(204);
        (await acme.PutAsync($"connectors/{connector.Id}/categories", new { categories = Array.Empty<string>() })).Expect(204);
        read = await acme.GetAsync($"connectors/{connector.Id}");
        Assert.Equal("""{"c":[]}""", read["tags"].ToJsonString());
        Assert.Null(read.Json["categories"]);
        (await acme.PutAsync($"connectors/{connector.Id}/categories", new { categories = new[] { "CRM", "Nonsense" } })).ExpectError(400, "invalid_request", "categories[1]");
        var categories = (await acme.Host.Nobody.GetAsync("/api/connect/v1/categories")).Expect(200).Json.AsArray().Select(c => c!.GetValue<string>());
        Assert.Equal(["AI/LLMs", "Accounting", "Business Operations", "CRM", "Communication", "Development & IT", "ERP", "HR", "Hospitality", "Productivity",
            "Supply Chain & Logistics", "eCommerce"], categories.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("https://api.example.com/{{ conn.a }}", true)]
    [InlineData("", true)]
    [InlineData("https://api.example.com?x=1", true)]
    [InlineData("https://api.example.com#x", false)]
    [InlineData("https://user:pass@api.example.com", false)]
    [InlineData("api.example.com", false)]
    [InlineData("https://{{ nonsense", false)]
    public async Task A_base_url_is_checked_when_it_is_given(string baseUrl, bool sound)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var answer = await acme.PostAsync("protocols/http/connectors", new { name = "Parcels", baseUrl, authSchemeConfigs = Array.Empty<object>() });
        if (sound)
            answer.Expect(201);
        else
            answer.ExpectError(400, "invalid_request", "baseUrl");
    }
}
