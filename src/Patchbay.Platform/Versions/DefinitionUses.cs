using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Platform.Versions;

/// <summary>Finds the definitions that an action or trigger refers to.</summary>
internal static class DefinitionUses
{
    public static IEnumerable<string> Of(ActionContent action) =>
        VersionReader.Links(action.RequestBody, action.Responses).Select(l => l.Definition)
            .Concat(InParameters(action.Parameters, action.Responses));

    public static IEnumerable<string> Of(TriggerContent trigger) =>
        VersionReader.Links(trigger.RequestBody, trigger.Responses).Select(l => l.Definition)
            .Concat(InParameters(trigger.Parameters, trigger.Responses));

    private static IEnumerable<string> InParameters(IReadOnlyList<ParameterContent> parameters, IReadOnlyList<ResponseContent> responses) =>
        parameters.Concat(responses.SelectMany(r => r.Headers)).SelectMany(p => InSchema(p.Schema));

    /// <summary>The names in relative references such as <c>Pet.json#/properties/id</c>.</summary>
    private static IEnumerable<string> InSchema(JsonNode? schema) => schema switch
    {
        JsonObject o => o.SelectMany(m => m is { Key: "$ref", Value: JsonValue v } && v.TryGetValue<string>(out var reference)
            && reference.Split('#')[0] is { } file && file.EndsWith(".json", StringComparison.Ordinal)
                ? [file[..^5]]
                : InSchema(m.Value)),
        JsonArray a => a.SelectMany(InSchema),
        _ => [],
    };
}
