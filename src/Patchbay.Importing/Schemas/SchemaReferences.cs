using System.Text;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>Turns references of the source into relative references between definitions.</summary>
internal sealed class SchemaReferences(ImportContext context)
{
    private readonly SchemaShape _shape = new(context.Dialect);

    /// <summary>What a reference names, and the reference to write for it; null where it names nothing.</summary>
    public DefinitionReference? Locate(string reference, SourceNode at)
    {
        return Find(reference, at) is { } target ? Locate(target) : null;
    }

    /// <summary>The same for the bare name of a schema among the named ones.</summary>
    public DefinitionReference? LocateByName(string name, SourceNode at)
    {
        var escaped = name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return Locate((context.Dialect == SchemaDialect.Swagger20 ? "#/definitions/" : "#/components/schemas/") + Uri.EscapeDataString(escaped), at);
    }

    /// <summary>The schema that a reference names, or null.</summary>
    public SourceNode? Find(string reference, SourceNode at)
    {
        // A schema that means "this very schema" by "#" names the whole description, which is none.
        var target = context.References.Find(reference, at);
        return target is { Parent: null } && IsDescription(target) ? Enclosing(at) : target;
    }

    /// <summary>The schemas that the references of a schema lead to.</summary>
    public IEnumerable<SourceObject> ReferredBy(SourceObject schema)
    {
        foreach (var keyword in (string[])["$ref", "$dynamicRef", "$recursiveRef"])
        {
            if (schema.FindString(keyword) is not { } reference) continue;
            if (Find(reference, schema) is SourceObject target) yield return target;
            if (keyword == "$dynamicRef" && context.References.FindAnyDynamicAnchor(reference) is { } any) yield return any;
        }
    }

    private DefinitionReference Locate(SourceNode target)
    {
        var way = new Stack<string>();
        for (var node = target; node is not null; node = node.Parent)
        {
            if (context.Definitions.Find(node) is { } definition)
            {
                if (_shape.Map(node, [.. way]) is { } mapped) return new(definition, mapped);
                break;
            }
            if (node.Parent is { } parent) way.Push(parent.NameOf(node));
        }
        return new(context.Definitions.ForSchema(target, NameFromPointer(target)), []);
    }

    private SourceNode? Enclosing(SourceNode at)
    {
        for (var node = at; node is not null; node = node.Parent)
        {
            if (context.Definitions.Find(node) is not null) return node;
        }
        return null;
    }

    /// <summary>Another document may be one schema, for which <c>#</c> is right.</summary>
    private bool IsDescription(SourceNode root) =>
        ReferenceEquals(root, context.Root) || (root is SourceObject holder && (holder.Has("openapi") || holder.Has("swagger") || holder.Has("paths")));

    private string NameFromPointer(SourceNode target)
    {
        string[] structure = ["components", "content", "schema"];
        var segments = target.Pointer.Split('/').Select(segment => segment.Replace("~1", "_", StringComparison.Ordinal).Trim('_'))
            .Where(segment => segment.Length > 0 && !structure.Contains(segment)).ToList();
        if (context.References.Documents.Of(target).Name is { } document) segments = NameInDocument(document, segments);
        return string.Join('_', segments);
    }

    /// <summary>A document that is one schema gives its name; a schema that has one in its document keeps it; else both are needed.</summary>
    private static List<string> NameInDocument(string document, List<string> segments)
    {
        string[] named = ["schemas", "definitions", "$defs"];
        if (segments is [var place, var name] && named.Contains(place)) return [name];
        return segments.Count == 1 ? segments : [Path.GetFileNameWithoutExtension(document), .. segments];
    }
}

/// <summary>A reference to a definition or to a schema within it.</summary>
internal sealed record DefinitionReference(Definition Definition, IReadOnlyList<string> Way)
{
    public override string ToString()
    {
        var reference = new StringBuilder(Definition.Name).Append(".json");
        if (Way.Count > 0) reference.Append('#');
        foreach (var segment in Way)
        {
            var escaped = segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
            reference.Append('/').Append(Uri.EscapeDataString(escaped));
        }
        return reference.ToString();
    }
}
