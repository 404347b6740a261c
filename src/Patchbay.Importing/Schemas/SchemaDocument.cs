using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>A reference inside a JSON Schema.</summary>
/// <param name="Schema">The schema that holds it.</param>
/// <param name="Keyword"><c>$ref</c>, <c>$dynamicRef</c>, or <c>discriminator</c> for an entry of its mapping.</param>
/// <param name="Value">The reference itself.</param>
internal sealed record SchemaLink(SourceObject Schema, string Keyword, SourceScalar Value);

/// <summary>A JSON Schema as a whole: which of its values are schemas, what they refer to, and by what they are referred to.</summary>
internal sealed class SchemaDocument
{
    public const string Draft202012 = SchemaConverter.Dialect;
    public const string Draft07 = "http://json-schema.org/draft-07/schema";

    /// <summary>Keywords that draft-07 does not know: what stands in them is no schema there.</summary>
    private static readonly HashSet<string> SinceDraft07 = new(StringComparer.Ordinal)
    {
        "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor", "prefixItems", "dependentSchemas", "dependentRequired", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema", "minContains", "maxContains", "deprecated",
    };

    private readonly HashSet<SourceNode> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SourceObject> _anchors = new(StringComparer.Ordinal);
    private readonly List<SourceObject> _schemas = [];
    private readonly List<SchemaLink> _links = [];
    private readonly List<(string Name, SourceObject Schema)> _dynamicAnchors = [];

    public SchemaDocument(SourceNode root)
    {
        Root = root;
        IsDraft07 = DialectOf(root) == Draft07;
        Visit(root);
    }

    public SourceNode Root { get; }

    public bool IsDraft07 { get; }

    /// <summary>Every schema in it that is an object.</summary>
    public IReadOnlyList<SourceObject> Schemas => _schemas;

    public IReadOnlyList<SchemaLink> Links => _links;

    /// <summary>The schemas that dynamic references may lead to, by the name of their anchors.</summary>
    public IReadOnlyList<(string Name, SourceObject Schema)> DynamicAnchors => _dynamicAnchors;

    /// <summary>The dialect that a schema names, without the empty fragment that draft-07 writes; null where it names none.</summary>
    public static string? DialectOf(SourceNode root) => (root as SourceObject)?.FindString("$schema")?.TrimEnd('#');

    /// <summary>Whether a keyword means anything in the dialect.</summary>
    public bool Knows(string keyword) => !IsDraft07 || !SinceDraft07.Contains(keyword);

    /// <summary>The schemas that a schema holds, with the keyword under which each stands.</summary>
    public IEnumerable<(string Keyword, SourceNode Schema)> Within(SourceObject schema)
    {
        foreach (var (keyword, value) in schema.Members.Where(member => Knows(member.Name)))
        {
            var held = (SchemaKeywords.ValueOf(keyword), value) switch
            {
                (KeywordValue.Schema or KeywordValue.AdditionalItems, _) => [value],
                (KeywordValue.Items, SourceArray tuple) => tuple.Items,
                (KeywordValue.Items, _) => [value],
                (KeywordValue.SchemaList, SourceArray list) => list.Items,
                (KeywordValue.SchemaMap or KeywordValue.PatternMap, SourceObject map) => map.Members.Select(member => member.Value),
                (KeywordValue.Dependencies, SourceObject map) => map.Members.Select(member => member.Value).Where(item => item is not SourceArray),
                _ => Enumerable.Empty<SourceNode>(),
            };
            foreach (var item in held) yield return (keyword, item);
        }
    }

    /// <summary>The schema that a fragment names; null where there is none at that place.</summary>
    /// <param name="fragment">What stands behind the number sign.</param>
    public SourceNode? Find(string fragment)
    {
        if (fragment.Length == 0) return Root;
        var decoded = Uri.UnescapeDataString(fragment);
        if (decoded[0] != '/') return _anchors.GetValueOrDefault(decoded);
        return Walk(decoded) is { } found && _places.Contains(found) ? found : null;
    }

    private void Visit(SourceNode schema)
    {
        if (!_places.Add(schema) || schema is not SourceObject holder) return;
        _schemas.Add(holder);
        foreach (var keyword in (string[])["$anchor", "$dynamicAnchor"])
        {
            if (Knows(keyword) && holder.FindString(keyword) is { } name) _anchors.TryAdd(name, holder);
        }
        if (Knows("$dynamicAnchor") && holder.FindString("$dynamicAnchor") is { } dynamicName) _dynamicAnchors.Add((dynamicName, holder));
        foreach (var keyword in (string[])["$ref", "$dynamicRef"])
        {
            if (Knows(keyword) && holder.Find(keyword) is SourceScalar { Kind: SourceKind.String } value) _links.Add(new(holder, keyword, value));
        }
        if (holder.Find("discriminator") is SourceObject discriminator && discriminator.Find("mapping") is SourceObject mapping)
        {
            foreach (var value in mapping.Members.Select(member => member.Value).OfType<SourceScalar>().Where(value => value.Kind == SourceKind.String))
                _links.Add(new(holder, "discriminator", value));
        }
        foreach (var (_, held) in Within(holder)) Visit(held);
    }

    private SourceNode? Walk(string pointer)
    {
        var node = Root;
        foreach (var escaped in pointer.Split('/').Skip(1))
        {
            var segment = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var next = node switch
            {
                SourceObject holder => holder.Find(segment),
                SourceArray array when int.TryParse(segment, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index)
                    && index < array.Items.Length => array.Items[index],
                _ => null,
            };
            if (next is null) return null;
            node = next;
        }
        return node;
    }
}
