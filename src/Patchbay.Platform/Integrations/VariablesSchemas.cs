using System.Text.Json;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Definitions.Checking;

namespace Patchbay.Platform.Integrations;

/// <summary>Schemas of what users set when they activate, and what they set held against them.</summary>
internal static class VariablesSchemas
{
    private const int Longest = 256 * 1024;

    /// <summary>What is wrong with a schema, added to the faults.</summary>
    /// <returns>Its text, or null for none.</returns>
    public static string? Read(JsonElement? sent, string path, List<FieldFault> faults)
    {
        if (sent is not { ValueKind: not JsonValueKind.Null } schema)
            return null;
        var text = schema.GetRawText();
        if (schema.ValueKind != JsonValueKind.Object || text.Length > Longest)
            faults.Add(new(path, $"must be a JSON Schema: an object of at most {Longest / 1024} KiB"));
        else
            faults.AddRange(GivenSchema.Read(SchemaForm.Json, text).Faults.Select(f => new FieldFault(path, f.ToString())));
        return text;
    }

    /// <summary>What is wrong with what a user set.</summary>
    public static IReadOnlyList<FieldFault> FaultsOf(Integration integration, JsonElement variables, string path) =>
        variables.ValueKind != JsonValueKind.Object ? [new(path, "must be an object")]
        : integration.VariablesSchema is { } schema ? new SchemaSet(DataDirection.Sent, _ => null).CheckInPlace(schema, variables, path) : [];
}
