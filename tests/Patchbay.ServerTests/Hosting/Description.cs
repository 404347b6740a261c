using System.Text.Json.Nodes;

namespace Patchbay.ServerTests.Hosting;

/// <summary>An OpenAPI 3.1 description of a made-up API, as JSON.</summary>
/// <param name="Title">Its title, which becomes the connector's name.</param>
/// <param name="Version">Its version, which becomes the version's name.</param>
public sealed record Description(string Title = "Parcels", string Version = "1.0.0")
{
    /// <summary>How many operations it has. Each answers with a schema of its own, which refers to the next one.</summary>
    public int Actions { get; init; } = 3;

    public string Server { get; init; } = "https://api.example.com";

    /// <summary>Stands in the descriptions of operations and schemas, so that leaks of contents can be seen.</summary>
    public string Marker { get; init; } = "a parcel";

    public override string ToString()
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        for (var i = 0; i < Actions; i++)
        {
            paths[$"/parcels{i}/{{id}}"] = new JsonObject
            {
                ["get"] = new JsonObject
                {
                    ["operationId"] = $"getParcel{i}",
                    ["summary"] = $"{Marker} {i}",
                    ["parameters"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "id",
                        ["in"] = "path",
                        ["required"] = true,
                        ["schema"] = new JsonObject { ["type"] = "string" },
                    }),
                    ["responses"] = new JsonObject { ["200"] = Answer($"Parcel{i}") },
                },
            };
            schemas[$"Parcel{i}"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = $"{Marker} {i}",
                ["properties"] = new JsonObject
                {
                    ["id"] = new JsonObject { ["type"] = "string" },
                    ["next"] = new JsonObject { ["$ref"] = $"#/components/schemas/Parcel{(i + 1) % Actions}" },
                },
            };
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = Title, ["version"] = Version, ["description"] = Marker },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = Server }),
            ["paths"] = paths,
            ["webhooks"] = new JsonObject
            {
                ["parcelArrived"] = new JsonObject
                {
                    ["post"] = new JsonObject
                    {
                        ["summary"] = Marker,
                        ["requestBody"] = new JsonObject { ["content"] = Content("Parcel0") },
                        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "taken" } },
                    },
                },
            },
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Key" },
                    ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" },
                },
            },
        }.ToJsonString();

        static JsonObject Content(string schema) => new()
        {
            ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" } },
        };

        static JsonObject Answer(string schema) => new() { ["description"] = "it", ["content"] = Content(schema) };
    }
}
