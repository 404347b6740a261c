using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Patchbay.ServerTests.People;
using Patchbay.ServerTests.Subscriptions;
using Patchbay.ServerTests.Versions;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// An organisation with one of everything. What everything of it is called has a marker in it, so that a leak of it can be seen wherever
/// it turns up.
/// </summary>
public sealed partial class PopulatedTenant
{
    public const string PublishedVersion = "1.0.0";
    public const string ConfigId = "own-config";
    public const string ApplicationConfigId = "own-application";
    public const string OAuth1ConfigId = "own-oauth1";

    /// <summary>Where temporary tokens of OAuth 1.0a are asked for at the upstream.</summary>
    public const string OAuth1RequestPath = "/oauth1/request";

    public const string AuthorizeUrl = "https://auth.example.com/authorize";
    public const string ClientId = "client";
    public const string ActionName = "getParcel0";
    public const string TriggerName = "parcelArrived";
    public const string DefinitionName = "Parcel0";

    private readonly string _name;

    private PopulatedTenant(string name, Tenant tenant, string connectorId, string connectionId, string credentialId, string applicationId) =>
        (_name, Tenant, ConnectorId, ConnectionId, CredentialId, ApplicationId) = (name, tenant, connectorId, connectionId, credentialId, applicationId);

    /// <summary>In everything that a published version shows.</summary>
    public string PublishedMarker => PublishedMarkerOf(_name);

    /// <summary>In everything that only the organisation itself may see.</summary>
    public string PrivateMarker => PrivateMarkerOf(_name);

    public string DraftVersion => DraftVersionOf(_name);

    /// <summary>A definition of the draft that nothing refers to.</summary>
    public string SpareDefinition => SpareDefinitionOf(_name);

    public Tenant Tenant { get; }
    public string ConnectorId { get; }
    public string ConnectionId { get; }

    /// <summary>The connection's credential.</summary>
    public string CredentialId { get; }

    /// <summary>The credential with the connector's OAuth 2.0 application.</summary>
    public string ApplicationId { get; }

    /// <summary>An event of the connection.</summary>
    public string EventId { get; private init; } = "";

    /// <summary>A subscription to the connector, newer than the event.</summary>
    public string SubscriptionId { get; private init; } = "";

    /// <summary>A poll of the connection, which does not run.</summary>
    public string PollId { get; private init; } = "";

    /// <summary>A role of the organisation's own, which nobody has.</summary>
    public string RoleId { get; private init; } = "";

    /// <summary>A group of the organisation, which the service account is in.</summary>
    public string GroupId { get; private init; } = "";

    public string ServiceAccountId { get; private init; } = "";

    /// <summary>A person's membership.</summary>
    public string MemberId { get; private init; } = "";

    /// <summary>An invitation that nobody has accepted.</summary>
    public string InvitationId { get; private init; } = "";

    /// <summary>Whom it is for.</summary>
    public string InvitedAddress { get; private init; } = "";

    /// <summary>A signing key.</summary>
    public string SigningKeyId { get; private init; } = "";

    /// <summary>A hub around the connector.</summary>
    public string HubId { get; private init; } = "";

    /// <summary>The external id of a user of the hub.</summary>
    public string UserId { get; private init; } = "";

    /// <summary>An integration of the hub, which the user has activated and nobody can activate any more.</summary>
    public string IntegrationId { get; private init; } = "";

    /// <summary>Another integration of the hub, which the user can activate and has not.</summary>
    public string SpareIntegrationId { get; private init; } = "";

    /// <summary>The integration's only connection template.</summary>
    public string TemplateId { get; private init; } = "";

    public string ActivationId { get; private init; } = "";

    /// <summary>Where a description can be fetched from; nowhere, unless a test sets it.</summary>
    public string DescriptionUrl { get; set; } = "https://127.0.0.1:1/api.json";

    /// <summary>An OAuth provider that can be asked about itself; nowhere, unless a test sets it.</summary>
    public string Issuer { get; set; } = "https://127.0.0.1:1";

