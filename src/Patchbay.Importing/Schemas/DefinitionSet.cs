using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// Schemas that are to become definitions of a version, with those that are there and have to do with them. It resolves what the new ones
/// refer to, and finds references that a validator would never finish with (<see cref="InPlaceReferences"/>). Who has the store answers what
/// the set asks for: whether names exist, then the texts of some definitions, of those only that the new ones apply to a value at hand or
/// refer to a part of.
/// </summary>
public sealed partial class DefinitionSet
{
    private readonly Uri _root;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<SourceNode, Entry> _byRoot = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <param name="root">The address under which the definitions of the version stand side by side; ends with a slash.</param>
    public DefinitionSet(Uri root)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
    }

    /// <summary>The names of definitions that the new schemas refer to and that are none of theirs.</summary>
    public IReadOnlySet<string> Names
    {
        get
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in Given)
            {
                foreach (var link in entry.Json?.Links ?? [])
                {
                    if (Understand(entry, link.Value.Text) is { Name: { } name } && !IsGiven(name)) names.Add(name);
                }
                foreach (var location in entry.Xml?.Locations ?? [])
                {
                    if (NameOf(entry, location.Value) is { } name && !IsGiven(name)) names.Add(name);
                }
            }
            return names;
        }
    }

    private IEnumerable<Entry> Given => _entries.Values.Where(entry => entry.IsGiven);

    /// <summary>Adds a new schema, one without faults of its own.</summary>
    /// <param name="name">The name that its definition will have.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="formerName">The name that its definition had, by which it may still be referred to.</param>
    public void Give(string name, GivenSchema schema, string? formerName = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var entry = new Entry(name, schema.Json, schema.Xml) { IsGiven = true, Address = AddressOf(schema.Json) };
        _entries[name] = entry;
        if (schema.Json is { } json) _byRoot[json.Root] = entry;
        if (entry.Address is { } address) _byAddress.TryAdd(WithoutFragment(address), name);
        if (formerName is not null && formerName != name) _aliases[formerName] = name;
    }

    /// <summary>Says that a definition of a name is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isXml">Whether it is an XML Schema.</param>
    public void Know(string name, bool isXml) => _entries.TryAdd(name, new Entry(name, null, null) { IsXml = isXml });

    /// <summary>Brings the text of a definition that is there, or says that there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The stored text; null where there is no such definition.</param>
    /// <param name="isXml">Whether it is an XML Schema.</param>
    public void Load(string name, string? text, bool isXml)
    {
        if (text is null)
        {
            _missing.Add(name);
            return;
        }
        if (_entries.TryGetValue(name, out var known) && (known.IsGiven || known.IsLoaded)) return;
        var entry = isXml
            ? new Entry(name, null, XmlSchemaText.Read(text, []))
            : new Entry(name, SchemaText.Parse(text) is { } root ? new SchemaDocument(root) : null, null);
        entry.IsLoaded = true;
        entry.IsXml = isXml;
        _entries[name] = entry;
        if (entry.Json is { } json) _byRoot[json.Root] = entry;
    }

    /// <summary>The definitions whose texts are needed next; none when nothing is needed any more.</summary>
    public IReadOnlySet<string> Wanted()
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        _explored = Explore(wanted);
        foreach (var entry in Given)
        {
            foreach (var link in entry.Json?.Links ?? [])
            {
                if (Understand(entry, link.Value.Text) is { Name: { } name, Fragment.Length: > 0 } && IsUnread(name)) wanted.Add(name);
            }
        }
        var pending = new Stack<Entry>(Given.Where(entry => entry.Xml is not null));
        var seen = new HashSet<Entry>(pending);
        while (pending.TryPop(out var entry))
        {
            foreach (var location in entry.Xml?.Locations ?? [])
            {
                if (NameOf(entry, location.Value) is not { } name) continue;
                if (IsUnread(name)) wanted.Add(name);
                else if (_entries.TryGetValue(name, out var other) && seen.Add(other)) pending.Push(other);
            }
        }
        wanted.ExceptWith(_missing);
        return wanted;
    }

    /// <summary>What is wrong with the new schemas among the others, by their names; nothing for those that are sound.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SchemaFault>> Faults()
    {
        var faults = new Dictionary<string, FaultList>(StringComparer.Ordinal);
        foreach (var entry in Given)
        {
            var list = faults[entry.Name] = new FaultList();
            foreach (var link in entry.Json?.Links ?? []) CheckLink(entry, link, list);
            if (entry.Xml is { } xml)
            {
                foreach (var location in xml.Locations) CheckLocation(entry, location, list);
                if (list.Items.Count == 0) XmlSchemaCompiler.Check(_root, entry.Name, xml, XmlTexts(), list.Items);
            }
        }
        AddEndless(faults);
        return faults.Where(entry => entry.Value.Items.Count > 0)
            .ToDictionary(entry => entry.Key, entry => (IReadOnlyList<SchemaFault>)entry.Value.Items, StringComparer.Ordinal);
    }

    /// <summary>The text to keep of a new schema: its references are relative names, its spaces are gone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isRoot">Whether it is a document of its own, rather than one that stands in place.</param>
    public string TextOf(string name, bool isRoot = true)
    {
        var entry = _entries[name];
        return entry.Xml is { } xml
            ? xml.Write(location => NameOf(entry, location) is { } other ? other + ".xsd" : null)
            : SchemaText.Write(entry.Json!.Root, reference => Relative(entry, reference), isRoot);
    }

    /// <summary>The names of the definitions that a new schema refers to, ordered; its own where it does so by name.</summary>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<string> ReferencesOf(string name)
    {
        var entry = _entries[name];
        var names = entry.Xml is { } xml
            ? xml.Locations.Select(location => NameOf(entry, location.Value))
            : entry.Json!.Links.Select(link => Relative(entry, link.Value.Text))
                .Select(reference => reference is not null && SchemaText.TryReadName(reference, ".json", out var other, out _) ? other : null);
        return [.. names.OfType<string>().Where(Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>A reference as it is kept; null for one that stays as it stands.</summary>
    private string? Relative(Entry entry, string reference) =>
        Understand(entry, reference) is not { } meaning || (meaning.Name == entry.Name && reference.StartsWith('#'))
            ? null
            : meaning.Name + ".json" + (meaning.Fragment.Length > 0 ? "#" + meaning.Fragment : "");

    private void CheckLink(Entry entry, SchemaLink link, FaultList faults)
    {
        // A mapping may mean anything by its words; what is a name is kept as one.
        if (link.Keyword == "discriminator") return;
        var reference = link.Value.Text;
        if (Understand(entry, reference) is not { Name: { } name } meaning)
            faults.Add(link.Value, Refusal(entry, reference));
        else if (!Exists(name))
            faults.Add(link.Value, $"refers to '{name}', and there is no such definition in the version or the request");
        else if (_entries[name].IsXml)
            faults.Add(link.Value, $"refers to '{name}', which is an XML Schema");
        else if (meaning.Fragment.Length > 0 && _entries[name].Json?.Find(meaning.Fragment) is null)
        {
            faults.Add(link.Value, name == entry.Name
                ? "leads to a place where there is no schema; another definition of this request is #/$defs/Name, one of the version is Name.json"
                : $"leads to a place in '{name}' where there is no schema");
        }
    }

    private void CheckLocation(Entry entry, System.Xml.Linq.XAttribute location, FaultList faults)
    {
        if (NameOf(entry, location.Value) is not { } name)
            faults.Items.Add(XmlSchemaText.Fault(location, "refers to another document, which is not read: make it a definition of this version, and write its name with .xsd, such as Types.xsd"));
        else if (!Exists(name))
            faults.Items.Add(XmlSchemaText.Fault(location, $"refers to '{name}', and there is no such definition in the version or the request"));
        else if (!_entries[name].IsXml)
            faults.Items.Add(XmlSchemaText.Fault(location, $"refers to '{name}', which is a JSON Schema"));
    }

    private string Refusal(Entry entry, string reference)
    {
        if (reference.Length > LongestReference) return "is longer than any reference needs to be";
        if (Uri.TryCreate(AddressFor(entry), reference, out var absolute) && absolute.Authority == _root.Authority && absolute.Scheme == _root.Scheme
            && !WithoutFragment(absolute).StartsWith(WithoutFragment(_root), StringComparison.Ordinal))
            return "refers to a schema outside of this version; make it a definition of this version, and refer to it as Name.json";
        return "refers to another document, which is not read: make it a definition of this version, and refer to it as Name.json";
    }

    private Dictionary<string, string> XmlTexts() => _entries.Values.Where(entry => entry.Xml is not null)
        .ToDictionary(entry => entry.Name, entry => entry.IsGiven ? TextOf(entry.Name) : entry.Xml!.Write(_ => null), StringComparer.Ordinal);

    /// <summary>Whether a definition is given or known to be there.</summary>
    private bool Exists(string name) => _entries.ContainsKey(name) && !_missing.Contains(name);

    private bool IsGiven(string name) => _entries.TryGetValue(name, out var entry) && entry.IsGiven;

    private bool IsUnread(string name) => !_missing.Contains(name) && (!_entries.TryGetValue(name, out var entry) || !(entry.IsGiven || entry.IsLoaded));

    private sealed class Entry(string name, SchemaDocument? json, XmlSchemaText? xml)
    {
        public string Name { get; } = name;
        public SchemaDocument? Json { get; } = json;
        public XmlSchemaText? Xml { get; } = xml;
        public bool IsGiven { get; init; }
        public bool IsLoaded { get; set; }
        public bool IsXml { get; set; } = xml is not null;

        /// <summary>Whether it refers to something new, so that what it applies in place has changed with it.</summary>
        public bool IsReferrer { get; set; }

        /// <summary>Its <c>$id</c>, where it has one.</summary>
        public Uri? Address { get; init; }
    }

    private sealed class FaultList
    {
        private const int Most = 50;

        public List<SchemaFault> Items { get; } = [];

        public void Add(SourceNode at, string message)
        {
            if (Items.Count < Most) Items.Add(new(at.Pointer, message, at.Line, at.Column));
        }
    }
}
