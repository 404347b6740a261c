using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Roles;

public sealed class RoleTests(Hosts hosts)
{
    private static string Roles(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}/roles";

    private static string Keys(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}/api-keys";

    [Theory, EachDatabase]
    public async Task A_role_is_made_read_changed_and_deleted(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.PostAsync(Roles(acme), new { name = "runner", permissions = new[] { "action.execute", "connector.read" }, scopes = new[] { "organisation", "connection" } })).Expect(201);
        Assert.Equal(["connector.read", "action.execute"], created["permissions"].AsArray().Select(p => (string)p!["id"]!));
        Assert.Equal("""["organisation","connection"]""", created["scopes"].ToJsonString());
        Assert.Equal(created.Text, (await acme.GetAsync($"{Roles(acme)}/{created.Id}")).Expect(200).Text);
        Assert.Equal(["owner", "admin", "developer", "viewer", "runner"], (await acme.GetAsync(Roles(acme))).Expect(200)["roles"].AsArray().Select(r => (string)r!["name"]!));

        var changed = (await acme.PutAsync($"{Roles(acme)}/{created.Id}", new { name = "runners", permissions = Array.Empty<string>() })).Expect(200);
        Assert.Equal("""{"name":"runners","permissions":[],"scopes":["organisation"]}""", $$"""{"name":"{{changed["name"]}}","permissions":{{changed["permissions"].ToJsonString()}},"scopes":{{changed["scopes"].ToJsonString()}}}""");
        (await acme.DeleteAsync($"{Roles(acme)}/{created.Id}")).Expect(204);
        (await acme.GetAsync($"{Roles(acme)}/{created.Id}")).ExpectError(404, "role_not_found");
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_a_role_is_refused_with_every_fault(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        (await acme.PostAsync(Roles(acme), new { name = "x", permissions = new[] { "no.such", "connector.read", "other" }, scopes = Array.Empty<string>() }))
            .ExpectError(400, "invalid_request", "permissions[0]", "permissions[2]", "scopes");
        (await acme.PostAsync(Roles(acme), new { name = "x", permissions = Array.Empty<string>(), scopes = new[] { "world" } })).ExpectError(400, "invalid_request", "scopes[0]");
        (await acme.PostAsync(Roles(acme), new { name = "owner", permissions = Array.Empty<string>() })).ExpectError(409, "role_exists", "name");
        var first = (await acme.PostAsync(Roles(acme), new { name = "one", permissions = Array.Empty<string>() })).Expect(201);
        (await acme.PostAsync(Roles(acme), new { name = "one", permissions = Array.Empty<string>() })).ExpectError(409, "role_exists", "name");
        var second = (await acme.PostAsync(Roles(acme), new { name = "two", permissions = Array.Empty<string>() })).Expect(201);
        (await acme.PutAsync($"{Roles(acme)}/{second.Id}", new { name = "one", permissions = Array.Empty<string>() })).ExpectError(409, "role_exists", "name");
        const string Owner = "00000000000000000000000001";
        (await acme.PutAsync($"{Roles(acme)}/{Owner}", new { name = "x", permissions = Array.Empty<string>() })).ExpectError(409, "role_built_in");
        (await acme.DeleteAsync($"{Roles(acme)}/{Owner}")).ExpectError(409, "role_built_in");
        var other = await acme.Host.NewOrganisationAsync();
        (await other.GetAsync($"{Roles(other)}/{first.Id}")).ExpectError(404, "role_not_found");
        (await other.DeleteAsync($"{Roles(other)}/{first.Id}")).ExpectError(404, "role_not_found");
        (await other.PostAsync(Keys(other), new { name = "k", roles = new[] { "one" } })).ExpectError(400, "invalid_request", "roles[0]");
    }

