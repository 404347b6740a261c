using System.Text;
using System.Text.Json;
using System.Xml;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Exporting;

/// <summary>Finds the definitions that a schema refers to.</summary>
internal static class DefinitionReferences
{
    private static readonly XmlReaderSettings Guarded = new()
    {
        // Entities and other documents: a schema of a stranger must neither blow up nor reach out.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 64 * 1024 * 1024,
    };

    /// <summary>The names, each once, ordered; none where the schema cannot be read.</summary>
    public static IReadOnlyList<string> Of(DefinitionContent definition)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (!ExportedDefinitions.IsJson(definition))
        {
            WalkXml(definition.Schema, location => AddFile(location, ".xsd"));
            return [.. names];
        }
        using var schema = SoundJson.Parse(Encoding.UTF8.GetBytes(definition.Schema), out _);
        if (schema is null) return [];
        using var nowhere = new Utf8JsonWriter(Stream.Null);
        new SchemaRewriter(nowhere, reference =>
        {
            AddFile(reference.Split('#')[0], ".json");
            return reference;
        }).Write(schema.RootElement);
        return [.. names];

        void AddFile(string file, string extension)
        {
            if (file.EndsWith(extension, StringComparison.Ordinal) && ContentRules.IsDefinitionName(file[..^extension.Length])) names.Add(file[..^extension.Length]);
        }
    }

    /// <summary>Reads an XML Schema.</summary>
    /// <param name="schema">The text.</param>
    /// <param name="found">Takes the location of each schema that it includes or imports.</param>
    /// <returns>Null, or why it cannot be read.</returns>
    public static string? WalkXml(string schema, Action<string> found)
    {
        const string Namespace = "http://www.w3.org/2001/XMLSchema";
        try
        {
            using var text = new StringReader(schema);
            using var xml = XmlReader.Create(text, Guarded);
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (xml.Depth == 0 && (xml.LocalName, xml.NamespaceURI) is not ("schema", Namespace)) return "it is no XML Schema";
                if (xml.NamespaceURI == Namespace && xml.LocalName is "include" or "import" or "redefine" && xml.GetAttribute("schemaLocation") is { } location) found(location);
            }
            return null;
        }
        catch (XmlException e)
        {
            return FormattableString.Invariant($"it is no XML that can be read (line {e.LineNumber})");
        }
    }
}