    /// <summary>Populates a new organisation.</summary>
    /// <param name="host">The server.</param>
    /// <param name="upstream">The connector's API.</param>
    /// <param name="name">What the markers begin with.</param>
    /// <param name="inLibrary">Whether the connector is public.</param>
    public static async Task<PopulatedTenant> MakeAsync(PatchbayHost host, Upstream upstream, string name = "acme", bool inLibrary = false)
    {
        var (hidden, published) = (PrivateMarkerOf(name), PublishedMarkerOf(name));
        var tenant = await host.NewOrganisationAsync($"{hidden}-slug");
        var connector = (await tenant.ImportAsync(new Description($"{published}-connector")
        {
            Server = upstream.Address.ToString().TrimEnd('/'),
            Marker = $"{published}-contents",
        })).Id;
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/{ConfigId}",
            new { id = ConfigId, schemeType = "api-key", description = $"{published}-config", name = "X-Key", @in = "header" })).Expect(200);
        var application = (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/{ApplicationConfigId}", new
        {
            id = ApplicationConfigId, schemeType = "oauth2", description = $"{published}-application", authorizeUrl = AuthorizeUrl,
            tokenUrl = "https://auth.example.com/token", scopes = Array.Empty<object>(), defaultScopes = Array.Empty<string>(),
            grant = new { grantType = "authorization_code", clientId = ClientId, clientSecret = $"{hidden}-application-secret" },
        })).Expect(200).Json["authSchemeConfigs"]!.AsArray().Single(c => (string)c!["id"]! == ApplicationConfigId)!["grant"]!["credentialId"]!.GetValue<string>();
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/{OAuth1ConfigId}", new
        {
            id = OAuth1ConfigId, schemeType = "oauth1", description = $"{published}-oauth1",
            profile = new { requestTokenUrl = new Uri(upstream.Address, OAuth1RequestPath), authorizeUrl = AuthorizeUrl, accessTokenUrl = "https://auth.example.com/access" },
        })).Expect(200);
        await tenant.ChangeConnectorAsync(connector, c => (c["public"], c["tags"]) = (inLibrary, new JsonObject { [$"{published}-tag"] = new JsonArray($"{published}-value") }));
        await tenant.PublishAsync(connector, PublishedVersion);
        (await tenant.PostAsync($"connector/{connector}/http/import",
            Upload.Of(new Description { Marker = $"{hidden}-contents", Server = upstream.Address.ToString().TrimEnd('/') }.ToString(), new { format = "openapi", version = DraftVersionOf(name) }))).Expect(201);
        (await tenant.PostAsync($"connectors/{connector}/versions/{DraftVersionOf(name)}/definitions", new
        {
            definitions = new[] { new { name = SpareDefinitionOf(name), accept = new[] { "application/json" }, schema = new { contentType = "application/json", content = "{}" } } },
        })).Expect(201);
        (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/api-keys", new { name = $"{hidden}-key" })).Expect(201);
        var role = (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/roles", new { name = $"{hidden}-role", permissions = new[] { "connector.read" } })).Expect(201);
        var signingKey = (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/keys", new { name = "product" })).Expect(201);
        var (_, _, member) = await tenant.NewMemberAsync("viewer");
        var account = (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/service-accounts", new { name = $"{hidden.ToLowerInvariant()}-account" })).Expect(201).Id;
        var group = (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/groups", new { name = $"{hidden}-group", members = new[] { account } })).Expect(201).Id;
        var invited = $"{hidden.ToLowerInvariant()}-invited@example.com";
        var invitation = (await tenant.InviteAsync(invited, ["viewer"])).Expect(201).Id;
        // Around a connector of its own: the other one can be deleted.
        var product = (await tenant.CreateConnectorAsync($"{hidden}-product", configs: new { id = ConfigId, schemeType = "api-key", description = $"{hidden}-config", name = "X-Key", @in = "header" })).Id;
        var hub = (await tenant.PostAsync("/api/embedded/v1/hubs", new
        {
            organisationId = tenant.Id, name = $"{hidden}-hub", primaryConnectorId = product, authSchemeConfig = new { id = ConfigId },
        })).Expect(201);
        (await tenant.PostAsync($"/api/embedded/v1/hubs/{hub.Id}/users", new { externalId = $"{hidden}-user", displayName = $"{hidden}-person" })).Expect(201);
        var integration = await IntegrateAsync(tenant, hub.Id, $"{hidden}-integration");
        var activation = (await tenant.PostAsync("/api/embedded/v1/activations", await ActivationOfAsync(tenant, integration, $"{hidden}-user", $"{hidden}-own"))).Expect(200);
        (await tenant.PostAsync($"/api/embedded/v1/integrations/{integration}/undeploy")).Expect(200);
        var spare = await IntegrateAsync(tenant, hub.Id, $"{hidden}-spare");
        var template = (await tenant.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][0]!["id"]!.GetValue<string>();
        var connection = await tenant.ConnectAsync(connector, $"{hidden}-connection", ConfigId, $"{hidden}-secret");
        var received = await new EventSource(tenant, connector, [connection.Id]).AcceptAsync(new { marker = $"{hidden}-event" });
        // From then on nothing changes by itself.
        await Eventually.HoldsAsync(async () => await host.ScalarAsync<long>("SELECT COUNT(*) FROM events WHERE id = @p0 AND fanned_out", received) == 1);
        var subscription = (await tenant.PostAsync("subscriptions", new { name = $"{hidden}-subscription", url = new Uri(upstream.Address, $"/{hidden}-hook"), connectorId = connector })).Expect(201);
        var poll = (await tenant.PostAsync($"connectors/{connector}/connections/{connection.Id}/polls",
            new { name = $"{hidden}-poll", actionName = ActionName, schedule = "0 3 * * *", enabled = false })).Expect(201);
        return new PopulatedTenant(
            name, tenant, connector, connection.Id, connection["credentials"]["action"]![0]!["credential"]!["id"]!.GetValue<string>(), application)
        {
            EventId = received, SubscriptionId = subscription.Id, PollId = poll.Id, RoleId = role.Id, GroupId = group, ServiceAccountId = account, MemberId = member, InvitationId = invitation, InvitedAddress = invited, SigningKeyId = signingKey.Id, HubId = hub.Id, UserId = $"{hidden}-user", IntegrationId = integration, SpareIntegrationId = spare,
            TemplateId = template, ActivationId = activation.Id,
        };
    }

    /// <summary>Makes an integration of a hub, which users can activate.</summary>
    public static async Task<string> IntegrateAsync(Tenant tenant, string hub, string name)
    {
        // Closed, so that whatever else stands in variables is a fault.
        var variablesSchema = new { type = "object", properties = new { channel = new { type = "string", maxLength = 100 } }, required = new[] { "channel" }, additionalProperties = false };
        var integration = (await tenant.PostAsync($"/api/embedded/v1/hubs/{hub}/integrations", new { organisationId = tenant.Id, name, variablesSchema })).Expect(200).Id;
        (await tenant.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { })).Expect(200);
        return integration;
    }

    /// <summary>The body that activates an integration for a user, with a new connection for its only template.</summary>
    public static async Task<JsonObject> ActivationOfAsync(Tenant tenant, string integration, string user, string connection)
    {
        var template = (await tenant.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][0]!["id"]!.GetValue<string>();
        var made = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(TenantSteps.Connection(connection, ConfigId)))!.AsObject();
        made["templateId"] = template;
        return new JsonObject { ["userId"] = user, ["integrationId"] = integration, ["connections"] = new JsonArray(made), ["dynamicVariables"] = new JsonObject { ["channel"] = "general" } };
    }

    /// <summary>
    /// Gives the trigger of the connection a public URL. Not every tenant has one: the published version is in use by it, and stays what it is.
    /// </summary>
    public async Task MakeEndpointAsync() =>
        (await Tenant.PostAsync($"connectors/{ConnectorId}/connections/{ConnectionId}/triggers/{TriggerName}/endpoint", new { })).Expect(201);

    /// <summary>
    /// The same organisation with a connector that it took from the library, in the place of its own. A newer version stands upstream, and
    /// the draft has an edit that conflicts with it: the summary of <see cref="ActionName"/>.
    /// </summary>
    public async Task<PopulatedTenant> WithLibraryCopyAsync()
    {
        var publisher = await Tenant.Host.NewOrganisationAsync();
        var source = (await publisher.ImportPublicAsync()).Id;
        var copy = (await Tenant.PostAsync($"connectors/{source}/versions/{PublishedVersion}/library/import")).Expect(200).Id;
        await Tenant.CreateVersionAsync(copy, DraftVersion, PublishedVersion);
        await Tenant.EditActionAsync(await Tenant.VersionIdAsync(copy, DraftVersion), ActionName, a => a with { Summary = "own" });
        await publisher.PublishVersionAsync(source, "2.0.0", new Description { Marker = "newer" }.ToString());
        return new PopulatedTenant(_name, Tenant, copy, ConnectionId, CredentialId, ApplicationId) { EventId = EventId, SubscriptionId = SubscriptionId, PollId = PollId, RoleId = RoleId, GroupId = GroupId, ServiceAccountId = ServiceAccountId, MemberId = MemberId, InvitationId = InvitationId, InvitedAddress = InvitedAddress, SigningKeyId = SigningKeyId, HubId = HubId, UserId = UserId, IntegrationId = IntegrationId, SpareIntegrationId = SpareIntegrationId, TemplateId = TemplateId, ActivationId = ActivationId };
    }

    /// <summary>What stands for this organisation's things in a route; null for a parameter that nobody has thought of yet.</summary>
    public string? RouteValue(string parameter, string version) => parameter switch
    {
        "organisation_id" => Tenant.Id,
        "connector_id" => ConnectorId,
        "version" => version,
        "connection_id" => ConnectionId,
        "credential_id" => CredentialId,
        "protocol_slug" => "http",
        "auth_scheme_config_id" => ConfigId,
        "event_id" => EventId,
        "subscription_id" => SubscriptionId,
        "poll_id" => PollId,
        "action_name" => ActionName,
        "trigger_name" => TriggerName,
        "definition_name" => DefinitionName,
        "schema_filename" => $"{DefinitionName}.json",
        "api_key_id" => Tenant.KeyId,
        "key_id" or "id" => SigningKeyId,
        "role_id" => RoleId,
        "group_id" => GroupId,
        "service_account_id" => ServiceAccountId,
        "member_id" => MemberId,
        "invitation_id" => InvitationId,
        "hub_id" => HubId,
        "user_id" => UserId,
        "integration_id" => IntegrationId,
        "connection_template_id" => TemplateId,
        "activation_id" => ActivationId,
        "file" => "main.js",
        "token" => "made-up",
        "upload_id" => "01JDF3Q2M8V7K5T9XW4RZ6YB6C",
        "slug" => Tenant.Slug,
        "documentName" => "connect-v1",
        _ => null,
    };

    /// <summary>All that the organisation sees of its own: equal before and after what must not change anything.</summary>
    public async Task<string> SnapshotAsync()
    {
        var version = $"connectors/{ConnectorId}/versions";
        var answers = new List<string>();
        foreach (var path in (string[])
        [
            $"/api/organisations/v1/organisations/{Tenant.Id}", $"/api/organisations/v1/organisations/{Tenant.Id}/api-keys",
            $"/api/organisations/v1/organisations/{Tenant.Id}/roles", $"/api/organisations/v1/organisations/{Tenant.Id}/keys",
            $"/api/embedded/v1/o/{Tenant.Id}/hubs", $"/api/embedded/v1/hubs/{HubId}/users", $"/api/embedded/v1/hubs/{HubId}/users/{UserId}/connections",
            $"/api/embedded/v1/hubs/{HubId}/integrations", $"/api/embedded/v1/integrations/{IntegrationId}/connection-templates", $"/api/embedded/v1/activations/{ActivationId}",
            "connectors", $"connectors/{ConnectorId}", $"connectors/{ConnectorId}/connections", $"connectors/{ConnectorId}/connections/{ConnectionId}", "credentials", version,
            "events", $"events/{EventId}", "subscriptions", $"connectors/{ConnectorId}/connections/{ConnectionId}/polls",
            .. ((string[])[PublishedVersion, DraftVersion]).SelectMany(v => (string[])[$"{version}/{v}/actions", $"{version}/{v}/triggers", $"{version}/{v}/definitions"]),
        ])
        {
            answers.Add((await Tenant.GetAsync(path)).Expect(200).Text);
        }

        return string.Join('\n', answers);
    }

    /// <summary>Every id in a text.</summary>
    public static IReadOnlySet<string> IdsIn(string text) => Ids().Matches(text).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);

    private static string PublishedMarkerOf(string name) => $"{name}-published";

    private static string PrivateMarkerOf(string name) => $"{name}-private";

    private static string SpareDefinitionOf(string name) => $"{PrivateMarkerOf(name)}-spare";

    private static string DraftVersionOf(string name) => $"{PrivateMarkerOf(name)}-draft";

    [GeneratedRegex("[0-7][0-9A-HJKMNP-TV-Z]{25}", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Ids();
}
