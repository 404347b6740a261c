using Patchbay.Importing.Documents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// The <c>$id</c>s and anchors of all documents (JSON Schema 2020-12 core, section 8.2), by which schemas may be referred to.
/// </summary>
internal sealed class SchemaIdentifiers
{
    /// <summary>Members that hold data rather than schemas: a <c>$id</c> in there identifies nothing.</summary>
    private static readonly string[] Data = ["example", "examples", "default", "enum", "const"];

    private readonly DocumentSet _documents;
    private readonly Dictionary<SourceNode, Uri> _resources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SourceNode> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<(SourceNode Resource, string Name), SourceNode> _anchors = [];
    private readonly Dictionary<string, SourceNode> _anchorsAnywhere = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SourceObject>> _dynamicAnchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceObject> _anyDynamicAnchor = new(StringComparer.Ordinal);

    private SchemaIdentifiers(DocumentSet documents)
    {
        _documents = documents;
        foreach (var document in documents.All) _resources[document.Root] = document.Base;
        foreach (var (address, document) in documents.Addresses) _byAddress[address] = document.Root;
    }

    public static SchemaIdentifiers None(DocumentSet documents) => new(documents);

    public static SchemaIdentifiers Collect(DocumentSet documents)
    {
        var identifiers = new SchemaIdentifiers(documents);
        foreach (var document in documents.All) identifiers.VisitDocument(document);
        return identifiers;
    }

    /// <summary>The innermost schema with an <c>$id</c> around a node, else the document.</summary>
    public SourceNode ResourceOf(SourceNode node)
    {
        if (_resources.Count == 1) return _documents.Description.Root;
        var at = node;
        while (!_resources.ContainsKey(at) && (at.Parent ?? at.Origin) is { } next) at = next;
        return at;
    }

    /// <summary>What an address without its fragment names, as seen from within a resource.</summary>
    public SourceNode? FindResource(string address, SourceNode resource)
    {
        foreach (var absolute in AddressesOf(address, resource))
        {
            if (_byAddress.GetValueOrDefault(DocumentSet.KeyOf(absolute)) is { } found) return found;
        }
        return null;
    }

    /// <summary>What an address may mean, as seen from within a resource; the likeliest first.</summary>
    public IEnumerable<Uri> AddressesOf(string address, SourceNode resource) =>
        DocumentLoader.Candidates(address, _resources.GetValueOrDefault(resource, DocumentSet.Nowhere), _documents.Of(resource));

    public SourceNode? FindAnchor(SourceNode resource, string name) =>
        _anchors.GetValueOrDefault((resource, name)) ?? _anchorsAnywhere.GetValueOrDefault(name);

    /// <summary>What stands for all dynamic anchors of a name: which of them a reference leads to depends on where checking began.</summary>
    public SourceObject? FindAnyDynamicAnchor(string name)
    {
        if (!_anyDynamicAnchor.TryGetValue(name, out var any) && _dynamicAnchors.TryGetValue(name, out var all))
            _anyDynamicAnchor[name] = any = InPlaceReferences.AnyOf(all);
        return any;
    }

    private void VisitDocument(SourceDocument document)
    {
        // The description names itself in other ways; a document that is one schema has its name at the top.
        if (ReferenceEquals(document, _documents.Description) && document.Root is SourceObject root)
        {
            foreach (var member in root.Members) Visit(member.Name, member.Value, root);
        }
        else
        {
            Visit("", document.Root, document.Root);
        }
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
                    _byAddress.TryAdd(DocumentSet.KeyOf(address), holder);
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
}
