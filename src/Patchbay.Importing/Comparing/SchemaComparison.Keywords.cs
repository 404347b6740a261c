using System.Globalization;
using System.Text.Json;

namespace Patchbay.Importing.Comparing;

/// <content>What each keyword does to the values that pass.</content>
internal sealed partial class SchemaComparison
{
    private static readonly JsonTree Anything = new(-1, JsonValueKind.True, "true", null, null);

    private void CompareKeywords(JsonTree was, JsonTree now, SchemaPlace place)
    {
        CompareAnnotations(was, now, place);
        CompareBounds(was, now, place);
        CompareValues(was, now, place);
        CompareProperties(was, now, place);
        CompareConditions(was, now, place);
        foreach (var keyword in was.Members.Keys.Union(now.Members.Keys, StringComparer.Ordinal))
        {
            var (gone, come) = (was.Find(keyword), now.Find(keyword));
            // Behind a changed reference equal schemas may refer to different ones.
            if (gone is not null && come is not null && gone.Number == come.Number && (place.SameRoot || gone.Kind is not (JsonValueKind.Object or JsonValueKind.Array)))
                continue;
            CompareKeyword(keyword, gone, come, place.In(keyword));
        }
    }

    private void CompareAnnotations(JsonTree was, JsonTree now, SchemaPlace place)
    {
        foreach (var keyword in was.Members.Keys.Union(now.Members.Keys, StringComparer.Ordinal).Where(IsWords))
        {
            var (gone, come) = (was.Find(keyword), now.Find(keyword));
            if (gone?.Number != come?.Number)
                Add(place.In(keyword), gone?.Shortened(), come?.Shortened(), Effect.None);
        }
    }

    private void CompareKeyword(string keyword, JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        if (IsWords(keyword))
            return;
        switch (keyword)
        {
            case "$ref" or "type" or "enum" or "const" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
            case "required" or "properties" or "if" or "then" or "else" or "readOnly" or "writeOnly":
            case "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties" or "minContains" or "maxContains":
                // Looked at together with others.
                break;
            case "additionalProperties" or "unevaluatedProperties" or "unevaluatedItems" or "propertyNames" or "contains" or "contentSchema":
            case "items" when (was?.Kind ?? now!.Kind) != JsonValueKind.Array && now?.Kind != JsonValueKind.Array:
                CompareBeneath(was, now, place);
                break;
            case "not":
                if (was is null || now is null)
                    Add(place, was?.Shortened(), now?.Shortened(), was is null ? Effect.Narrower : Effect.Wider);
                else
                    Compare(was, now, place with { Negated = !place.Negated });
                break;
            case "patternProperties" or "dependentSchemas":
                CompareMap(was, now, place, Effect.Narrower, Effect.Wider);
                break;
            case "$defs" or "definitions":
                // What nothing refers to says nothing, and what refers to one that is gone is looked at where it stands.
                CompareMap(was, now, place, Effect.None, Effect.None);
                break;
            case All when AreLists(was, now):
                CompareAll(was?.Items ?? [], now?.Items ?? [], place);
                break;
            case "prefixItems" when AreLists(was, now):
                ComparePrefixItems(was?.Items ?? [], now?.Items ?? [], place);
                break;
            case "anyOf" or "oneOf" when was?.Kind == JsonValueKind.Array && now?.Kind == JsonValueKind.Array:
                CompareChoices(was.Items, now.Items, place);
                break;
            case "anyOf" or "oneOf" when was is null || now is null:
                Add(place, was?.Shortened(), now?.Shortened(), was is null ? Effect.Narrower : Effect.Wider);
                break;
            case "dependentRequired":
                CompareDependentRequired(was, now, place);
                break;
            case "format" or "pattern" or "contentEncoding" or "contentMediaType" or "multipleOf" or "uniqueItems":
                CompareConstraint(keyword, was, now, place);
                break;
            case "discriminator":
                CompareDiscriminator(was, now, place);
                break;
            default:
                if (was?.Number != now?.Number)
                    Add(place, was?.Shortened(), now?.Shortened(), Effect.Unknown, Undecided);
                break;
        }
    }

    private static bool AreLists(JsonTree? was, JsonTree? now) => (was ?? now)!.Kind == JsonValueKind.Array && (now ?? was)!.Kind == JsonValueKind.Array;

