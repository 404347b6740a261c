using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Contract;

/// <summary>The Connect API.</summary>
internal static class ConnectCases
{
    public static ApiCases Cases { get; } = new("/api/connect/v1", "connect-api-v1.yaml", 48)
    {
        Operations = Operations, NeverConflicts = NeverConflicts, NeverMissing = [("UpsertAuthSchemeConfig", "auth_scheme_config_id")], Special = Special, VersionFor = VersionFor,
        QueryFor = QueryFor, BodyAsync = BodyAsync, CallerFor = (operation, world) => operation == "ImportPublicConnectorVersion" ? world.Other.Api : null,
    };

    private static IReadOnlyList<string> Operations =>
    [
        "ListCategories", "ListPublicConnectors", "ListConnectors", "GetConnector", "UpdateConnector", "DeleteConnector", "UpdateConnectorTags", "UpdateConnectorCategories",
        "UpsertAuthSchemeConfig", "DeleteAuthSchemeConfig", "InitialiseOAuth2Connection", "ListConnectorConnections", "CreateConnectorConnection", "GetConnection",
        "UpdateConnection", "DeleteConnection", "CreateConnectorVersion", "ListConnectorVersions", "GetConnectorVersion", "UpdateConnectorVersion", "DeleteConnectorVersion",
        "ImportPublicConnectorVersion", "PublishConnector", "UnpublishConnector", "GetActions", "CreateAction", "GetAction", "UpdateAction", "DeleteAction", "GetTriggers",
        "CreateTrigger", "GetTrigger", "UpdateTrigger", "DeleteTrigger", "GetDefinitions", "CreateDefinitions", "DeleteDefinitions", "GetDefinition", "UpdateDefinition",
        "DeleteDefinition", "ListProtocols", "ListAuthSchemes", "GetProtocolUploadURL", "CreateHTTPConnector", "ImportHTTPConnectorVersion", "ImportHTTPConnector",
        "CreateBigQueryConnector", "GetRawSchema",
    ];

