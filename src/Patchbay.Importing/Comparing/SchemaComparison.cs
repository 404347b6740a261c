using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>
/// Compares JSON Schemas keyword by keyword. A reference that stands on both sides is not followed: what it names is compared in its own place. One
/// that leads elsewhere than before is, with a bound on all of it together, so that the time stays in proportion to what there is.
/// </summary>
internal sealed partial class SchemaComparison(VersionParts before, VersionParts after)
{
    /// <summary>How many schemas are looked into behind changed references, for each value that there is.</summary>
    private const int LooksPerValue = 4;

    private const int LooksAtLeast = 10_000;

    private const string TooMuch = "Too many references lead elsewhere than before to follow them all; whether it is the same cannot be told.";
    private const string All = "allOf";
    private const string Undecided = "Whether the same values pass cannot be told.";

    private readonly JsonForest _forest = new();
    private readonly Dictionary<(bool Before, string Name), JsonTree?> _definitions = [];

    /// <summary>Pairs of schemas that were found to say the same, with the definitions that both of them refer to on the way.</summary>
    private readonly Dictionary<Pair, HashSet<string>> _same = [];

    /// <summary>Pairs that the part at hand has looked into, whose changes it has therefore been told.</summary>
    private readonly HashSet<Pair> _seen = [];

    /// <summary>Those of them that the reference being followed led to.</summary>
    private readonly HashSet<Pair> _fromHere = [];

