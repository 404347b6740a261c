using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Documents;

/// <summary>A document of a description, read.</summary>
/// <param name="Root">Its value.</param>
/// <param name="Address">Where it was found.</param>
/// <param name="Base">What relative references in it are relative to first: what it says of itself (<c>$self</c>), else its address.</param>
/// <param name="Name">What messages call it; null for the description itself.</param>
internal sealed record SourceDocument(SourceNode Root, Uri Address, Uri Base, string? Name);

/// <summary>All documents of a description: one, for most.</summary>
internal sealed class DocumentSet
{
    /// <summary>Stands for the address of a description that has none; never shown.</summary>
    public static readonly Uri Nowhere = new("https://description.invalid/");

    private readonly Dictionary<SourceNode, SourceDocument> _byRoot = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SourceDocument> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _missing = new(StringComparer.Ordinal);

    private DocumentSet(SourceDocument description)
    {
        Description = description;
        Add(description);
    }

    /// <summary>The document that the others belong to.</summary>
    public SourceDocument Description { get; }

    public IReadOnlyCollection<SourceDocument> All => _byRoot.Values;

    public bool IsSingle => _byRoot.Count == 1;

    /// <summary>Each address by which a document is known.</summary>
    public IEnumerable<KeyValuePair<string, SourceDocument>> Addresses => _byAddress;

    /// <param name="description">The description.</param>
    /// <param name="address">Where it came from, if that is known.</param>
    public static DocumentSet Of(SourceNode description, Uri? address)
    {
        var known = address is { IsAbsoluteUri: true } ? address : Nowhere;
        return new(new(description, known, BaseOf(description, known), Name: null));
    }

    /// <summary>An address as the sets here know it: without fragment.</summary>
    public static string KeyOf(Uri address) => address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) is { Length: > 0 } url
        ? url
        : address.OriginalString.Split('#')[0];

    public bool Knows(Uri address) => _byAddress.ContainsKey(KeyOf(address)) || _missing.ContainsKey(KeyOf(address));

    /// <summary>Adds a document that was asked for by one address and found at another, which may be the same and may be known already.</summary>
    public SourceDocument Add(SourceNode root, Uri requested, Uri found)
    {
        var document = new SourceDocument(root, found, BaseOf(root, found), NameOf(found));
        Add(document);
        _byAddress.TryAdd(KeyOf(requested), document);
        return document;
    }

    /// <summary>The document at an address, which another address is from now on known to lead to as well; null where none is known.</summary>
    public SourceDocument? Alias(Uri requested, Uri found)
    {
        if (!_byAddress.TryGetValue(KeyOf(found), out var document)) return null;
        _byAddress.TryAdd(KeyOf(requested), document);
        return document;
    }

    public void AddMissing(Uri address, string reason) => _missing.TryAdd(KeyOf(address), reason);

    /// <summary>Why a document is not there; null where nobody asked for it.</summary>
    public string? WhyMissing(Uri address) => _missing.GetValueOrDefault(KeyOf(address));

    /// <summary>The document that a node stands in. A node that was made stands where it was made of.</summary>
    public SourceDocument Of(SourceNode node)
    {
        if (IsSingle) return Description;
        var at = node;
        while ((at.Parent ?? at.Origin) is { } next) at = next;
        return _byRoot.GetValueOrDefault(at, Description);
    }

    /// <summary>What messages call a document: relative to the description where both lie together.</summary>
    public string NameOf(Uri address)
    {
        var relative = Description.Address.MakeRelativeUri(address);
        return relative.IsAbsoluteUri ? relative.GetLeftPart(UriPartial.Path) : Uri.UnescapeDataString(relative.OriginalString.Split('?')[0]);
    }

    private static Uri BaseOf(SourceNode root, Uri address) =>
        root is SourceObject holder && holder.FindString("$self") is { } self && Uri.TryCreate(address, self, out var stated) && stated.Scheme is "http" or "https"
            ? stated
            : address;

    private void Add(SourceDocument document)
    {
        _byRoot.Add(document.Root, document);
        _byAddress.TryAdd(KeyOf(document.Base), document);
        _byAddress.TryAdd(KeyOf(document.Address), document);
    }
}
