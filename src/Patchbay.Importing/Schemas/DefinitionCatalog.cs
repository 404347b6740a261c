using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>A definition to be, known by its name before its schema is converted, so that schemas can refer to it.</summary>
/// <param name="name">Unique in the catalog.</param>
/// <param name="schema">What it is converted from; null for a body that has no schema.</param>
/// <param name="substitute">What stands in for a schema that is missing.</param>
internal sealed class Definition(string name, SourceNode? schema, BodyKind substitute)
{
    private readonly List<string> _accept = [];
    private readonly HashSet<string> _accepted = new(StringComparer.OrdinalIgnoreCase);

    public string Name { get; } = name;

    public SourceNode? Schema { get; } = schema;

    public BodyKind Substitute { get; } = substitute;

    /// <summary>The media types of the bodies that conform to it, in the order of their first use.</summary>
    public IReadOnlyList<string> Accept => _accept.Count > 0 ? _accept : ["application/json"];

    public void AddAccept(string mediaType)
    {
        if (_accepted.Add(mediaType)) _accept.Add(mediaType);
    }
}

/// <summary>What is known of a body whose schema the source leaves out.</summary>
internal enum BodyKind
{
    Any,
    Text,
    Binary,
}

/// <summary>All definitions of an import: the named schemas of the source, those of bodies, and those that references need.</summary>
internal sealed class DefinitionCatalog(MessageLog log, LocalReferences references)
{
    private readonly UniqueNames _names = new();
    private readonly List<Definition> _definitions = [];
    private readonly Dictionary<SourceNode, Definition> _bySchema = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<BodyKind, Definition> _byKind = [];

    /// <summary>Grows while definitions are written, since their references may need further ones.</summary>
    public IReadOnlyList<Definition> All => _definitions;

    /// <summary>Adds the named schemas of the source. They come first, so that they keep their names.</summary>
    public void AddNamed(SourceObject? schemas)
    {
        foreach (var (name, schema) in schemas?.Members ?? [])
        {
            if (JsonCopier.IsExtension(name) && schema is not SourceObject) continue;
            var fitting = NameRules.Definition(name);
            // A name for what stands in another document is the name of that: there is one definition, not one that refers to the other.
            var meant = references.FindElsewhere(schema) is { } elsewhere && Find(elsewhere) is null ? elsewhere : schema;
            var definition = Add(fitting.Length > 0 ? fitting : "schema", meant, BodyKind.Any);
            _bySchema.TryAdd(schema, definition);
            if (definition.Name != name)
                log.Add(SchemaRemarks.Renamed, schema, $"{name} to {definition.Name}");
        }
    }

    public Definition? Find(SourceNode schema) => _bySchema.GetValueOrDefault(schema);

    /// <summary>The definition of a schema, made on the first call under the name that is suggested then.</summary>
    public Definition ForSchema(SourceNode schema, string suggestedName)
    {
        if (_bySchema.TryGetValue(schema, out var known)) return known;
        var fitting = NameRules.Definition(suggestedName);
        return Add(fitting.Length > 0 ? fitting : "schema", schema, BodyKind.Any);
    }

    /// <summary>The definition that all bodies without a schema share, one for each kind of content.</summary>
    public Definition ForMissingSchema(BodyKind kind)
    {
        if (_byKind.TryGetValue(kind, out var known)) return known;
        var definition = Add(kind switch { BodyKind.Text => "TextContent", BodyKind.Binary => "BinaryContent", _ => "AnyContent" }, null, kind);
        _byKind.Add(kind, definition);
        return definition;
    }

    private Definition Add(string name, SourceNode? schema, BodyKind substitute)
    {
        var definition = new Definition(_names.Claim(name), schema, substitute);
        _definitions.Add(definition);
        if (schema is not null) _bySchema.TryAdd(schema, definition);
        return definition;
    }
}
