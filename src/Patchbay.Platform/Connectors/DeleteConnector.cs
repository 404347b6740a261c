using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Connectors;

/// <summary>Deletes a connector with its versions, configs and connections, and the credentials that were made for them; their grants are revoked.</summary>
internal sealed class DeleteConnector(
    PatchbayDb db, ConnectorReader reader, AuthSchemeConfigs configs, EndingGrants grants, GrantRevocations revocations, ConnectionPlans plans, MergeBases bases)
{
    public async Task<Outcome<Done>> RunAsync(string connectorId, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
            return changed;
        if (await db.Hubs.Where(h => h.PrimaryConnectorId == id && h.DeletedAt == null).Select(h => h.Name).FirstOrDefaultAsync(cancellationToken) is { } hub)
            return new Failure(FailureKind.Conflict, "connector_in_use", $"The hub '{hub}' is built around the connector. Delete the hub first.");
        if (await db.ConnectionTemplates.Where(t => t.ConnectorId == id).Join(db.Integrations, t => t.IntegrationId, i => i.Id, (_, i) => i.Name).FirstOrDefaultAsync(cancellationToken) is { } integration)
            return new Failure(FailureKind.Conflict, "connector_in_use", $"Users connect with the connector when they activate the integration '{integration}'. Delete the integration first.");
        var ending = await grants.ReadAsync(id, db.Connections.Where(c => c.ConnectorId == id), cancellationToken);
        foreach (var config in connector.AuthSchemeConfigs.ToList())
            await configs.DeleteAsync(connector, config, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        var credentials = await db.ConnectionCredentials
            .Where(c => db.Connections.Any(x => x.Id == c.ConnectionId && x.ConnectorId == id))
            .Select(c => c.CredentialId).Distinct().ToListAsync(cancellationToken);
        await db.Connections.Where(c => c.ConnectorId == id).ExecuteDeleteAsync(cancellationToken);
        foreach (var credential in credentials)
            db.Trail.Touch("credential", credential, AuditResource.Deleted);
        db.Trail.Touch("connector", id, AuditResource.Deleted);
        await db.Credentials.Where(c => credentials.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        await bases.KeepAsync(db.Versions.Where(v => v.ConnectorId == id), cancellationToken);
        await db.Connectors.Where(c => c.Id == id).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        plans.ForgetConnector(id);
        revocations.Begin(ending);
        return new Done();
    }
}
