using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>
/// Says how a version differs from another, and what that means for those who call the connector. Parts of equal identity are not looked
/// into; a change of a definition reaches every part that uses it, with the way in which it uses it.
/// </summary>
public sealed class ContentsComparison
{
    /// <summary>How many changes inside one part are listed, and how many changed definitions that it uses.</summary>
    public const int MostChangesInPart = 100;

    /// <summary>How many are listed in all.</summary>
    public const int MostChanges = 20_000;

    private const string WrittenDifferently = "It is written differently, and says the same.";

    private readonly VersionParts _before;
    private readonly VersionParts _after;
    private readonly SchemaComparison _schemas;
    private readonly OperationComparison _operations;
    private readonly ChangedDefinitions _definitions;
    private readonly List<DifferenceItem> _items = [];
    private int _room = MostChanges;

    private ContentsComparison(VersionParts before, VersionParts after)
    {
        (_before, _after) = (before, after);
        _schemas = new SchemaComparison(before, after);
        _operations = new OperationComparison(_schemas);
        _definitions = new ChangedDefinitions(before, after);
    }

    /// <summary>Compares two versions.</summary>
    /// <param name="before">The one.</param>
    /// <param name="after">The other. What is added is in this one only.</param>
    /// <returns>The difference; null where contents are <see cref="VersionParts.Missing"/>, to be added before the next try.</returns>
    public static ContentsDifference? Compare(VersionParts before, VersionParts after)
    {
        var comparison = new ContentsComparison(before, after);
        if (!comparison.AskForWhatDiffers())
            return null;
        var renamedDefinitions = comparison.CompareDefinitions();
        var operations = comparison.CompareOperations();
        if (before.Missing.Count > 0 || after.Missing.Count > 0)
            return null;
        comparison._definitions.SpreadWays();
        comparison.AddDefinitions(renamedDefinitions);
        return new ContentsDifference([.. operations, .. comparison._items]);
    }

    /// <summary>Compares two contents that are at hand.</summary>
    public static ContentsDifference Compare(ConnectorContents before, ConnectorContents after) =>
        Compare(VersionParts.Of(before), VersionParts.Of(after))!;

    private bool AskForWhatDiffers()
    {
        foreach (var key in _before.Keys.Where(k => _after.IdentityOf(k) != _before.IdentityOf(k)))
            _before.Content(key);
        foreach (var key in _after.Keys.Where(k => _before.IdentityOf(k) != _after.IdentityOf(k)))
            _after.Content(key);
        return _before.Missing.Count == 0 && _after.Missing.Count == 0;
    }

    private IEnumerable<string> Common(PartKind kind) => _before.NamesOf(kind).Where(n => _after.Has(new(kind, n)));

    private IEnumerable<string> Changed(PartKind kind) => Common(kind).Where(n => IsChanged(new(kind, n)));

    private bool IsChanged(PartKey key) => _before.IdentityOf(key) != _after.IdentityOf(key);

    private List<string> Gone(PartKind kind) => [.. _before.NamesOf(kind).Where(n => !_after.Has(new(kind, n)))];

    private List<string> Come(PartKind kind) => [.. _after.NamesOf(kind).Where(n => !_before.Has(new(kind, n)))];

    /// <summary>Compares the definitions of both versions.</summary>
    /// <returns>Those that only have another name: the names now, with the names before.</returns>
    private Dictionary<string, string> CompareDefinitions()
    {
        foreach (var name in Changed(PartKind.Definition))
        {
            _schemas.Begin();
            var (was, now) = (_before.Definition(name)!, _after.Definition(name)!);
            var changes = _schemas.Definition(was, now).ToList();
            if (was.Description != now.Description)
                changes.Insert(0, Words("/description", was.Description, now.Description));
            if (!was.Accept.SequenceEqual(now.Accept, StringComparer.Ordinal))
                changes.Add(Words("/accept", string.Join(", ", was.Accept), string.Join(", ", now.Accept)));
            if (changes.Count == 0)
                changes.Add(new SchemaChange("", null, null, ChangeLevel.Documentation, ChangeLevel.Documentation, WrittenDifferently));
            _definitions.Add(name, changes, _schemas.SharedBehind);
        }

        foreach (var name in Gone(PartKind.Definition))
            _definitions.AddGone(name);
        return Renames(Gone(PartKind.Definition), Come(PartKind.Definition), _before.Definition, _after.Definition, DefinitionKey);

        static SchemaChange Words(string field, string? was, string? now) =>
            new(field, was is null ? null : ShortText.Of(was), now is null ? null : ShortText.Of(now), ChangeLevel.Documentation, ChangeLevel.Documentation, null);
    }

