using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

public sealed class HubTests(Hosts hosts)
{
    private const string Hubs = "/api/embedded/v1/hubs";

    [Theory, EachDatabase]
    public async Task A_hub_is_made_around_a_connector_read_and_changed(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync("Product", configs: EmbeddedHub.Config())).Id;

        // Of a config only the id counts.
        var created = (await acme.PostAsync(Hubs, new { organisationId = acme.Id, name = "Marketplace", primaryConnectorId = connector, authSchemeConfig = new { id = "key", schemeType = "none", description = "forged" } })).Expect(201);

        Assert.Equal((connector, "Product", "api-key", false), ((string?)created["primaryConnector"]["connectorId"], (string?)created["primaryConnector"]["name"],
            (string?)created["primaryConnector"]["authSchemeConfig"]!["schemeType"], created["isDefault"].GetValue<bool>()));
        Assert.EndsWith(".svg", (string?)created["primaryConnector"]["imageUrl"], StringComparison.Ordinal);
        Assert.Equal(created.Text, (await acme.GetAsync($"{Hubs}/{created.Id}")).Expect(200).Text);
        Assert.Equal(1, (await acme.GetAsync($"/api/embedded/v1/o/{acme.Id}/hubs")).Expect(200)["totalCount"].GetValue<int>());

        var second = (await acme.PostAsync(Hubs, new { organisationId = acme.Id, name = "Other", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } })).Expect(201);
        foreach (var hub in (string[])[created.Id, second.Id])
            Assert.True((await acme.Api.SendAsync(HttpMethod.Patch, $"{Hubs}/{hub}", Api.ContentOf(new { isDefault = true }))).Expect(200)["isDefault"].GetValue<bool>());
        var listed = (await acme.GetAsync($"/api/embedded/v1/o/{acme.Id}/hubs")).Expect(200)["hubs"].AsArray();
        Assert.Equal(second.Id, (string?)Assert.Single(listed, h => h!["isDefault"]!.GetValue<bool>())!["id"]);
        Assert.Equal("Renamed", (string?)(await acme.Api.SendAsync(HttpMethod.Patch, $"{Hubs}/{created.Id}", Api.ContentOf(new { name = "Renamed" }))).Expect(200)["name"]);
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_a_hub_is_refused(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var (own, foreign) = ((await acme.CreateConnectorAsync(configs: EmbeddedHub.Config())).Id, (await other.CreateConnectorAsync(configs: EmbeddedHub.Config())).Id);
        (await acme.PostAsync(Hubs, new { organisationId = acme.Id, name = "x", primaryConnectorId = foreign, authSchemeConfig = new { id = "key" } })).ExpectError(400, "invalid_request", "primaryConnectorId");
        (await acme.PostAsync(Hubs, new { organisationId = acme.Id, name = "x", primaryConnectorId = own, authSchemeConfig = new { id = "none" } })).ExpectError(400, "invalid_request", "authSchemeConfig.id");
        (await acme.PostAsync(Hubs, new { organisationId = other.Id, name = "x", primaryConnectorId = foreign, authSchemeConfig = new { id = "key" } })).ExpectError(404, "organisation_not_found");
        (await acme.PostAsync(Hubs, new { organisationId = 1, name = "" })).ExpectError(400, "invalid_request", "organisationId");
        (await acme.PostAsync(Hubs, "{")).ExpectError(400, "malformed_json");
        var hub = await EmbeddedHub.MakeAsync(other);
        foreach (var path in (string[])[hub.Path, $"{hub.Path}/users", $"{Hubs}/01JDF3Q2M8V7K5T9XW4RZ6YB1C", $"{Hubs}/x"])
            (await acme.GetAsync(path)).ExpectError(404, "hub_not_found");
        (await acme.DeleteAsync(hub.Path)).ExpectError(404, "hub_not_found");
        (await other.DeleteAsync($"connectors/{hub.ConnectorId}")).ExpectError(409, "connector_in_use");
    }

    [Theory, EachDatabase]
    public async Task A_deleted_hub_takes_nothing_new_and_what_is_under_it_goes_on(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var hub = await EmbeddedHub.MakeAsync(acme);
        await hub.CreateUserAsync("ada", "k-1");

        (await acme.DeleteAsync(hub.Path)).Expect(204);

        (await acme.GetAsync(hub.Path)).ExpectError(404, "hub_not_found");
        (await acme.DeleteAsync(hub.Path)).ExpectError(404, "hub_not_found");
        Assert.Empty((await acme.GetAsync($"/api/embedded/v1/o/{acme.Id}/hubs")).Expect(200)["hubs"].AsArray());
        (await acme.PostAsync($"{hub.Path}/users", EmbeddedHub.User("bob"))).ExpectError(404, "hub_not_found");
        (await acme.PostAsync($"{hub.Path}/users", EmbeddedHub.User("bob", "k-2"))).ExpectError(404, "hub_not_found");
        (await acme.GetAsync($"{hub.Path}/users/ada")).Expect(200);
        (await hub.AsUserAsync("ada", HttpMethod.Get, "users/ada/connections")).Expect(200);

        (await acme.DeleteAsync($"{hub.Path}?purge=true")).Expect(204);
        (await acme.GetAsync($"{hub.Path}/users/ada")).ExpectError(404, "hub_not_found");
        (await acme.DeleteAsync($"connectors/{hub.ConnectorId}")).Expect(204);
    }
}
