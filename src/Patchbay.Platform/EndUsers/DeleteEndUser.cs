using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUserPages;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Platform.EndUsers;

/// <summary>
/// Deletes an end user with all that is theirs: connections, credentials, sign-ins under way, visits to the pages, and what APIs told of through their connections. Their
/// grants are revoked.
/// </summary>
internal sealed class DeleteEndUser(PatchbayDb db, EndUserReader reader, PageSessions sessions, EndingGrants grants, GrantRevocations revocations, ConnectionPlans plans)
{
    public async Task<Outcome<Done>> RunAsync(Ulid id, Precondition precondition, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.EndUsers.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } user)
            return EndUserReader.NotFound;
        if (await precondition.RefusalAsync(() => reader.ReadAsync(user, cancellationToken)) is { } changed)
            return changed;
        var (ending, connections) = await DeleteConnectionsAsync(user, cancellationToken);
        var authorization = ConnectionOwner.AuthorizationOf(user.HubId, user.ExternalId);
        await db.PendingAuthorizations.Where(a => a.EndUser == authorization).ExecuteDeleteAsync(cancellationToken);
        await db.PageSessions.Where(s => s.HubId == user.HubId && s.ExternalId == user.ExternalId).ExecuteDeleteAsync(cancellationToken);
        await db.EndUsers.Where(u => u.Id == id).ExecuteDeleteAsync(cancellationToken);
        db.Trail.Touch("end_user", id, AuditResource.Deleted);
        await transaction.CommitAsync(cancellationToken);
        sessions.Forget(user.HubId, user.ExternalId);
        foreach (var connection in connections)
            plans.Forget(connection);
        revocations.Begin(ending);
        return new Done();
    }

    /// <summary>Deletes all users of a hub that was deleted before, one by one, and then the hub itself.</summary>
    public async Task PurgeHubAsync(Ulid hubId, CancellationToken cancellationToken)
    {
        // Part of the deletion, which has its record.
        using var step = db.Trail.BeginStep();
        while (await db.EndUsers.Where(u => u.HubId == hubId).OrderBy(u => u.Id).Select(u => (Ulid?)u.Id).FirstOrDefaultAsync(cancellationToken) is { } next)
            await RunAsync(next, Precondition.None, cancellationToken);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, hubId, cancellationToken);
        await db.Hubs.Where(h => h.Id == hubId).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<(IReadOnlyList<EndingGrant> Ending, IReadOnlyList<Ulid> Connections)> DeleteConnectionsAsync(EndUser user, CancellationToken cancellationToken)
    {
        var owner = user.Id.ToString();
        var ids = await db.Connections.Where(c => c.Owner == owner).Select(c => c.Id).ToListAsync(cancellationToken);
        var ending = new List<EndingGrant>();
        // In one order, as all who take several.
        foreach (var connector in await db.Connections.Where(c => c.Owner == owner).Select(c => c.ConnectorId).Distinct().OrderBy(c => c).ToListAsync(cancellationToken))
        {
            await db.Dialect.LockAsync(db, connector, shared: false, cancellationToken);
            ending.AddRange(await grants.ReadAsync(connector, db.Connections.Where(c => c.Owner == owner && c.ConnectorId == connector), cancellationToken));
        }

        var credentials = await db.ConnectionCredentials.Where(c => ids.Contains(c.ConnectionId)).Select(c => c.CredentialId).Distinct().ToListAsync(cancellationToken);
        await db.Connections.Where(c => c.Owner == owner).ExecuteDeleteAsync(cancellationToken);
        await db.Credentials.Where(c => credentials.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        // Nobody makes deliveries of these events from here on.
        await db.Dialect.LockAsync(db, FanOut.Key, shared: false, cancellationToken);
        await db.Deliveries.Where(d => ids.Contains(d.ConnectionId)).ExecuteDeleteAsync(cancellationToken);
        await db.Events.Where(e => ids.Contains(e.ConnectionId)).ExecuteDeleteAsync(cancellationToken);
        foreach (var credential in credentials)
            db.Trail.Touch("credential", credential, AuditResource.Deleted);
        foreach (var connection in ids)
            db.Trail.Touch("connection", connection, AuditResource.Deleted);
        return (ending, ids);
    }
}