    /// <summary>A keyword whose schema lets everything pass where it is left out.</summary>
    private void CompareBeneath(JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        if (was is not null && now is not null)
            Compare(was, now, place);
        else if ((was ?? now) is { Kind: JsonValueKind.True } or { Kind: JsonValueKind.Object, Members.Count: 0 })
            Add(place, was?.Shortened(), now?.Shortened(), Effect.None, "It says what holds without it.");
        else
            Add(place, was?.Shortened(), now?.Shortened(), was is null ? Effect.Narrower : Effect.Wider);
    }

    private void CompareMap(JsonTree? was, JsonTree? now, SchemaPlace place, Effect added, Effect removed)
    {
        foreach (var name in (was?.Members.Keys ?? []).Union(now?.Members.Keys ?? [], StringComparer.Ordinal))
        {
            var (gone, come) = (was?.Find(name), now?.Find(name));
            if (gone is not null && come is not null)
                Compare(gone, come, place.In(name));
            else
                Add(place.In(name), gone?.Shortened(), come?.Shortened(), gone is null ? added : removed);
        }
    }

    private void ComparePrefixItems(IReadOnlyList<JsonTree> was, IReadOnlyList<JsonTree> now, SchemaPlace place)
    {
        for (var i = 0; i < Math.Max(was.Count, now.Count); i++)
        {
            if (i < was.Count && i < now.Count)
                Compare(was[i], now[i], place.In(Index(i)));
            else
                Add(place.In(Index(i)), i < was.Count ? was[i].Shortened() : null, i < now.Count ? now[i].Shortened() : null, i < now.Count ? Effect.Narrower : Effect.Wider);
        }
    }

    /// <summary>Properties together with which of them are required, and which way they go.</summary>
    private void CompareProperties(JsonTree was, JsonTree now, SchemaPlace place)
    {
        var (propertiesBefore, propertiesAfter) = (was.Find("properties"), now.Find("properties"));
        foreach (var name in (propertiesBefore?.Members.Keys ?? []).Union(propertiesAfter?.Members.Keys ?? [], StringComparer.Ordinal))
        {
            var (gone, come) = (propertiesBefore?.Find(name), propertiesAfter?.Find(name));
            var inside = Directed(place.In("properties", name), gone ?? come!, come ?? gone!);
            if (gone is not null && come is not null)
            {
                CompareWays(gone, come, inside);
                Compare(gone, come, inside);
            }
            else if (gone is null)
                AddProperty(was, come!, inside);
            else
            {
                AddLevels(inside, gone.Shortened(), null, ChangeLevel.Breaking, ChangeLevel.Breaking,
                    "What callers send under this name may be refused, and they are no longer given it.");
            }
        }

        var (requiredBefore, requiredAfter) = (Names(was.Find("required")), Names(now.Find("required")));
        foreach (var name in requiredAfter.Except(requiredBefore, StringComparer.Ordinal))
        {
            var property = propertiesAfter?.Find(name) ?? Anything;
            Add(Directed(place.In("required"), property, property), null, name, Effect.Narrower);
        }

        foreach (var name in requiredBefore.Except(requiredAfter, StringComparer.Ordinal))
        {
            var property = propertiesBefore?.Find(name) ?? Anything;
            Add(Directed(place.In("required"), property, property), name, null, Effect.Wider);
        }
    }

    private void AddProperty(JsonTree was, JsonTree come, SchemaPlace inside)
    {
        var others = was.Find("additionalProperties") ?? was.Find("unevaluatedProperties");
        switch (others)
        {
            case null or { Kind: JsonValueKind.True } or { Kind: JsonValueKind.Object, Members.Count: 0 }:
                AddLevels(inside, null, come.Shortened(), ChangeLevel.Compatible, ChangeLevel.Compatible);
                break;
            case { Kind: JsonValueKind.False }:
                Add(inside, null, come.Shortened(), Effect.Wider, "Before, no further properties were allowed.");
                break;
            case var schema when schema.Number != come.Number:
                Add(inside, null, come.Shortened(), Effect.Unknown, "Before, it fell under the schema of further properties; " + Lower(Undecided));
                break;
        }
    }

    /// <summary>A property that becomes read-only is no longer taken, one that becomes write-only no longer given.</summary>
    private void CompareWays(JsonTree was, JsonTree now, SchemaPlace place)
    {
        Compare("readOnly", ofRequests: true);
        Compare("writeOnly", ofRequests: false);

        void Compare(string keyword, bool ofRequests)
        {
            var (gone, come) = (was.Find(keyword), now.Find(keyword));
            if (gone?.Number == come?.Number)
                return;
            var level = Is(come) && !Is(gone) ? ChangeLevel.Breaking : Is(come) == Is(gone) ? ChangeLevel.Documentation : ChangeLevel.Compatible;
            var other = Is(come) == Is(gone) ? ChangeLevel.Documentation : ChangeLevel.Compatible;
            AddLevels(place.In(keyword), gone?.Shortened(), come?.Shortened(), ofRequests ? level : other, ofRequests ? other : level);
        }
    }

