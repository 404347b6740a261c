using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.EndUserPages;

public sealed class ReconnectTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_credential_is_replaced_in_place_and_the_connection_goes_on(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await host.NewOrganisationAsync();
        var (hub, path) = await ConnectorAsync(acme, upstream.Address.ToString(), "ada");
        var connection = (await acme.PostAsync(path, Connection(hub.Connector, "first"))).Expect(201).Id;

        var changed = (await acme.PutAsync($"{path}/{connection}", new { credentials = Credentials("second") })).Expect(200);

        Assert.Equal(connection, changed.Id);
        Assert.DoesNotContain("second", changed.Text, StringComparison.Ordinal);
        (await acme.GetAsync($"/api/proxy/{connection}/x")).Expect(200);
        Assert.Equal("second", Assert.Single(upstream.Requests).Headers["X-Key"]);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Nobody_replaces_what_is_not_theirs_or_with_what_does_not_fit(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var (hub, ada) = await ConnectorAsync(acme, "https://api.example.com", "ada");
        (await acme.PostAsync($"/api/embedded/v1/hubs/{hub.Id}/users", new { externalId = "grace" })).Expect(201);
        var connection = (await acme.PostAsync(ada, Connection(hub.Connector, "first"))).Expect(201).Id;
        var own = await acme.ConnectAsync(hub.Connector, "own", "key", "s3cr3t");
        var grace = ada.Replace("/ada/", "/grace/", StringComparison.Ordinal);

        foreach (var (path, id) in ((string, string)[])[(grace, connection), (ada, own.Id), (ada, "01JDF3Q2M8V7K5T9XW4RZ6YB6C"), (ada, "x")])
            (await acme.PutAsync($"{path}/{id}", new { credentials = Credentials("second") })).ExpectError(404, "connection_not_found");
        var opened = (await EndUserSessionTests.OpenAsync(host, hub.Id, EndUserSessionTests.CodeOf((await acme.PostAsync(EndUserSessionTests.PathOf(hub.Id, "grace"), new { })).Expect(201)))).Expect(200);
        (await host.Nobody.SendAsync(HttpMethod.Put, $"{ada}/{connection}", Api.ContentOf(new { credentials = Credentials("second") }), ("Authorization", $"Bearer {opened["token"]}")))
            .ExpectError(404, "hub_not_found");

        const string First = "credentials.action[0]";
        (await acme.PutAsync($"{ada}/{connection}", new { credentials = new { } })).ExpectError(400, "invalid_request", "credentials.action");
        (await acme.PutAsync($"{ada}/{connection}", new { credentials = Credentials("second", "other") })).ExpectError(400, "invalid_request", $"{First}.authSchemeConfig.id");
        (await acme.PutAsync($"{ada}/{connection}", new { credentials = Credentials("", "key") })).ExpectError(400, "invalid_request", $"{First}.credential.data.value");
        Assert.Empty(host.Log.Errors);
    }

    private static async Task<((string Id, string Connector) Hub, string Path)> ConnectorAsync(Tenant acme, string baseUrl, string user)
    {
        var connector = (await acme.CreateConnectorAsync("Product", baseUrl, TenantSteps.ApiKeyConfig)).Id;
        var hub = (await acme.PostAsync("/api/embedded/v1/hubs", new { organisationId = acme.Id, name = "Hub", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } })).Expect(201).Id;
        (await acme.PostAsync($"/api/embedded/v1/hubs/{hub}/users", new { externalId = user })).Expect(201);
        return ((hub, connector), $"/api/embedded/v1/hubs/{hub}/users/{user}/connections");
    }

    private static object Connection(string connector, string value) =>
        new { connectorId = connector, connection = new { name = "account", variables = Array.Empty<object>(), credentials = Credentials(value) } };

    private static object Credentials(string value, string config = "key") => new
    {
        action = new[] { new { authSchemeConfig = new { id = config }, credential = new { name = "n", type = "string", data = new { value } } } },
    };
}
