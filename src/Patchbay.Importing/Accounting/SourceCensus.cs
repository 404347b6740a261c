using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Accounting;

/// <summary>
/// Counts the parts of a description once all of it was read, each where it stands, and tells those that were carried over from those that
/// were not. Of the latter it says why, where nobody has: nothing in the source is lost without a word.
/// </summary>
internal sealed class SourceCensus
{
    private readonly CarriedParts _carried;
    private readonly MessageLog _log;
    private readonly HashSet<SourceNode> _leftOut;
    private readonly HashSet<(SourceNode Node, DescriptionPart? Kind)> _seen = [];
    private readonly Dictionary<DescriptionPart, SourceCount> _counts = [];

    private SourceCensus(CarriedParts carried, MessageLog log)
    {
        _carried = carried;
        _log = log;
        _leftOut = log.LeftOut();
    }

    /// <summary>Counts, and adds to the log what was left out without a remark.</summary>
    public static IReadOnlyDictionary<DescriptionPart, SourceCount> Take(SourceObject root, CarriedParts carried, MessageLog log)
    {
        var census = new SourceCensus(carried, log);
        census.VisitMembers(root, SourceGrammar.Root, Standing.Used, isPathItem: false);
        return census._counts;
    }

    /// <summary>What holds a part: it decides what is said of a part that nobody claimed.</summary>
    private enum Standing
    {
        Used,

        /// <summary>A place for what others refer to.</summary>
        Shared,

        /// <summary>A part that was left out.</summary>
        Lost,

        /// <summary>A part that was kept as it stood.</summary>
        Kept,
    }

    private void VisitMembers(SourceObject holder, PartObject of, Standing standing, bool isPathItem)
    {
        // Only a path may hold more beside a reference; the reference itself is no part.
        if (holder.FindString("$ref") is not null && !isPathItem) return;
        foreach (var (name, value) in holder.Members)
        {
            if (of.Find(name) is not { } field)
            {
                if (JsonCopier.IsExtension(name)) Count(DescriptionPart.Extension, value, standing);
                continue;
            }
            var inField = standing == Standing.Used && (IsShared(holder, name) || (isPathItem && name == "parameters")) ? Standing.Shared : standing;
            if (_carried.HasWhole(value)) inField = Standing.Kept;
            VisitField(field, value, inField);
        }
    }

    /// <summary>Whether what a field holds is used only where something refers to it, or does not say otherwise. Schemas are definitions in any case.</summary>
    private static bool IsShared(SourceObject holder, string name) => holder.Parent is null
        ? name is "parameters" or "responses" or "consumes" or "produces"
        : holder.Parent.Parent is null && holder.Parent.NameOf(holder) == "components" && name is not ("schemas" or "securitySchemes");

    private void VisitField(PartField field, SourceNode value, Standing standing)
    {
        switch (field.Holding, value)
        {
            case (Holding.One, { Kind: SourceKind.Null }) when field.Kind is not (DescriptionPart.Example or DescriptionPart.Operation or DescriptionPart.Callback):
                break;
            case (Holding.One, _):
                Visit(field, value, standing);
                break;
            case (_, SourceArray list):
                foreach (var item in list.Items) Visit(field, item, standing);
                break;
            case (Holding.List, _):
                if (value.Kind != SourceKind.Null) Visit(field, value, standing);
                break;
            case (_, SourceObject map):
                foreach (var (name, item) in map.Members)
                {
                    if (field.Holding == Holding.MapWithExtensions && JsonCopier.IsExtension(name))
                        Count(DescriptionPart.Extension, item, standing);
                    else
                        Visit(field, item, _carried.HasWhole(item) ? Standing.Kept : standing);
                }
                break;
        }
    }

    private void Visit(PartField field, SourceNode node, Standing standing)
    {
        var holder = node as SourceObject;
        var isPathItem = field is { Kind: null, Of: not null } && holder is not null;
        if (field.Kind is { } kind)
        {
            if (holder?.FindString("$ref") is not null) return;
            if (!_seen.Add((node, kind))) return;
            if (Count(kind, node, standing))
                standing = _carried.HasWhole(node) ? Standing.Kept : standing == Standing.Shared ? Standing.Used : standing;
            else
                standing = Standing.Lost;
        }
        else if (holder is not null && !_seen.Add((node, null)))
        {
            return;
        }
        if (holder is not null && field.Of is { } of) VisitMembers(holder, of, standing, isPathItem);
    }

    /// <summary>Counts a part; false where it was left out.</summary>
    private bool Count(DescriptionPart kind, SourceNode node, Standing standing)
    {
        var isCarried = standing == Standing.Kept || _carried.Has(node);
        var count = _counts.GetValueOrDefault(kind) ?? new SourceCount(0, 0, 0);
        _counts[kind] = isCarried
            ? count with { Found = count.Found + 1, Carried = count.Carried + 1 }
            : count with { Found = count.Found + 1, LeftOut = count.LeftOut + 1 };
        if (!isCarried && !_leftOut.Contains(node))
        {
            _log.Add(standing switch
            {
                Standing.Lost => CensusRemarks.WithItsHolder(kind),
                Standing.Shared => CensusRemarks.Unused(kind),
                _ => CensusRemarks.NoPlace(kind),
            }, node);
        }
        return isCarried;
    }
}
