namespace Patchbay.Importing.Tree;

/// <summary>A mapping with its members in source order; names are unique.</summary>
internal sealed class SourceObject(int line, int column) : SourceNode(SourceKind.Object, line, column)
{
    /// <summary>Up to here comparing names one by one is cheaper than an index.</summary>
    private const int LargestUnindexed = 8;

    private Dictionary<string, SourceNode>? _index;
    private Dictionary<SourceNode, string>? _names;

    public SourceMember[] Members { get; internal set; } = [];

    public SourceNode? Find(string name)
    {
        if (Members.Length > LargestUnindexed)
        {
            _index ??= Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
            return _index.GetValueOrDefault(name);
        }
        foreach (var member in Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal)) return member.Value;
        }
        return null;
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The text of a string member; null when it is absent or no string.</summary>
    public string? FindString(string name) => Find(name) is SourceScalar { Kind: SourceKind.String } scalar ? scalar.Text : null;

    public override string NameOf(SourceNode child)
    {
        if (_names is null)
        {
            _names = new(Members.Length, ReferenceEqualityComparer.Instance);
            foreach (var member in Members) _names.TryAdd(member.Value, member.Name);
        }
        return _names.GetValueOrDefault(child, "");
    }
}
