using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>What a definition and its encoding say of the fields of a form.</summary>
internal static class FormFields
{
    private const int MostSteps = 200;

    /// <summary>The fields that stand for bytes, or for lists of them.</summary>
    public static HashSet<string> Binary(VersionSchemas schemas, DefinitionLink link)
    {
        var binary = new HashSet<string>(StringComparer.Ordinal);
        var steps = MostSteps;
        foreach (var (name, schema, root) in Properties(schemas, link.Definition, ref steps))
        {
            if (IsBinary(schemas, schema, root, 8))
                binary.Add(name);
        }

        return binary;
    }

    /// <summary>A form with the plain base64 in place of each file that comes with a name or type: what the schema is about.</summary>
    public static JsonElement WithContents(JsonElement form, HashSet<string> binary)
    {
        var plain = JsonObject.Create(form)!;
        foreach (var name in binary)
        {
            if (plain[name] is JsonArray list)
                plain[name] = new JsonArray([.. list.Select(item => Content(item)?.DeepClone())]);
            else if (plain[name] is { } file)
                plain[name] = Content(file)?.DeepClone();
        }

        return JsonSerializer.SerializeToElement(plain);
    }

    /// <summary>How a field is written; null where nothing is said of it.</summary>
    public static FieldEncoding? EncodingOf(JsonObject? encodings, string field)
    {
        if (encodings?[field] is not JsonObject encoding)
            return null;
        return new FieldEncoding
        {
            ContentType = TextOf(encoding["contentType"]),
            Style = TextOf(encoding["style"]),
            Explode = encoding["explode"] is JsonValue explode && explode.TryGetValue<bool>(out var spread) ? spread : null,
            AllowReserved = encoding["allowReserved"] is JsonValue reserved && reserved.TryGetValue<bool>(out var isReserved) && isReserved,
        };
    }

    private static JsonNode? Content(JsonNode? file) => file is JsonObject holder && holder.ContainsKey("content") ? holder["content"] : file;

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The properties of an object schema, through references and <c>allOf</c>.</summary>
    private static List<(string Name, JsonObject Schema, string Root)> Properties(VersionSchemas schemas, string definition, ref int steps)
    {
        var found = new List<(string, JsonObject, string)>();
        var pending = new Stack<(JsonNode? Schema, string Root)>([(RootOf(schemas, definition), definition)]);
        while (pending.TryPop(out var next) && --steps > 0)
        {
            if (next.Schema is not JsonObject schema)
                continue;
            foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
            {
                if (property is JsonObject described)
                    found.Add((name, described, next.Root));
            }

            foreach (var keyword in (string[])["allOf", "anyOf", "oneOf"])
            {
                foreach (var part in schema[keyword] as JsonArray ?? [])
                    pending.Push((part, next.Root));
            }

            if (Target(schemas, schema, next.Root) is { } target)
                pending.Push(target);
        }

        return found;
    }

    private static bool IsBinary(VersionSchemas schemas, JsonObject schema, string root, int depth)
    {
        if (depth == 0)
            return false;
        if (TextOf(schema["format"]) == "binary")
            return true;
        if (schema["contentMediaType"] is not null && schema["contentEncoding"] is null)
            return TextOf(schema["contentMediaType"]) is { } type && !MediaTypes.IsJson(type) && !MediaTypes.IsText(type);
        if (schema["items"] is JsonObject items && IsBinary(schemas, items, root, depth - 1))
            return true;
        if (Target(schemas, schema, root) is { Schema: JsonObject target } reference && IsBinary(schemas, target, reference.Root, depth - 1))
            return true;
        return (string[])["allOf", "anyOf", "oneOf"] is var keywords && keywords.Any(k => (schema[k] as JsonArray ?? []).OfType<JsonObject>().Any(part => IsBinary(schemas, part, root, depth - 1)));
    }

    private static (JsonNode? Schema, string Root)? Target(VersionSchemas schemas, JsonObject schema, string root)
    {
        if (TextOf(schema["$ref"]) is not { } reference)
            return null;
        var mark = reference.IndexOf('#', StringComparison.Ordinal);
        var (file, fragment) = mark < 0 ? (reference, "") : (reference[..mark], reference[(mark + 1)..]);
        var name = file.Length == 0 ? root : file.EndsWith(".json", StringComparison.Ordinal) ? file[..^".json".Length] : file;
        var at = RootOf(schemas, name);
        foreach (var segment in fragment.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonObject holder => holder[key],
                JsonArray list => int.TryParse(key, out var index) && index >= 0 && index < list.Count ? list[index] : null,
                _ => null,
            };
        }

        return (at, name);
    }

    private static JsonNode? RootOf(VersionSchemas schemas, string definition) => schemas.JsonOf(definition);
}
