using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <content>What references mean.</content>
public sealed partial class DefinitionSet
{
    /// <summary>No name is as long as what lies beyond.</summary>
    private const int LongestReference = 8_192;

    private const string RequestPrefix = "/$defs/";

    /// <summary>
    /// What a reference means: a definition, and a place in it. Null where it means nothing that there could be in the version. Whether the
    /// definition and the place exist is not looked at.
    /// </summary>
    private Meaning? Understand(Entry entry, string reference)
    {
        if (reference.Length > LongestReference) return null;
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var fragment = hash < 0 ? "" : reference[(hash + 1)..];
        if (address.Length > 0) return NameOf(entry, address) is { } name ? new(name, fragment) : null;
        if (entry.IsGiven && fragment.StartsWith(RequestPrefix, StringComparison.Ordinal) && entry.Json?.Find(fragment) is null)
        {
            // The published way to mean another definition of the same request.
            var rest = fragment[RequestPrefix.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var other = Uri.UnescapeDataString(slash < 0 ? rest : rest[..slash]);
            if (IsGiven(other)) return new(other, slash < 0 ? "" : rest[slash..]);
        }
        return new(entry.Name, fragment);
    }

    /// <summary>The name of the definition that an address without fragment means, or null.</summary>
    private string? NameOf(Entry entry, string address)
    {
        if (address.Length > LongestReference) return null;
        var extension = entry.Xml is null ? ".json" : ".xsd";
        var isName = SchemaText.TryReadName(address, extension, out var direct, out _);
        if (!entry.IsGiven || (isName && entry.Address is null)) return isName ? Current(direct) : null;
        if (!Uri.TryCreate(AddressFor(entry), address, out var absolute)) return null;
        var whole = WithoutFragment(absolute);
        if (_byAddress.TryGetValue(whole, out var given)) return given;
        var root = WithoutFragment(_root);
        if (whole.StartsWith(root, StringComparison.Ordinal) && SchemaText.TryReadName(whole[root.Length..], extension, out var named, out _)) return Current(named);
        return isName ? Current(direct) : null;
    }

    private string Current(string name) => _aliases.TryGetValue(name, out var renamed) && !IsGiven(name) ? renamed : name;

    private Uri AddressFor(Entry entry) => entry.Address ?? new Uri(_root, entry.Name + (entry.Xml is null ? ".json" : ".xsd"));

    private static Uri? AddressOf(SchemaDocument? json) =>
        (json?.Root as SourceObject)?.FindString("$id") is { Length: > 0 and <= LongestReference } id && Uri.TryCreate(id, UriKind.Absolute, out var address) ? address : null;

    private static string WithoutFragment(Uri address)
    {
        var whole = address.AbsoluteUri;
        var hash = whole.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? whole : whole[..hash];
    }

    /// <summary>The entry whose schema a node is part of; null for one that stands for others.</summary>
    private Entry? FindEntry(SourceNode node)
    {
        var root = node;
        while (root.Parent is { } parent) root = parent;
        return _byRoot.GetValueOrDefault(root);
    }

    private Entry EntryOf(SourceNode node) => FindEntry(node) ?? throw new InvalidOperationException("The node is part of no schema of the set.");

    private sealed record Meaning(string Name, string Fragment);
}
