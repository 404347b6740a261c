using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Answers what a <see cref="DefinitionSet"/> asks of a version. It reads the schemas that the new ones have to do with, and no others.</summary>
internal sealed class ResolveSchemas(PatchbayDb db, DefinitionUrls urls)
{
    private const int Chunk = 500;

    /// <summary>Longer chains are refused anyway.</summary>
    private const int MostRounds = 200;

    /// <summary>An empty set for a version.</summary>
    public DefinitionSet SetOf(ConnectorVersion version) => new(new Uri(urls.FolderOf(version)));

    /// <summary>Tells the set which names exist, and brings the texts that it asks for.</summary>
    public async Task CompleteAsync(DefinitionSet set, Ulid versionId, CancellationToken cancellationToken)
    {
        foreach (var names in set.Names.Chunk(Chunk))
        {
            var there = await db.Definitions.Where(d => d.VersionId == versionId && names.Contains(d.Name))
                .Select(d => new { d.Name, d.ContentType }).ToListAsync(cancellationToken);
            foreach (var definition in there)
                set.Know(definition.Name, DefinitionUrls.IsXml(definition.ContentType));
        }

        for (var round = 0; round < MostRounds && set.Wanted() is { Count: > 0 } wanted; round++)
        {
            var texts = await TextsAsync(versionId, wanted, cancellationToken);
            foreach (var name in wanted)
            {
                var found = texts.TryGetValue(name, out var text);
                set.Load(name, found ? text!.Text : null, found && text!.IsXml);
            }
        }
    }

    /// <summary>Brings those that refer to changed schemas, and on through those that apply them in place, to be seen with them.</summary>
    public async Task BringReferrersAsync(DefinitionSet set, Ulid versionId, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var seen = names.ToHashSet(StringComparer.Ordinal);
        var pending = seen.ToList();
        while (pending.Count > 0)
        {
            var referrers = (await ReferrersAsync(versionId, pending, cancellationToken)).Where(seen.Add).ToList();
            pending = [];
            foreach (var (name, text) in await TextsAsync(versionId, referrers, cancellationToken))
            {
                if (!text.IsXml && set.AddReferrer(name, text.Text))
                    pending.Add(name);
            }
        }

        await CompleteAsync(set, versionId, cancellationToken);
    }

    /// <summary>The definitions that refer to some.</summary>
    public async Task<IReadOnlyList<string>> ReferrersAsync(Ulid versionId, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var referrers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chunk in names.Chunk(Chunk))
        {
            referrers.UnionWith(await db.DefinitionUses
                .Where(u => u.VersionId == versionId && u.ReferrerKind == ReferrerKind.Definition && chunk.Contains(u.Definition))
                .Select(u => u.Referrer).ToListAsync(cancellationToken));
        }

        return [.. referrers];
    }

    /// <summary>Checks schemas that stand in place.</summary>
    /// <returns>What to keep of each, by its field.</returns>
    public async Task<IReadOnlyDictionary<string, JsonNode>> InPlaceAsync(
        ConnectorVersion version, InPlaceSchemas schemas, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        if (schemas.New.Count == 0)
            return resolved;
        var set = SetOf(version);
        var sound = new List<string>();
        foreach (var (field, node) in schemas.New)
        {
            var schema = GivenSchema.Read(node);
            AddFaults(faults, field, schema.Faults);
            if (schema.Faults.Count > 0)
                continue;
            set.Give(field, schema);
            sound.Add(field);
        }

        await CompleteAsync(set, version.Id, cancellationToken);
        var found = set.Faults();
        foreach (var field in sound)
        {
            if (found.TryGetValue(field, out var wrong))
                AddFaults(faults, field, wrong);
            else if (JsonNode.Parse(set.TextOf(field, isRoot: false)) is { } text)
                resolved[field] = text;
        }

        return resolved;
    }

    public static void AddFaults(List<FieldFault> faults, string field, IEnumerable<SchemaFault> found) =>
        faults.AddRange(found.Select(f => new FieldFault(field, f.ToString())));

    /// <summary>The schemas of definitions, by their names.</summary>
    public async Task<Dictionary<string, StoredSchema>> TextsAsync(Ulid versionId, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, StoredSchema>(StringComparer.Ordinal);
        foreach (var chunk in names.Chunk(Chunk))
        {
            var rows = await db.Definitions.Where(d => d.VersionId == versionId && chunk.Contains(d.Name))
                .Join(db.Contents, d => d.ContentHash, c => c.Hash, (d, c) => new { d.Name, d.ContentType, c.Body }).ToListAsync(cancellationToken);
            foreach (var row in rows)
                texts[row.Name] = new StoredSchema(Encoding.UTF8.GetString(row.Body), DefinitionUrls.IsXml(row.ContentType));
        }

        return texts;
    }
}

/// <summary>A schema as it is kept.</summary>
internal sealed record StoredSchema(string Text, bool IsXml);
