using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// The <c>$id</c>s and anchors of a document (JSON Schema 2020-12 core, section 8.2), by which schemas may be referred to.
/// </summary>
internal sealed class SchemaIdentifiers
{
    /// <summary>Stands for a document whose address nobody told us; never shown.</summary>
    private static readonly Uri Unknown = new("https://description.invalid/");

    /// <summary>Members that hold data rather than schemas: a <c>$id</c> in there identifies nothing.</summary>
    private static readonly string[] Data = ["example", "examples", "default", "enum", "const"];

    private readonly SourceObject _root;
    private readonly Dictionary<SourceNode, Uri> _resources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SourceNode> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<(SourceNode Resource, string Name), SourceNode> _anchors = [];
    private readonly Dictionary<string, SourceNode> _anchorsAnywhere = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SourceObject>> _dynamicAnchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceObject> _anyDynamicAnchor = new(StringComparer.Ordinal);

    private SchemaIdentifiers(SourceObject root, Uri? sourceUrl)
    {
        _root = root;
        var address = sourceUrl is { IsAbsoluteUri: true } ? sourceUrl : Unknown;
        _resources[root] = address;
        _byAddress[WithoutFragment(address)] = root;
    }

    public static SchemaIdentifiers None(SourceObject root, Uri? sourceUrl) => new(root, sourceUrl);

    public static SchemaIdentifiers Collect(SourceObject root, Uri? sourceUrl)
    {
        var identifiers = new SchemaIdentifiers(root, sourceUrl);
        foreach (var member in root.Members) identifiers.Visit(member.Name, member.Value, root);
        return identifiers;
    }

    /// <summary>The innermost schema with an <c>$id</c> around a node, else the document.</summary>
    public SourceNode ResourceOf(SourceNode node)
    {
        if (_resources.Count == 1) return _root;
        var at = node;
        while (at.Parent is { } parent && !_resources.ContainsKey(at)) at = parent;
        return at;
    }

    /// <summary>What an address without its fragment names, as seen from within a resource.</summary>
    public SourceNode? FindResource(string address, SourceNode resource)
    {
        var from = _resources.GetValueOrDefault(resource, Unknown);
        return Uri.TryCreate(from, address, out var absolute) ? _byAddress.GetValueOrDefault(WithoutFragment(absolute)) : null;
    }

    public SourceNode? FindAnchor(SourceNode resource, string name) =>
        _anchors.GetValueOrDefault((resource, name)) ?? _anchorsAnywhere.GetValueOrDefault(name);

    /// <summary>What stands for all dynamic anchors of a name: which of them a reference leads to depends on where checking began.</summary>
    public SourceObject? FindAnyDynamicAnchor(string name)
    {
        if (!_anyDynamicAnchor.TryGetValue(name, out var any) && _dynamicAnchors.TryGetValue(name, out var all))
            _anyDynamicAnchor[name] = any = InPlaceReferences.AnyOf(all);
        return any;
    }

    private void Visit(string name, SourceNode node, SourceNode resource)
    {
        if (name.StartsWith("x-", StringComparison.Ordinal) || Data.Contains(name)) return;
        switch (node)
        {
            case SourceArray array:
                foreach (var item in array.Items) Visit("", item, resource);
                break;
            case SourceObject holder:
                if (holder.FindString("$id") is { } id && Uri.TryCreate(_resources[resource], id, out var address))
                {
                    resource = holder;
                    _resources[holder] = address;
                    _byAddress.TryAdd(WithoutFragment(address), holder);
                }
                AddAnchor(holder, "$anchor", resource);
                AddAnchor(holder, "$dynamicAnchor", resource);
                if (holder.FindString("$dynamicAnchor") is { } dynamicName)
                {
                    if (!_dynamicAnchors.TryGetValue(dynamicName, out var all)) _dynamicAnchors[dynamicName] = all = [];
                    all.Add(holder);
                }
                foreach (var member in holder.Members) Visit(member.Name, member.Value, resource);
                break;
        }
    }

    private void AddAnchor(SourceObject holder, string keyword, SourceNode resource)
    {
        if (holder.FindString(keyword) is not { } name) return;
        _anchors.TryAdd((resource, name), holder);
        _anchorsAnywhere.TryAdd(name, holder);
    }

    private static string WithoutFragment(Uri address) => address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) is { Length: > 0 } url
        ? url
        : address.OriginalString.Split('#')[0];
}
