using System.Globalization;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;

namespace Patchbay.Importing.Tree;

/// <summary>An object behind references.</summary>
/// <param name="Object">What they lead to.</param>
/// <param name="ComponentName">The name under which the last reference found it; null when it stood in place.</param>
/// <param name="Description">The description next to the reference, which overrides that of the object (OpenAPI 3.1, Reference Object).</param>
internal sealed record Resolved(SourceObject Object, string? ComponentName, string? Description);

/// <summary>
/// Resolves <c>$ref</c> within the document (RFC 6901 pointers in RFC 3986 fragments), and for JSON Schema 2020-12 through
/// <c>$id</c> and <c>$anchor</c> as well. Nothing is ever fetched.
/// </summary>
internal sealed class LocalReferences(SourceObject root, SchemaDialect dialect, Uri? sourceUrl, MessageLog log)
{
    /// <summary>A chain that is longer goes in circles, or might as well.</summary>
    private const int LongestChain = 64;

    /// <summary>How many steps one pointer may take altogether: through references it can branch, and each branch again.</summary>
    private const int MostSteps = 1_000;

    /// <summary>No name in a description is as long as what lies beyond.</summary>
    private const int LongestReference = 8_192;

    private readonly SchemaIdentifiers _identifiers = dialect == SchemaDialect.OpenApi31
        ? SchemaIdentifiers.Collect(root, sourceUrl)
        : SchemaIdentifiers.None(root, sourceUrl);

    private readonly OddReferences _odd = new(root, dialect);

    /// <summary>Descriptions refer to few things very often, and a pointer may have to pass through many references.</summary>
    private readonly Dictionary<(SourceNode Resource, string Reference), Located> _known = [];

    private int _steps;

    /// <summary>What a reference names, or null. Says something only where it had to guess.</summary>
    /// <param name="reference">The value of <c>$ref</c>.</param>
    /// <param name="at">The node that holds the reference: it decides what a relative reference is relative to.</param>
    public SourceNode? Find(string reference, SourceNode at)
    {
        if (reference.Length > LongestReference) return null;
        var resource = _identifiers.ResourceOf(at);
        if (!_known.TryGetValue((resource, reference), out var known))
        {
            _steps = 0;
            known = Locate(reference, resource);
            _known.Add((resource, reference), known);
        }
        if (known.IsOdd) log.Add(DocumentRemarks.OddReference, at, reference);
        return known.Target;
    }

    private Located Locate(string reference, SourceNode resource)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var fragment = hash < 0 ? "" : reference[(hash + 1)..];
        if (address.Length > 0)
        {
            if (_identifiers.FindResource(address, resource) is { } named) return new(FindFragment(named, fragment, chain: 0));
            return fragment.Length == 0 ? FindOdd(address) : default;
        }
        var found = FindFragment(resource, fragment, chain: 0) ?? (ReferenceEquals(resource, root) ? null : FindFragment(root, fragment, chain: 0));
        return found is null ? FindOdd(reference) : new(found);
    }

    private Located FindOdd(string reference) => _odd.Find(reference) is { } found ? new(found, IsOdd: true) : default;

    /// <summary>
    /// Follows a Reference Object to what it means. Null, with a remark, where that does not exist, is no object, or is never reached.
    /// </summary>
    /// <param name="node">The object, or a reference to it.</param>
    /// <param name="mayHoldMore">Whether fields beside the reference count, which is the caller's to see to.</param>
    public Resolved? Follow(SourceNode node, bool mayHoldMore = false)
    {
        string? name = null;
        string? description = null;
        var at = node;
        for (var chain = 0; chain < LongestChain; chain++)
        {
            if (at is not SourceObject holder)
            {
                log.Add(DocumentRemarks.NoObject, at);
                return null;
            }
            if (holder.FindString("$ref") is not { } reference) return new(holder, name, description);
            if (dialect == SchemaDialect.OpenApi31) description ??= holder.FindString("description");
            if (!mayHoldMore) RemarkSiblings(holder);
            if (Find(reference, holder) is not { } target)
            {
                RemarkUnresolved(reference, holder);
                return null;
            }
            name = LastSegment(reference);
            at = target;
        }
        log.Add(DocumentRemarks.Circle, node);
        return null;
    }

    /// <summary>Follows a schema that is only a reference. Gives the last schema that could be reached, and says nothing.</summary>
    public SourceNode FollowSchema(SourceNode schema)
    {
        var at = schema;
        for (var chain = 0; chain < LongestChain; chain++)
        {
            if (at is not SourceObject holder || holder.FindString("$ref") is not { } reference || Find(reference, holder) is not { } target) return at;
            at = target;
        }
        return at;
    }

    public void RemarkUnresolved(string reference, SourceNode at)
    {
        if (reference.StartsWith('#'))
            log.Add(DocumentRemarks.LeadsNowhere, at, reference);
        else
            log.Add(DocumentRemarks.OtherDocument, at, reference);
    }

    private void RemarkSiblings(SourceObject reference)
    {
        foreach (var (name, value) in reference.Members)
        {
            var isAllowed = name == "$ref" || JsonCopier.IsExtension(name) || (dialect == SchemaDialect.OpenApi31 && name is "summary" or "description");
            if (!isAllowed) log.Add(DocumentRemarks.BesideReference, value, name);
        }
    }

    private SourceNode? FindFragment(SourceNode resource, string fragment, int chain)
    {
        if (fragment.Length == 0) return resource;
        if (fragment[0] != '/') return _identifiers.FindAnchor(resource, Uri.UnescapeDataString(fragment));
        return Walk(resource, Uri.UnescapeDataString(fragment), chain)
            ?? (fragment.Contains('%', StringComparison.Ordinal) ? Walk(resource, fragment, chain) : null);
    }

    private SourceNode? Walk(SourceNode from, string pointer, int chain)
    {
        var node = from;
        foreach (var escaped in pointer.Split('/').Skip(1))
        {
            var segment = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Step(node, segment, chain) is not { } next) return null;
            node = next;
        }
        return node;
    }

    private SourceNode? Step(SourceNode node, string segment, int chain)
    {
        if (++_steps > MostSteps) return null;
        switch (node)
        {
            case SourceArray array:
                return int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < array.Items.Length
                    ? array.Items[index]
                    : null;
            case SourceObject holder when holder.Find(segment) is { } value:
                return value;
            case SourceObject holder when holder.FindString("$ref") is ['#', .. var fragment] && chain < LongestChain:
                // Pointers do not pass through references, but there is only one thing that this can mean.
                return FindFragment(root, fragment, chain + 1) is { } target ? Step(target, segment, chain + 1) : null;
            default:
                return null;
        }
    }

    private static string LastSegment(string reference)
    {
        var segment = Uri.UnescapeDataString(reference[(reference.LastIndexOf('/') + 1)..]);
        return segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    /// <summary>What a reference leads to, if anything, and whether that had to be guessed.</summary>
    private readonly record struct Located(SourceNode? Target, bool IsOdd = false);
}
