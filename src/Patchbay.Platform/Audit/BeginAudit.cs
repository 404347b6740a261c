using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;
using Patchbay.Vault;

namespace Patchbay.Platform.Audit;

/// <summary>
/// Begins the audit at the first start on a store: the first key, the instance's chain, and the chains of organisations from before there were
/// any. It is done once. What somebody takes out of the database later is missed, and not made anew.
/// </summary>
internal sealed class BeginAudit(PatchbayDb db, KeyRing ring, AuditChains chains)
{
    /// <summary>How it is written down that the chain of an organisation begins.</summary>
    public static AuditEntry ChainBegun(Ulid organisationId) =>
        new(AuditRecord.Instance, "BeginAuditChain", AuditEntry.Server, [new AuditResource("organisation", organisationId.ToString()) { Change = AuditResource.Created }]);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await db.InstanceValues.AnyAsync(v => v.Name == AuditKeys.Name, cancellationToken))
            return;
        // The lock of those who change instance keys: a rotation that is under way then takes the new key along.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, KeyFacts.Lock, cancellationToken);
        if (await db.InstanceValues.AnyAsync(v => v.Name == AuditKeys.Name, cancellationToken))
            return;
        db.Add(new InstanceValue { Name = AuditKeys.Name, Value = AuditKeys.First(ring) });
        await db.SaveChangesAsync(cancellationToken);
        await chains.BeginAsync(db, AuditRecord.Instance, cancellationToken);
        var entries = new List<AuditEntry> { new(AuditRecord.Instance, "BeginAudit", AuditEntry.Server, []) };
        foreach (var organisation in await db.Organisations.OrderBy(o => o.Id).Select(o => o.Id).ToListAsync(cancellationToken))
        {
            await chains.BeginAsync(db, organisation, cancellationToken);
            entries.Add(ChainBegun(organisation));
        }

        await chains.AppendAsync(db, entries, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }
}
