using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Contract;

/// <summary>A call with which an operation answers a status that not every operation can.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Status">The status.</param>
/// <param name="Call">Makes it so that the call is answered like this, and makes the call.</param>
internal sealed record SpecialCase(string Operation, int Status, Func<ContractWorld, Task<Answer>> Call);

/// <summary>
/// What the test of the contract calls. Its sound call of an operation is the published path filled with what a populated organisation has,
/// and a body out of <see cref="BodyAsync"/>; what differs from that is in the tables here.
/// </summary>
internal static class ContractCases
{
    /// <summary>Published operations that the server does not have yet.</summary>
    public static readonly IReadOnlyList<string> NotYet = [];

    /// <summary>Every published operation.</summary>
    public static readonly IReadOnlyList<string> Operations =
    [
        "ListCategories", "ListPublicConnectors", "ListConnectors", "GetConnector", "UpdateConnector", "DeleteConnector", "UpdateConnectorTags", "UpdateConnectorCategories",
        "UpsertAuthSchemeConfig", "DeleteAuthSchemeConfig", "InitialiseOAuth2Connection", "ListConnectorConnections", "CreateConnectorConnection", "GetConnection",
        "UpdateConnection", "DeleteConnection", "CreateConnectorVersion", "ListConnectorVersions", "GetConnectorVersion", "UpdateConnectorVersion", "DeleteConnectorVersion",
        "ImportPublicConnectorVersion", "PublishConnector", "UnpublishConnector", "GetActions", "CreateAction", "GetAction", "UpdateAction", "DeleteAction", "GetTriggers",
        "CreateTrigger", "GetTrigger", "UpdateTrigger", "DeleteTrigger", "GetDefinitions", "CreateDefinitions", "DeleteDefinitions", "GetDefinition", "UpdateDefinition",
        "DeleteDefinition", "ListProtocols", "ListAuthSchemes", "GetProtocolUploadURL", "CreateHTTPConnector", "ImportHTTPConnectorVersion", "ImportHTTPConnector",
        "CreateBigQueryConnector", "GetRawSchema",
    ];

    /// <summary>Operations that answer every conflict that there could be with another status, and why. Each has been looked at.</summary>
    public static readonly IReadOnlyDictionary<string, string> NeverConflicts = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ListCategories"] = Reads, ["ListPublicConnectors"] = Reads, ["ListConnectors"] = Reads, ["GetConnector"] = Reads, ["ListConnectorConnections"] = Reads,
        ["GetConnection"] = Reads, ["ListConnectorVersions"] = Reads, ["GetConnectorVersion"] = Reads, ["GetActions"] = Reads, ["GetAction"] = Reads, ["GetTriggers"] = Reads,
        ["GetTrigger"] = Reads, ["GetDefinitions"] = Reads, ["GetDefinition"] = Reads, ["GetRawSchema"] = Reads, ["ListProtocols"] = Reads, ["ListAuthSchemes"] = Reads,
        ["CreateHTTPConnector"] = "Names of connectors need not be unique.",
        ["CreateBigQueryConnector"] = "Names of connectors need not be unique; those of its connections clash only with each other, which is a 400.",
        ["UpdateConnector"] = "Any state of a connector can be replaced.",
        ["DeleteConnector"] = "Nothing outside a connector depends on it yet.",
        ["UpdateConnectorTags"] = "Any tags can be replaced.",
        ["UpdateConnectorCategories"] = "Any categories can be replaced.",
        ["UpsertAuthSchemeConfig"] = "It replaces what is there; a change that is not allowed is a 400.",
        ["DeleteAuthSchemeConfig"] = "Connections stay, and say that their config is gone.",
        ["DeleteConnection"] = "Nothing depends on a connection yet; where something does, the published status is 412.",
        ["InitialiseOAuth2Connection"] = "Only with an application whose publisher has taken it back; see the tests of borrowed applications.",
    };

    /// <summary>Calls for what cannot be had by spoiling a sound call.</summary>
    public static readonly IReadOnlyList<SpecialCase> Special =
    [
        new("CreateConnectorVersion", 409, w => w.PostAsync("connectors/{connector_id}/versions", new { name = PopulatedTenant.PublishedVersion })),
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

    /// <summary>The version that a sound call is for.</summary>
    public static string VersionFor(string operation, ContractWorld world) => operation switch
    {
        "UnpublishConnector" => PopulatedTenant.PublishedVersion,
        "ImportPublicConnectorVersion" => "latest",
        _ when operation.StartsWith("Get", StringComparison.Ordinal) => PopulatedTenant.PublishedVersion,
        _ => world.Populated.DraftVersion,
    };

    /// <summary>The query of a sound call, with its question mark.</summary>
    public static string QueryFor(string operation) => operation switch
    {
        // Without it, what refers to them keeps them.
        "DeleteDefinition" or "DeleteDefinitions" => "?force=true",
        "ListConnectors" or "ListPublicConnectors" => "?first=1&sort=name:asc,id:desc&name=CONTRACT-published&protocol=h&tags=contract-published-tag",
        "GetActions" or "GetTriggers" or "GetDefinitions" => "?first=2&name=p",
        "GetProtocolUploadURL" => "?content_type=application/json&content_length=10",
        _ => "",
    };

    /// <summary>The body of a sound call, or null.</summary>
    public static async Task<JsonObject?> BodyAsync(string operation, ContractWorld world, string version)
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

    private const string Reads = "Reads; there is nothing that it could clash with.";
}

/// <summary>What the calls are made in: an organisation with one of everything, whose connector is in the library, and another that takes from there.</summary>
/// <param name="Populated">The organisation.</param>
/// <param name="Other">The other one.</param>
internal sealed record ContractWorld(PopulatedTenant Populated, Tenant Other)
{
    public Tenant Tenant => Populated.Tenant;

    public Task<Answer> PostAsync(string path, object? body) => Tenant.PostAsync(Filled(path), body);

    public string Filled(string path) => path.Replace("{connector_id}", Populated.ConnectorId, StringComparison.Ordinal);
}
