using System.Text.Json.Nodes;
using Patchbay.ServerTests.People;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// One sound JSON body for each operation that takes one. Tests go through every operation that the server has: one that is missing here
/// fails them until it is added.
/// </summary>
public static class RequestBodies
{
    private static int _names;

    /// <summary>The body, or null for an operation that nobody has thought of yet.</summary>
    public static async Task<JsonObject?> ForAsync(string operation, PopulatedTenant tenant)
    {
        if (operation == "ActivateIntegration")
            return await PopulatedTenant.ActivationOfAsync(tenant.Tenant, tenant.SpareIntegrationId, tenant.UserId, $"fresh {Next()}");
        var part = operation switch
        {
            "UpdateConnectorVersion" => "",
            "UpdateAction" => $"/actions/{PopulatedTenant.ActionName}",
            "UpdateTrigger" => $"/triggers/{PopulatedTenant.TriggerName}",
            "UpdateDefinition" => $"/definitions/{PopulatedTenant.DefinitionName}",
            _ => null,
        };
        if (part is null)
            return For(operation, tenant);
        // The fields that the server sets must be sent as they are.
        var read = (await tenant.Tenant.GetAsync($"connectors/{tenant.ConnectorId}/versions/{tenant.DraftVersion}{part}")).Expect(200).Json.AsObject();
        read["description"] = $"fresh {Next()}";
        if (operation != "UpdateDefinition")
            return read;
        read.Remove("url");
        read.Remove("referencedBy");
        read["schema"] = Schema();
        return read;
    }

