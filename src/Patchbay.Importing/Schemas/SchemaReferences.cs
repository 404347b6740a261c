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
        return ReferenceEquals(target, context.Root) ? Enclosing(at) : target;
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

    private static string NameFromPointer(SourceNode target)
    {
        string[] structure = ["components", "content", "schema"];
        var segments = target.Pointer.Split('/').Select(segment => segment.Replace("~1", "_", StringComparison.Ordinal).Trim('_'));
        return string.Join('_', segments.Where(segment => segment.Length > 0 && !structure.Contains(segment)));
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
