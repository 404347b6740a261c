using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Patchbay.ServerTests.Execution;

/// <summary>
/// Schemas read plainly, by a program that has nothing to do with the server's: those of OpenAPI 2 and 3.0 as well as JSON Schema 2020-12, as
/// far as descriptions use them.
/// </summary>
/// <param name="resolve">What a reference leads to, seen from a schema's document; null where nowhere.</param>
internal sealed class PlainSchema(Func<string, string, (JsonNode? Schema, string Document)> resolve)
{
    private const int Deepest = 60;

    /// <summary>Whether a value conforms.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="document">The document that it stands in.</param>
    /// <param name="value">The value.</param>
    /// <param name="sent">Whether it is sent to the API, so that read-only fields are not required of it.</param>
    /// <param name="why">What does not conform, for messages.</param>
    /// <param name="depth">How deep this is.</param>
    public bool Accepts(JsonNode? schema, string document, JsonNode? value, bool sent, out string why, int depth = 0)
    {
        why = "";
        if (depth > Deepest)
            return true;
        if (schema is JsonValue flag && flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return flag!.GetValueKind() == JsonValueKind.True;
        if (schema is not JsonObject holder)
            return true;
        if (Reference(holder) is { } reference)
        {
            var (target, at) = resolve(reference, document);
            if (!Accepts(target, at, value, sent, out why, depth + 1))
                return false;
            // OpenAPI 3.0 and Swagger know nothing beside a reference.
        }

        if (value is null)
        {
            var allowed = Flag(holder, "nullable") || Flag(holder, "x-nullable") || Types(holder).Count == 0 || Types(holder).Contains("null");
            why = allowed ? "" : "null";
            return allowed;
        }

        return IsOfType(holder, value, out why) && FitsValue(holder, value, out why) && FitsParts(holder, document, value, sent, out why, depth)
            && FitsCombinations(holder, document, value, sent, out why, depth);
    }

    public static string? Reference(JsonObject schema) => schema["$ref"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The schema of an element: those of a tuple stand one by one, as <c>prefixItems</c> and, before 2020-12, as a list of <c>items</c>.</summary>
    public static JsonNode? ItemSchema(JsonObject schema, int index)
    {
        var tuple = (schema["prefixItems"] ?? schema["items"]) as JsonArray;
        return index < tuple?.Count ? tuple[index] : schema["items"] is JsonArray ? schema["additionalItems"] : schema["items"];
    }

    public static List<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray list => [.. list.Select(t => t!.GetValue<string>())],
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length == 0 ? [] : [text],
        _ => [],
    };

    public static bool Flag(JsonObject schema, string name) => schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static double? Number(JsonObject schema, string name) =>
        schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static bool IsOfType(JsonObject schema, JsonNode value, out string why)
    {
        var types = Types(schema);
        var kind = value.GetValueKind();
        var fits = types.Count == 0 || types.Exists(t => t switch
        {
            "string" => kind == JsonValueKind.String,
            "integer" or "long" or "int" => kind == JsonValueKind.Number && double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) % 1 == 0,
            "number" or "float" or "double" => kind == JsonValueKind.Number,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "array" => kind == JsonValueKind.Array,
            "object" => kind == JsonValueKind.Object,
            "null" => kind == JsonValueKind.Null,
            _ => true,
        });
        why = fits ? "" : $"type {string.Join(',', types)}, not {kind}";
        return fits;
    }

    private static bool FitsValue(JsonObject schema, JsonNode value, out string why)
    {
        why = "";
        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
            why = "enum";
        else if (schema.TryGetPropertyValue("const", out var constant) && !JsonNode.DeepEquals(constant, value))
            why = "const";
        else if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            var length = text.EnumerateRunes().Count();
            if (length < (Number(schema, "minLength") ?? 0) || length > (Number(schema, "maxLength") ?? double.MaxValue))
                why = "length";
            else if (schema["pattern"] is JsonValue pattern && !Matches(pattern.GetValue<string>(), text))
                why = $"pattern {pattern}";
        }
        else if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
            var (low, high) = (Number(schema, "minimum") ?? double.MinValue, Number(schema, "maximum") ?? double.MaxValue);
            if (number < low || number > high || (Flag(schema, "exclusiveMinimum") && number <= low) || (Flag(schema, "exclusiveMaximum") && number >= high)
                || number <= Number(schema, "exclusiveMinimum") || number >= Number(schema, "exclusiveMaximum"))
                why = "range";
        }

        return why.Length == 0;
    }

    public static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException)
        {
            // The importer drops what cannot be compiled.
            return true;
        }
    }

    private bool FitsParts(JsonObject schema, string document, JsonNode value, bool sent, out string why, int depth)
    {
        why = "";
        if (value is JsonArray list)
        {
            if (list.Count < (Number(schema, "minItems") ?? 0) || list.Count > (Number(schema, "maxItems") ?? double.MaxValue))
                why = "count of items";
            for (var i = 0; why.Length == 0 && i < list.Count; i++)
            {
                if (ItemSchema(schema, i) is { } items && !Accepts(items, document, list[i], sent, out var inside, depth + 1))
                    why = $"[{i}]: {inside}";
            }
        }
        else if (value is JsonObject holder)
        {
            var properties = schema["properties"] as JsonObject ?? [];
            foreach (var required in (schema["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>()))
            {
                if (!holder.ContainsKey(required) && !(properties[required] is JsonObject p && Flag(p, sent ? "readOnly" : "writeOnly")))
                    why = $"{required} is missing";
            }

            if (holder.Count < (Number(schema, "minProperties") ?? 0) || holder.Count > (Number(schema, "maxProperties") ?? double.MaxValue))
                why = "count of fields";
            foreach (var (name, member) in holder)
            {
                if (why.Length > 0)
                    break;
                var described = properties.ContainsKey(name) ? properties[name] : schema["additionalProperties"];
                if (described is not null && !Accepts(described, document, member, sent, out var inside, depth + 1))
                    why = $"{name}: {inside}";
            }
        }

        return why.Length == 0;
    }

    private bool FitsCombinations(JsonObject schema, string document, JsonNode value, bool sent, out string why, int depth)
    {
        why = "";
        foreach (var part in schema["allOf"] as JsonArray ?? [])
        {
            if (!Accepts(part, document, value, sent, out why, depth + 1))
                return false;
        }

        if (schema["anyOf"] is JsonArray any && !any.Any(a => Accepts(a, document, value, sent, out _, depth + 1)))
            why = "anyOf";
        else if (schema["oneOf"] is JsonArray one && one.Count(a => Accepts(a, document, value, sent, out _, depth + 1)) is var count && count != 1)
            why = $"oneOf ({count})";
        else if (schema["not"] is { } not && Accepts(not, document, value, sent, out _, depth + 1))
            why = "not";
        return why.Length == 0;
    }
}
