using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>Finds the definitions that contents refer to.</summary>
public static class DefinitionUses
{
    /// <summary>The names that an action refers to, some of them more than once.</summary>
    public static IEnumerable<string> Of(ActionContent action) => Sent(action.Parameters, action.RequestBody).Concat(Answered(action.Responses));

    /// <summary>The names that a trigger refers to, some of them more than once.</summary>
    public static IEnumerable<string> Of(TriggerContent trigger) => Sent(trigger.Parameters, trigger.RequestBody).Concat(Answered(trigger.Responses));

    /// <summary>The names that a JSON Schema refers to; none where the schema is no JSON.</summary>
    public static IEnumerable<string> Of(DefinitionContent definition)
    {
        try
        {
            using var schema = JsonDocument.Parse(definition.Schema, new JsonDocumentOptions { MaxDepth = 512 });
            return [.. In(schema.RootElement).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The names in a request.</summary>
    internal static IEnumerable<string> Sent(IReadOnlyList<ParameterContent> parameters, BodyContent? body) =>
        parameters.SelectMany(p => In(p.Schema)).Concat((body?.Definitions ?? []).Select(d => d.Definition));

    /// <summary>The names in responses.</summary>
    internal static IEnumerable<string> Answered(IReadOnlyList<ResponseContent> responses) =>
        responses.SelectMany(r => r.Definitions.Select(d => d.Definition).Concat(r.Headers.SelectMany(h => In(h.Schema))));

    /// <summary>The definition that a member of a schema names, by a relative reference such as <c>Pet.json#/properties/id</c>; null where it is none.</summary>
    /// <param name="keyword">The member's name.</param>
    /// <param name="value">Its value.</param>
    public static string? NameIn(string keyword, JsonNode? value) =>
        IsReference(keyword) && value is JsonValue text && text.TryGetValue<string>(out var reference) ? NameIn(reference) : null;

    /// <summary>The definition that a relative reference names, or null.</summary>
    internal static string? NameIn(string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var file = hash < 0 ? reference : reference[..hash];
        return file.EndsWith(".json", StringComparison.Ordinal) && !file.Contains('/', StringComparison.Ordinal) ? file[..^5] : null;
    }

    private static IEnumerable<string> In(JsonNode? schema) => schema switch
    {
        JsonObject o => o.SelectMany(m => IsReference(m.Key) && m.Value is JsonValue v && v.TryGetValue<string>(out var reference)
            ? NameIn(reference) is { } name ? [name] : []
            : In(m.Value)),
        JsonArray a => a.SelectMany(In),
        _ => [],
    };

    private static IEnumerable<string> In(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().SelectMany(m => IsReference(m.Name) && m.Value.ValueKind == JsonValueKind.String
            ? NameIn(m.Value.GetString()!) is { } name ? [name] : []
            : In(m.Value)),
        JsonValueKind.Array => schema.EnumerateArray().SelectMany(In),
        _ => [],
    };

    private static bool IsReference(string keyword) => keyword is "$ref" or "$dynamicRef";
}
