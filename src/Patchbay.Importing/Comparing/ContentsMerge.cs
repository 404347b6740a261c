using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>A side of a merge.</summary>
public enum MergeSide
{
    /// <summary>What one has oneself.</summary>
    Own,

    /// <summary>What the other side made of it.</summary>
    Upstream,

    /// <summary>What both began with.</summary>
    Base,
}

/// <summary>A choice of the caller's.</summary>
/// <param name="Part">The part.</param>
/// <param name="Field">The pointer of a field in conflict; null for the part as a whole, be it in conflict or not.</param>
/// <param name="Take">The side whose part, or field, it is to be; where that side has none, it goes.</param>
public sealed record MergeResolution(PartKey Part, string? Field, MergeSide Take);

/// <summary>Why a part cannot be merged without a choice.</summary>
public enum MergeConflictReason
{
    /// <summary>Both sides changed the same field, differently.</summary>
    BothChanged,

    /// <summary>Both sides added a part of this name, differently.</summary>
    BothAdded,

    /// <summary>It was deleted here, and changed upstream.</summary>
    DeletedHere,

    /// <summary>It was deleted upstream, and changed here.</summary>
    DeletedUpstream,

    /// <summary>The definition would be gone, and something that stays refers to it.</summary>
    StillReferred,
}

/// <summary>A field that both sides changed.</summary>
/// <param name="Field">JSON pointer into the part; empty for all of it.</param>
/// <param name="Base">What stood there; null for nothing.</param>
/// <param name="Own">What one's own side has.</param>
/// <param name="Upstream">What the other side has.</param>
public sealed record FieldConflict(string Field, JsonNode? Base, JsonNode? Own, JsonNode? Upstream);

/// <summary>A part that waits for a choice.</summary>
/// <param name="Part">The part.</param>
/// <param name="Reason">Why.</param>
/// <param name="Fields">The fields in question.</param>
public sealed record MergeConflict(PartKey Part, MergeConflictReason Reason, IReadOnlyList<FieldConflict> Fields)
{
    /// <summary>What still refers to the definition.</summary>
    public IReadOnlyList<PartKey> ReferredBy { get; init; } = [];
}

/// <summary>A part of the merged version.</summary>
/// <param name="Part">What it is found by.</param>
/// <param name="From">The side whose part it is as it stands; null where it was made of both.</param>
/// <param name="Content">The content that was made; null where it is a side's.</param>
public sealed record MergedPart(PartKey Part, MergeSide? From, object? Content);

/// <summary>The merged version.</summary>
/// <param name="Parts">All of its parts.</param>
/// <param name="Conflicts">What waits for a choice; the parts are not to be used while there is any.</param>
/// <param name="Idle">Choices that are about nothing: no side has the part, or the field is not in conflict.</param>
public sealed record MergedContents(IReadOnlyList<MergedPart> Parts, IReadOnlyList<MergeConflict> Conflicts, IReadOnlyList<MergeResolution> Idle);

/// <summary>Merges the changes of two sides to one base, part by part, and inside a part field by field.</summary>
public sealed class ContentsMerge
{
    private readonly VersionParts _base;
    private readonly VersionParts _own;
    private readonly VersionParts _upstream;
    private readonly Dictionary<PartKey, MergeSide> _wholes;
    private readonly Dictionary<(PartKey Part, string Field), MergeSide> _fields;
    private readonly HashSet<(PartKey Part, string Field)> _decided = [];
    private readonly List<MergedPart> _parts = [];
    private readonly List<MergeConflict> _conflicts = [];

    private ContentsMerge(VersionParts before, VersionParts own, VersionParts upstream, IReadOnlyCollection<MergeResolution> resolutions)
    {
        (_base, _own, _upstream) = (before, own, upstream);
        _wholes = resolutions.Where(r => r.Field is null).GroupBy(r => r.Part).ToDictionary(g => g.Key, g => g.Last().Take);
        _fields = resolutions.Where(r => r.Field is not null).GroupBy(r => (r.Part, r.Field!)).ToDictionary(g => g.Key, g => g.Last().Take);
    }

    /// <summary>Merges.</summary>
    /// <param name="before">What both sides began with.</param>
    /// <param name="own">One's own side.</param>
    /// <param name="upstream">The other side.</param>
    /// <param name="resolutions">What was chosen.</param>
    /// <returns>The merged version; null where contents are <see cref="VersionParts.Missing"/> on some side, to be added before the next try.</returns>
    public static MergedContents? Merge(VersionParts before, VersionParts own, VersionParts upstream, IReadOnlyCollection<MergeResolution> resolutions)
    {
        var merge = new ContentsMerge(before, own, upstream, resolutions);
        foreach (var key in own.Keys.Concat(upstream.Keys).Concat(before.Keys).Distinct().OrderBy(k => k.Kind).ThenBy(k => k.Name, StringComparer.Ordinal))
            merge.MergePart(key);
        if (before.Missing.Count + own.Missing.Count + upstream.Missing.Count > 0)
            return null;
        merge.CheckReferences();
        if (before.Missing.Count + own.Missing.Count + upstream.Missing.Count > 0)
            return null;
        var idle = resolutions.Where(r => r.Field is null
            ? !before.Has(r.Part) && !own.Has(r.Part) && !upstream.Has(r.Part)
            : !merge._decided.Contains((r.Part, r.Field)));
        return new MergedContents(merge._parts, merge._conflicts, [.. idle]);
    }

