using System.Text.Json;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Definitions.Checking;

namespace Patchbay.Platform.Integrations;

/// <summary>Schemas of what users set when they activate, and what they set held against them.</summary>
internal static class VariablesSchemas
{
    private const int LongestSchema = 256 * 1024;

    /// <summary>In characters of JSON. Every event for an activation carries its variables: they are choices, not documents.</summary>
    private const int LongestVariables = 64 * 1024;

    /// <summary>What is wrong with a schema, added to the faults.</summary>
    /// <returns>Its text, or null for none.</returns>
    public static string? Read(JsonElement? sent, string path, List<FieldFault> faults)
    {
        if (sent is not { ValueKind: not JsonValueKind.Null } schema)
            return null;
        var text = schema.GetRawText();
        if (schema.ValueKind != JsonValueKind.Object || text.Length > LongestSchema)
            faults.Add(new(path, $"must be a JSON Schema: an object of at most {LongestSchema / 1024} KiB"));
        else
            faults.AddRange(GivenSchema.Read(SchemaForm.Json, text).Faults.Select(f => new FieldFault(path, f.ToString())));
        return text;
    }

    /// <summary>What is wrong with what a user set.</summary>
    public static IReadOnlyList<FieldFault> FaultsOf(Integration integration, JsonElement variables, string path) =>
        variables.ValueKind != JsonValueKind.Object ? [new(path, "must be an object")]
        : variables.GetRawText().Length > LongestVariables ? [new(path, $"must be at most {LongestVariables / 1024} KiB of JSON")]
        : integration.VariablesSchema is { } schema ? new SchemaSet(DataDirection.Sent, _ => null).CheckInPlace(schema, variables, path) : [];
}
