using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Accounting;

/// <summary>
/// Which parts of the source came to be in the connector, each known by its node: a parameter that a hundred operations share is one part.
/// </summary>
internal sealed class CarriedParts
{
    private readonly HashSet<SourceNode> _parts = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<SourceNode> _wholes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Says that a part was carried over; what stands within it speaks for itself.</summary>
    public void Add(SourceNode part) => _parts.Add(part);

    /// <summary>Says that a part was kept as it stood, with everything in it.</summary>
    public void AddWhole(SourceNode part) => _wholes.Add(part);

    public bool Has(SourceNode part) => _parts.Contains(part) || _wholes.Contains(part);

    public bool HasWhole(SourceNode part) => _wholes.Contains(part);
}
