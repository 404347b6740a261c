using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connections;

/// <summary>Deletes a connection and its credentials, and has their grants revoked.</summary>
internal sealed class DeleteConnection(PatchbayDb db, EndingGrants grants, GrantRevocations revocations, ConnectionPlans plans, TimeProvider clock)
{
    public async Task<Outcome<Done>> RunAsync(string connectorId, string connectionId, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var connector) || !Ulid.TryParse(connectionId, out var id))
            return Failure.NotFound("connection");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (await ConnectionsEndpoints.FindAsync(db, connector, id, cancellationToken) is not { } connection)
            return Failure.NotFound("connection");
        if (await precondition.RefusalAsync(() => ConnectionsEndpoints.JsonOfAsync(db, connection, cancellationToken)) is { } changed)
            return changed;
        var deleting = db.Connections.Where(c => c.Id == id && c.ConnectorId == connector && c.Owner == "");
        var ending = await grants.ReadAsync(connector, deleting, cancellationToken);
        var credentials = await deleting.SelectMany(c => c.Credentials).Select(c => c.CredentialId).ToListAsync(cancellationToken);
        if (await deleting.ExecuteDeleteAsync(cancellationToken) == 0)
            return Failure.NotFound("connection");
        foreach (var credential in credentials)
            db.Trail.Touch("credential", credential, AuditResource.Deleted);
        db.Trail.Touch("connection", id, AuditResource.Deleted);
        await db.Credentials.Where(c => credentials.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        await db.TouchConnectorAsync(connector, clock.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        plans.Forget(id);
        revocations.Begin(ending);
        return new Done();
    }
}