    [Theory, EachDatabase]
    public async Task A_key_can_do_what_its_roles_allow_from_the_moment_they_change(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var role = (await acme.PostAsync(Roles(acme), new { name = "some", permissions = new[] { "connector.read" } })).Expect(201).Id;
        var created = (await acme.PostAsync(Keys(acme), new { name = "k", roles = new[] { "some" } })).Expect(201);
        var limited = acme.Host.As(created["key"].GetValue<string>());
        Assert.Equal("""["some"]""", created["roles"].ToJsonString());
        Assert.Equal("""["owner"]""", (await acme.GetAsync(Keys(acme))).Expect(200)["apiKeys"].AsArray().Single(k => (string)k!["id"]! == acme.KeyId)!["roles"]!.ToJsonString());
        (await limited.GetAsync(acme.Whole("connectors"))).Expect(200);
        var denied = (await limited.GetAsync(acme.Whole("events"))).ExpectError(403, "permission_denied");
        Assert.Contains("event.read", denied.Text, StringComparison.Ordinal);

        (await acme.PutAsync($"{Roles(acme)}/{role}", new { name = "some", permissions = new[] { "event.read" } })).Expect(200);

        (await limited.GetAsync(acme.Whole("events"))).Expect(200);
        (await limited.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
        (await acme.DeleteAsync($"{Roles(acme)}/{role}")).ExpectError(409, "role_in_use");
        (await acme.DeleteAsync($"{Keys(acme)}/{created.Id}")).Expect(204);
        (await acme.DeleteAsync($"{Roles(acme)}/{role}")).Expect(204);
    }

    [Theory, EachDatabase]
    public async Task Nobody_gives_more_than_they_have(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        (await acme.PostAsync(Roles(acme), new { name = "clerk", permissions = new[] { "key.create", "role.edit", "role.read", "connector.read" } })).Expect(201);
        var strong = (await acme.PostAsync(Roles(acme), new { name = "strong", permissions = new[] { "audit.read" } })).Expect(201).Id;
        var clerk = acme.Host.As((await acme.PostAsync(Keys(acme), new { name = "k", roles = new[] { "clerk" } })).Expect(201)["key"].GetValue<string>());

        (await clerk.PostAsync(Keys(acme), new { name = "all" })).ExpectError(403, "permission_denied");
        (await clerk.PostAsync(Keys(acme), new { name = "all", roles = new[] { "viewer" } })).ExpectError(403, "permission_denied");
        (await clerk.PostAsync(Keys(acme), new { name = "all", roles = new[] { "strong" } })).ExpectError(403, "permission_denied");
        (await clerk.PostAsync(Roles(acme), new { name = "more", permissions = new[] { "connector.read", "audit.read" } })).ExpectError(403, "permission_denied");
        (await clerk.PutAsync($"{Roles(acme)}/{strong}", new { name = "strong", permissions = Array.Empty<string>() })).ExpectError(403, "permission_denied");
        (await clerk.PostAsync(Keys(acme), new { name = "same", roles = new[] { "clerk" } })).Expect(201);
        (await clerk.PostAsync(Roles(acme), new { name = "less", permissions = new[] { "connector.read" } })).Expect(201);
        // A key without any role may do nothing, and is no stranger.
        var none = acme.Host.As((await acme.PostAsync(Keys(acme), new { name = "none", roles = Array.Empty<string>() })).Expect(201)["key"].GetValue<string>());
        (await none.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
    }

    [Theory, EachDatabase]
    public async Task The_proxy_and_bigquery_connections_ask_for_their_permissions(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'))).Id;
        var connection = (await acme.PostAsync($"connectors/{connector}/connections", new { name = "c", credentials = new { action = Array.Empty<object>() }, variables = Array.Empty<object>() })).Expect(200).Id;
        (await acme.PostAsync(Roles(acme), new { name = "proxying", permissions = new[] { "proxy.use" } })).Expect(201);
        (await acme.PostAsync(Roles(acme), new { name = "making", permissions = new[] { "connector.create" } })).Expect(201);
        var proxying = acme.Host.As((await acme.PostAsync(Keys(acme), new { name = "p", roles = new[] { "proxying" } })).Expect(201)["key"].GetValue<string>());
        var making = acme.Host.As((await acme.PostAsync(Keys(acme), new { name = "m", roles = new[] { "making" } })).Expect(201)["key"].GetValue<string>());

        (await proxying.GetAsync($"/api/proxy/{connection}/x")).Expect(200);
        (await making.GetAsync($"/api/proxy/{connection}/x")).ExpectError(403, "permission_denied");
        (await making.PostAsync(acme.Whole("protocols/bigquery/connectors"), new { name = "b", datasetId = "a-project.a", connections = Array.Empty<object>() })).Expect(201);
        (await making.PostAsync(acme.Whole("protocols/bigquery/connectors"), new
        {
            name = "b", datasetId = "a-project.a", connections = new[] { new { name = "c", credentials = new { action = Array.Empty<object>() }, variables = Array.Empty<object>() } },
        })).ExpectError(403, "permission_denied");
    }
}
