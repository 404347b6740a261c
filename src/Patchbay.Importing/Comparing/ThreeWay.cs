using System.Text.Json.Nodes;

namespace Patchbay.Importing.Comparing;

/// <summary>A value, or that there is none: JSON has a null of its own.</summary>
internal readonly record struct Slot(bool IsThere, JsonNode? Value)
{
    public static Slot In(JsonObject? holder, string member) =>
        holder is not null && holder.TryGetPropertyValue(member, out var value) ? new Slot(true, value) : default;

    public bool Is(Slot other) => IsThere == other.IsThere && JsonNode.DeepEquals(Value, other.Value);
}

/// <summary>
/// Merges what two sides made of one base. What only one side changed is that side's; what both changed alike is so; where both changed the same
/// field differently is a conflict, and nothing is guessed.
/// </summary>
/// <param name="chosen">What was chosen for the field with this pointer, if anything.</param>
internal sealed class ThreeWay(Func<string, MergeSide?> chosen)
{
    private readonly List<FieldConflict> _conflicts = [];

    public IReadOnlyList<FieldConflict> Conflicts => _conflicts;

    public Slot Merge(Slot before, Slot own, Slot upstream, MergeShape shape, string field)
    {
        if (own.Is(upstream) || upstream.Is(before))
            return own;
        if (own.Is(before))
            return upstream;
        if (shape.HasMembers && before.Value is JsonObject b && own.Value is JsonObject o && upstream.Value is JsonObject u)
            return new Slot(true, MergeMembers(b, o, u, shape, field));
        if (shape.IsSet && before.Value is JsonArray bs && own.Value is JsonArray os && upstream.Value is JsonArray us)
            return MergeSets(bs, os, us);
        if (shape.Item is { } item && before.Value is JsonArray bl && own.Value is JsonArray ol && upstream.Value is JsonArray ul
            && bl.Count == ol.Count && bl.Count == ul.Count)
        {
            return new Slot(true, new JsonArray([.. bl.Select((_, i) => Copy(Merge(new Slot(true, bl[i]), new Slot(true, ol[i]), new Slot(true, ul[i]), item, field + JsonPointers.Of(Index(i)))))]));
        }

        if (chosen(field) is { } side)
            return side switch { MergeSide.Own => own, MergeSide.Upstream => upstream, _ => before };
        _conflicts.Add(new FieldConflict(field, before.Value?.DeepClone(), own.Value?.DeepClone(), upstream.Value?.DeepClone()));
        return own;
    }

    private JsonObject MergeMembers(JsonObject before, JsonObject own, JsonObject upstream, MergeShape shape, string field)
    {
        var merged = new JsonObject();
        foreach (var member in own.Select(m => m.Key).Union(upstream.Select(m => m.Key), StringComparer.Ordinal).Union(before.Select(m => m.Key), StringComparer.Ordinal))
        {
            var slot = Merge(Slot.In(before, member), Slot.In(own, member), Slot.In(upstream, member), shape.Of(member), field + JsonPointers.Of(member));
            if (slot.IsThere)
                merged.Add(member, slot.Value?.DeepClone());
        }

        return merged;
    }

    private static Slot MergeSets(JsonArray before, JsonArray own, JsonArray upstream)
    {
        var (wasThere, isOwn, isUpstream) = (Written(before), Written(own), Written(upstream));
        // Kept by both, or new on either side.
        var merged = own.Where(v => isUpstream.Contains(Text(v)) || !wasThere.Contains(Text(v)))
            .Concat(upstream.Where(v => !isOwn.Contains(Text(v)) && !wasThere.Contains(Text(v))));
        return new Slot(true, new JsonArray([.. merged.Select(v => v?.DeepClone())]));

        static HashSet<string> Written(JsonArray values) => values.Select(Text).ToHashSet(StringComparer.Ordinal);

        static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
    }

    private static JsonNode? Copy(Slot slot) => slot.Value?.DeepClone();

    private static string Index(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
