using System.Globalization;
using Patchbay.Importing.Documents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;

namespace Patchbay.Importing.Tree;

/// <summary>An object behind references.</summary>
/// <param name="Object">What they lead to.</param>
/// <param name="ComponentName">The name under which the last reference found it; null when it stood in place.</param>
/// <param name="Description">The description next to the reference, which overrides that of the object (OpenAPI 3.1, Reference Object).</param>
internal sealed record Resolved(SourceObject Object, string? ComponentName, string? Description);

/// <summary>
/// Resolves <c>$ref</c> within the documents of a description (RFC 6901 pointers in RFC 3986 fragments), and for JSON Schema 2020-12
/// through <c>$id</c> and <c>$anchor</c> as well. Nothing is fetched here: what was not read before the import is not there.
/// </summary>
internal sealed class LocalReferences(DocumentSet documents, SchemaDialect dialect, MessageLog log)
{
    /// <summary>A chain that is longer goes in circles, or might as well.</summary>
    private const int LongestChain = 64;

    /// <summary>How many steps one pointer may take altogether: through references it can branch, and each branch again.</summary>
    private const int MostSteps = 1_000;

    /// <summary>No name in a description is as long as what lies beyond.</summary>
    private const int LongestReference = 8_192;

    private readonly SchemaIdentifiers _identifiers = dialect == SchemaDialect.OpenApi31
        ? SchemaIdentifiers.Collect(documents)
        : SchemaIdentifiers.None(documents);

    private readonly OddReferences _odd = new((SourceObject)documents.Description.Root, dialect);

    /// <summary>Descriptions refer to few things very often, and a pointer may have to pass through many references.</summary>
    private readonly Dictionary<(SourceNode Resource, string Reference), Located> _known = [];

    private int _steps;

    public DocumentSet Documents => documents;

    /// <summary>What a reference names, or null, which is for the caller to say. Says something itself only where it had to guess.</summary>
    /// <param name="reference">The value of <c>$ref</c>.</param>
    /// <param name="at">The node that holds the reference: it decides what a relative reference is relative to.</param>
    public SourceNode? Find(string reference, SourceNode at)
    {
        if (reference.Length > LongestReference) return null;
        var resource = _identifiers.ResourceOf(at);
        if (!_known.TryGetValue((resource, reference), out var known))
        {
            _steps = 0;
            known = Locate(reference, resource, chain: 0);
            _known.Add((resource, reference), known);
        }
        if (known.Guess is { } guess) log.Add(guess, at, reference);
        return known.Target;
    }

    private Located Locate(string reference, SourceNode resource, int chain)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var fragment = hash < 0 ? "" : reference[(hash + 1)..];
        if (address.Length > 0)
        {
            if (_identifiers.FindResource(address, resource) is { } named) return new(FindFragment(named, fragment, chain));
            return fragment.Length == 0 && chain == 0 ? FindOdd(address) : default;
        }
        var document = documents.Of(resource);
        if (FindFragment(resource, fragment, chain) is { } here) return new(here);
        if (!ReferenceEquals(resource, document.Root) && FindFragment(document.Root, fragment, chain) is { } inDocument) return new(inDocument);
        // Parts that were cut out of a description often go on to refer to it as if they still stood in it.
        if (!ReferenceEquals(document, documents.Description) && fragment is ['/', ..] && FindFragment(documents.Description.Root, fragment, chain) is { } cutOut)
            return new(cutOut, OtherDocumentRemarks.MeansDescription);
        // What stands within pointers is not guessed at: that would be guessed again for every reference that passes through.
        return chain == 0 ? FindOdd(reference) : default;
    }

    private Located FindOdd(string reference) => _odd.Find(reference) is { } found ? new(found, DocumentRemarks.OddReference) : default;

    /// <summary>What stands for all schemas that a dynamic reference may lead to; null where there is none.</summary>
    public SourceObject? FindAnyDynamicAnchor(string reference) =>
        reference.Length <= LongestReference && reference.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash
            ? _identifiers.FindAnyDynamicAnchor(Uri.UnescapeDataString(reference[(hash + 1)..]))
            : null;

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

    /// <summary>The schema in another document that a schema stands for, being nothing but a reference to it; else null.</summary>
    public SourceNode? FindElsewhere(SourceNode schema)
    {
        var at = schema;
        for (var chain = 0; chain < LongestChain && !documents.IsSingle; chain++)
        {
            if (at is not SourceObject { Members.Length: 1 } holder || holder.FindString("$ref") is not { } reference) break;
            if (Find(reference, holder) is not { } target) return null;
            at = target;
        }
        return ReferenceEquals(documents.Of(at), documents.Of(schema)) ? null : at;
    }

    public void RemarkUnresolved(string reference, SourceNode at)
    {
        var address = reference.Split('#')[0];
        var resource = _identifiers.ResourceOf(at);
        if (address.Length == 0 || _identifiers.FindResource(address, resource) is not null)
            log.Add(DocumentRemarks.LeadsNowhere, at, reference);
        else if (_identifiers.AddressesOf(address, resource).Select(documents.WhyMissing).FirstOrDefault(reason => reason is not null) is { } reason)
            log.Add(OtherDocumentRemarks.Missing, at, $"{reference}: {reason}");
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
            case SourceObject holder when holder.FindString("$ref") is { } reference && chain < LongestChain:
                // Pointers do not pass through references, but there is only one thing that this can mean.
                return Locate(reference, _identifiers.ResourceOf(holder), chain + 1).Target is { } target ? Step(target, segment, chain + 1) : null;
            default:
                return null;
        }
    }

    private static string LastSegment(string reference)
    {
        // A whole document is called like its file.
        if (!reference.Contains('#', StringComparison.Ordinal)) return Path.GetFileNameWithoutExtension(Uri.UnescapeDataString(reference.Split('?')[0]));
        var segment = Uri.UnescapeDataString(reference[(reference.LastIndexOf('/') + 1)..]);
        return segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    /// <summary>What a reference leads to, if anything, and whether that had to be guessed.</summary>
    private readonly record struct Located(SourceNode? Target, Remark? Guess = null);
}