    private static SchemaPlace Directed(SchemaPlace place, JsonTree was, JsonTree now) => place with
    {
        NeverSent = place.NeverSent || (Is(was.Find("readOnly")) && Is(now.Find("readOnly"))),
        NeverGiven = place.NeverGiven || (Is(was.Find("writeOnly")) && Is(now.Find("writeOnly"))),
    };

    private static bool Is(JsonTree? flag) => flag?.Kind == JsonValueKind.True;

    private void CompareDependentRequired(JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        foreach (var name in (was?.Members.Keys ?? []).Union(now?.Members.Keys ?? [], StringComparer.Ordinal))
        {
            var (gone, come) = (Names(was?.Find(name)), Names(now?.Find(name)));
            foreach (var added in come.Except(gone, StringComparer.Ordinal))
                Add(place.In(name), null, added, Effect.Narrower);
            foreach (var removed in gone.Except(come, StringComparer.Ordinal))
                Add(place.In(name), removed, null, Effect.Wider);
        }
    }

    private static IReadOnlyList<string> Names(JsonTree? list) =>
        list is null ? [] : [.. list.Items.Where(i => i.Kind == JsonValueKind.String).Select(i => i.Text!)];

    /// <summary>Types and values that are listed.</summary>
    private void CompareValues(JsonTree was, JsonTree now, SchemaPlace place)
    {
        if (was.Find("type")?.Number != now.Find("type")?.Number)
            CompareTypes(was.Find("type"), now.Find("type"), place.In("type"));
        var (gone, come) = (Listed(was), Listed(now));
        var keyword = now.Find("const") is not null || (now.Find("enum") is null && was.Find("const") is not null) ? "const" : "enum";
        if (gone is null || come is null)
        {
            if (gone is not null || come is not null)
                Add(place.In(keyword), was.Find(keyword)?.Shortened(), now.Find(keyword)?.Shortened(), gone is null ? Effect.Narrower : Effect.Wider);
            return;
        }

        foreach (var value in gone.Where(g => !come.ContainsKey(g.Key)).Select(g => g.Value))
            Add(place.In(keyword), value.Shortened(), null, Effect.Narrower);
        foreach (var value in come.Where(c => !gone.ContainsKey(c.Key)).Select(c => c.Value))
            Add(place.In(keyword), null, value.Shortened(), Effect.Wider);
    }

    /// <summary>The only values that pass, by their numbers; null where any does.</summary>
    private static Dictionary<int, JsonTree>? Listed(JsonTree schema)
    {
        if (schema.Find("const") is { } only)
            return new() { [only.Number] = only };
        return schema.Find("enum") is { Kind: JsonValueKind.Array } list ? list.Items.DistinctBy(i => i.Number).ToDictionary(i => i.Number) : null;
    }

    private void CompareTypes(JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        var (gone, come) = (Types(was), Types(now));
        var effect = (Covers(come, gone) ? Effect.None : Effect.Narrower) | (Covers(gone, come) ? Effect.None : Effect.Wider);
        Add(place, was?.Shortened(), now?.Shortened(), effect);

        static IReadOnlyList<string>? Types(JsonTree? type) =>
            type is null ? null : type.Kind == JsonValueKind.String ? [type.Text!] : Names(type);

        static bool Covers(IReadOnlyList<string>? all, IReadOnlyList<string>? some) =>
            all is null || (some is not null && some.All(t => all.Contains(t, StringComparer.Ordinal) || (t == "integer" && all.Contains("number", StringComparer.Ordinal))));
    }