    /// <summary>Merges contents that are at hand.</summary>
    public static MergedContents Merge(
        ConnectorContents before, ConnectorContents own, ConnectorContents upstream, IReadOnlyCollection<MergeResolution> resolutions) =>
        Merge(VersionParts.Of(before), VersionParts.Of(own), VersionParts.Of(upstream), resolutions)!;

    private void MergePart(PartKey key)
    {
        var (before, own, upstream) = (_base.IdentityOf(key), _own.IdentityOf(key), _upstream.IdentityOf(key));
        if (_wholes.TryGetValue(key, out var side))
            Take(key, side);
        else if (own == upstream || upstream == before)
            Take(key, MergeSide.Own);
        else if (own == before)
            Take(key, MergeSide.Upstream);
        else if (before is null)
            Conflict(key, MergeConflictReason.BothAdded);
        else if (own is null)
            Conflict(key, MergeConflictReason.DeletedHere);
        else if (upstream is null)
            Conflict(key, MergeConflictReason.DeletedUpstream);
        else
            MergeFields(key);
    }

    private void Take(PartKey key, MergeSide side)
    {
        if (!SideOf(side).Has(key))
            return;
        // What the base refers to may be known from its content alone.
        if (side == MergeSide.Base)
            _base.Content(key);
        _parts.Add(new MergedPart(key, side, null));
    }

    private VersionParts SideOf(MergeSide side) => side switch { MergeSide.Own => _own, MergeSide.Upstream => _upstream, _ => _base };

    private void MergeFields(PartKey key)
    {
        var (before, own, upstream) = (_base.Content(key), _own.Content(key), _upstream.Content(key));
        if (before is null || own is null || upstream is null)
            return;
        var (baseView, ownView, upstreamView) = (MergeView.Of(before), MergeView.Of(own), MergeView.Of(upstream));
        if (baseView is null || ownView is null || upstreamView is null)
        {
            Conflict(key, MergeConflictReason.BothChanged);
            return;
        }

        var fields = new ThreeWay(field => Decided(key, field));
        var merged = fields.Merge(new Slot(true, baseView), new Slot(true, ownView), new Slot(true, upstreamView), MergeView.ShapeOf(key.Kind), "");
        if (fields.Conflicts.Count > 0)
            _conflicts.Add(new MergeConflict(key, MergeConflictReason.BothChanged, fields.Conflicts));
        else if (JsonNode.DeepEquals(merged.Value, ownView))
            Take(key, MergeSide.Own);
        else if (JsonNode.DeepEquals(merged.Value, upstreamView))
            Take(key, MergeSide.Upstream);
        else
            _parts.Add(new MergedPart(key, null, MergeView.Content(key, merged.Value!.AsObject(), own, upstream)));
    }

    private MergeSide? Decided(PartKey key, string field)
    {
        if (!_fields.TryGetValue((key, field), out var side))
            return null;
        _decided.Add((key, field));
        return side;
    }

    private void Conflict(PartKey key, MergeConflictReason reason)
    {
        var whole = new FieldConflict("", View(_base), View(_own), View(_upstream));
        _conflicts.Add(new MergeConflict(key, reason, [whole]));

        JsonNode? View(VersionParts side) =>
            side.Content(key) is { } content ? MergeView.Of(content) ?? System.Text.Json.JsonSerializer.SerializeToNode(content, content.GetType(), VersionParts.Options) : null;
    }

    /// <summary>
    /// A definition that one side dropped may be what the other's parts refer to. A reference that leads nowhere on its own side already is not
    /// the merge's doing.
    /// </summary>
    private void CheckReferences()
    {
        var waiting = _conflicts.Select(c => c.Part).ToHashSet();
        var there = _parts.Where(p => p.Part.Kind == PartKind.Definition).Select(p => p.Part.Name).ToHashSet(StringComparer.Ordinal);
        var broken = _parts.SelectMany(p => UsesOf(p).Distinct(StringComparer.Ordinal).Select(d => (Referrer: p.Part, Definition: d)))
            .Where(u => !there.Contains(u.Definition) && !waiting.Contains(new PartKey(PartKind.Definition, u.Definition)))
            .Where(u => !IsBrokenIn(_own, u.Referrer, u.Definition) && !IsBrokenIn(_upstream, u.Referrer, u.Definition));
        foreach (var group in broken.GroupBy(u => u.Definition, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Conflict(new PartKey(PartKind.Definition, group.Key), MergeConflictReason.StillReferred);
            _conflicts[^1] = _conflicts[^1] with { ReferredBy = [.. group.Select(u => u.Referrer)] };
        }
    }

    private IEnumerable<string> UsesOf(MergedPart part) => part.Content switch
    {
        null => SideOf(part.From!.Value).UsesOf(part.Part),
        ActionContent action => DefinitionUses.Of(action),
        TriggerContent trigger => DefinitionUses.Of(trigger),
        DefinitionContent definition => definition.References,
        _ => [],
    };

    private static bool IsBrokenIn(VersionParts side, PartKey referrer, string definition) =>
        side.UsesOf(referrer).Contains(definition, StringComparer.Ordinal) && !side.Has(new PartKey(PartKind.Definition, definition));
}