    private static IReadOnlyDictionary<string, string> NeverConflicts => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["CreateHTTPConnector"] = "Names of connectors need not be unique.",
        ["CreateBigQueryConnector"] = "Names of connectors need not be unique; those of its connections clash only with each other, which is a 400.",
        ["UpdateConnector"] = "Any state of a connector can be replaced.",
        ["UpdateConnectorTags"] = "Any tags can be replaced.",
        ["UpdateConnectorCategories"] = "Any categories can be replaced.",
        ["UpsertAuthSchemeConfig"] = "It replaces what is there; a change that is not allowed is a 400.",
        ["DeleteAuthSchemeConfig"] = "Connections stay, and say that their config is gone.",
        ["DeleteConnection"] = "Nothing depends on a connection yet; where something does, the published status is 412.",
        ["InitialiseOAuth2Connection"] = "Only with an application whose publisher has taken it back; see the tests of borrowed applications.",
    };

    private static IReadOnlyList<SpecialCase> Special =>
    [
        new("CreateConnectorVersion", 409, w => w.PostAsync("connectors/{connector_id}/versions", new { name = PopulatedTenant.PublishedVersion })),
        // A hub is around it.
        new("DeleteConnector", 409, async w =>
        {
            var hub = (await w.Tenant.GetAsync($"/api/embedded/v1/hubs/{w.Populated.HubId}")).Expect(200);
            return await w.Tenant.DeleteAsync($"connectors/{hub["primaryConnector"]["connectorId"]!.GetValue<string>()}");
        }),
        new("UpdateConnectorVersion", 409, async w =>
        {
            var published = (await w.Tenant.GetAsync(w.Filled($"connectors/{{connector_id}}/versions/{PopulatedTenant.PublishedVersion}"))).Expect(200).Json.AsObject();
            published["description"] = "changed";
            return await w.Tenant.PutAsync(w.Filled($"connectors/{{connector_id}}/versions/{PopulatedTenant.PublishedVersion}"), published);
        }),
        new("DeleteConnectorVersion", 409, w => w.Tenant.DeleteAsync(w.Filled($"connectors/{{connector_id}}/versions/{PopulatedTenant.PublishedVersion}"))),
        new("PublishConnector", 409, w => w.PostAsync($"connectors/{{connector_id}}/versions/{PopulatedTenant.PublishedVersion}/publish", null)),
        new("UnpublishConnector", 409, w => w.PostAsync($"connectors/{{connector_id}}/versions/{w.Populated.DraftVersion}/unpublish", null)),
        new("ImportPublicConnectorVersion", 409, w => w.PostAsync("connectors/{connector_id}/versions/latest/library/import", null)),
        new("CreateConnectorConnection", 409, async w =>
        {
            var body = (await RequestBodies.ForAsync("CreateConnectorConnection", w.Populated))!;
            body["name"] = $"{w.Populated.PrivateMarker}-connection";
            return await w.PostAsync("connectors/{connector_id}/connections", body);
        }),
        new("UpdateConnection", 409, async w =>
        {
            var other = (await w.Tenant.ConnectAsync(w.Populated.ConnectorId, "other", PopulatedTenant.ConfigId)).Id;
            return await w.Tenant.PutAsync(w.Filled($"connectors/{{connector_id}}/connections/{other}"), new { id = other, name = $"{w.Populated.PrivateMarker}-connection" });
        }),
        new("ImportHTTPConnectorVersion", 409, w => w.PostAsync("connector/{connector_id}/http/import",
            new { schemaURL = w.Populated.DescriptionUrl, format = "openapi", version = PopulatedTenant.PublishedVersion })),
        new("ImportHTTPConnector", 409, async w =>
        {
            var signed = (await w.Tenant.GetAsync("protocols/http/upload-url")).Expect(200);
            return await w.PostAsync("protocols/http/import", new { schemaURL = signed["url"].GetValue<string>(), format = "openapi" });
        }),
        new("GetProtocolUploadURL", 409, async w =>
        {
            Answer answer;
            do
                answer = await w.Other.GetAsync("protocols/http/upload-url");
            while (answer.Status == 200);
            return answer;
        }),
        .. (((string Operation, HttpMethod Method, string Path)[])
        [
            ("CreateAction", HttpMethod.Post, "actions"), ("UpdateAction", HttpMethod.Put, $"actions/{PopulatedTenant.ActionName}"), ("DeleteAction", HttpMethod.Delete, $"actions/{PopulatedTenant.ActionName}"),
            ("CreateTrigger", HttpMethod.Post, "triggers"), ("UpdateTrigger", HttpMethod.Put, $"triggers/{PopulatedTenant.TriggerName}"), ("DeleteTrigger", HttpMethod.Delete, $"triggers/{PopulatedTenant.TriggerName}"),
            ("CreateDefinitions", HttpMethod.Post, "definitions"), ("DeleteDefinitions", HttpMethod.Delete, "definitions?force=true"),
            ("UpdateDefinition", HttpMethod.Put, $"definitions/{PopulatedTenant.DefinitionName}"), ("DeleteDefinition", HttpMethod.Delete, $"definitions/{PopulatedTenant.DefinitionName}?force=true"),
        ]).Select(o => new SpecialCase(o.Operation, 409, async w => await w.Tenant.Api.SendAsync(
                o.Method, w.Tenant.Whole(w.Filled($"connectors/{{connector_id}}/versions/{PopulatedTenant.PublishedVersion}/{o.Path}")), Api.ContentOf(await BodyAsync(o.Operation, w, PopulatedTenant.PublishedVersion))))),
        // What refers to a definition keeps it, unless it is forced.
        new("DeleteDefinition", 412, w => w.Tenant.DeleteAsync(w.Filled($"connectors/{{connector_id}}/versions/{w.Populated.DraftVersion}/definitions/{PopulatedTenant.DefinitionName}"))),
        new("DeleteDefinitions", 412, w => w.Tenant.Api.SendAsync(HttpMethod.Delete, w.Tenant.Whole(w.Filled($"connectors/{{connector_id}}/versions/{w.Populated.DraftVersion}/definitions")),
            Api.ContentOf(new { names = new[] { PopulatedTenant.DefinitionName } }))),
    ];

    private static string VersionFor(string operation, ContractWorld world) => operation switch
    {
        "UnpublishConnector" => PopulatedTenant.PublishedVersion,
        "ImportPublicConnectorVersion" => "latest",
        _ when operation.StartsWith("Get", StringComparison.Ordinal) => PopulatedTenant.PublishedVersion,
        _ => world.Populated.DraftVersion,
    };

    private static string QueryFor(string operation) => operation switch
    {
        // Without it, what refers to them keeps them.
        "DeleteDefinition" or "DeleteDefinitions" => "?force=true",
        "ListConnectors" or "ListPublicConnectors" => "?first=1&sort=name:asc,id:desc&name=CONTRACT-published&protocol=h&tags=contract-published-tag",
        "GetActions" or "GetTriggers" or "GetDefinitions" => "?first=2&name=p",
        "GetProtocolUploadURL" => "?content_type=application/json&content_length=10",
        _ => "",
    };

    private static async Task<JsonObject?> BodyAsync(string operation, ContractWorld world, string version)
    {
        const string Responses = """[{"status":200,"definitions":[{"definition":{"name":"Parcel0"}}]}]""";
        var contents = world.Filled($"connectors/{{connector_id}}/versions/{version}");
        return operation switch
        {
            "CreateAction" => Parsed($$$"""
                {"type":"http","name":"fresh","summary":"s","description":"d","method":"POST","path":"/parcels/{id}","parameters":[{"name":"id","in":"path","required":true,"type":"string"}],
                 "requestBody":{"required":true,"definitions":[{"definition":{"name":"Parcel0"}}]},"responses":{{{Responses}}} }
                """),
            "CreateTrigger" => Parsed($$"""{"type":"http","name":"fresh","method":"POST","parameters":[{"name":"X-Kind","in":"header","required":false,"type":"string"}],"responses":{{Responses}} }"""),
            "UpdateAction" => (await world.Tenant.GetAsync($"{contents}/actions/{PopulatedTenant.ActionName}")).Expect(200).Json.AsObject(),
            "UpdateTrigger" => (await world.Tenant.GetAsync($"{contents}/triggers/{PopulatedTenant.TriggerName}")).Expect(200).Json.AsObject(),
            "CreateDefinitions" => Parsed("""
                {"definitions":[
                  {"name":"Fresh","accept":["application/json"],"description":"d","schema":{"contentType":"application/schema+json","content":"{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/FreshToo\"}}}"}},
                  {"name":"FreshToo","accept":["application/json"],"schema":{"contentType":"application/schema+json","content":"{\"type\":\"string\"}"}}]}
                """),
            "UpdateDefinition" => new JsonObject
            {
                ["id"] = (await world.Tenant.GetAsync($"{contents}/definitions/{PopulatedTenant.DefinitionName}")).Expect(200).Id,
                ["name"] = PopulatedTenant.DefinitionName,
                ["accept"] = new JsonArray("application/json"),
                ["schema"] = new JsonObject { ["contentType"] = "application/schema+json", ["content"] = """{"type":"object"}""" },
            },
            "DeleteDefinitions" => new JsonObject { ["names"] = new JsonArray(PopulatedTenant.DefinitionName) },
            "DeleteDefinition" or "DeleteAction" or "DeleteTrigger" => null,
            _ => await RequestBodies.ForAsync(operation, world.Populated),
        };

        static JsonObject Parsed(string json) => JsonNode.Parse(json)!.AsObject();
    }
}
