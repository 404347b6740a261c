using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Gives a definition another name in everything that refers to it. Only referrers are read.</summary>
internal sealed class RenameDefinition(PatchbayDb db)
{
    private const int Chunk = 500;

    /// <summary>A schema with another name for a definition that it refers to.</summary>
    public static string In(string text, bool isXml, string before, string after) =>
        SchemaText.WithReferences(text, isXml, name => name == before ? after + (isXml ? ".xsd" : ".json") : null);

    /// <summary>Rewrites the references. The caller renames the definition itself, and commits.</summary>
    public async Task RunAsync(Ulid versionId, string before, string after, bool isXml, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var uses = await db.DefinitionUses.Where(u => u.VersionId == versionId && (u.Definition == before
            || (u.ReferrerKind == ReferrerKind.Definition && u.Referrer == before))).ToListAsync(cancellationToken);
        var referrers = uses.Where(u => u.Definition == before).ToLookup(u => u.ReferrerKind, u => u.Referrer);
        foreach (var chunk in referrers[ReferrerKind.Definition].Where(r => r != before).Chunk(Chunk))
        {
            var rows = await db.Definitions.Where(d => d.VersionId == versionId && chunk.Contains(d.Name)).ToListAsync(cancellationToken);
            var bodies = await BodiesAsync(rows.Select(d => d.ContentHash), cancellationToken);
            var contents = rows.ConvertAll(d => StoredContent.OfText(In(Encoding.UTF8.GetString(bodies[Convert.ToHexString(d.ContentHash)]), isXml, before, after)));
            await StoreAsync(contents, cancellationToken);
            foreach (var (row, content) in rows.Zip(contents))
                (row.ContentHash, row.UpdatedAt) = (content.Hash, now);
        }

        foreach (var chunk in referrers[ReferrerKind.Action].Chunk(Chunk))
        {
            var rows = await db.Actions.Where(a => a.VersionId == versionId && chunk.Contains(a.Name)).ToListAsync(cancellationToken);
            var bodies = await BodiesAsync(rows.Select(a => a.ContentHash), cancellationToken);
            var contents = rows.ConvertAll(a => StoredContent.Of(DefinitionUses.Renamed(StoredContent.Read<ActionContent>(bodies[Convert.ToHexString(a.ContentHash)]), before, after)));
            await StoreAsync(contents, cancellationToken);
            foreach (var (row, content) in rows.Zip(contents))
                (row.ContentHash, row.UpdatedAt) = (content.Hash, now);
        }

        foreach (var chunk in referrers[ReferrerKind.Trigger].Chunk(Chunk))
        {
            var rows = await db.Triggers.Where(t => t.VersionId == versionId && chunk.Contains(t.Name)).ToListAsync(cancellationToken);
            var bodies = await BodiesAsync(rows.Select(t => t.ContentHash), cancellationToken);
            var contents = rows.ConvertAll(t => StoredContent.Of(DefinitionUses.Renamed(StoredContent.Read<TriggerContent>(bodies[Convert.ToHexString(t.ContentHash)]), before, after)));
            await StoreAsync(contents, cancellationToken);
            foreach (var (row, content) in rows.Zip(contents))
                (row.ContentHash, row.UpdatedAt) = (content.Hash, now);
        }

        // What was left without a definition of the new name has one now: such rows may be there already.
        db.RemoveRange(uses);
        await db.SaveChangesAsync(cancellationToken);
        var there = await db.DefinitionUses.Where(u => u.VersionId == versionId && (u.Definition == after
            || (u.ReferrerKind == ReferrerKind.Definition && u.Referrer == after))).ToListAsync(cancellationToken);
        var known = there.Select(Key).ToHashSet();
        db.AddRange(uses.Select(u => (Definition: Now(u.Definition), u.ReferrerKind, Referrer: u.ReferrerKind == ReferrerKind.Definition ? Now(u.Referrer) : u.Referrer))
            .Where(known.Add)
            .Select(u => new DefinitionUse { VersionId = versionId, Definition = u.Definition, ReferrerKind = u.ReferrerKind, Referrer = u.Referrer }));
        await db.SaveChangesAsync(cancellationToken);

        string Now(string name) => name == before ? after : name;

        static (string Definition, ReferrerKind ReferrerKind, string Referrer) Key(DefinitionUse use) => (use.Definition, use.ReferrerKind, use.Referrer);
    }

    private Task StoreAsync(List<Content> contents, CancellationToken cancellationToken) =>
        db.Dialect.StoreContentsAsync(db, [.. contents.DistinctBy(c => Convert.ToHexString(c.Hash), StringComparer.Ordinal)], cancellationToken);

    private async Task<Dictionary<string, byte[]>> BodiesAsync(IEnumerable<byte[]> hashes, CancellationToken cancellationToken)
    {
        var wanted = hashes.ToList();
        return await db.Contents.AsNoTracking().Where(c => wanted.Contains(c.Hash))
            .ToDictionaryAsync(c => Convert.ToHexString(c.Hash), c => c.Body, StringComparer.Ordinal, cancellationToken);
    }
}
