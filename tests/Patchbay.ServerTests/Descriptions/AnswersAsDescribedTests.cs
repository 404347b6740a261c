using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Xunit;

namespace Patchbay.ServerTests.Descriptions;

/// <summary>Holds answers of the server against the schemas that it says they have.</summary>
public sealed class AnswersAsDescribedTests(DescribedServer server)
{
    private const string Description = """
        openapi: 3.1.0
        info: { title: Lamps, version: "1" }
        servers: [{ url: "https://lamps.example" }]
        components:
          securitySchemes:
            key: { type: apiKey, in: header, name: X-Key }
            basic: { type: http, scheme: basic }
            grant: { type: oauth2, flows: { authorizationCode: { authorizationUrl: "https://lamps.example/a", tokenUrl: "https://lamps.example/t", scopes: { read: Read } } } }
          schemas:
            Lamp: { type: object, properties: { id: { type: string } } }
        paths:
          /lamps/{id}:
            put:
              operationId: putLamp
              deprecated: true
              parameters: [{ name: id, in: path, required: true, schema: { type: integer, default: 1 } }]
              requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
              responses:
                "200": { description: It is set, content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
                4XX: { description: No }
                default: { description: Something else }
        webhooks:
          lampBroke:
            post:
              operationId: lampBroke
              requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
              responses: { "200": { description: Thanks } }
        """;

    [Fact]
    public async Task Answers_of_an_import_and_a_connection_have_the_described_schemas()
    {
        var organisation = await CallAsync("CreateOrganisation", HttpMethod.Post, "/api/organisations/v1/organisations", new { slug = "described", displayName = "Described" });
        var root = $"/api/connect/v1/o/{organisation["id"]}";
        var imported = await ImportAsync(root);
        var connector = $"{root}/connectors/{imported["connector"]!["id"]}";
        var version = $"{connector}/versions/{imported["connector"]!["versions"]![0]!["name"]}";
        var basic = imported["connector"]!["authSchemeConfigs"]!.AsArray().Single(c => (string)c!["schemeType"]! == "basic-auth")!;

        var connection = await CallAsync("CreateConnectorConnection", HttpMethod.Post, $"{connector}/connections", new
        {
            name = "home",
            credentials = new
            {
                action = new[]
                {
                    new { authSchemeConfig = new { id = (string)basic["id"]! }, credential = new { name = "me", type = "basic-auth", data = new { username = "me", password = "secret" } } },
                },
            },
            variables = Array.Empty<object>(),
        });
        await CallAsync("GetConnection", HttpMethod.Get, $"{connector}/connections/{connection["id"]}");
        await CallAsync("ListConnectorConnections", HttpMethod.Get, $"{connector}/connections");
        await CallAsync("GetConnector", HttpMethod.Get, connector);
        await CallAsync("ListConnectors", HttpMethod.Get, $"{root}/connectors?first=1");
        await CallAsync("GetActions", HttpMethod.Get, $"{version}/actions");
        await CallAsync("GetTriggers", HttpMethod.Get, $"{version}/triggers");
        await CallAsync("GetDefinitions", HttpMethod.Get, $"{version}/definitions");
        await CallAsync("GetConnectorVersion", HttpMethod.Get, version);
        await EditAsync(version);
        await CallAsync("PublishConnector", HttpMethod.Post, $"{version}/publish");
        await CallAsync("GetConnectorVersion", HttpMethod.Get, $"{connector}/versions/latest");
        await CallAsync("ListPublicConnectors", HttpMethod.Get, "/api/connect/v1/connectors");
        await CallAsync("ListCategories", HttpMethod.Get, "/api/connect/v1/categories");
    }

    [Fact]
    public async Task An_error_has_the_described_schema()
    {
        var error = await CallAsync("CreateOrganisation", HttpMethod.Post, "/api/organisations/v1/organisations", new { slug = "-", unknown = 1 }, "default");

        Assert.NotEmpty(error["fields"]!.AsArray());
    }

