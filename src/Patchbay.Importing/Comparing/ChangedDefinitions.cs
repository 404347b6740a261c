namespace Patchbay.Importing.Comparing;

/// <summary>In which ways a definition is used, by those whose calls its change can touch.</summary>
[Flags]
internal enum DefinitionWays
{
    None = 0,
    InRequests = 1,
    InResponses = 2,
}

internal static class DefinitionWaysLevel
{
    /// <summary>What a change means where the definition is used so. What nothing uses is in nobody's way.</summary>
    public static ChangeLevel Level(this DefinitionWays ways, ChangeLevel inRequests, ChangeLevel inResponses)
    {
        var level = ChangeLevel.Documentation;
        if (ways.HasFlag(DefinitionWays.InRequests) && inRequests > level)
            level = inRequests;
        if (ways.HasFlag(DefinitionWays.InResponses) && inResponses > level)
            level = inResponses;
        var most = inRequests > inResponses ? inRequests : inResponses;
        return ways == DefinitionWays.None && most > ChangeLevel.Documentation ? ChangeLevel.Compatible : level;
    }
}

/// <summary>Changed definitions, and how far their changes reach along the references of others.</summary>
internal sealed class ChangedDefinitions(VersionParts before, VersionParts after)
{
    /// <summary>How many definitions are looked at for the list of those that an operation uses, for each way; their level is known without.</summary>
    private const int MostLooks = 200;

    private readonly SortedDictionary<string, IReadOnlyList<SchemaChange>> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ChangeLevel? InRequests, ChangeLevel? InResponses)> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyCollection<string>> _behind = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, bool InRequests), ChangeLevel> _reach = [];
    private readonly Dictionary<string, DefinitionWays> _ways = new(StringComparer.Ordinal);
    private readonly Dictionary<bool, HashSet<string>> _roots = new() { [true] = new(StringComparer.Ordinal), [false] = new(StringComparer.Ordinal) };

    public IEnumerable<KeyValuePair<string, IReadOnlyList<SchemaChange>>> All => _changes;

    public void Add(string name, IReadOnlyList<SchemaChange> changes, IEnumerable<string> behind)
    {
        _changes.Add(name, changes);
        _own[name] = (changes.Max(c => c.InRequests), changes.Max(c => c.InResponses));
        _behind[name] = [.. behind];
    }

    /// <summary>A definition that is there no more: whoever still refers to it refers to nothing.</summary>
    public void AddGone(string name) => _own[name] = (ChangeLevel.Breaking, ChangeLevel.Breaking);

    /// <summary>Finds what each definition reaches: level by level against the references, each of which is gone along once a level and way.</summary>
    public void Spread()
    {
        var referrers = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var name in after.NamesOf(PartKind.Definition))
        {
            var key = new PartKey(PartKind.Definition, name);
            if (!before.Has(key))
                continue;
            // A reference that only one side has was compared where it stands.
            var references = before.IdentityOf(key) == after.IdentityOf(key)
                ? after.UsesOf(key)
                : before.UsesOf(key).Intersect(after.UsesOf(key), StringComparer.Ordinal).Union(_behind.GetValueOrDefault(name) ?? [], StringComparer.Ordinal);
            var kept = references.Distinct(StringComparer.Ordinal).ToList();
            _references.Add(name, kept);
            foreach (var reference in kept)
            {
                if (referrers.TryGetValue(reference, out var list))
                    list.Add(name);
                else
                    referrers.Add(reference, [name]);
            }
        }

        foreach (var inRequests in (bool[])[true, false])
        {
            foreach (var level in (ChangeLevel[])[ChangeLevel.Breaking, ChangeLevel.Compatible, ChangeLevel.Documentation])
                Spread(inRequests, level, referrers);
        }
    }

    /// <summary>Whether any of these definitions changed, or refers to one that did.</summary>
    public bool Reach(IEnumerable<string> definitions) => definitions.Any(d => _reach.ContainsKey((d, true)) || _reach.ContainsKey((d, false)));

    /// <summary>The changed definitions that an operation uses, the nearest first.</summary>
    public IReadOnlyList<ChangedUse> UsedBy(Uses uses, bool isTrigger)
    {
        var found = new List<ChangedUse>();
        // A trigger's request is what callers are given.
        Find(uses.OfRequest, inRequests: !isTrigger, found);
        Find(uses.OfResponses, inRequests: isTrigger, found);
        return [.. found.OrderByDescending(f => f.Level)];
    }

    /// <summary>Finds the ways in which definitions are used, once all operations were asked for what they use.</summary>
    public void SpreadWays()
    {
        foreach (var (inRequests, roots) in _roots)
        {
            var seen = roots.ToHashSet(StringComparer.Ordinal);
            var pending = new Queue<string>(seen);
            while (pending.TryDequeue(out var name))
            {
                _ways[name] = _ways.GetValueOrDefault(name) | (inRequests ? DefinitionWays.InRequests : DefinitionWays.InResponses);
                foreach (var next in (_references.GetValueOrDefault(name) ?? []).Where(seen.Add))
                    pending.Enqueue(next);
            }
        }
    }

    public DefinitionWays WaysOf(string name) => _ways.GetValueOrDefault(name);

    private void Spread(bool inRequests, ChangeLevel level, Dictionary<string, List<string>> referrers)
    {
        var pending = new Queue<string>(_own.Where(o => (inRequests ? o.Value.InRequests : o.Value.InResponses) == level).Select(o => o.Key)
            .Where(name => _reach.TryAdd((name, inRequests), level)));
        while (pending.TryDequeue(out var name))
        {
            foreach (var referrer in referrers.GetValueOrDefault(name) ?? [])
            {
                if (_reach.TryAdd((referrer, inRequests), level))
                    pending.Enqueue(referrer);
            }
        }
    }

    private void Find(IEnumerable<string> roots, bool inRequests, List<ChangedUse> found)
    {
        var seen = roots.Where(r => _reach.ContainsKey((r, inRequests))).ToHashSet(StringComparer.Ordinal);
        if (seen.Count == 0)
            return;
        _roots[inRequests].UnionWith(seen);
        var worst = seen.MaxBy(r => _reach[(r, inRequests)])!;
        var most = _reach[(worst, inRequests)];
        var first = found.Count;
        var pending = new Queue<string>(seen);
        while (pending.TryDequeue(out var name))
        {
            if (_own.TryGetValue(name, out var own) && (inRequests ? own.InRequests : own.InResponses) is { } level)
                found.Add(new ChangedUse(name, inRequests, level));
            if (seen.Count >= MostLooks)
                continue;
            foreach (var next in _references.GetValueOrDefault(name) ?? [])
            {
                if (_reach.ContainsKey((next, inRequests)) && seen.Add(next))
                    pending.Enqueue(next);
            }
        }

        // Where the list was cut short the worst may lie behind its end.
        if (found.Skip(first).Select(f => f.Level).DefaultIfEmpty(ChangeLevel.Documentation).Max() < most)
            found.Add(new ChangedUse(worst, inRequests, most));
    }
}