    private static JsonObject? For(string operation, PopulatedTenant tenant) => operation switch
    {
        "CreateOrganisation" => new() { ["slug"] = $"fresh-{Next()}", ["displayName"] = "Fresh" },
        "UpdateAllowedOrigins" => new() { ["origins"] = new JsonArray("https://app.example.com", "http://localhost:3000") },
        "GetLandingOrigins" => new() { ["state"] = "state" },
        "CreateApiKey" => new() { ["name"] = $"fresh {Next()}", ["roles"] = new JsonArray("developer", "viewer") },
        "CreateSigningKey" => new() { ["name"] = $"fresh {Next()}", ["allowOrganisationTokens"] = true },
        "CreateRole" or "UpdateRole" => new() { ["name"] = $"fresh {Next()}", ["permissions"] = new JsonArray("connector.read", "proxy.use"), ["scopes"] = new JsonArray("organisation", "hub") },
        "CreateHub" => new() { ["organisationId"] = tenant.Tenant.Id, ["name"] = $"fresh {Next()}", ["primaryConnectorId"] = tenant.ConnectorId, ["authSchemeConfig"] = new JsonObject { ["id"] = PopulatedTenant.ConfigId } },
        "UpdateHubDetails" => new() { ["name"] = $"fresh {Next()}", ["isDefault"] = true },
        "CreateIntegration" => new()
        {
            ["organisationId"] = tenant.Tenant.Id, ["name"] = $"fresh {Next()}", ["description"] = "d", ["summary"] = "s", ["variablesSchema"] = new JsonObject { ["type"] = "object" },
            ["connectionTemplate"] = new JsonObject { ["connectorId"] = tenant.ConnectorId, ["authSchemeConfig"] = new JsonObject { ["id"] = PopulatedTenant.ConfigId } },
        },
        "UpdateIntegration" => new() { ["name"] = $"fresh {Next()}", ["imageUrl"] = "https://example.com/a.svg", ["description"] = "d", ["variablesSchema"] = new JsonObject { ["type"] = "object" } },
        "CreateHubConnectionTemplate" => new() { ["connectorId"] = tenant.ConnectorId, ["authSchemeConfig"] = new JsonObject { ["id"] = PopulatedTenant.ConfigId } },
        "UpdateIntegrationMetadata" => new() { ["usedConnectionTemplates"] = new JsonArray() },
        "DeployIntegration" => new() { ["versions"] = new JsonArray() },
        "UpdateDynamicVariables" => new() { ["dynamicVariables"] = new JsonObject { ["channel"] = $"fresh {Next()}" } },
        "UpdateDynamicVariablesInternal" => new() { ["channel"] = $"fresh {Next()}" },
        "CreateEndUser" => new() { ["externalId"] = $"fresh {Next()}", ["displayName"] = "Fresh", ["primaryConnection"] = For("CreateConnectorConnection", tenant) },
        "CreateEndUserConnection" => new() { ["connectorId"] = tenant.ConnectorId, ["connection"] = For("CreateConnectorConnection", tenant) },
        "UpdateMember" or "UpdateServiceAccount" => new() { ["roleBindings"] = new JsonArray(new JsonObject { ["role"] = "viewer", ["resourceType"] = "organisation", ["resourceId"] = tenant.Tenant.Id }), ["groupIDs"] = new JsonArray(tenant.GroupId) },
        "CreateGroup" => new() { ["name"] = $"fresh {Next()}", ["members"] = new JsonArray(tenant.MemberId), ["roles"] = new JsonArray("viewer") },
        "UpdateGroup" => new() { ["name"] = $"fresh {Next()}", ["members"] = new JsonArray(tenant.MemberId, tenant.ServiceAccountId), ["roleBindings"] = new JsonArray(new JsonObject { ["role"] = "developer", ["resourceType"] = "hub", ["resourceId"] = tenant.HubId }) },
        "CreateServiceAccount" => new() { ["name"] = $"fresh-{Next()}", ["roles"] = new JsonArray("viewer"), ["groupIDs"] = new JsonArray(tenant.GroupId) },
        "InviteMember" => new() { ["email"] = $"fresh-{Next()}@example.com", ["url"] = PersonSteps.Page(tenant.Tenant), ["authUrl"] = PersonSteps.Page(tenant.Tenant), ["inviteType"] = "join_organisation", ["roles"] = new JsonArray("viewer"), ["groupIDs"] = new JsonArray(tenant.GroupId) },
        "ResendInvitation" => new() { ["email"] = tenant.InvitedAddress, ["url"] = PersonSteps.Page(tenant.Tenant), ["authUrl"] = PersonSteps.Page(tenant.Tenant), ["inviteType"] = "join_organisation" },
        "UpdateHubPages" => new() { ["allowedOrigins"] = new JsonArray($"https://app{Next()}.example.com"), ["theme"] = new JsonObject { ["name"] = "Fresh", ["light"] = new JsonObject { ["accent"] = "#aa3366" } } },
        "CreateEndUserSession" => new() { ["language"] = "de", ["mode"] = "dark" },
        "OpenEndUserSession" => new() { ["code"] = "made-up" },
        "UpdateEndUserConnection" => new() { ["credentials"] = new JsonObject { ["action"] = new JsonArray(For("CreateConnectorConnection", tenant)!["credentials"]!["action"]![0]!.DeepClone()) } },
        "InitialiseOAuth2EmbeddedConnection" => For("InitialiseOAuth2Connection", tenant),
        "CreateHTTPConnector" => new()
        {
            ["name"] = $"Fresh {Next()}",
            ["baseUrl"] = "https://{{ conn.region }}.example.com/v1",
            ["connectionVariables"] = Variables(),
            ["authSchemeConfigs"] = new JsonArray(
                ApiKeyConfig("one"),
                new JsonObject
                {
                    ["id"] = "two", ["schemeType"] = "oauth2", ["description"] = "d", ["authorizeUrl"] = "https://a.example.com", ["tokenUrl"] = "https://a.example.com",
                    ["scopes"] = new JsonArray(new JsonObject { ["name"] = "s", ["description"] = "d" }), ["defaultScopes"] = new JsonArray("s"),
                    ["additionalAuthorizeParams"] = "a=b", ["additionalTokenParams"] = "a=b", ["mtlsEnabled"] = false,
                    ["grant"] = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = "c", ["clientSecret"] = "s" },
                },
                new JsonObject
                {
                    ["id"] = "three", ["schemeType"] = "hmac", ["description"] = "d", ["name"] = "X-Sign", ["in"] = "header", ["algorithm"] = "sha256",
                    ["digestInputs"] = new JsonArray("body", "url"),
                }),
            ["tags"] = Tags(),
            ["public"] = false,
            ["allowedHosts"] = new JsonArray("https://b.example.com"),
        },
        "CreateBigQueryConnector" => new()
        {
            ["name"] = $"Fresh {Next()}",
            ["datasetId"] = "a-project.a_dataset",
            ["connections"] = new JsonArray(new JsonObject
            {
                ["name"] = "one",
                ["credentials"] = new JsonObject
                {
                    ["action"] = new JsonArray(new JsonObject
                    {
                        ["authSchemeConfig"] = new JsonObject
                        {
                            ["id"] = "two", ["schemeType"] = "oauth2", ["description"] = "d", ["authorizeUrl"] = "https://a.example.com", ["tokenUrl"] = "https://a.example.com", ["scopes"] = new JsonArray(),
                            ["defaultScopes"] = new JsonArray("s"), ["grant"] = new JsonObject { ["grantType"] = "client_credentials" },
                        },
                        ["credential"] = new JsonObject
                        {
                            ["name"] = "n", ["type"] = "oauth2-client",
                            ["data"] = new JsonObject { ["clientId"] = "c", ["clientSecret"] = "s", ["authorizeUrl"] = "https://a.example.com", ["tokenUrl"] = "https://a.example.com" },
                        },
                    }),
                },
                ["variables"] = Variables(),
            }),
        },
        "UpdateConnector" => new()
        {
            ["id"] = tenant.ConnectorId, ["organisationId"] = tenant.Tenant.Id, ["protocol"] = "http", ["name"] = "Renamed", ["baseUrl"] = "https://b.example.com",
            ["tags"] = Tags(), ["public"] = false, ["documentationURL"] = "https://docs.example.com", ["imageURL"] = "https://i.example.com",
            ["connectionVariables"] = Variables(), ["allowedHosts"] = new JsonArray("https://b.example.com"),
        },
        "UpdateConnectorTags" => new() { ["tags"] = Tags() },
        "UpdateConnectorCategories" => new() { ["categories"] = new JsonArray("CRM", "ERP") },
        "DiscoverOAuth2" => new() { ["issuer"] = tenant.Issuer },
        "UpsertAuthSchemeConfig" => ApiKeyConfig(PopulatedTenant.ConfigId),
        "CreateConnectorVersion" => new() { ["name"] = $"fresh-{Next()}", ["fromVersion"] = PopulatedTenant.PublishedVersion },
        "CreateAction" => new()
        {
            ["type"] = "http", ["name"] = $"fresh{Next()}", ["summary"] = "s", ["description"] = "d", ["method"] = "POST", ["path"] = "/parcels/{{ param.id }}",
            ["parameters"] = new JsonArray(Parameter("id", "path"), Parameter("q", "query")), ["requestBody"] = Body(), ["responses"] = Responses(),
        },
        "CreateTrigger" => new()
        {
            ["type"] = "http", ["name"] = $"fresh{Next()}", ["summary"] = "s", ["description"] = "d", ["method"] = "POST",
            ["parameters"] = new JsonArray(Parameter("q", "query")), ["requestBody"] = Body(), ["responses"] = Responses(),
        },
        "CreateTriggerEndpoint" => new() { ["version"] = "default" },
        "MoveTriggerEndpoint" => new() { ["version"] = PopulatedTenant.PublishedVersion },
        "RotateTriggerEndpoint" => new() { ["graceSeconds"] = 60 },
        "CreateDefinitions" => new()
        {
            ["definitions"] = new JsonArray(new JsonObject
            {
                ["name"] = $"Fresh{Next()}", ["accept"] = new JsonArray("application/json", "text/json"), ["description"] = "d", ["schema"] = Schema(),
            }),
        },
        "DeleteDefinitions" => new() { ["names"] = new JsonArray(tenant.SpareDefinition) },
        "CreateConnectorConnection" => new()
        {
            ["name"] = $"fresh {Next()}",
            ["credentials"] = new JsonObject
            {
                ["action"] = new JsonArray(new JsonObject
                {
                    ["authSchemeConfig"] = new JsonObject { ["id"] = PopulatedTenant.ConfigId },
                    ["credential"] = new JsonObject { ["name"] = "n", ["type"] = "string", ["data"] = new JsonObject { ["value"] = "v" } },
                }),
                ["trigger"] = new JsonArray(),
            },
            ["variables"] = Variables(),
        },
        "ExecuteAction" => new()
        {
            ["connectionId"] = tenant.ConnectionId, ["parameters"] = new JsonObject { ["id"] = "7" }, ["retry"] = new JsonObject { ["maxAttempts"] = 1, ["unsafe"] = false, ["timeLimitSeconds"] = 5 },
        },
        "UpdateConnection" => new() { ["id"] = tenant.ConnectionId, ["name"] = $"fresh {Next()}", ["variables"] = Variables(), ["credentials"] = new JsonObject() },
        "UpdateCredential" => new() { ["name"] = $"fresh {Next()}", ["type"] = "string", ["data"] = new JsonObject { ["value"] = "v" }, ["expiresAt"] = "2999-01-01T00:00:00Z" },
        "CreateSubscription" => Subscription(tenant),
        "UpdateSubscription" => With(Subscription(tenant), "id", tenant.SubscriptionId),
        "RotateSubscriptionSecret" => new() { ["signing"] = "ed25519", ["previousEndsAt"] = "2020-01-01T00:00:00Z" },
        "ReplayEvent" => new() { ["subscriptionId"] = tenant.SubscriptionId },
        "ReplayEvents" => new()
        {
            ["connectorId"] = tenant.ConnectorId, ["connectionId"] = tenant.ConnectionId, ["triggerName"] = PopulatedTenant.TriggerName, ["version"] = PopulatedTenant.PublishedVersion,
            ["origin"] = "webhook", ["delivery"] = "dead", ["subscriptionId"] = tenant.SubscriptionId, ["receivedAfter"] = "2020-01-01T00:00:00Z",
            ["receivedBefore"] = "2999-01-01T00:00:00Z", ["after"] = tenant.EventId,
        },
        "CreatePoll" => Poll(),
        "UpdatePoll" => With(Poll(), "id", tenant.PollId),
        "InitialiseOAuth2Connection" => new()
        {
            ["credential"] = new JsonObject { ["id"] = tenant.ApplicationId, ["organisationId"] = tenant.Tenant.Id },
            ["authorizeUrl"] = PopulatedTenant.AuthorizeUrl, ["clientId"] = PopulatedTenant.ClientId, ["scopes"] = new JsonArray("read"), ["prompt"] = "consent",
            ["additionalParams"] = "a=b", ["disableOfflineAccess"] = false, ["variables"] = Variables(),
        },
        "InitialiseOAuth1Connection" => new()
        {
            ["authSchemeConfigId"] = PopulatedTenant.OAuth1ConfigId, ["consumerKey"] = "k", ["consumerSecret"] = "s", ["variables"] = Variables(),
        },
        "ImportHTTPConnector" => new() { ["schemaURL"] = tenant.DescriptionUrl, ["filetype"] = "json", ["format"] = "openapi" },
        "ImportHTTPConnectorVersion" => new() { ["schemaURL"] = tenant.DescriptionUrl, ["format"] = "openapi", ["version"] = $"fresh-{Next()}" },
        "MergeConnectorVersionUpstream" => new()
        {
            ["upstreamVersion"] = "latest", ["dryRun"] = false,
            ["resolutions"] = new JsonArray(new JsonObject { ["kind"] = "action", ["name"] = "getParcel0", ["field"] = "/summary", ["take"] = "own" }),
        },
        "CallMcp" or "CallMcpOfOrganisation" => new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = "tools/list" },
        _ => null,
    };

    /// <summary>Fields of free form, whose members the server takes as they are: a change inside them is no fault.</summary>
    public static readonly IReadOnlySet<string> FreeFields = new HashSet<string>(StringComparer.Ordinal) { "authSchemeConfig", "variablesSchema" };

    private static int Next() => Interlocked.Increment(ref _names);

    private static JsonObject Subscription(PopulatedTenant tenant) => new()
    {
        ["name"] = $"fresh {Next()}", ["url"] = "http://127.0.0.1:9/hook", ["connectorId"] = tenant.ConnectorId, ["connectionId"] = tenant.ConnectionId,
        ["triggerName"] = PopulatedTenant.TriggerName, ["filter"] = "data.body.n > `1`", ["ordered"] = true,
    };

    private static JsonObject Poll() => new()
    {
        ["name"] = $"fresh {Next()}", ["version"] = PopulatedTenant.PublishedVersion, ["actionName"] = PopulatedTenant.ActionName, ["schedule"] = "0 3 * * *", ["timeZone"] = "Europe/Berlin",
        ["items"] = "items", ["itemId"] = "id", ["cursor"] = "next", ["cursorParameter"] = "id", ["enabled"] = false,
    };

    private static JsonObject With(JsonObject body, string name, string value)
    {
        body[name] = value;
        return body;
    }

    private static JsonObject ApiKeyConfig(string id) => new() { ["id"] = id, ["schemeType"] = "api-key", ["description"] = "d", ["name"] = "X-Key", ["in"] = "header" };

    private static JsonObject Schema() => new() { ["contentType"] = "application/schema+json", ["content"] = """{"type":"object"}""" };

    private static JsonObject Parameter(string name, string place) => new() { ["name"] = name, ["in"] = place, ["required"] = place == "path", ["type"] = "string", ["style"] = "simple" };

    private static JsonObject Body() => new() { ["required"] = true, ["description"] = "d", ["definitions"] = Links() };

    private static JsonArray Responses() => [new JsonObject { ["status"] = 200, ["description"] = "d", ["definitions"] = Links(), ["headers"] = new JsonArray() }, new JsonObject { ["statusRange"] = "4XX", ["definitions"] = new JsonArray() }];

    private static JsonArray Links() => [new JsonObject { ["definition"] = new JsonObject { ["name"] = PopulatedTenant.DefinitionName }, ["mediaTypes"] = new JsonArray("application/json") }];

    private static JsonArray Variables() => [new JsonObject { ["name"] = "region", ["value"] = "eu" }];

    private static JsonObject Tags() => new() { ["team"] = new JsonArray("blue") };
}
