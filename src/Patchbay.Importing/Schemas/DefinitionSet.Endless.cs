using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <content>References that lead back to where they began, or on without a sensible end.</content>
public sealed partial class DefinitionSet
{
    private const string Endless =
        "would make checking go on for ever, or nearly so: the schemas that it applies to a value lead back to itself, or are far too many. Refer to it from a property or an item instead";

    /// <summary>
    /// Which anchor a dynamic reference leads to depends on where checking began: any of its name may be. One schema that applies them all stands
    /// for them, lest every reference be joined with every anchor.
    /// </summary>
    private readonly Dictionary<string, SourceObject> _anyAnchor = new(StringComparer.Ordinal);
    private readonly HashSet<SourceNode> _grown = new(ReferenceEqualityComparer.Instance);
    private InPlaceReferences? _explored;

    /// <summary>
    /// Whether a schema now applies more to a value than the text before it did at the same places, so that those who refer to it do so too,
    /// and have to be brought by <see cref="AddReferrer"/>.
    /// </summary>
    /// <param name="name">The name of the new schema.</param>
    /// <param name="before">The text that it replaces; null where there was none.</param>
    public bool Grows(string name, string? before)
    {
        if (_entries[name].Json is not { } now) return false;
        var explored = _explored ??= Explore([]);
        var former = before is null || SchemaText.Parse(before) is not { } root ? null : new SchemaDocument(root);
        var entry = new Entry(name, former, null) { IsLoaded = true };
        if (former is not null) _byRoot[former.Root] = entry;
        var earlier = new Dictionary<string, (int Height, int Size)>(StringComparer.Ordinal);
        foreach (var schema in former?.Schemas ?? []) earlier.TryAdd(schema.Pointer, explored.Measure(schema));
        foreach (var schema in now.Schemas)
        {
            var isNew = !earlier.TryGetValue(schema.Pointer, out var was) && former is not null;
            var (height, size) = explored.Measure(schema);
            if (!isNew && (height > Math.Max(was.Height, 1) || size > Math.Max(was.Size, 1))) _grown.Add(schema);
        }
        return _grown.Count > 0;
    }

    /// <summary>The places that were schemas in the text before and are none any more: nobody may refer to them.</summary>
    /// <param name="name">The name of the new schema.</param>
    /// <param name="before">The text that it replaces.</param>
    public bool HasLostPlaces(string name, string before) =>
        _entries[name].Json is { } now && SchemaText.Parse(before) is { } root
        && new SchemaDocument(root).Schemas.Any(schema => schema.Pointer.Length > 0 && now.Find(Uri.EscapeDataString(schema.Pointer)) is null);

    /// <summary>Brings the text of a definition that refers to a new schema, or to one that applies it.</summary>
    /// <param name="name">The referrer's name.</param>
    /// <param name="text">Its text.</param>
    /// <returns>Whether it applies more to a value by that, so that its own referrers have to be brought as well.</returns>
    public bool AddReferrer(string name, string text)
    {
        Load(name, text, isXml: false);
        if (_entries[name] is not { IsGiven: false, Json: { } document } entry) return false;
        entry.IsReferrer = true;
        var grows = false;
        foreach (var schema in document.Schemas.Where(schema => ReferredBy(schema, []).SelectMany(Meant).Any(_grown.Contains)))
        {
            grows |= _grown.Add(schema);
            // Whoever applies it in place applies what it refers to.
            for (var at = schema; HolderInPlace(at) is { } holder; at = holder) grows |= _grown.Add(holder);
        }
        return grows;

        IEnumerable<SourceObject> Meant(SourceObject target) => _anyAnchor.ContainsValue(target) ? InPlaceReferences.AppliedInPlace(target) : [target];
    }

    /// <summary>The references of a definition to places in another that are not there.</summary>
    /// <param name="referrer">The definition that refers, which has been brought.</param>
    /// <param name="name">The one that it refers to.</param>
    public IEnumerable<string> LostPlaces(string referrer, string name) =>
        _entries[referrer].Json is { } document && _entries[name].Json is { } target
            ? document.Links.Where(link => link.Keyword != "discriminator")
                .Select(link => Understand(_entries[referrer], link.Value.Text))
                .Where(meaning => meaning is not null && meaning.Name == name && meaning.Fragment.Length > 0 && target.Find(meaning.Fragment) is null)
                .Select(meaning => meaning!.Fragment).Distinct(StringComparer.Ordinal)
            : [];

    private void AddEndless(Dictionary<string, FaultList> faults)
    {
        var explored = Explore([]);
        var cut = explored.AllCut.ToList();
        if (cut.Count == 0) return;
        var here = cut.Where(schema => EntryOf(schema).IsGiven).ToList();
        foreach (var schema in here) faults[EntryOf(schema).Name].Add(schema, Endless);
        if (here.Count > 0) return;
        // The way leads through definitions that were sound until now.
        var through = string.Join(", ", cut.Select(schema => EntryOf(schema).Name).Distinct(StringComparer.Ordinal).Take(5));
        foreach (var entry in Given.Where(entry => entry.Json is not null)) faults[entry.Name].Add(entry.Json!.Root, $"{Endless} (by way of {through})");
    }

    /// <summary>Explores what the new schemas and their referrers apply in place; names of unread definitions on the way go into <paramref name="wanted"/>.</summary>
    private InPlaceReferences Explore(HashSet<string> wanted)
    {
        _anyAnchor.Clear();
        foreach (var group in _entries.Values.SelectMany(entry => entry.Json?.DynamicAnchors ?? []).GroupBy(anchor => anchor.Name, StringComparer.Ordinal))
            _anyAnchor[group.Key] = InPlaceReferences.AnyOf(group.Select(anchor => anchor.Schema));
        var explored = new InPlaceReferences(schema => ReferredBy(schema, wanted), _ => false);
        foreach (var entry in _entries.Values.Where(entry => entry.IsGiven || entry.IsReferrer).ToList())
        {
            foreach (var link in entry.Json?.Links ?? []) explored.IsCut(link.Schema);
        }
        return explored;
    }

    private IEnumerable<SourceObject> ReferredBy(SourceObject schema, HashSet<string> wanted)
    {
        if (FindEntry(schema) is not { } entry) yield break;
        foreach (var keyword in (string[])["$ref", "$dynamicRef"])
        {
            if (entry.Json?.Knows(keyword) == false || schema.FindString(keyword) is not { } reference || Understand(entry, reference) is not { } meaning) continue;
            var document = meaning.Name == entry.Name ? entry.Json : _entries.GetValueOrDefault(meaning.Name)?.Json;
            if (document is null && IsUnread(meaning.Name)) wanted.Add(meaning.Name);
            if (document?.Find(meaning.Fragment) is SourceObject target) yield return target;
            if (keyword == "$dynamicRef" && _anyAnchor.TryGetValue(Uri.UnescapeDataString(meaning.Fragment), out var any)) yield return any;
        }
    }

    private static SourceObject? HolderInPlace(SourceObject schema)
    {
        // In a list or a map there is one more level between the two.
        foreach (var holder in (SourceNode?[])[schema.Parent, schema.Parent?.Parent])
        {
            if (holder is SourceObject candidate && InPlaceReferences.AppliedInPlace(candidate).Contains(schema)) return candidate;
        }
        return null;
    }
}
