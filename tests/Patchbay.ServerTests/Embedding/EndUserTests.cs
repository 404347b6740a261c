using Patchbay.ServerTests.Authorizations;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

public sealed class EndUserTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task An_end_user_is_made_with_a_connection_or_connected_later(Database database)
    {
        var hub = await EmbeddedHub.MakeAsync(await (await hosts.OfAsync(database)).NewOrganisationAsync());
        var ada = await hub.CreateUserAsync("ada/ü & co", "k-ada");
        Assert.Equal("[redacted]", (string?)ada["primaryConnection"]["credentials"]!["action"]![0]!["credential"]!["data"]!["value"]);
        Assert.Equal(ada.Text, (await hub.Tenant.GetAsync($"{hub.Path}/users/{Uri.EscapeDataString("ada/ü & co")}")).Expect(200).Text);
        Assert.Equal(ada.Text, (await hub.Tenant.GetAsync($"{hub.Path}/users/{ada.Id}?identifier_type=internal")).Expect(200).Text);

        var bob = await hub.CreateUserAsync("bob");
        Assert.False(bob.Json.AsObject().ContainsKey("primaryConnection"));
        var other = (await hub.Tenant.CreateConnectorAsync(configs: EmbeddedHub.Config())).Id;
        (await hub.Tenant.PostAsync($"{hub.Path}/users/bob/connections", new { connectorId = other, connection = TenantSteps.Connection("elsewhere") })).Expect(201);
        Assert.False((await hub.Tenant.GetAsync($"{hub.Path}/users/bob")).Json.AsObject().ContainsKey("primaryConnection"));
        var first = (await hub.Tenant.PostAsync($"{hub.Path}/users/bob/connections", new { connectorId = hub.ConnectorId, connection = TenantSteps.Connection("first") })).Expect(201);
        (await hub.Tenant.PostAsync($"{hub.Path}/users/bob/connections", new { connectorId = hub.ConnectorId, connection = TenantSteps.Connection("second") })).Expect(201);
        Assert.Equal(first.Id, (string?)(await hub.Tenant.GetAsync($"{hub.Path}/users/bob")).Expect(200)["primaryConnection"]["id"]);

        Assert.Equal(3, (await hub.Tenant.GetAsync($"{hub.Path}/users/bob/connections")).Expect(200)["totalCount"].GetValue<int>());
        Assert.Equal("elsewhere", (string?)Assert.Single((await hub.Tenant.GetAsync($"{hub.Path}/users/bob/connections?hub_connector_id={other},01JDF3Q2M8V7K5T9XW4RZ6YB1C")).Expect(200)["connections"].AsArray())!["name"]);
        Assert.Equal(["ada/ü & co"], (await hub.Tenant.GetAsync($"{hub.Path}/users?search=ada")).Expect(200)["users"].AsArray().Select(u => (string?)u!["externalId"]));
        Assert.Equal(["bob", "ada/ü & co"], (await hub.Tenant.GetAsync($"{hub.Path}/users?first=5")).Expect(200)["users"].AsArray().Select(u => (string?)u!["externalId"]));
    }

    [Theory, EachDatabase]
    public async Task A_grant_that_a_user_brings_reads_back_with_the_refresh_token_that_this_api_asks_for(Database database)
    {
        var tenant = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await tenant.CreateConnectorAsync(configs: new
        {
            id = "app", schemeType = "oauth2", description = "", authorizeUrl = "https://auth.example.com/authorize", tokenUrl = "https://auth.example.com/token", scopes = Array.Empty<object>(),
            defaultScopes = Array.Empty<string>(), grant = new { grantType = "authorization_code", clientId = "client", clientSecret = "s" },
        })).Id;
        var hub = await EmbeddedHub.AroundAsync(tenant, connector, "app");
        await hub.CreateUserAsync("ada");

        var connected = (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", Brought("bearer"))).Expect(201);
        Assert.Equal("""{"scopes":["read"],"refreshToken":"[redacted]"}""", connected["credentials"]["action"]![0]!["credential"]!["data"]!.ToJsonString());
        Assert.Equal(1L, await tenant.Host.ScalarAsync<long>("SELECT COUNT(*) FROM grants WHERE id = @p0 AND expires_at IS NOT NULL",
            (string)connected["credentials"]["action"]![0]!["credential"]!["id"]!));
        (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", Brought("mac"))).ExpectError(400, "invalid_request", "connection.credentials.action[0].credential.data.tokenType");

        object Brought(string tokenType) => new
        {
            connectorId = connector,
            connection = new
            {
                name = $"brought {tokenType}", variables = Array.Empty<object>(),
                credentials = new
                {
                    trigger = Array.Empty<object>(),
                    action = new object[]
                    {
                        new
                        {
                            authSchemeConfig = new { id = "app" },
                            credential = new { name = "n", type = "oauth2-token", data = new { scopes = new[] { "read" }, accessToken = "a", refreshToken = "r", tokenType, expiresAt = "2999-01-01T00:00:00Z" } },
                        },
                    },
                },
            },
        };
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_an_end_user_is_refused_and_leaves_nothing(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var hub = await EmbeddedHub.MakeAsync(await host.NewOrganisationAsync());
        await hub.CreateUserAsync("ada");
        var before = await StoreDump.OfAsync(host);

        (await hub.Tenant.PostAsync($"{hub.Path}/users", EmbeddedHub.User("ada"))).ExpectError(409, "end_user_exists", "externalId");
        (await hub.Tenant.PostAsync($"{hub.Path}/users", EmbeddedHub.User("ada", "k"))).ExpectError(409, "end_user_exists", "externalId");
        (await hub.Tenant.PostAsync($"{hub.Path}/users", EmbeddedHub.User(hub.Tenant.Id))).ExpectError(400, "invalid_request", "externalId");
        (await hub.Tenant.PostAsync($"{hub.Path}/users", EmbeddedHub.User("a\nb"))).ExpectError(400, "invalid_request", "externalId");
        (await hub.Tenant.PostAsync($"{hub.Path}/users", EmbeddedHub.User(new string('x', 201)))).ExpectError(400, "invalid_request", "externalId");
        (await hub.Tenant.PostAsync($"{hub.Path}/users", new { externalId = "new", primaryConnection = TenantSteps.Connection("own", configId: "none") }))
            .ExpectError(400, "invalid_request", "primaryConnection.credentials.action[0].authSchemeConfig.id");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/nobody/connections", new { connectorId = hub.ConnectorId, connection = TenantSteps.Connection("c") })).ExpectError(404, "end_user_not_found");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", new { connectorId = "01JDF3Q2M8V7K5T9XW4RZ6YB1C", connection = TenantSteps.Connection("c") })).ExpectError(404, "connector_not_found");
        (await hub.Tenant.GetAsync($"{hub.Path}/users/ada?identifier_type=internal")).ExpectError(404, "end_user_not_found");
        (await hub.Tenant.GetAsync($"{hub.Path}/users/ada?identifier_type=other")).Expect(400);

        Assert.Equal(before, await StoreDump.OfAsync(host));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_token_opens_its_own_users_endpoints_and_nobody_elses(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var (hub, beside, foreign) = (await EmbeddedHub.MakeAsync(acme), await EmbeddedHub.MakeAsync(acme), await EmbeddedHub.MakeAsync(await host.NewOrganisationAsync()));
        foreach (var each in (EmbeddedHub[])[hub, beside, foreign])
            await each.CreateUserAsync("bob", "k-bob");

        // Nobody but themselves makes them.
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users", EmbeddedHub.User("eve"))).ExpectError(404, "hub_not_found");
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users", "{")).ExpectError(404, "hub_not_found");
        (await hub.AsUserAsync("ada", HttpMethod.Get, "users/ada")).ExpectError(404, "end_user_not_found");
        var ada = (await hub.AsUserAsync("ada", HttpMethod.Post, "users", EmbeddedHub.User("ada", "k-ada"))).Expect(201);
        (await hub.AsUserAsync("ada", HttpMethod.Get, "users/ada")).Expect(200);
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users/ada/connections", new { connectorId = hub.ConnectorId, connection = TenantSteps.Connection("second") })).Expect(201);
        Assert.Equal(2, (await hub.AsUserAsync("ada", HttpMethod.Get, "users/ada/connections")).Expect(200)["totalCount"].GetValue<int>());
        // A key that is bound to no hub opens the same external id in each hub of its organisation, and in no other's.
        (await hub.AsUserAsync("bob", HttpMethod.Get, $"{beside.Path}/users/bob")).Expect(200);
        (await hub.AsUserAsync("bob", HttpMethod.Get, $"{foreign.Path}/users/bob")).ExpectError(404, "hub_not_found");

        foreach (var (method, path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, "users/bob"), (HttpMethod.Get, "users/bob/connections"), (HttpMethod.Get, $"users/{ada.Id}?identifier_type=internal"), (HttpMethod.Get, "users/ada?identifier_type=internal"),
            (HttpMethod.Get, "users"), (HttpMethod.Delete, "users/ada"), (HttpMethod.Get, hub.Path), (HttpMethod.Delete, hub.Path),
        ])
        {
            (await hub.AsUserAsync("ada", method, path)).ExpectError(404, "hub_not_found");
        }

        (await hub.AsUserAsync("ada", HttpMethod.Get, $"/api/embedded/v1/o/{acme.Id}/hubs")).ExpectError(404, "organisation_not_found");
        // By themselves they connect with what the hub is made of, and with nothing else of the organisation's.
        var internalOnly = (await acme.CreateConnectorAsync(configs: EmbeddedHub.Config())).Id;
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users/ada/connections", new { connectorId = internalOnly, connection = TenantSteps.Connection("c") })).ExpectError(404, "connector_not_found");
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_users_connection_is_theirs_alone_and_the_backend_calls_through_it(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var hub = await EmbeddedHub.MakeAsync(acme, upstream.Address.ToString().TrimEnd('/'));
        var connection = (string)(await hub.CreateUserAsync("ada", "k-of-ada"))["primaryConnection"]["id"]!;

        Assert.Empty((await acme.GetAsync($"connectors/{hub.ConnectorId}/connections")).Expect(200)["items"].AsArray());
        Assert.Empty((await acme.GetAsync($"connectors/{hub.ConnectorId}")).Expect(200)["connections"].AsArray());
        (await acme.GetAsync($"connectors/{hub.ConnectorId}/connections/{connection}")).ExpectError(404, "connection_not_found");
        (await acme.DeleteAsync($"connectors/{hub.ConnectorId}/connections/{connection}")).ExpectError(404, "connection_not_found");
        (await acme.GetAsync($"/api/proxy/{connection}/items")).Expect(200);
        Assert.Equal("k-of-ada", Assert.Single(upstream.Requests).Headers["X-Key"]);
        (await hub.AsUserAsync("ada", HttpMethod.Get, $"/api/proxy/{connection}/items")).ExpectError(404, "connection_not_found");
        // Names are unique for each user, not for all of them.
        await hub.CreateUserAsync("bob", "k-of-bob");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/bob/connections", new { connectorId = hub.ConnectorId, connection = TenantSteps.Connection("own") })).ExpectError(409, "connection_exists");
    }

    [Theory, EachDatabase]
    public async Task A_users_consent_becomes_their_connection_and_no_other_users(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());
        var hub = await EmbeddedHub.AroundAsync(connector.Tenant, connector.Id, SignIn.ConfigId);
        foreach (var user in (string[])["ada", "bob"])
            await hub.CreateUserAsync(user);
        var body = new { credential = new { id = connector.ApplicationId, organisationId = connector.ApplicationOwner }, authorizeUrl = signIn.Provider.AuthorizeUrl.AbsoluteUri, clientId = SignIn.ClientId };
        var initialise = $"/api/embedded/v1/embed/{hub.Id}/connector/{connector.Id}/oauth2/initialise";

        var consent = await signIn.ConsentAsync((await hub.AsUserAsync("ada", HttpMethod.Post, initialise, body)).Expect(200)["url"].GetValue<string>());
        object Connection(UserAnswer answer, string name = "mine") => new
        {
            connectorId = connector.Id,
            connection = new
            {
                name, variables = Array.Empty<object>(),
                credentials = new { action = new[] { new { authSchemeConfig = new { id = SignIn.ConfigId }, credential = new { name = "grant", type = "oauth2-code", data = new { code = answer.Code, state = answer.State } } } } },
            },
        };

        (await hub.AsUserAsync("bob", HttpMethod.Post, "users/bob/connections", Connection(consent))).ExpectError(400, "state_foreign");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", Connection(consent))).ExpectError(400, "state_foreign");
        var connected = (await hub.AsUserAsync("ada", HttpMethod.Post, "users/ada/connections", Connection(consent))).Expect(201);
        Assert.Equal("alice", (string?)(await connector.CallAsync(connected.Id)).Expect(200)["subject"]);

        // The organisation asks for a user, whom it names.
        var asked = await signIn.ConsentAsync((await hub.Tenant.PostAsync($"{initialise}?user_id=bob", body)).Expect(200)["url"].GetValue<string>());
        (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", Connection(asked, "second"))).ExpectError(400, "state_foreign");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/bob/connections", Connection(asked))).Expect(201);
        // Or names none: then it serves any one user of the hub, and no other hub's.
        var beside = await EmbeddedHub.AroundAsync(connector.Tenant, connector.Id, SignIn.ConfigId);
        await beside.CreateUserAsync("ada");
        var open = await signIn.ConsentAsync((await hub.Tenant.PostAsync(initialise, body)).Expect(200)["url"].GetValue<string>());
        (await hub.Tenant.PostAsync($"{beside.Path}/users/ada/connections", Connection(open))).ExpectError(400, "state_foreign");
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users/ada/connections", Connection(open, "third"))).ExpectError(400, "state_foreign");
        (await hub.Tenant.PostAsync($"{hub.Path}/users/ada/connections", Connection(open, "third"))).Expect(201);
    }

    [Theory, EachDatabase]
    public async Task Of_a_deleted_user_no_row_and_no_secret_is_left_and_grants_are_revoked(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync());
        var hub = await EmbeddedHub.AroundAsync(connector.Tenant, connector.Id, SignIn.ConfigId);
        await hub.CreateUserAsync("bob");
        var before = await StoreDump.OfAsync(host);
        var ada = await hub.CreateUserAsync("ada-external");
        var body = new { credential = new { id = connector.ApplicationId, organisationId = connector.ApplicationOwner }, authorizeUrl = signIn.Provider.AuthorizeUrl.AbsoluteUri, clientId = SignIn.ClientId };
        var initialise = $"/api/embedded/v1/embed/{hub.Id}/connector/{connector.Id}/oauth2/initialise?user_id=ada-external";
        var consent = await signIn.ConsentAsync((await hub.Tenant.PostAsync(initialise, body)).Expect(200)["url"].GetValue<string>());
        var connection = (await hub.Tenant.PostAsync($"{hub.Path}/users/ada-external/connections", new
        {
            connectorId = connector.Id,
            connection = new
            {
                name = "mine", variables = Array.Empty<object>(),
                credentials = new { action = new[] { new { authSchemeConfig = new { id = SignIn.ConfigId }, credential = new { name = "grant", type = "oauth2-code", data = new { code = consent.Code, state = consent.State } } } } },
            },
        })).Expect(201);
        // And one that is still under way.
        (await hub.Tenant.PostAsync(initialise, body)).Expect(200);

        (await hub.Tenant.DeleteAsync($"{hub.Path}/users/ada-external")).Expect(204);

        var left = Rows(await StoreDump.OfAsync(host));
        var credential = (string)connection["credentials"]["action"]![0]!["credential"]!["id"]!;
        Assert.All((string[])["ada-external", ada.Id, connection.Id, credential], word => Assert.DoesNotContain(word, left, StringComparison.Ordinal));
        Assert.Equal(Counts(Rows(before)), Counts(left));
        await Eventually.HoldsAsync(() => Task.FromResult(signIn.Provider.Observed.Revocations > 0));
        (await hub.Tenant.GetAsync($"/api/proxy/{connection.Id}/me")).ExpectError(404, "connection_not_found");
        (await hub.Tenant.DeleteAsync($"{hub.Path}/users/ada-external")).ExpectError(404, "end_user_not_found");
        Assert.Empty(host.Log.Errors);

        // The audit holds ids, which outlive what they stood for.
        static string Rows(string dump) => string.Join('\n', dump.Split('\n').Where(l => !l.Contains("audit_", StringComparison.Ordinal)).Where(l => !l.Contains("operation=", StringComparison.Ordinal)));

        static string Counts(string dump) => string.Join('\n', dump.Split('\n').Where(l => !l.StartsWith(' ')));
    }
}
