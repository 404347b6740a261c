using System.Globalization;
using System.Text;
using System.Text.Json;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Exporting;

/// <summary>The definitions of a version as the schemas of one document, and where references between them lead there.</summary>
internal sealed class ExportedDefinitions : IDisposable
{
    private const string Schemas = "#/components/schemas/";

    private readonly Dictionary<string, JsonDocument?> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _anchors = new(StringComparer.Ordinal);

    public ExportedDefinitions(IEnumerable<DefinitionContent> definitions)
    {
        foreach (var definition in definitions)
        {
            var schema = IsJson(definition) ? SoundJson.Parse(Encoding.UTF8.GetBytes(definition.Schema), out _) : null;
            if (!_byName.TryAdd(definition.Name, schema)) schema?.Dispose();
        }
    }

    /// <summary>Whether a definition is a JSON Schema, by its media type.</summary>
    public static bool IsJson(DefinitionContent definition) => definition.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase);

    public bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>The schema of a definition; null where it is none that a description can hold.</summary>
    public JsonElement? SchemaOf(string name) => _byName.GetValueOrDefault(name)?.RootElement;

    public static string ReferenceTo(string name) => Schemas + name;

    /// <summary>What a reference is called in the document; null where it leads nowhere.</summary>
    /// <param name="reference">Such as <c>Pet.json#/properties/id</c>.</param>
    /// <param name="within">The definition that it stands in, or null for a parameter's schema.</param>
    public string? Rewrite(string reference, string? within)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (file, fragment) = hash < 0 ? (reference, "") : (reference[..hash], reference[(hash + 1)..]);
        var name = file.Length == 0 ? within : file.EndsWith(".json", StringComparison.Ordinal) ? file[..^5] : null;
        if (name is null || !Has(name)) return null;
        if (fragment.Length == 0) return ReferenceTo(name);
        if (SchemaOf(name) is not { } schema) return null;
        if (fragment[0] != '/') return AnchorsOf(name, schema).Contains(fragment) ? "#" + fragment : null;
        return LeadsSomewhere(schema, fragment) ? ReferenceTo(name) + fragment : null;
    }

    public void Dispose()
    {
        foreach (var schema in _byName.Values) schema?.Dispose();
    }

    internal static bool LeadsSomewhere(JsonElement schema, string fragment)
    {
        var at = schema;
        foreach (var escaped in fragment.Split('/').Skip(1))
        {
            var segment = Uri.UnescapeDataString(escaped).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            switch (at.ValueKind)
            {
                case JsonValueKind.Object when at.TryGetProperty(segment, out var member):
                    at = member;
                    break;
                case JsonValueKind.Array when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength():
                    at = at[index];
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private HashSet<string> AnchorsOf(string name, JsonElement schema)
    {
        if (_anchors.TryGetValue(name, out var known)) return known;
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        Collect(schema);
        _anchors.Add(name, anchors);
        return anchors;

        void Collect(JsonElement node)
        {
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray()) Collect(item);
            }
            if (node.ValueKind != JsonValueKind.Object) return;
            foreach (var member in node.EnumerateObject())
            {
                if (member.Name is "$anchor" or "$dynamicAnchor" && member.Value.ValueKind == JsonValueKind.String) anchors.Add(member.Value.GetString()!);
                else Collect(member.Value);
            }
        }
    }
}
