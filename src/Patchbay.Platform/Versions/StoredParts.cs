using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>A part of a version as its row keeps it, without its content.</summary>
/// <param name="ContentHash">The hash of the content.</param>
internal sealed record StoredPart(byte[] ContentHash)
{
    public string? Description { get; init; }
    public IReadOnlyList<string> Accept { get; init; } = [];
    public string? ContentType { get; init; }

    /// <summary>A text that two parts share exactly when they are the same: what <see cref="PublishVersion.HashAsync"/> hashes of them.</summary>
    public string Identity => ContentType is null
        ? Convert.ToHexString(ContentHash)
        : Convert.ToHexString(ContentHash) + JsonSerializer.Serialize<string?[]>([ContentType, Description, .. Accept]);
}

/// <summary>All parts of a version, as they are stored; contents are read when a comparison asks for them.</summary>
/// <param name="usesFromContents">Whether what a part refers to is found in its content, since no rows say it.</param>
internal sealed class StoredParts(bool usesFromContents = false)
{
    private readonly Dictionary<PartKey, StoredPart> _rows = [];

    public VersionParts Parts { get; } = new();

    public bool UsesFromContents { get; } = usesFromContents;

    public StoredPart? this[PartKey key] => _rows.GetValueOrDefault(key);

    public void Add(PartKey key, StoredPart part)
    {
        _rows.Add(key, part);
        Parts.Add(key, part.Identity);
    }

    /// <summary>What an importer made, whose contents are all at hand.</summary>
    public static StoredParts Of(ConnectorContents contents)
    {
        var parts = new StoredParts();
        foreach (var action in contents.Actions)
            parts.Add(new(PartKind.Action, action.Name), new StoredPart(StoredContent.Of(action).Hash), action);
        foreach (var trigger in contents.Triggers)
            parts.Add(new(PartKind.Trigger, trigger.Name), new StoredPart(StoredContent.Of(trigger).Hash), trigger);
        foreach (var definition in contents.Definitions.Select(Keepable))
            parts.Add(new(PartKind.Definition, definition.Name), RowOf(definition), definition);
        return parts;
    }

    /// <summary>A definition as the store can keep it.</summary>
    public static DefinitionContent Keepable(DefinitionContent definition) =>
        definition.Description is null ? definition : definition with { Description = ImportedText.Keepable(definition.Description) };

    public static StoredPart RowOf(DefinitionContent definition) => new(StoredContent.OfText(definition.Schema).Hash)
    {
        Description = definition.Description,
        Accept = definition.Accept,
        ContentType = definition.ContentType,
    };

    /// <summary>Adds a part with its content.</summary>
    public void Add(PartKey key, StoredPart part, object content)
    {
        Add(key, part);
        AddContent(content, withUses: true);
    }

    /// <summary>Adds a content that was missing, or is new.</summary>
    /// <param name="content">An action, trigger or definition.</param>
    /// <param name="withUses">Whether what it refers to is not known yet.</param>
    public void AddContent(object content, bool withUses)
    {
        var (key, uses) = content switch
        {
            ActionContent a => (new PartKey(PartKind.Action, a.Name), Importing.Comparing.DefinitionUses.Of(a)),
            TriggerContent t => (new PartKey(PartKind.Trigger, t.Name), Importing.Comparing.DefinitionUses.Of(t)),
            DefinitionContent d => (new PartKey(PartKind.Definition, d.Name), d.References.Count > 0 ? d.References : Importing.Comparing.DefinitionUses.Of(d)),
            _ => throw new ArgumentOutOfRangeException(nameof(content)),
        };
        if (content is ActionContent action)
            Parts.AddContent(action);
        else if (content is TriggerContent trigger)
            Parts.AddContent(trigger);
        else
            Parts.AddContent((DefinitionContent)content);
        if (!withUses)
            return;
        foreach (var definition in uses.Distinct(StringComparer.Ordinal))
            Parts.AddUse(key, definition);
    }
}

/// <summary>Reads the parts of versions.</summary>
internal sealed class StoredPartsReader(PatchbayDb db)
{
    private const int ContentsPerQuery = 500;

