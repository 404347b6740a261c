using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>Turns a draft into what a merge made of it. Only rows that differ are touched, and contents stay shared by hash.</summary>
internal sealed class MergedDraft(PatchbayDb db, TimeProvider clock)
{
    private readonly List<Content> _made = [];

    /// <summary>The merged parts as they will be stored.</summary>
    public StoredParts Result(StoredParts before, StoredParts own, StoredParts upstream, MergedContents merged)
    {
        var result = new StoredParts();
        foreach (var part in merged.Parts)
        {
            if (part.Content is not null)
            {
                result.Add(part.Part, Made(part.Content), part.Content);
                continue;
            }

            var side = part.From switch { MergeSide.Own => own, MergeSide.Upstream => upstream, _ => before };
            result.Add(part.Part, side[part.Part]!);
            foreach (var definition in side.Parts.UsesOf(part.Part))
                result.Parts.AddUse(part.Part, definition);
        }

        return result;
    }

    /// <summary>Writes them over a draft's. Runs inside the change's transaction; the caller saves.</summary>
    public async Task WriteAsync(ConnectorVersion draft, StoredParts own, StoredParts result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Dialect.StoreContentsAsync(db, [.. _made.DistinctBy(c => Convert.ToHexString(c.Hash), StringComparer.Ordinal)], cancellationToken);
        var actions = await db.Actions.Where(a => a.VersionId == draft.Id).ToDictionaryAsync(a => a.Name, StringComparer.Ordinal, cancellationToken);
        var triggers = await db.Triggers.Where(t => t.VersionId == draft.Id).ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
        var definitions = await db.Definitions.Where(d => d.VersionId == draft.Id).ToDictionaryAsync(d => d.Name, StringComparer.Ordinal, cancellationToken);
        var uses = (await db.DefinitionUses.Where(u => u.VersionId == draft.Id).ToListAsync(cancellationToken)).ToLookup(u => (u.ReferrerKind, u.Referrer));
        using var ids = Identifiers.Sequence(clock).GetEnumerator();
        foreach (var key in own.Parts.Keys.Union(result.Parts.Keys).Where(k => own.Parts.IdentityOf(k) != result.Parts.IdentityOf(k)).OrderBy(k => k.Kind).ThenBy(k => k.Name, StringComparer.Ordinal))
        {
            switch (key.Kind)
            {
                case PartKind.Action:
                    Write(actions.GetValueOrDefault(key.Name), result[key], (row, part) => (row.ContentHash, row.UpdatedAt) = (part.ContentHash, now),
                        part => new VersionAction { Id = Next(), VersionId = draft.Id, Name = key.Name, ContentHash = part.ContentHash, UpdatedAt = now });
                    break;
                case PartKind.Trigger:
                    Write(triggers.GetValueOrDefault(key.Name), result[key], (row, part) => (row.ContentHash, row.UpdatedAt) = (part.ContentHash, now),
                        part => new VersionTrigger { Id = Next(), VersionId = draft.Id, Name = key.Name, ContentHash = part.ContentHash, UpdatedAt = now });
                    break;
                default:
                    Write(definitions.GetValueOrDefault(key.Name), result[key],
                        (row, part) => (row.ContentHash, row.Description, row.Accept, row.ContentType, row.UpdatedAt) = (part.ContentHash, part.Description, [.. part.Accept], part.ContentType!, now),
                        part => new VersionDefinition
                        {
                            Id = Next(),
                            VersionId = draft.Id,
                            Name = key.Name,
                            Description = part.Description,
                            Accept = [.. part.Accept],
                            ContentType = part.ContentType!,
                            ContentHash = part.ContentHash,
                            UpdatedAt = now,
                        });
                    break;
            }

            var kind = KindOf(key.Kind);
            var (gone, come) = (uses[(kind, key.Name)].ToList(), result.Parts.UsesOf(key).Distinct(StringComparer.Ordinal).ToList());
            db.RemoveRange(gone.Where(g => !come.Contains(g.Definition, StringComparer.Ordinal)));
            db.AddRange(come.Where(c => !gone.Exists(g => g.Definition == c))
                .Select(c => new DefinitionUse { VersionId = draft.Id, Definition = c, ReferrerKind = kind, Referrer = key.Name }));
        }

        Ulid Next()
        {
            ids.MoveNext();
            return ids.Current;
        }
    }

    /// <summary>Keeps what changed with the draft, in place of what an earlier import or merge changed.</summary>
    public async Task KeepChangesAsync(Ulid versionId, VersionDifferenceJson difference, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(difference, ApiJson.Options);
        if (await db.VersionChanges.FirstOrDefaultAsync(c => c.VersionId == versionId, cancellationToken) is { } changes)
            changes.Difference = text;
        else
            db.Add(new VersionChanges { VersionId = versionId, Difference = text });
    }

    private StoredPart Made(object content)
    {
        var made = content switch
        {
            ActionContent action => StoredContent.Of(action),
            TriggerContent trigger => StoredContent.Of(trigger),
            _ => StoredContent.OfText(((DefinitionContent)content).Schema),
        };
        _made.Add(made);
        return content is DefinitionContent definition ? StoredParts.RowOf(definition) : new StoredPart(made.Hash);
    }

    private void Write<T>(T? row, StoredPart? part, Action<T, StoredPart> change, Func<StoredPart, T> make)
        where T : class
    {
        if (part is null)
            db.Remove(row!);
        else if (row is null)
            db.Add(make(part));
        else
            change(row, part);
    }

    private static ReferrerKind KindOf(PartKind kind) => kind switch
    {
        PartKind.Action => ReferrerKind.Action,
        PartKind.Trigger => ReferrerKind.Trigger,
        _ => ReferrerKind.Definition,
    };
}
