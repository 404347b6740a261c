using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Bench.Importing;

/// <summary>An OpenAPI 3.0 description of any size, made of the parts that real ones are made of.</summary>
internal static class SyntheticDescription
{
    /// <summary>A description in UTF-8 with a number of operations and as many schemas, each of which refers to the next.</summary>
    public static byte[] Of(int operations)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        for (var number = 0; number < operations; number++)
        {
            paths[$"/items{number}/{{id}}"] = new JsonObject { ["get"] = Operation(number) };
            schemas[$"Item{number}"] = Schema(number, operations);
        }

        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject { ["title"] = "Synthetic", ["version"] = "1.0.0" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "https://api.example.com/v1" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" } },
            },
        });
    }

    private static JsonObject Operation(int number) => new()
    {
        ["operationId"] = $"getItem{number}",
        ["summary"] = $"Gets item {number} with everything that belongs to it",
        ["tags"] = new JsonArray("items"),
        ["parameters"] = new JsonArray(
            new JsonObject { ["name"] = "id", ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } },
            new JsonObject { ["name"] = "expand", ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "boolean", ["default"] = false } }),
        ["responses"] = new JsonObject
        {
            ["200"] = Response($"Item{number}"),
            ["404"] = Response("Item0"),
        },
    };

    private static JsonObject Response(string schema) => new()
    {
        ["description"] = "An answer",
        ["content"] = new JsonObject
        {
            ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" } },
        },
    };

    private static JsonObject Schema(int number, int count)
    {
        var properties = new JsonObject { ["next"] = new JsonObject { ["$ref"] = $"#/components/schemas/Item{(number + 1) % count}" } };
        for (var index = 0; index < 8; index++)
        {
            properties[$"field{index}"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "A field with a sentence about what it holds and when it is left out.",
                ["nullable"] = index % 2 == 0,
                ["maxLength"] = 200,
            };
        }

        return new JsonObject { ["type"] = "object", ["required"] = new JsonArray("field0"), ["properties"] = properties };
    }
}