    /// <summary>The parts of a version, without contents. That the caller may see the version was seen before.</summary>
    public async Task<StoredParts> OfVersionAsync(Ulid versionId, CancellationToken cancellationToken)
    {
        var parts = new StoredParts();
        foreach (var row in await db.Actions.Where(a => a.VersionId == versionId).Select(a => new { a.Name, a.ContentHash }).ToListAsync(cancellationToken))
            parts.Add(new(PartKind.Action, row.Name), new StoredPart(row.ContentHash));
        foreach (var row in await db.Triggers.Where(t => t.VersionId == versionId).Select(t => new { t.Name, t.ContentHash }).ToListAsync(cancellationToken))
            parts.Add(new(PartKind.Trigger, row.Name), new StoredPart(row.ContentHash));
        foreach (var row in await db.Definitions.AsNoTracking().Where(d => d.VersionId == versionId).ToListAsync(cancellationToken))
            parts.Add(new(PartKind.Definition, row.Name), new StoredPart(row.ContentHash) { Description = row.Description, Accept = row.Accept, ContentType = row.ContentType });
        foreach (var use in await db.DefinitionUses.AsNoTracking().Where(u => u.VersionId == versionId).ToListAsync(cancellationToken))
            parts.Parts.AddUse(new(KindOf(use.ReferrerKind), use.Referrer), use.Definition);
        return parts;
    }

    /// <summary>The parts of a base that is kept, without contents; null where there is none of this hash.</summary>
    public async Task<StoredParts?> OfKeptBaseAsync(byte[] hash, CancellationToken cancellationToken)
    {
        if (!await db.MergeBases.AnyAsync(b => b.Hash == hash, cancellationToken))
            return null;
        var parts = new StoredParts(usesFromContents: true);
        foreach (var row in await db.MergeBaseParts.AsNoTracking().Where(p => p.BaseHash == hash).ToListAsync(cancellationToken))
        {
            parts.Add(new(KindOf(row.Kind), row.Name),
                new StoredPart(row.ContentHash) { Description = row.Description, Accept = row.Accept, ContentType = row.ContentType });
        }

        return parts;
    }

    /// <summary>Reads the contents that were found missing.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> AddMissingAsync(StoredParts parts, CancellationToken cancellationToken)
    {
        var missing = parts.Parts.Missing.ToList();
        foreach (var chunk in missing.Chunk(ContentsPerQuery))
        {
            var hashes = chunk.Select(k => parts[k]!.ContentHash).DistinctBy(Convert.ToHexString, StringComparer.Ordinal).ToList();
            var bodies = await db.Contents.AsNoTracking().Where(c => hashes.Contains(c.Hash))
                .ToDictionaryAsync(c => Convert.ToHexString(c.Hash), c => c.Body, StringComparer.Ordinal, cancellationToken);
            foreach (var key in chunk)
            {
                var row = parts[key]!;
                parts.AddContent(ContentOf(key, row, bodies[Convert.ToHexString(row.ContentHash)], parts.Parts.UsesOf(key)), parts.UsesFromContents);
            }
        }

        return missing.Count > 0;
    }

    private static object ContentOf(PartKey key, StoredPart row, byte[] body, IReadOnlyList<string> uses) => key.Kind switch
    {
        // The name is the row's: renaming a part leaves its content shared.
        PartKind.Action => StoredContent.Read<ActionContent>(body) with { Name = key.Name },
        PartKind.Trigger => StoredContent.Read<TriggerContent>(body) with { Name = key.Name },
        _ => new DefinitionContent
        {
            Name = key.Name,
            Description = row.Description,
            Accept = row.Accept,
            ContentType = row.ContentType!,
            Schema = Encoding.UTF8.GetString(body),
            References = uses,
        },
    };

    private static PartKind KindOf(ReferrerKind kind) => kind switch
    {
        ReferrerKind.Action => PartKind.Action,
        ReferrerKind.Trigger => PartKind.Trigger,
        _ => PartKind.Definition,
    };
}
