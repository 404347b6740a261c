using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>
/// A change to one version of a connector, alone: while it is open nobody else changes the connector, on any node, so what was checked
/// holds until it is committed.
/// </summary>
internal sealed class VersionChange : IAsyncDisposable
{
    private readonly PatchbayDb _db;
    private readonly IDbContextTransaction _transaction;

    private VersionChange(PatchbayDb db, IDbContextTransaction transaction, ConnectorVersion version) =>
        (_db, _transaction, Version) = (db, transaction, version);

    public ConnectorVersion Version { get; }

    /// <summary>Opens a change.</summary>
    /// <param name="db">The context.</param>
    /// <param name="connectorId">The connector, as in the path.</param>
    /// <param name="versionName">The version, as in the path.</param>
    /// <param name="draftOnly">Whether a published version is refused, as it is for everything but the marks on it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="precondition">
    /// What the request asks of the version. An operation on one part of it leaves this out, and holds the request's precondition against the
    /// part, as soon as it has found that: <c>await precondition.RefusalAsync(() => reader.ActionAsync(…))</c>.
    /// </param>
    public static async Task<Outcome<VersionChange>> OpenAsync(
        PatchbayDb db, string connectorId, string versionName, bool draftOnly, CancellationToken cancellationToken, Precondition? precondition = null)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var found = await FindAsync(db, transaction, connectorId, versionName, draftOnly, precondition, cancellationToken);
        if (found.Failure is not null)
            await transaction.DisposeAsync();
        return found;
    }

    /// <summary>The same inside a transaction that had something else to lock first; it ends with the change, or is the caller's where there is none.</summary>
    public static async Task<Outcome<VersionChange>> OpenWithinAsync(
        PatchbayDb db, IDbContextTransaction transaction, Ulid connectorId, string versionName, bool draftOnly, CancellationToken cancellationToken,
        Precondition? precondition = null)
    {
        await db.Dialect.LockAsync(db, connectorId, shared: false, cancellationToken);
        return await FindAsync(db, transaction, connectorId.ToString(), versionName, draftOnly, precondition, cancellationToken);
    }

    private static async Task<Outcome<VersionChange>> FindAsync(
        PatchbayDb db, IDbContextTransaction transaction, string connectorId, string versionName, bool draftOnly,
        Precondition? precondition, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connectorId, versionName, cancellationToken);
        if (!found.Succeeded(out var version, out var failure) || (draftOnly && (failure = RefusePublished(version)) is not null)
            || (precondition is not null && (failure = await precondition.RefusalAsync(() => db.ShownAsync(version, cancellationToken))) is not null))
        {
            return failure;
        }

        return new VersionChange(db, transaction, version);
    }

    public static Failure? RefusePublished(ConnectorVersion version) => version.IsPublished
        ? new Failure(FailureKind.Conflict, "version_published",
            $"Version '{version.Name}' is published and does not change any more. Create a new version from it, or unpublish it first.")
        : null;

    /// <summary>Saves and commits, and moves the times of the version and its connector.</summary>
    public async Task CommitAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        Version.UpdatedAt = now;
        await _db.SaveChangesAsync(cancellationToken);
        await _db.TouchConnectorAsync(Version.ConnectorId, now, cancellationToken);
        // Not to be called off: whether it happened would be unknown then, and it is a moment's work.
        await _transaction.CommitAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();
}

internal static class ConnectorTouch
{
    /// <summary>Moves a connector's time, because something in it changed.</summary>
    public static Task TouchConnectorAsync(this PatchbayDb db, Ulid connectorId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Connectors.Where(c => c.Id == connectorId).ExecuteUpdateAsync(
            c => c.SetProperty(x => x.UpdatedAt, now).SetProperty(x => x.Revision, x => x.Revision + 1), cancellationToken);
}