    private void CompareBounds(JsonTree was, JsonTree now, SchemaPlace place)
    {
        CompareBound("minimum", "exclusiveMinimum", 1);
        CompareBound("maximum", "exclusiveMaximum", -1);
        foreach (var keyword in (string[])["minLength", "minItems", "minProperties", "minContains"])
            CompareCount(keyword, least: true);
        foreach (var keyword in (string[])["maxLength", "maxItems", "maxProperties", "maxContains"])
            CompareCount(keyword, least: false);

        void CompareBound(string inclusive, string exclusive, int sign)
        {
            if (was.Find(inclusive)?.Number == now.Find(inclusive)?.Number && was.Find(exclusive)?.Number == now.Find(exclusive)?.Number)
                return;
            var (gone, come) = (Bound(was), Bound(now));
            var difference = come.Value.CompareTo(gone.Value);
            if (difference == 0)
                difference = come.Excluded.CompareTo(gone.Excluded);
            var keyword = now.Find(exclusive) is not null || (now.Find(inclusive) is null && was.Find(exclusive) is not null) ? exclusive : inclusive;
            Add(place.In(keyword), (was.Find(exclusive) ?? was.Find(inclusive))?.Shortened(), (now.Find(exclusive) ?? now.Find(inclusive))?.Shortened(),
                difference > 0 ? Effect.Narrower : difference < 0 ? Effect.Wider : Effect.None);

            // With the sign turned, an upper bound is a lower one.
            (double Value, bool Excluded) Bound(JsonTree schema)
            {
                var (with, without) = (Number(schema.Find(inclusive)), Number(schema.Find(exclusive)));
                var (low, open) = (with is { } w ? sign * w : double.NegativeInfinity, without is { } o ? sign * o : double.NegativeInfinity);
                return open >= low && without is not null ? (open, true) : (low, false);
            }
        }

        void CompareCount(string keyword, bool least)
        {
            if (was.Find(keyword)?.Number == now.Find(keyword)?.Number)
                return;
            var (gone, come) = (Count(was), Count(now));
            var effect = gone == come ? Effect.None : (come > gone) == least ? Effect.Narrower : Effect.Wider;
            Add(place.In(keyword), was.Find(keyword)?.Shortened(), now.Find(keyword)?.Shortened(), effect);

            double Count(JsonTree schema) =>
                Number(schema.Find(keyword)) ?? (keyword == "minContains" ? 1 : least ? 0 : double.PositiveInfinity);
        }
    }

    private static double? Number(JsonTree? value) =>
        value is { Kind: JsonValueKind.Number } && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private void CompareConstraint(string keyword, JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        if (was?.Number == now?.Number)
            return;
        var (effect, note) = (keyword, was, now) switch
        {
            ("uniqueItems", _, _) => (Is(was) == Is(now) ? Effect.None : Is(now) ? Effect.Narrower : Effect.Wider, null),
            (_, null, _) => (Effect.Narrower, null),
            (_, _, null) => (Effect.Wider, null),
            ("format", { Text: "int32" }, { Text: "int64" }) or ("format", { Text: "float" }, { Text: "double" }) => (Effect.Wider, null),
            ("format", { Text: "int64" }, { Text: "int32" }) or ("format", { Text: "double" }, { Text: "float" }) => (Effect.Narrower, null),
            ("multipleOf", _, _) when IsMultiple(now!, was!) => (Effect.Narrower, null),
            ("multipleOf", _, _) when IsMultiple(was!, now!) => (Effect.Wider, null),
            _ => (Effect.Unknown, Undecided),
        };
        Add(place, was?.Shortened(), now?.Shortened(), effect, note);

        static bool IsMultiple(JsonTree of, JsonTree step) =>
            decimal.TryParse(of.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var whole)
            && decimal.TryParse(step.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var part) && part != 0 && whole % part == 0;
    }

    private void CompareConditions(JsonTree was, JsonTree now, SchemaPlace place)
    {
        foreach (var keyword in (string[])["if", "then", "else"])
        {
            var (gone, come) = (was.Find(keyword), now.Find(keyword));
            if (gone?.Number != come?.Number)
                Add(place.In(keyword), gone?.Shortened(), come?.Shortened(), Effect.Unknown, Undecided);
            else if (gone is not null && !place.SameRoot)
                Compare(gone, come!, place.In(keyword));
        }
    }

    private void CompareDiscriminator(JsonTree? was, JsonTree? now, SchemaPlace place)
    {
        if (was?.Find("propertyName")?.Number != now?.Find("propertyName")?.Number || was is null || now is null)
        {
            Add(place, was?.Shortened(), now?.Shortened(), Effect.Unknown, Undecided);
            return;
        }

        var (mappingBefore, mappingAfter) = (was.Find("mapping"), now.Find("mapping"));
        foreach (var name in (mappingBefore?.Members.Keys ?? []).Union(mappingAfter?.Members.Keys ?? [], StringComparer.Ordinal))
        {
            var (gone, come) = (mappingBefore?.Find(name), mappingAfter?.Find(name));
            if (gone?.Number != come?.Number)
                Add(place.In("mapping", name), gone?.Shortened(), come?.Shortened(), gone is null ? Effect.Wider : come is null ? Effect.Narrower : Effect.Unknown);
        }
    }
}
