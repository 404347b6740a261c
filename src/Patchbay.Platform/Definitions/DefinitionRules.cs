using Microsoft.Net.Http.Headers;
using Patchbay.Importing.Schemas;

namespace Patchbay.Platform.Definitions;

/// <summary>What holds for every definition that a client writes.</summary>
internal static class DefinitionRules
{
    public const string NamePattern = @"^[a-zA-Z0-9_\-]+$";
    public const int MaxNameLength = 200;
    public const int MaxDescriptionLength = 100_000;
    public const int MaxAccept = 100;
    public const int MaxDeleted = 10_000;

    /// <summary>Faults of the media types that a definition accepts; those that it had already are let be.</summary>
    public static void CheckAccept(IReadOnlyList<string> accept, IReadOnlyList<string> stored, bool isXml, string path, List<FieldFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, type) in accept.Index())
        {
            if (!seen.Add(type))
                faults.Add(new($"{path}[{index}]", "stands twice"));
            else if (stored.Contains(type, StringComparer.Ordinal))
                continue;
            else if (!MediaTypeHeaderValue.TryParse(type, out var parsed))
                faults.Add(new($"{path}[{index}]", "must be a media type such as application/json"));
            else if (isXml && !IsForXml(parsed))
                faults.Add(new($"{path}[{index}]", "does not fit the schema, which is an XML Schema"));
        }
    }

    /// <summary>Reads a schema; null where it has faults.</summary>
    public static GivenSchema? Read(InlineSchemaJson schema, string path, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        if (GivenSchema.FormOf(schema.ContentType) is not { } form)
        {
            faults.Add(new($"{path}.contentType", $"must be {GivenSchema.JsonContentType}, application/schema+yaml or {GivenSchema.XmlContentType}"));
            return null;
        }

        var read = GivenSchema.Read(form, schema.Content, cancellationToken);
        ResolveSchemas.AddFaults(faults, $"{path}.content", read.Faults);
        return read.Faults.Count == 0 ? read : null;
    }

    private static bool IsForXml(MediaTypeHeaderValue type) =>
        type.MatchesAllSubTypes || type.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase);
}
