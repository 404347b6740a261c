using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>
/// A schema as it counts for data that goes one way: a field that is <c>readOnly</c> is not required of what is sent, one that is
/// <c>writeOnly</c> not of what is received (OpenAPI 3.1, "Schema Object").
/// </summary>
internal static class DirectedSchema
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    public static string Of(string text, DataDirection direction)
    {
        var mark = direction == DataDirection.Sent ? "readOnly" : "writeOnly";
        if (!text.Contains($"\"{mark}\"", StringComparison.Ordinal))
            return text;
        var schema = JsonNode.Parse(text, documentOptions: Deep);
        Relax(schema, mark);
        return schema!.ToJsonString(ContentJson.Options);
    }

    private static void Relax(JsonNode? node, string mark)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Relax(item, mark);
        }
        else if (node is JsonObject holder)
        {
            if (holder["required"] is JsonArray required && holder["properties"] is JsonObject properties)
            {
                var marked = properties.Where(p => p.Value is JsonObject schema && schema[mark] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True)
                    .Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
                foreach (var name in required.Where(n => n is JsonValue v && v.GetValueKind() == JsonValueKind.String && marked.Contains(v.GetValue<string>())).ToList())
                    required.Remove(name);
            }

            foreach (var (keyword, value) in holder)
            {
                // Data, in which anything may stand.
                if (keyword is not ("enum" or "const" or "default" or "examples" or "example"))
                    Relax(value, mark);
            }
        }
    }
}