    /// <summary>Writes contents of a draft.</summary>
    private async Task EditAsync(string version)
    {
        var schema = new { contentType = "application/schema+json", content = "{}" };
        var created = await CallAsync("CreateDefinitions", HttpMethod.Post, $"{version}/definitions", new { definitions = new[] { new { name = "Bulb", accept = new[] { "application/json" }, schema } } });
        var id = created["definitions"]![0]!["id"]!.GetValue<string>();
        await CallAsync("UpdateDefinition", HttpMethod.Put, $"{version}/definitions/Bulb", new { id, name = "Bulb", accept = new[] { "text/json" }, schema });
        var link = new[] { new { definition = new { name = "Bulb" } } };
        var action = await CallAsync("CreateAction", HttpMethod.Post, $"{version}/actions", new
        {
            type = "http", name = "putBulb", method = "PUT", path = "/bulbs", parameters = new[] { new { name = "q", @in = "query", required = true, type = "string" } },
            requestBody = new { required = true, definitions = link }, responses = new[] { new { status = 200, definitions = link } },
        });
        await CallAsync("UpdateAction", HttpMethod.Put, $"{version}/actions/putBulb", action);
        var trigger = await CallAsync("CreateTrigger", HttpMethod.Post, $"{version}/triggers", new
        {
            type = "http", name = "bulbBroke", method = "POST", parameters = Array.Empty<object>(), responses = new[] { new { status = 200, definitions = link } },
        });
        await CallAsync("UpdateTrigger", HttpMethod.Put, $"{version}/triggers/bulbBroke", trigger);
        await CallAsync("DeleteDefinition", HttpMethod.Delete, $"{version}/definitions/Bulb", status: "412");
        await CallAsync("DeleteDefinitions", HttpMethod.Delete, $"{version}/definitions", new { names = new[] { "Bulb" } }, "412");
    }

    private async Task<JsonNode> ImportAsync(string root)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Description)), "file", "lamps.yaml" },
            { new StringContent("""{"format":"openapi"}"""), "metadata" },
        };
        var imported = await server.CallAsync(HttpMethod.Post, $"{root}/protocols/http/import", form);
        await AssertDescribedAsync("ImportHTTPConnector", imported, "201");
        return imported;
    }

    private async Task<JsonNode> CallAsync(string operation, HttpMethod method, string path, object? body = null, string? status = null)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        var answer = await server.CallAsync(method, path, content);
        await AssertDescribedAsync(operation, answer, status);
        return answer;
    }

    private async Task AssertDescribedAsync(string operation, JsonNode answer, string? status)
    {
        var document = JsonNode.Parse(await server.DescriptionAsync(operation.Contains("Organisation", StringComparison.Ordinal) ? "organisations-v1" : "connect-v1"))!;
        var responses = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!)
            .Single(o => (string)o["operationId"]! == operation)["responses"]!.AsObject();
        var schema = responses.Single(r => status is null ? r.Key.StartsWith('2') : r.Key == status).Value!["content"]!["application/json"]!["schema"]!.DeepClone().AsObject();
        schema["$defs"] = document["components"]!["schemas"]!.DeepClone();
        // JSON Schema knows no discriminator; that the variants exclude each other must hold without it.
        foreach (var (_, component) in schema["$defs"]!.AsObject())
            component!.AsObject().Remove("discriminator");
        var text = schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);

        var found = JsonSchema.FromText(text).Evaluate(JsonSerializer.SerializeToElement(answer), new EvaluationOptions { OutputFormat = OutputFormat.List });

        Assert.True(found.IsValid, $"{operation} answered {answer.ToJsonString()}: " +
            string.Join("; ", (found.Details ?? []).Where(d => d.Errors is { Count: > 0 }).Select(d => $"{d.InstanceLocation} {string.Join(", ", d.Errors!.Values)}")));
    }
}