    private List<DifferenceItem> CompareOperations()
    {
        _definitions.Spread();
        var actions = Compare(PartKind.Action, _before.Action, _after.Action, a => $"{a.Method} {a.Path}", a => VersionParts.Written(a with { Name = "" }),
            _operations.Actions, Uses.Of);
        var triggers = Compare(PartKind.Trigger, _before.Trigger, _after.Trigger, _ => null, t => VersionParts.Written(t with { Name = "" }),
            _operations.Triggers, Uses.Of);
        return [.. actions, .. triggers];
    }

    private List<DifferenceItem> Compare<T>(
        PartKind kind, Func<string, T?> before, Func<string, T?> after, Func<T, string?> address, Func<T, string> written,
        Func<T, T, IReadOnlyList<FieldChange>> compare, Func<T, Uses> usesOf)
        where T : class
    {
        var (gone, come) = (Gone(kind), Come(kind));
        var renames = Renames(gone, come, before, after, written);
        foreach (var (now, was) in Renames([.. gone.Except(renames.Values, StringComparer.Ordinal)], [.. come.Where(c => !renames.ContainsKey(c))], before, after, address))
            renames.Add(now, was);
        var items = gone.Except(renames.Values, StringComparer.Ordinal)
            .Select(n => new DifferenceItem(new(kind, n), PartChange.Removed, ChangeLevel.Breaking)).ToList();
        foreach (var name in _after.NamesOf(kind))
        {
            var key = new PartKey(kind, name);
            if (_before.Has(key))
            {
                // What is the same on both sides is read on one.
                if (IsChanged(key))
                    AddOperation(items, key, before(name), after(name), null, compare, usesOf);
                else if (_definitions.Reach(_after.UsesOf(key)) && after(name) is { } same)
                    AddOperation(items, key, same, same, null, compare, usesOf);
            }
            else if (renames.TryGetValue(name, out var previous))
                AddOperation(items, key, before(previous), after(name), previous, compare, usesOf);
            else
                items.Add(new DifferenceItem(key, PartChange.Added, ChangeLevel.Compatible));
        }

        return [.. items.OrderBy(i => i.Part.Name, StringComparer.Ordinal)];
    }

    private void AddOperation<T>(
        List<DifferenceItem> items, PartKey key, T? was, T? now, string? previousName, Func<T, T, IReadOnlyList<FieldChange>> compare, Func<T, Uses> usesOf)
        where T : class
    {
        // What is not at hand was asked for by asking.
        if (was is null || now is null)
            return;
        _schemas.Begin();
        var differs = previousName is not null || IsChanged(key);
        var changes = differs ? compare(was, now) : [];
        if (differs && previousName is null && changes.Count == 0)
            changes = [new FieldChange("", null, null, ChangeLevel.Documentation, WrittenDifferently)];
        var through = _definitions.UsedBy(usesOf(was).Both(usesOf(now), _schemas.SharedBehind), isTrigger: key.Kind == PartKind.Trigger);
        if (!differs && through.Count == 0)
            return;
        var level = changes.Select(c => c.Level).Concat(through.Select(t => t.Level)).Append(previousName is null ? ChangeLevel.Documentation : ChangeLevel.Breaking).Max();
        items.Add(WithChanges(new DifferenceItem(key, previousName is not null ? PartChange.Renamed : differs ? PartChange.Changed : PartChange.Affected, level)
        {
            PreviousName = previousName,
            Through = [.. through.Take(Math.Min(MostChangesInPart, _room))],
        }, changes));
    }

