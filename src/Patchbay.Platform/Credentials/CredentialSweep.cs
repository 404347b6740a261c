using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Deletes credentials whose end has come. Their connections stay and know that they lack one: they send nothing without it. It may come
/// late, since from its end on a credential is not used anyway.
/// </summary>
internal sealed partial class CredentialSweep(IServiceScopeFactory scopes, GrantCustody custody, ConnectionPlans plans, TimeProvider clock, ILogger<CredentialSweep> logger)
    : Sweep(TimeSpan.FromSeconds(30), scopes, clock, logger)
{
    private const int Batch = 200;

    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        List<Due> due;
        do
        {
            var now = Clock.Now();
            // Over all organisations, by the time alone; each is then deleted inside its own.
            due = await services.GetRequiredService<PatchbayDb>().Credentials.IgnoreQueryFilters([PatchbayDb.TenantFilter])
                .Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(Batch).Select(c => new Due(c.Id, c.OrganisationId)).ToListAsync(cancellationToken);
            foreach (var (id, organisationId) in due)
                await DeleteAsync(services, id, organisationId, cancellationToken);
        }
        while (due.Count == Batch);
    }

    private async Task DeleteAsync(IServiceProvider services, Ulid id, Ulid organisationId, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Http.Caller.Operator.Instance, organisationId);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        List<Connection> connections;
        await using (var transaction = await CredentialLock.BeginAsync(db, id, cancellationToken))
        {
            var now = Clock.Now();
            // Its owner may have given it another end meanwhile.
            if (await db.Credentials.FirstOrDefaultAsync(c => c.Id == id && c.ExpiresAt <= now, cancellationToken) is not { } credential)
                return;
            connections = await db.Connections.Include(c => c.Credentials).Where(c => c.Credentials.Any(u => u.CredentialId == id)).ToListAsync(cancellationToken);
            foreach (var connection in connections)
            {
                var uses = connection.Credentials.Where(u => u.CredentialId == id).ToList();
                connection.LostCredentials = [.. connection.LostCredentials, .. uses.Select(u => new LostCredential(id, u.Use, u.AuthSchemeConfigId, credential.ExpiresAt!.Value))];
                connection.UpdatedAt = now;
                db.RemoveRange(uses);
            }

            db.Remove(credential);
            db.Trail.Add(new AuditEntry(organisationId, "DeleteExpiredCredential", AuditEntry.Server,
            [
                new AuditResource("credential", id.ToString()) { Change = AuditResource.Deleted },
                .. connections.Take(20).Select(c => new AuditResource("connection", c.Id.ToString()) { Change = AuditResource.Updated }),
            ]));
            await db.SaveChangesAsync(cancellationToken);
            await NamedCertificates.TouchAsync(db, id, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        custody.Forget(id);
        foreach (var connection in connections)
            plans.Forget(connection.Id);
        Deleted(Logger, id);
    }

    private sealed record Due(Ulid Id, Ulid OrganisationId);

    [LoggerMessage(2, LogLevel.Information, "Credential {CredentialId} has come to the end that its owner gave it, and was deleted")]
    private static partial void Deleted(ILogger logger, Ulid credentialId);
}
