using System.Text;
using System.Text.Json;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Exporting;

/// <summary>
/// Whether definitions that come ready-made can be used. Our importer writes schemas that are valid, that validators can compile and that
/// they are done with in bounded time; what it would have to mend in a schema is what is wrong with it.
/// </summary>
internal static class DefinitionCheck
{
    private static readonly Remark[] Refused =
    [
        SchemaRemarks.Deep, SchemaRemarks.NoValue, SchemaRemarks.QuotedBoolean, SchemaRemarks.IsNone, SchemaRemarks.PropertyPattern,
        SchemaRemarks.KeywordLeftOut, SchemaRemarks.KeywordMended, SchemaRemarks.BooleanBound, SchemaRemarks.BoundBeyondReach,
        SchemaRemarks.Pattern, SchemaRemarks.RequiredMark, SchemaRemarks.Endless, DocumentRemarks.DeepData,
    ];

    /// <summary>Null, or the first thing that is wrong and with which definition.</summary>
    public static string? FaultOf(IReadOnlyList<DefinitionContent> definitions, CancellationToken cancellation) =>
        FaultsOf(definitions, cancellation).Select(fault => $"{fault.Definition}: {fault.Text}").FirstOrDefault();

    /// <summary>What is wrong, each with the definition that it is about.</summary>
    public static IEnumerable<(string Definition, string Text)> FaultsOf(IReadOnlyList<DefinitionContent> definitions, CancellationToken cancellation)
    {
        var faults = new List<(string, string)>();
        foreach (var definition in definitions)
        {
            if (ExportedDefinitions.IsJson(definition))
            {
                using var schema = SoundJson.Parse(Encoding.UTF8.GetBytes(definition.Schema), out var fault);
                if (schema is null) faults.Add((definition.Name, fault));
                else if (schema.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False)) faults.Add((definition.Name, "it is no JSON Schema"));
            }
            else if (DefinitionReferences.WalkXml(definition.Schema, _ => { }) is { } fault)
            {
                faults.Add((definition.Name, fault));
            }
        }
        if (faults.Count == 0) faults.AddRange(FaultsOfSchemas(definitions, cancellation));
        return faults;
    }

    private static IEnumerable<(string Definition, string Text)> FaultsOfSchemas(IReadOnlyList<DefinitionContent> definitions, CancellationToken cancellation)
    {
        using var parsed = new ExportedDefinitions(definitions);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            var connector = new ImportedConnector { Name = "definitions", Version = "1", BaseUrl = "", Contents = new([], [], definitions) };
            new DescriptionWriter(json, connector, parsed).Write([], exact: null);
        }
        var options = ImportOptions.Default with { Format = DescriptionFormat.Json, MaxDocumentBytes = int.MaxValue };
        var result = DescriptionImporter.Import(stream.GetBuffer().AsMemory(0, (int)stream.Length), options, cancellation);
        foreach (var message in result.Messages)
        {
            if (message.Severity != ImportSeverity.Error && !Array.Exists(Refused, remark => message.Text.StartsWith(remark.Text, StringComparison.Ordinal))) continue;
            var segments = message.Pointer.Split('/');
            yield return (segments.Length > 3 ? segments[3] : "", segments.Length > 4 ? $"{message.Text} (/{string.Join('/', segments[4..])})" : message.Text);
        }
    }
}
