using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Library;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Organisations;

/// <summary>
/// Deletes an organisation with all that is its own, and destroys its data key: its secrets are unreadable from then on, in every copy of
/// them that was made apart from the key. Copies that others imported from it are theirs and stay.
/// </summary>
internal sealed class DeleteOrganisation(PatchbayDb db, OrganisationKeys keys, CallerDirectory callers, ConnectionPlans plans, MergeBases bases)
{
    /// <param name="id">The organisation, which the request's scope has entered.</param>
    /// <param name="precondition">What the request asks of it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Done>> RunAsync(Ulid id, Precondition precondition, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken))
        {
            if (await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is not { } organisation)
                return Failure.NotFound("organisation");
            if (precondition.RefusalOf(OrganisationJson.Of(organisation)) is { } changed)
                return changed;
            // Whoever is importing from it has imported then, and is seen, or finds nothing to import. Before the key's lock: those who change a
            // connector take that one last.
            foreach (var connector in await db.Connectors.Where(c => c.OrganisationId == id && c.Public).Select(c => c.Id).ToListAsync(cancellationToken))
                await db.Dialect.LockAsync(db, connector, shared: false, cancellationToken);
            // Whoever is about to store a secret of it has stored it then, or finds nothing to store it under.
            await db.Dialect.LockAsync(db, OrganisationKeys.LockOf(id), shared: false, cancellationToken);
            await bases.KeepAsync(db.Versions.Where(v => v.OrganisationId == id), cancellationToken);
            // Connectors take their versions and connections with them, and connections their hold on credentials. The rest of what
            // is the organisation's goes with its row.
            await db.Connectors.Where(c => c.OrganisationId == id).ExecuteDeleteAsync(cancellationToken);
            await db.Connections.Where(c => c.OrganisationId == id).ExecuteDeleteAsync(cancellationToken);
            await db.Events.Where(e => e.OrganisationId == id).ExecuteDeleteAsync(cancellationToken);
            if (await db.Organisations.Where(o => o.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
                return Failure.NotFound("organisation");
            await db.People.Where(p => p.ActiveOrganisationId == id).ExecuteUpdateAsync(s => s.SetProperty(p => p.ActiveOrganisationId, (Ulid?)null), cancellationToken);
            await TellOthersAsync(id, cancellationToken);
            await EndChainAsync(id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        keys.Forget(id);
        callers.ForgetOrganisation(id);
        plans.ForgetOrganisation(id);
        return new Done();
    }

    /// <summary>
    /// The organisation's audit records go with it; the instance's chain keeps that it was deleted. Last, after all else that is waited for:
    /// whoever waits for the head of the chain then finds none.
    /// </summary>
    private async Task EndChainAsync(Ulid id, CancellationToken cancellationToken)
    {
        db.Trail.ToInstance();
        db.Trail.Touch("organisation", id, AuditResource.Deleted);
        await db.Dialect.HoldAuditHeadAsync(db, id, cancellationToken);
        await db.AuditRecords.Where(r => r.OrganisationId == id).ExecuteDeleteAsync(cancellationToken);
        await db.AuditHeads.Where(h => h.OrganisationId == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Leaves word for <see cref="KeyWatch"/> on other nodes.</summary>
    private async Task TellOthersAsync(Ulid id, CancellationToken cancellationToken)
    {
        var last = id.ToByteArray();
        if (await db.InstanceValues.Where(v => v.Name == KeyWatch.LastDeletedName).ExecuteUpdateAsync(s => s.SetProperty(v => v.Value, last), cancellationToken) > 0)
            return;
        await db.Dialect.LockAsync(db, KeyFacts.Lock, shared: false, cancellationToken);
        if (await db.InstanceValues.AnyAsync(v => v.Name == KeyWatch.LastDeletedName, cancellationToken))
        {
            await db.InstanceValues.Where(v => v.Name == KeyWatch.LastDeletedName).ExecuteUpdateAsync(s => s.SetProperty(v => v.Value, last), cancellationToken);
            return;
        }

        db.Add(new InstanceValue { Name = KeyWatch.LastDeletedName, Value = last });
        await db.SaveChangesAsync(cancellationToken);
    }
}
