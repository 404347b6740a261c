using System.Text.Json.Nodes;
using Patchbay.ServerTests.Authorizations;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

public sealed class ActivationTests(Hosts hosts)
{
    private const string Activations = "/api/embedded/v1/activations";

    private const string Schema = """{"type":"object","properties":{"channel":{"type":"string"},"limit":{"type":"integer","maximum":9}},"required":["channel"],"additionalProperties":false}""";

    [Theory, EachDatabase]
    public async Task An_integration_is_made_listed_changed_and_deleted(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var hub = await EmbeddedHub.MakeAsync(acme);
        var crm = (await acme.CreateConnectorAsync("CRM", configs: EmbeddedHub.Config("token"))).Id;
        var created = (await acme.PostAsync($"{hub.Path}/integrations", new
        {
            organisationId = acme.Id, name = "CRM sync", description = "Keeps both alike.", variablesSchema = JsonNode.Parse(Schema), connectionTemplate = new { connectorId = crm, authSchemeConfig = new { id = "token" } },
        })).Expect(200);
        Assert.Equal((created.Id, false), ((string?)created["boardId"], created["isDeployed"].GetValue<bool>()));
        Assert.Equal(created.Text, (await acme.GetAsync($"/api/embedded/v1/integrations/{created.Id}")).Expect(200).Text);
        var templates = (await acme.GetAsync($"/api/embedded/v1/integrations/{created.Id}/connection-templates")).Expect(200)["connectionTemplates"].AsArray();
        Assert.Equal([(hub.ConnectorId, true, true), (crm, false, true)], templates.Select(t => ((string)t!["connectorId"]!, t["isPrimary"]!.GetValue<bool>(), t["isUsed"]!.GetValue<bool>())));
        Assert.Equal(["CRM sync"], (await acme.GetAsync($"{hub.Path}/integrations?search=CRM")).Expect(200)["integrations"].AsArray().Select(i => (string?)i!["name"]));
        Assert.Equal(0, (await acme.GetAsync($"{hub.Path}/integrations?search=other")).Expect(200)["total"].GetValue<int>());

        var third = (await acme.PostAsync($"/api/embedded/v1/integrations/{created.Id}/connection-templates", new { connectorId = crm, authSchemeConfig = new { id = "token" } })).Expect(200);
        (await acme.PutAsync($"/api/embedded/v1/integrations/{created.Id}/metadata", new { usedConnectionTemplates = new[] { third.Id } })).Expect(204);
        Assert.Equal([third.Id], (await acme.GetAsync($"/api/embedded/v1/integrations/{created.Id}")).Expect(200)["usedConnectionTemplates"].AsArray().Select(t => (string?)t));
        Assert.Equal("Renamed", (string?)(await acme.Api.SendAsync(HttpMethod.Patch, $"/api/embedded/v1/integrations/{created.Id}", Api.ContentOf(new { name = "Renamed" }))).Expect(200)["name"]);

        (await acme.PostAsync($"/api/embedded/v1/integrations/{created.Id}/deploy", new { })).Expect(200);
        (await acme.DeleteAsync($"/api/embedded/v1/integrations/{created.Id}")).ExpectError(409, "integration_deployed");
        (await acme.DeleteAsync($"connectors/{crm}")).ExpectError(409, "connector_in_use");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{created.Id}/undeploy")).Expect(200);
        (await acme.DeleteAsync($"/api/embedded/v1/integrations/{created.Id}")).Expect(204);
        (await acme.GetAsync($"/api/embedded/v1/integrations/{created.Id}")).ExpectError(404, "integration_not_found");
        (await acme.DeleteAsync($"connectors/{crm}")).Expect(204);
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_an_integration_is_refused_with_every_fault(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var (hub, foreign) = (await EmbeddedHub.MakeAsync(acme), await EmbeddedHub.MakeAsync(other));
        (await acme.PostAsync($"{hub.Path}/integrations", new
        {
            organisationId = other.Id, name = "x", variablesSchema = new { type = "no-such-type" }, connectionTemplate = new { connectorId = foreign.ConnectorId, authSchemeConfig = new { id = "key" } },
        })).ExpectError(400, "invalid_request", "organisationId", "variablesSchema", "connectionTemplate.connectorId");
        (await acme.PostAsync($"{foreign.Path}/integrations", new { organisationId = other.Id, name = "x" })).ExpectError(404, "hub_not_found");
        var integration = (await acme.PostAsync($"{hub.Path}/integrations", new { organisationId = acme.Id, name = "x" })).Expect(200).Id;
        (await acme.PutAsync($"/api/embedded/v1/integrations/{integration}/metadata", new { usedConnectionTemplates = new[] { integration } })).ExpectError(400, "invalid_request", "usedConnectionTemplates[0]");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { versions = new[] { new { templateId = integration, version = "1" } } })).ExpectError(400, "invalid_request", "versions[0].templateId");
        (await other.GetAsync($"/api/embedded/v1/integrations/{integration}")).ExpectError(404, "integration_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_version_that_a_deployed_integration_is_made_for_is_in_use(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.ImportPublicAsync()).Id;
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/key", EmbeddedHub.Config())).Expect(200);
        var hub = await EmbeddedHub.AroundAsync(acme, connector, "key");
        var integration = (await acme.PostAsync($"{hub.Path}/integrations", new { organisationId = acme.Id, name = "x" })).Expect(200).Id;
        var template = (await acme.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][0]!["id"]!.GetValue<string>();
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { versions = new[] { new { templateId = template, version = "none" } } })).ExpectError(400, "invalid_request", "versions[0].version");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { versions = new[] { new { templateId = template, version = PopulatedTenant.PublishedVersion } } })).Expect(200);

        (await acme.PostAsync($"connectors/{connector}/versions/{PopulatedTenant.PublishedVersion}/unpublish")).ExpectError(409, "version_in_use");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/undeploy")).Expect(200);
        (await acme.PostAsync($"connectors/{connector}/versions/{PopulatedTenant.PublishedVersion}/unpublish")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task A_user_activates_with_connections_that_they_have_and_new_ones(Database database)
    {
        var made = await MadeAsync(await hosts.OfAsync(database));
        var (acme, hub) = (made.Hub.Tenant, made.Hub);
        var embed = $"/api/embedded/v1/embed/{hub.Id}/users/ada";
        // Who is not there yet has activated nothing.
        var before = (await hub.AsUserAsync("ada", HttpMethod.Get, $"{embed}/integrations?deployed=true")).Expect(200);
        Assert.Equal((1, 0, false), (before["totalCount"].GetValue<int>(), before["totalConnected"].GetValue<int>(), before["integrations"][0]!["isActivated"]!.GetValue<bool>()));
        Assert.Equal(0, (await hub.AsUserAsync("ada", HttpMethod.Get, $"{embed}/activations")).Expect(200)["totalCount"].GetValue<int>());
        (await hub.AsUserAsync("ada", HttpMethod.Post, Activations, made.Body("ada"))).ExpectError(404, "end_user_not_found");
        (await hub.AsUserAsync("ada", HttpMethod.Post, "users", EmbeddedHub.User("ada", "k-own"))).Expect(201);
        var shown = (await hub.AsUserAsync("ada", HttpMethod.Get, $"{embed}/integrations/{made.Integration}")).Expect(200);
        Assert.Equal("api-key", (string?)shown["connectionTemplates"][1]!["authSchemeConfig"]!["schemeType"]);

        var activated = (await hub.AsUserAsync("ada", HttpMethod.Post, Activations, made.Body("ada"))).Expect(200);

        Assert.Equal(("ada", made.Integration, true), ((string?)activated["user"]["externalId"], (string?)activated["integration"]["id"], activated["integration"]["isActivated"]!.GetValue<bool>()));
        Assert.Equal("""{"channel":"general"}""", activated["dynamicVariables"].ToJsonString());
        Assert.Equal(activated.Text, (await hub.AsUserAsync("ada", HttpMethod.Get, $"{Activations}/{activated.Id}")).Expect(200).Text);
        Assert.Equal(1, (await hub.AsUserAsync("ada", HttpMethod.Get, $"{embed}/integrations")).Expect(200)["totalConnected"].GetValue<int>());
        Assert.Equal(activated.Id, (string?)(await hub.AsUserAsync("ada", HttpMethod.Get, $"{embed}/activations?integration_id={made.Integration}")).Expect(200)["activations"][0]!["id"]);
        (await hub.AsUserAsync("ada", HttpMethod.Post, Activations, made.Body("ada", "again"))).ExpectError(409, "activation_exists");
        // The backend reaches the connections by template and user.
        var crm = (await acme.GetAsync($"/api/embedded/v1/connection-templates/{made.Template}/users/ada")).Expect(200);
        Assert.Equal("crm of ada", (string?)crm["name"]);
        Assert.Equal("own", (string?)(await acme.GetAsync($"/api/embedded/v1/connection-templates/{made.Primary}/users/ada")).Expect(200)["name"]);
        (await acme.GetAsync($"/api/embedded/v1/connection-templates/{made.Template}/users/bob")).ExpectError(404, "end_user_not_found");

        (await hub.AsUserAsync("ada", HttpMethod.Put, $"{Activations}/{activated.Id}/variables", new { dynamicVariables = new { channel = 1, limit = 10, other = 1 } }))
            .ExpectError(400, "invalid_request", "dynamicVariables.channel", "dynamicVariables.limit", "dynamicVariables.other");
        (await hub.AsUserAsync("ada", HttpMethod.Put, $"{Activations}/{activated.Id}/variables", new { dynamicVariables = new { channel = "random" } })).Expect(200);
        Assert.Equal("""{"channel":"random"}""", (await acme.GetAsync($"/api/embedded/v1/integrations/{made.Integration}/users/ada/variables")).Expect(200).Text);
        (await acme.PutAsync($"/api/embedded/v1/integrations/{made.Integration}/users/ada/variables", new { channel = "quiet", limit = 9 })).Expect(204);
        (await acme.PutAsync($"/api/embedded/v1/integrations/{made.Integration}/users/ada/variables", new { limit = 9 })).ExpectError(400, "invalid_request", "channel");
        (await acme.GetAsync($"/api/embedded/v1/integrations/{made.Integration}/users/nobody/variables")).ExpectError(404, "activation_not_found");
        Assert.Contains("at most 64 KiB", (await acme.PutAsync($"/api/embedded/v1/integrations/{made.Integration}/users/ada/variables", new { channel = new string('x', 64 * 1024) }))
            .ExpectError(400, "invalid_request", "").Text, StringComparison.Ordinal);

        // Another user's are not there for them.
        (await hub.AsUserAsync("bob", HttpMethod.Get, $"{Activations}/{activated.Id}")).ExpectError(404, "activation_not_found");
        (await hub.AsUserAsync("bob", HttpMethod.Delete, $"{Activations}/{activated.Id}")).ExpectError(404, "activation_not_found");
        (await hub.AsUserAsync("bob", HttpMethod.Post, Activations, made.Body("ada"))).ExpectError(404, "integration_not_found");
        (await hub.AsUserAsync("ada", HttpMethod.Delete, $"{Activations}/{activated.Id}")).Expect(204);
        Assert.Equal(2, (await hub.AsUserAsync("ada", HttpMethod.Get, "users/ada/connections")).Expect(200)["totalCount"].GetValue<int>());
        var existing = made.Body("ada");
        existing["connections"]![0] = new JsonObject { ["templateId"] = made.Template, ["connectionId"] = crm.Id };
        (await hub.AsUserAsync("ada", HttpMethod.Post, Activations, existing)).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task All_that_is_wrong_with_an_activation_is_told_at_once_and_nothing_is_left_of_it(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var made = await MadeAsync(host);
        var acme = made.Hub.Tenant;
        await made.Hub.CreateUserAsync("ada");
        await made.Hub.CreateUserAsync("bob", "k-bob");
        var foreign = (string)(await acme.GetAsync($"{made.Hub.Path}/users/bob")).Expect(200)["primaryConnection"]["id"]!;
        var before = await StoreDump.OfAsync(host);

        var missing = made.Body("ada");
        missing["connections"] = new JsonArray();
        missing["dynamicVariables"] = new JsonObject();
        var refused = (await acme.PostAsync(Activations, missing)).ExpectError(400, "invalid_request", "connections", "dynamicVariables.channel");
        Assert.Equal(3, refused["fields"].AsArray().Count);
        var wrong = made.Body("ada");
        wrong["connections"] = new JsonArray(
            new JsonObject { ["templateId"] = made.Primary, ["connectionId"] = foreign }, new JsonObject { ["templateId"] = made.Template }, new JsonObject { ["templateId"] = made.Integration, ["connectionId"] = foreign });
        (await acme.PostAsync(Activations, wrong)).ExpectError(400, "invalid_request", "connections[0].connectionId", "connections[1].name", "connections[1].credentials", "connections[1].variables", "connections[2].templateId");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{made.Integration}/undeploy")).Expect(200);
        (await acme.PostAsync(Activations, made.Body("bob"))).ExpectError(409, "integration_not_deployed");
        (await acme.PostAsync($"/api/embedded/v1/integrations/{made.Integration}/deploy", new { })).Expect(200);

        Assert.Equal(Tables(before), Tables(await StoreDump.OfAsync(host)));
        (await acme.DeleteAsync(made.Hub.Path)).Expect(204);
        (await acme.PostAsync(Activations, made.Body("bob"))).ExpectError(404, "hub_not_found");
        Assert.Empty(host.Log.Errors);

        static string Tables(string dump) => string.Join('\n', dump.Split('\n').Where(l => !l.StartsWith(' ') && !l.StartsWith("audit", StringComparison.Ordinal)));
    }

    [Theory, EachDatabase]
    public async Task A_grant_that_finds_no_place_is_given_back(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());
        var acme = connector.Tenant;
        var hub = await EmbeddedHub.MakeAsync(acme);
        await hub.CreateUserAsync("ada", "k-ada");
        var integration = (await acme.PostAsync($"{hub.Path}/integrations", new { organisationId = acme.Id, name = "x", connectionTemplate = new { connectorId = connector.Id, authSchemeConfig = new { id = SignIn.ConfigId } } })).Expect(200).Id;
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { })).Expect(200);
        var template = (await acme.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][1]!["id"]!.GetValue<string>();
        var initialise = $"/api/embedded/v1/embed/{hub.Id}/connector/{connector.Id}/oauth2/initialise?user_id=ada";
        var body = new { credential = new { id = connector.ApplicationId, organisationId = connector.ApplicationOwner }, authorizeUrl = signIn.Provider.AuthorizeUrl.AbsoluteUri, clientId = SignIn.ClientId };
        async Task<object> ActivationAsync(string name)
        {
            var consent = await signIn.ConsentAsync((await acme.PostAsync(initialise, body)).Expect(200)["url"].GetValue<string>());
            return new
            {
                userId = "ada", integrationId = integration,
                connections = new[]
                {
                    new
                    {
                        templateId = template, name, variables = Array.Empty<object>(),
                        credentials = new { action = new[] { new { authSchemeConfig = new { id = SignIn.ConfigId }, credential = new { name = "grant", type = "oauth2-code", data = new { code = consent.Code, state = consent.State } } } } },
                    },
                },
            };
        }

        // Two at once, each with a grant of its own: one activates, and the other's grant is revoked.
        var (first, second) = (await ActivationAsync("a"), await ActivationAsync("b"));
        var answers = await Task.WhenAll(acme.PostAsync(Activations, first), acme.PostAsync(Activations, second));

        Assert.Equal([200, 409], answers.Select(a => a.Status).Order());
        await Eventually.HoldsAsync(() => Task.FromResult(signIn.Provider.Observed.Revocations > 0 || signIn.Provider.Observed.CountOf("authorization_code") == 1));
        var connection = (await acme.GetAsync($"/api/embedded/v1/connection-templates/{template}/users/ada")).Expect(200);
        (await connector.CallAsync(connection.Id)).Expect(200);
    }

    private static async Task<Made> MadeAsync(PatchbayHost host)
    {
        var acme = await host.NewOrganisationAsync();
        var hub = await EmbeddedHub.MakeAsync(acme);
        var crm = (await acme.CreateConnectorAsync("CRM", configs: EmbeddedHub.Config("token"))).Id;
        var integration = (await acme.PostAsync($"{hub.Path}/integrations", new
        {
            organisationId = acme.Id, name = "CRM sync", variablesSchema = JsonNode.Parse(Schema), connectionTemplate = new { connectorId = crm, authSchemeConfig = new { id = "token" } },
        })).Expect(200).Id;
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { })).Expect(200);
        var templates = (await acme.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"].AsArray();
        return new Made(hub, integration, (string)templates[0]!["id"]!, (string)templates[1]!["id"]!);
    }

    /// <summary>A deployed integration with the hub's own template and one of a CRM.</summary>
    private sealed record Made(EmbeddedHub Hub, string Integration, string Primary, string Template)
    {
        public JsonObject Body(string user, string? name = null)
        {
            var connection = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(TenantSteps.Connection(name ?? $"crm of {user}", "token")))!.AsObject();
            connection["templateId"] = Template;
            return new JsonObject { ["userId"] = user, ["integrationId"] = Integration, ["connections"] = new JsonArray(connection), ["dynamicVariables"] = new JsonObject { ["channel"] = "general" } };
        }
    }
}
