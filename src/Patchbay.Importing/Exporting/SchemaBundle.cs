using System.Text;
using System.Text.Json;
using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Exporting;

/// <summary>
/// Puts schemas of a version and the definitions that they refer to into one JSON Schema, which is to be read where no other document can be
/// had. What is referred to stands under <c>$defs</c>, nearest first, up to a size; what is left out then is described as such, and takes
/// anything.
/// </summary>
/// <remarks>
/// Add the schemas; then, as long as something is <see cref="Missing"/>, <see cref="Provide"/> it; then write.
/// </remarks>
/// <param name="maxBytes">How large the definitions may be together, in bytes.</param>
public sealed class SchemaBundle(int maxBytes) : IDisposable
{
    private const int MostDefinitions = 500;

    /// <summary>Many readers of JSON give up at 64 levels, and what a schema is sent in has some of its own.</summary>
    private const int Deepest = 40;

    private readonly Dictionary<string, JsonDocument?> _definitions = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private List<string> _missing = [];
    private int _left = maxBytes;

    /// <summary>The definitions to provide next, nearest first.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>The definitions that were left out for size, nearest first.</summary>
    public IEnumerable<string> LeftOut => _order.Where(name => _definitions[name] is null);

    /// <summary>Adds a schema that will be written.</summary>
    /// <param name="schema">The schema; its references are relative names of definitions.</param>
    public void Add(JsonElement schema) => Queue(schema);

    /// <summary>Adds a definition that will be referred to.</summary>
    /// <param name="definition">Its name.</param>
    public void AddDefinition(string definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (_queued.Add(definition)) _missing.Add(definition);
    }

    /// <summary>Takes the definitions that were missing.</summary>
    /// <param name="find">Gives a definition by its name; null where there is none.</param>
    public void Provide(Func<string, DefinitionContent?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        var wanted = _missing;
        _missing = [];
        foreach (var name in wanted)
        {
            _order.Add(name);
            _definitions.Add(name, null);
            if (find(name) is not { } definition || definition.Schema.Length > _left || _order.Count > MostDefinitions) continue;
            _left -= definition.Schema.Length;
            var schema = ExportedDefinitions.IsJson(definition) ? SoundJson.Parse(Encoding.UTF8.GetBytes(definition.Schema), out _) : Xml();
            if (schema is null || IsDeeper(schema.RootElement, Deepest))
            {
                schema?.Dispose();
                continue;
            }
            _definitions[name] = schema;
            Queue(schema.RootElement);
        }
        // With nothing left to spend, whoever provides need not look for more.
        if (_left > 0 && _order.Count < MostDefinitions) return;
        foreach (var name in _missing)
        {
            _order.Add(name);
            _definitions.Add(name, null);
        }
        _missing = [];
    }

    /// <summary>Writes a schema that was added, with its references into the bundle.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="schema">The schema.</param>
    public void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (IsDeeper(schema, Deepest)) WriteLeftOut(json);
        else new SchemaRewriter(json, reference => Rewrite(reference, null)).Write(schema, isRoot: true);
    }

    /// <summary>Writes a reference to a definition that was added.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="definition">The definition's name.</param>
    public static void WriteReference(Utf8JsonWriter json, string definition)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("$ref", ReferenceTo(definition));
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>$defs</c> into an object, where there is any definition.</summary>
    /// <param name="json">Takes it.</param>
    public void WriteDefinitions(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (_order.Count == 0) return;
        json.WriteStartObject("$defs");
        foreach (var name in _order)
        {
            json.WritePropertyName(name);
            if (_definitions[name] is { } schema)
            {
                new SchemaRewriter(json, reference => Rewrite(reference, name)).Write(schema.RootElement, isRoot: true);
                continue;
            }
            WriteLeftOut(json);
        }
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var schema in _definitions.Values) schema?.Dispose();
    }

    private static void WriteLeftOut(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("description", "Left out for its size.");
        json.WriteEndObject();
    }

    private static bool IsDeeper(JsonElement node, int left) => node.ValueKind switch
    {
        JsonValueKind.Object => left == 0 || node.EnumerateObject().Any(member => IsDeeper(member.Value, left - 1)),
        JsonValueKind.Array => left == 0 || node.EnumerateArray().Any(item => IsDeeper(item, left - 1)),
        _ => false,
    };

    private static string ReferenceTo(string name) => "#/$defs/" + name;

    /// <summary>An XML Schema says nothing to a reader of JSON Schema: its data is a text.</summary>
    private static JsonDocument Xml() => JsonDocument.Parse("""{"type":"string","description":"An XML document."}""");

    private void Queue(JsonElement schema)
    {
        using var nowhere = new Utf8JsonWriter(Stream.Null);
        new SchemaRewriter(nowhere, reference =>
        {
            if (DefinitionUses.NameIn(reference) is { } name && ContentRules.IsDefinitionName(name)) AddDefinition(name);
            return reference;
        }).Write(schema);
    }

    private string? Rewrite(string reference, string? within)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (file, fragment) = hash < 0 ? (reference, "") : (reference[..hash], reference[(hash + 1)..]);
        var name = file.Length == 0 ? within : DefinitionUses.NameIn(reference);
        if (name is null || !_definitions.TryGetValue(name, out var schema)) return null;
        // A part of what was left out is as unknown as the whole.
        if (fragment.Length == 0 || schema is null) return ReferenceTo(name);
        var pointer = fragment[0] == '/' ? fragment : PointerTo(schema.RootElement, fragment);
        return pointer is not null && ExportedDefinitions.LeadsSomewhere(schema.RootElement, pointer) ? ReferenceTo(name) + pointer : null;
    }

    /// <summary>Where an anchor stands. In one document all anchors share a name space, so references go by place.</summary>
    private static string? PointerTo(JsonElement node, string anchor)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in node.EnumerateObject())
            {
                if (member.Name is "$anchor" or "$dynamicAnchor" && member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals(anchor)) return "";
                if (PointerTo(member.Value, anchor) is { } rest)
                    return "/" + Uri.EscapeDataString(member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)) + rest;
            }
        }
        else if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in node.EnumerateArray().Index())
            {
                if (PointerTo(item, anchor) is { } rest) return FormattableString.Invariant($"/{index}{rest}");
            }
        }
        return null;
    }
}
