using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>What a part of a version is.</summary>
public enum PartKind
{
    /// <summary>A request that can be made.</summary>
    Action,

    /// <summary>A request that the API makes to us.</summary>
    Trigger,

    /// <summary>A named schema.</summary>
    Definition,
}

/// <summary>What a part is found by.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, unique among those of its kind in a version.</param>
public readonly record struct PartKey(PartKind Kind, string Name);

/// <summary>
/// A version as comparing and merging see it: of every part the name, an identity and the definitions that it refers to, and the contents of
/// those parts that were asked for. Whoever compares versions that are stored elsewhere begins without contents, adds
/// what is <see cref="Missing"/>, and compares again until nothing is: parts that did not change are then never read.
/// </summary>
public sealed class VersionParts
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 512,
    };

    private readonly Dictionary<PartKey, string> _identities = [];
    private readonly Dictionary<PartKey, List<string>> _uses = [];
    private readonly Dictionary<PartKey, object> _contents = [];
    private readonly HashSet<PartKey> _missing = [];

    /// <summary>All parts.</summary>
    public IReadOnlyCollection<PartKey> Keys => _identities.Keys;

    /// <summary>The parts whose contents were asked for and are not here.</summary>
    public IReadOnlyCollection<PartKey> Missing => _missing;

    /// <summary>A version whose contents are all at hand.</summary>
    public static VersionParts Of(ConnectorContents contents)
    {
        var parts = new VersionParts();
        foreach (var action in contents.Actions)
            parts.Add(new(PartKind.Action, action.Name), Hash(action), DefinitionUses.Of(action), action);
        foreach (var trigger in contents.Triggers)
            parts.Add(new(PartKind.Trigger, trigger.Name), Hash(trigger), DefinitionUses.Of(trigger), trigger);
        foreach (var definition in contents.Definitions)
        {
            parts.Add(new(PartKind.Definition, definition.Name), Hash(definition with { References = [] }),
                definition.References.Count > 0 ? definition.References : DefinitionUses.Of(definition), definition);
        }

        return parts;
    }

    /// <summary>Adds a part without its content.</summary>
    /// <param name="key">What it is found by.</param>
    /// <param name="identity">A text that two parts of the same kind and name share exactly when they are the same.</param>
    public void Add(PartKey key, string identity) => _identities.Add(key, identity);

    /// <summary>Adds that a part refers to a definition.</summary>
    public void AddUse(PartKey referrer, string definition)
    {
        if (_uses.TryGetValue(referrer, out var uses))
            uses.Add(definition);
        else
            _uses.Add(referrer, [definition]);
    }

    /// <summary>Adds the content of an action that was missing.</summary>
    public void AddContent(ActionContent action) => AddContent(new(PartKind.Action, action.Name), action);

    /// <summary>Adds the content of a trigger that was missing.</summary>
    public void AddContent(TriggerContent trigger) => AddContent(new(PartKind.Trigger, trigger.Name), trigger);

    /// <summary>Adds the content of a definition that was missing.</summary>
    public void AddContent(DefinitionContent definition) => AddContent(new(PartKind.Definition, definition.Name), definition);

    /// <summary>Whether there is such a part.</summary>
    public bool Has(PartKey key) => _identities.ContainsKey(key);

    /// <summary>The identity of a part, or null where there is no such part.</summary>
    public string? IdentityOf(PartKey key) => _identities.GetValueOrDefault(key);

    /// <summary>The names of the definitions that a part refers to itself.</summary>
    public IReadOnlyList<string> UsesOf(PartKey key) => _uses.TryGetValue(key, out var uses) ? uses : [];

    internal ActionContent? Action(string name) => (ActionContent?)Content(new(PartKind.Action, name));

    internal TriggerContent? Trigger(string name) => (TriggerContent?)Content(new(PartKind.Trigger, name));

    internal DefinitionContent? Definition(string name) => (DefinitionContent?)Content(new(PartKind.Definition, name));

    /// <summary>A part's content; null where there is no such part, or where it has to be added first.</summary>
    internal object? Content(PartKey key)
    {
        if (_contents.TryGetValue(key, out var content))
            return content;
        if (_identities.ContainsKey(key))
            _missing.Add(key);
        return null;
    }

    /// <summary>Asks for a definition with all that it refers to, directly or through others.</summary>
    internal void AskWithReferences(string definition)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { definition };
        var pending = new Queue<string>(seen);
        while (pending.TryDequeue(out var name))
        {
            Definition(name);
            foreach (var next in UsesOf(new(PartKind.Definition, name)))
            {
                if (seen.Add(next))
                    pending.Enqueue(next);
            }
        }
    }

    internal IEnumerable<string> NamesOf(PartKind kind) =>
        _identities.Keys.Where(k => k.Kind == kind).Select(k => k.Name).Order(StringComparer.Ordinal);

    private void Add(PartKey key, string identity, IEnumerable<string> uses, object content)
    {
        Add(key, identity);
        foreach (var definition in uses.Distinct(StringComparer.Ordinal))
            AddUse(key, definition);
        _contents.Add(key, content);
    }

    private void AddContent(PartKey key, object content)
    {
        _contents[key] = content;
        _missing.Remove(key);
    }

    /// <summary>A content as text: the same for the same content.</summary>
    internal static string Written<T>(T content) => JsonSerializer.Serialize(content, Options);

    private static string Hash<T>(T content) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, Options)));
}