    /// <summary>References that both sides have behind a reference that changed, for the part at hand.</summary>
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);

    /// <summary>The same for the reference being followed.</summary>
    private HashSet<string> _sharedOnTheWay = new(StringComparer.Ordinal);

    private readonly Queue<(JsonTree Was, JsonTree Now, SchemaPlace Place)> _ways = new();
    private List<SchemaChange> _changes = [];
    private bool _isFollowing;
    private bool _restsOnEarlier;
    private long _looks;

    /// <summary>Begins with the next part.</summary>
    public void Begin()
    {
        _seen.Clear();
        _shared.Clear();
    }

    /// <summary>Definitions that the part at hand uses behind a reference that leads elsewhere than before: changes in them are changes of it.</summary>
    public IReadOnlyCollection<string> SharedBehind => _shared;

    /// <summary>Compares the schemas of a definition that both versions have.</summary>
    public IReadOnlyList<SchemaChange> Definition(DefinitionContent was, DefinitionContent now)
    {
        _changes = [];
        var root = new SchemaPlace(null, "");
        if (was.ContentType != now.ContentType)
            Add(root.In("contentType"), ShortText.Of(was.ContentType), ShortText.Of(now.ContentType), Effect.Unknown, Undecided);
        if (was.Schema == now.Schema)
            return _changes;
        var (treeBefore, treeAfter) = (Tree(isBefore: true, was), Tree(isBefore: false, now));
        if (treeBefore is null || treeAfter is null)
            Add(root.In("schema"), ShortText.Of(was.Schema), ShortText.Of(now.Schema), Effect.Unknown, Undecided);
        else
            Compare(treeBefore, treeAfter, root.In("schema") with { RootBefore = treeBefore, RootAfter = treeAfter, SameRoot = true });
        return _changes;
    }

    /// <summary>Compares schemas that stand in a part itself.</summary>
    public IReadOnlyList<SchemaChange> InPlace(System.Text.Json.Nodes.JsonNode was, System.Text.Json.Nodes.JsonNode now)
    {
        _changes = [];
        var (treeBefore, treeAfter) = (_forest.Read(was), _forest.Read(now));
        Compare(treeBefore, treeAfter, new SchemaPlace(null, "") { RootBefore = treeBefore, RootAfter = treeAfter, SameRoot = true });
        return _changes;
    }

    /// <summary>Compares two definitions of different names, one of which stands where the other stood.</summary>
    public IReadOnlyList<SchemaChange> Replaced(string was, string now)
    {
        _changes = [];
        Follow(was + ".json", now + ".json", new SchemaPlace(null, ""));
        return _changes;
    }

    private void Compare(JsonTree was, JsonTree now, SchemaPlace place)
    {
        if (was.Number == now.Number && (place.SameRoot || was.Kind != JsonValueKind.Object))
            return;
        _looks += _isFollowing ? 1 : 0;
        if (!IsSchema(was) || !IsSchema(now) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Add(place, was.Shortened(), now.Shortened(), Effect.Unknown, Undecided);
            return;
        }

        if (was.Kind == JsonValueKind.False || now.Kind == JsonValueKind.False)
        {
            if (was.Kind != now.Kind)
                Add(place, was.Shortened(), now.Shortened(), was.Kind == JsonValueKind.False ? Effect.Wider : Effect.Narrower);
            return;
        }

        if (Reference(was) is { } refBefore && Reference(now) is { } refAfter)
        {
            CompareReferences(refBefore, refAfter, place);
            CompareKeywords(was, now, place);
        }
        else if (IsOnlyChoice(was, out var choicesBefore) | IsOnlyChoice(now, out var choicesAfter))
        {
            // A schema is a choice of one: so "null besides" is seen for what it is, however it is written.
            CompareAnnotations(was, now, place);
            CompareChoices(choicesBefore ?? [was], choicesAfter ?? [now], place.In(KeyOfChoice(now) ?? KeyOfChoice(was)!));
        }
        else if (IsOnlyAll(was) || IsOnlyAll(now))
        {
            CompareAnnotations(was, now, place);
            CompareAll(IsOnlyAll(was) ? was.Find(All)!.Items : [was], IsOnlyAll(now) ? now.Find(All)!.Items : [now], place.In(All));
        }
        else if (Reference(was) is not null || Reference(now) is not null)
        {
            CompareWithReference(was, now, place);
        }
        else
        {
            CompareKeywords(was, now, place);
        }
    }

    private void CompareReferences(string was, string now, SchemaPlace place)
    {
        var local = was.StartsWith('#');
        if (was == now && (!local || place.SameRoot))
        {
            if (_isFollowing && DefinitionUses.NameIn(was) is { } name)
                _sharedOnTheWay.Add(name);
            return;
        }

        Follow(was, now, place.In("$ref"));
    }

    /// <summary>One side refers to what the other spells out.</summary>
    private void CompareWithReference(JsonTree was, JsonTree now, SchemaPlace place)
    {
        var (refBefore, refAfter) = (Reference(was), Reference(now));
        if (!HasOnlyAnnotationsBeside(refBefore is null ? now : was, "$ref"))
            Add(place, was.Shortened(), now.Shortened(), Effect.Unknown, Undecided);
        else
            Follow(refBefore, refAfter, place, was, now);
    }

    /// <summary>Compares what references name, or a reference's target with what stands in its place.</summary>
    private void Follow(string? refBefore, string? refAfter, SchemaPlace place, JsonTree? inPlaceBefore = null, JsonTree? inPlaceAfter = null)
    {
        (JsonTree? Target, JsonTree? Root, bool IsAwaited) was = refBefore is null ? (inPlaceBefore, place.RootBefore, false) : Target(isBefore: true, refBefore, place.RootBefore);
        (JsonTree? Target, JsonTree? Root, bool IsAwaited) now = refAfter is null ? (inPlaceAfter, place.RootAfter, false) : Target(isBefore: false, refAfter, place.RootAfter);
        if (was.Target is null || now.Target is null)
        {
            Add(place, refBefore, refAfter, Effect.Unknown, was.IsAwaited || now.IsAwaited ? null : "The reference names nothing; " + Lower(Undecided));
            return;
        }

        var pair = new Pair(was.Target.Number, was.Root!.Number, now.Target.Number, now.Root!.Number);
        if (_same.TryGetValue(pair, out var shared))
        {
            (_isFollowing ? _sharedOnTheWay : _shared).UnionWith(shared);
            return;
        }

        if (!_seen.Add(pair))
        {
            _restsOnEarlier |= !_fromHere.Contains(pair);
            return;
        }

        if (_looks > LooksAtLeast + (LooksPerValue * (long)_forest.Size))
        {
            Add(place, refBefore ?? inPlaceBefore?.Shortened(), refAfter ?? inPlaceAfter?.Shortened(), Effect.Unknown, TooMuch);
            return;
        }

        _fromHere.Add(pair);
        FollowPair(was.Target, now.Target, place with { RootBefore = was.Root, RootAfter = now.Root, SameRoot = false });
    }

    /// <summary>Looks behind a reference, and then behind those that turned up on the way: one after the other, since chains of them can be long.</summary>
    private void FollowPair(JsonTree was, JsonTree now, SchemaPlace place)
    {
        _ways.Enqueue((was, now, place));
        if (_isFollowing)
            return;
        _isFollowing = true;
        _sharedOnTheWay = new HashSet<string>(StringComparer.Ordinal);
        _restsOnEarlier = false;
        var found = _changes.Count;
        while (_ways.TryDequeue(out var next))
            Compare(next.Was, next.Now, next.Place);

        _isFollowing = false;
        _shared.UnionWith(_sharedOnTheWay);
        // Pairs on the way rest on each other: they are the same once all of them turn out to be, and nothing is known of them before.
        if (_changes.Count == found && !_restsOnEarlier)
        {
            foreach (var same in _fromHere)
                _same.Add(same, _sharedOnTheWay);
        }

        _fromHere.Clear();
    }

    private (JsonTree? Target, JsonTree? Root, bool IsAwaited) Target(bool isBefore, string reference, JsonTree? root)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? "" : reference[(hash + 1)..];
        if (hash != 0)
        {
            var parts = isBefore ? before : after;
            if (DefinitionUses.NameIn(reference) is not { } name || !parts.Has(new(PartKind.Definition, name)))
                return default;
            if (!_definitions.TryGetValue((isBefore, name), out root))
            {
                if (parts.Definition(name) is not { } definition)
                {
                    parts.AskWithReferences(name);
                    return (null, null, true);
                }

                root = Tree(isBefore, definition);
            }
        }

        return (root is null ? null : JsonPointers.Find(root, fragment), root, false);
    }

    private JsonTree? Tree(bool isBefore, DefinitionContent definition)
    {
        if (!_definitions.TryGetValue((isBefore, definition.Name), out var tree))
        {
            tree = definition.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase) ? _forest.Read(definition.Schema) : null;
            _definitions.Add((isBefore, definition.Name), tree);
        }

        return tree;
    }

    /// <summary>Compares schemas of which one must hold. Equal ones and those that refer to the same stand for each other, the others in their order.</summary>
    private void CompareChoices(IReadOnlyList<JsonTree> was, IReadOnlyList<JsonTree> now, SchemaPlace place)
    {
        foreach (var (index, gone, come) in Matched(was, now))
        {
            if (gone is not null && come is not null)
                Compare(gone, come, place.In(Index(index)));
            else
                Add(place.In(Index(index)), gone?.Shortened(), come?.Shortened(), gone is null ? Effect.Wider : Effect.Narrower);
        }
    }

    /// <summary>Compares schemas of which all must hold.</summary>
    private void CompareAll(IReadOnlyList<JsonTree> was, IReadOnlyList<JsonTree> now, SchemaPlace place)
    {
        foreach (var (index, gone, come) in Matched(was, now))
        {
            if (gone is not null && come is not null)
                Compare(gone, come, place.In(Index(index)));
            else
                Add(place.In(Index(index)), gone?.Shortened(), come?.Shortened(), gone is null ? Effect.Narrower : Effect.Wider);
        }
    }

    private static IEnumerable<(int Index, JsonTree? Was, JsonTree? Now)> Matched(IReadOnlyList<JsonTree> was, IReadOnlyList<JsonTree> now)
    {
        var waiting = was.Index().GroupBy(w => Key(w.Item), StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<int>(g.Select(w => w.Index)), StringComparer.Ordinal);
        var unmatched = new List<(int Index, JsonTree Now)>();
        var matched = new HashSet<int>();
        foreach (var (index, item) in now.Index())
        {
            if (waiting.TryGetValue(Key(item), out var same) && same.TryDequeue(out var at))
            {
                matched.Add(at);
                yield return (index, was[at], item);
            }
            else
                unmatched.Add((index, item));
        }

        var left = was.Index().Where(w => !matched.Contains(w.Index)).Select(w => w.Item).ToList();
        for (var i = 0; i < Math.Max(left.Count, unmatched.Count); i++)
        {
            yield return (i < unmatched.Count ? unmatched[i].Index : now.Count + i - unmatched.Count,
                i < left.Count ? left[i] : null, i < unmatched.Count ? unmatched[i].Now : null);
        }

        static string Key(JsonTree item) => Reference(item) ?? Index(item.Number);
    }

    /// <summary>Whether nothing but a choice stands in a schema, apart from words about it.</summary>
    private static bool IsOnlyChoice(JsonTree schema, out IReadOnlyList<JsonTree>? choices)
    {
        choices = KeyOfChoice(schema) is { } key && HasOnlyAnnotationsBeside(schema, key) ? schema.Find(key)!.Items : null;
        return choices is not null;
    }

    private static bool IsOnlyAll(JsonTree schema) => schema.Find(All)?.Kind == JsonValueKind.Array && HasOnlyAnnotationsBeside(schema, All);

    private static string? KeyOfChoice(JsonTree schema) =>
        schema.Find("anyOf")?.Kind == JsonValueKind.Array ? "anyOf" : schema.Find("oneOf")?.Kind == JsonValueKind.Array ? "oneOf" : null;

    private static bool HasOnlyAnnotationsBeside(JsonTree schema, string keyword) =>
        schema.Members.Keys.All(k => k == keyword || IsWords(k));

    private static string? Reference(JsonTree schema) =>
        schema.Find("$ref") is { Kind: JsonValueKind.String } reference ? reference.Text : null;

    private static bool IsSchema(JsonTree value) => value.Kind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False;

    /// <summary>Whether a keyword only speaks to people.</summary>
    private static bool IsWords(string keyword) =>
        keyword is "title" or "description" or "$comment" or "default" or "example" or "examples" or "deprecated" or "externalDocs"
        || JsonCopier.IsExtension(keyword);

    private static string Index(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];

    private void Add(SchemaPlace place, string? was, string? now, Effect effect, string? note = null)
    {
        if (place.Negated)
            effect = (effect.HasFlag(Effect.Narrower) ? Effect.Wider : Effect.None) | (effect.HasFlag(Effect.Wider) ? Effect.Narrower : Effect.None);
        AddLevels(place, was, now,
            effect == Effect.None ? ChangeLevel.Documentation : effect.HasFlag(Effect.Narrower) ? ChangeLevel.Breaking : ChangeLevel.Compatible,
            effect == Effect.None ? ChangeLevel.Documentation : effect.HasFlag(Effect.Wider) ? ChangeLevel.Breaking : ChangeLevel.Compatible, note);
    }

    private void AddLevels(SchemaPlace place, string? was, string? now, ChangeLevel inRequests, ChangeLevel inResponses, string? note = null) =>
        _changes.Add(new SchemaChange(place.Pointer(), was, now,
            place.NeverSent && inRequests > ChangeLevel.Compatible ? ChangeLevel.Compatible : inRequests,
            place.NeverGiven && inResponses > ChangeLevel.Compatible ? ChangeLevel.Compatible : inResponses, note));

    /// <summary>Two schemas with the roots in which their local references are looked up.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pair(int Before, int RootBefore, int After, int RootAfter);
}
