using Patchbay.Importing.Schemas;

namespace Patchbay.Importing.Tree;

/// <summary>
/// Finds what a reference means that leads nowhere by the letter: one to where another version of the specification keeps things, one without its
/// number sign, one whose name has a slash that nobody escaped, or one whose capitals differ. Only what can mean one thing is found.
/// </summary>
internal sealed class OddReferences(SourceObject root, SchemaDialect dialect)
{
    /// <summary>Where versions keep the same: under <c>components</c>, and at the root in Swagger 2.0.</summary>
    private static readonly (string Component, string OfSwagger)[] Places =
    [
        ("schemas", "definitions"), ("parameters", "parameters"), ("responses", "responses"), ("securitySchemes", "securityDefinitions"),
        ("requestBodies", ""), ("headers", ""), ("examples", ""), ("links", ""), ("callbacks", ""), ("pathItems", ""), ("mediaTypes", ""),
    ];

    private readonly Dictionary<SourceObject, Dictionary<string, SourceNode?>> _byCapitals = new(ReferenceEqualityComparer.Instance);

    /// <param name="reference">The whole reference, which was looked for in vain.</param>
    public SourceNode? Find(string reference)
    {
        var pointer = reference.TrimStart('#').Trim('/', ' ');
        if (pointer.Length == 0) return null;
        if (!pointer.Contains('/', StringComparison.Ordinal)) return FindIn("schemas", pointer);
        var isComponent = pointer.StartsWith("components/", StringComparison.Ordinal);
        var rest = isComponent ? pointer["components/".Length..] : pointer;
        if (rest.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash)) return null;
        var place = rest[..slash];
        var component = isComponent ? place : Array.Find(Places, known => known.OfSwagger == place || known.Component == place).Component;
        return component is null ? null : FindIn(component, rest[(slash + 1)..]);
    }

    private SourceNode? FindIn(string component, string escaped)
    {
        var holders = Holders(component).ToList();
        foreach (var name in NamesOf(escaped))
        {
            if (holders.Select(holder => holder.Find(name)).FirstOrDefault(found => found is not null) is { } found) return found;
        }
        foreach (var name in NamesOf(escaped))
        {
            if (holders.Select(holder => FindByCapitals(holder, name)).FirstOrDefault(found => found is not null) is { } found) return found;
        }
        return null;
    }

    private static IEnumerable<string> NamesOf(string escaped)
    {
        var unescaped = Uri.UnescapeDataString(escaped);
        yield return unescaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        yield return unescaped;
        yield return escaped;
    }

    private IEnumerable<SourceObject> Holders(string component)
    {
        var ofOpenApi = (root.Find("components") as SourceObject)?.Find(component) as SourceObject;
        var ofSwagger = Array.Find(Places, place => place.Component == component).OfSwagger is { Length: > 0 } name ? root.Find(name) as SourceObject : null;
        SourceObject?[] holders = dialect == SchemaDialect.Swagger20 ? [ofSwagger, ofOpenApi] : [ofOpenApi, ofSwagger];
        return holders.OfType<SourceObject>();
    }

    /// <summary>The only member whose name differs in capitals alone.</summary>
    private SourceNode? FindByCapitals(SourceObject holder, string name)
    {
        if (!_byCapitals.TryGetValue(holder, out var index))
        {
            index = new(StringComparer.OrdinalIgnoreCase);
            foreach (var (key, value) in holder.Members)
            {
                if (!index.TryAdd(key, value)) index[key] = null;
            }
            _byCapitals.Add(holder, index);
        }
        return index.GetValueOrDefault(name);
    }
}
