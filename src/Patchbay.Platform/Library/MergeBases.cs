using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>
/// The contents of a published version that is published no more, and that others imported: what their merges start from. It is found by
/// its hash alone and belongs to nobody, so that it outlives whoever published it, and is kept once however many imported it.
/// </summary>
internal sealed class MergeBase
{
    /// <summary>The version's <see cref="ConnectorVersion.ContentHash"/>.</summary>
    public required byte[] Hash { get; init; }
}

/// <summary>An action, trigger or definition of a <see cref="MergeBase"/>.</summary>
internal sealed class MergeBasePart
{
    public required byte[] BaseHash { get; init; }
    public required ReferrerKind Kind { get; init; }
    public required string Name { get; init; }

    /// <summary>Of a definition.</summary>
    public string? Description { get; init; }

    /// <summary>Of a definition; else empty.</summary>
    public required List<string> Accept { get; init; }

    /// <summary>Of a definition: the media type of the schema itself.</summary>
    public string? ContentType { get; init; }

    public required byte[] ContentHash { get; init; }
}

/// <summary>Keeps what merges start from when a published version is about to be changed or to go, and lets go of it when nobody needs it.</summary>
internal sealed class MergeBases(PatchbayDb db)
{
    /// <summary>Of whoever keeps bases, shared, and of the sweep: what was just found to be kept already must not be swept before it is used.</summary>
    private static readonly Ulid Lock = Ulid.Parse("00000000000MERGEBASESWEEP0");

    /// <summary>
    /// Keeps the published ones among some versions. Runs inside the transaction that changes or deletes them, which
    /// has their connectors to itself: nobody begins to import one of them meanwhile.
    /// </summary>
    public async Task KeepAsync(IQueryable<ConnectorVersion> leaving, CancellationToken cancellationToken)
    {
        var published = await leaving.Where(v => v.ContentHash != null).Select(v => new { v.Id, v.ContentHash }).ToListAsync(cancellationToken);
        if (published.Count == 0)
            return;
        await db.Dialect.LockAsync(db, Lock, shared: true, cancellationToken);
        // In one order, so that two that keep the same ones wait for each other instead of blocking each other.
        foreach (var version in published.OrderBy(v => Convert.ToHexString(v.ContentHash!), StringComparer.Ordinal))
            await db.Dialect.KeepMergeBaseAsync(db, version.Id, version.ContentHash!, cancellationToken);
    }

    /// <summary>Deletes the bases that no version was imported from any more.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, Lock, cancellationToken);
        await db.Dialect.DeleteUnusedMergeBasesAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