    /// <summary>Lists changes as far as there is room for them, the worst first.</summary>
    private DifferenceItem WithChanges(DifferenceItem item, IReadOnlyList<FieldChange> changes)
    {
        _room -= item.Through.Count;
        var listed = changes.OrderByDescending(c => c.Level).Take(Math.Min(MostChangesInPart, _room)).ToList();
        _room -= listed.Count;
        return item with { Changes = listed, FurtherChanges = changes.Count - listed.Count };
    }

    private void AddDefinitions(Dictionary<string, string> renames)
    {
        var items = new List<DifferenceItem>();
        foreach (var (name, changes) in _definitions.All)
        {
            var ways = _definitions.WaysOf(name);
            var listed = changes.Select(c => new FieldChange(c.Field, c.Before, c.After, ways.Level(c.InRequests, c.InResponses), c.Note)).ToList();
            items.Add(WithChanges(new DifferenceItem(new(PartKind.Definition, name), PartChange.Changed, listed.Max(c => c.Level)), listed));
        }

        foreach (var name in Gone(PartKind.Definition).Except(renames.Values, StringComparer.Ordinal))
        {
            items.Add(new DifferenceItem(new(PartKind.Definition, name), PartChange.Removed,
                _definitions.WaysOf(name).Level(ChangeLevel.Breaking, ChangeLevel.Breaking)));
        }

        foreach (var name in Come(PartKind.Definition))
        {
            items.Add(renames.TryGetValue(name, out var previous)
                ? new DifferenceItem(new(PartKind.Definition, name), PartChange.Renamed, ChangeLevel.Compatible) { PreviousName = previous }
                : new DifferenceItem(new(PartKind.Definition, name), PartChange.Added, ChangeLevel.Compatible));
        }

        _items.AddRange(items.OrderBy(i => i.Part.Name, StringComparer.Ordinal));
    }

    /// <summary>Names that changed for certain: what is under them is told from all others by one key, on both sides.</summary>
    private static Dictionary<string, string> Renames<T>(
        List<string> gone, List<string> come, Func<string, T?> before, Func<string, T?> after, Func<T, string?> keyOf)
        where T : class
    {
        if (gone.Count == 0 || come.Count == 0)
            return [];
        var keysBefore = Keys(gone, before);
        var renames = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, now) in Keys(come, after))
        {
            if (now is not null && keysBefore.TryGetValue(key, out var was) && was is not null)
                renames.Add(now, was);
        }

        return renames;

        // A key that several have tells none of them from the others.
        Dictionary<string, string?> Keys(List<string> names, Func<string, T?> contentOf)
        {
            var keys = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var name in names)
            {
                if (contentOf(name) is { } content && keyOf(content) is { } key && !keys.TryAdd(key, name))
                    keys[key] = null;
            }

            return keys;
        }
    }

    private static string DefinitionKey(DefinitionContent definition) =>
        $"{definition.ContentType}\n{string.Join(',', definition.Accept)}\n{definition.Description}\n{definition.Schema}";
}

/// <summary>The definitions that an operation refers to itself, by the side on which it does.</summary>
/// <param name="OfRequest">In the parameters and the body.</param>
/// <param name="OfResponses">In the responses.</param>
internal sealed record Uses(IReadOnlyCollection<string> OfRequest, IReadOnlyCollection<string> OfResponses)
{
    public static Uses Of(ActionContent action) => new(Set(DefinitionUses.Sent(action.Parameters, action.RequestBody)), Set(DefinitionUses.Answered(action.Responses)));

    public static Uses Of(TriggerContent trigger) => new(Set(DefinitionUses.Sent(trigger.Parameters, trigger.RequestBody)), Set(DefinitionUses.Answered(trigger.Responses)));

    /// <summary>What both use, before and after: what only one of them does was compared where it stands. What lies behind that may be of either side.</summary>
    public Uses Both(Uses other, IReadOnlyCollection<string> behind) => new(
        [.. OfRequest.Intersect(other.OfRequest, StringComparer.Ordinal).Union(behind, StringComparer.Ordinal)],
        [.. OfResponses.Intersect(other.OfResponses, StringComparer.Ordinal).Union(behind, StringComparer.Ordinal)]);

    private static HashSet<string> Set(IEnumerable<string> names) => names.ToHashSet(StringComparer.Ordinal);
}
