using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>What one state of a version's definitions says, read as far as it was needed.</summary>
internal sealed class VersionSchemas
{
    private readonly Dictionary<string, (byte[] Hash, bool IsXml)> _definitions;
    private readonly ILookup<string, string> _references;
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonNode> _trees = new(StringComparer.Ordinal);
    private long _size;

    public VersionSchemas(Dictionary<string, (byte[] Hash, bool IsXml)> definitions, ILookup<string, string> references)
    {
        (_definitions, _references) = (definitions, references);
        Sent = new SchemaSet(DataDirection.Sent, _texts.GetValueOrDefault);
        Received = new SchemaSet(DataDirection.Received, _texts.GetValueOrDefault);
    }

    /// <summary>For data that goes out, and for what an API sends by itself.</summary>
    public SchemaSet Sent { get; }

    /// <summary>For data in answers.</summary>
    public SchemaSet Received { get; }

    /// <summary>How much was read, in characters.</summary>
    public long Size => Volatile.Read(ref _size);

    public bool IsXml(string definition) => _definitions.TryGetValue(definition, out var known) && known.IsXml;

    /// <summary>The text of a definition that was loaded, or null.</summary>
    public string? TextOf(string definition) => _texts.GetValueOrDefault(definition);

    /// <summary>A definition that was loaded, to be looked at and not changed; null where there is none, or one that is no JSON Schema.</summary>
    public JsonNode? JsonOf(string definition) => IsXml(definition) || TextOf(definition) is not { } text
        ? null
        : _trees.GetOrAdd(definition, static (_, text) => JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 512 })!, text);

    /// <summary>Reads definitions and all that they refer to, unless that was done before.</summary>
    public async Task LoadAsync(PatchbayDb db, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(names);
        while (pending.TryPop(out var name))
        {
            if (!seen.Add(name) || !_definitions.ContainsKey(name))
                continue;
            if (!_texts.ContainsKey(name))
                missing.Add(name);
            foreach (var other in _references[name])
                pending.Push(other);
        }

        foreach (var group in missing.Chunk(500))
        {
            var hashes = group.Select(n => _definitions[n].Hash).ToList();
            var bodies = await db.Contents.AsNoTracking().Where(c => hashes.Contains(c.Hash))
                .ToDictionaryAsync(c => Convert.ToHexString(c.Hash), c => c.Body, StringComparer.Ordinal, cancellationToken);
            foreach (var name in group)
            {
                if (bodies.TryGetValue(Convert.ToHexString(_definitions[name].Hash), out var body) && _texts.TryAdd(name, Encoding.UTF8.GetString(body)))
                    Interlocked.Add(ref _size, body.Length);
            }
        }
    }
}

/// <summary>
/// The compiled definitions of versions in use. A published version does not change, and its copies hold the same: they share one entry by the
/// hash of their contents. A draft has one for each of its states.
/// </summary>
internal sealed class VersionSchemasMemory(TimeProvider clock)
{
    private const int MostVersions = 200;
    private const long MostCharacters = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async Task<VersionSchemas> OfAsync(PatchbayDb db, ConnectorVersion version, CancellationToken cancellationToken)
    {
        var key = version is { IsPublished: true, ContentHash: { } hash } ? Convert.ToHexString(hash) : FormattableString.Invariant($"{version.Id}/{version.Revision}");
        if (!_entries.TryGetValue(key, out var entry))
        {
            var read = await ReadAsync(db, version.Id, cancellationToken);
            MakeRoom();
            entry = _entries.GetOrAdd(key, new Entry(read));
        }

        entry.UsedAt = clock.GetTimestamp();
        return entry.Schemas;
    }

    private static async Task<VersionSchemas> ReadAsync(PatchbayDb db, Ulid versionId, CancellationToken cancellationToken)
    {
        var definitions = await db.Definitions.AsNoTracking().Where(d => d.VersionId == versionId)
            .Select(d => new { d.Name, d.ContentHash, d.ContentType }).ToListAsync(cancellationToken);
        var references = await db.DefinitionUses.AsNoTracking().Where(u => u.VersionId == versionId && u.ReferrerKind == ReferrerKind.Definition)
            .Select(u => new { u.Referrer, u.Definition }).ToListAsync(cancellationToken);
        return new VersionSchemas(
            definitions.ToDictionary(d => d.Name, d => (d.ContentHash, DefinitionUrls.IsXml(d.ContentType)), StringComparer.Ordinal),
            references.ToLookup(r => r.Referrer, r => r.Definition, StringComparer.Ordinal));
    }

    private void MakeRoom()
    {
        while (_entries.Count >= MostVersions || _entries.Values.Sum(e => e.Schemas.Size) > MostCharacters)
        {
            if (_entries.MinBy(e => e.Value.UsedAt) is not { Key: { } oldest })
                return;
            _entries.TryRemove(oldest, out _);
        }
    }

    private sealed class Entry(VersionSchemas schemas)
    {
        public VersionSchemas Schemas { get; } = schemas;
        public long UsedAt { get; set; }
    }
}
