using System.Data.Common;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Audit;

/// <summary>A record could not be written, so what it was to tell of does not happen either.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">What failed; null where the chain itself is not what it should be.</param>
internal sealed class AuditFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Puts records at the end of chains, inside the transaction that makes the change: as the last thing before it commits, so that the lock on
/// the chain's head, which all writers of an organisation need, is held for a moment only, and nothing else is waited for while it is.
/// </summary>
internal sealed class AuditChains(AuditKeys keys, TimeProvider clock)
{
    public AuditKeys Keys { get; } = keys;

    /// <summary>Appends records. Runs inside the context's transaction.</summary>
    /// <exception cref="AuditFailedException">They could not be written: nothing of the transaction may be committed.</exception>
    /// <exception cref="DeletedMeanwhileException">Their organisation is no more.</exception>
    public async Task AppendAsync(PatchbayDb db, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            var ofInstance = new List<AuditEntry>();
            // In one order everywhere, the instance's chain last.
            foreach (var chain in entries.GroupBy(e => e.OrganisationId).OrderByDescending(g => g.Key))
            {
                if (chain.Key == AuditRecord.Instance)
                    ofInstance.AddRange(chain);
                else
                    await AppendAsync(db, await HeadOfAsync(db, chain.Key, ofInstance, cancellationToken), [.. chain], cancellationToken);
            }

            if (ofInstance.Count == 0)
                return;
            foreach (var begun in ofInstance.Select(e => e.BeginsChainOf).OfType<Ulid>())
                await db.Dialect.AppendAuditAsync(db, await VouchedAsync(db, AuditHead.Begin(begun), cancellationToken), [], cancellationToken);
            var head = await db.Dialect.HoldAuditHeadAsync(db, AuditRecord.Instance, cancellationToken)
                ?? throw new AuditFailedException("The head of the instance's audit chain is gone; patchbay audit verify tells more.");
            await AppendAsync(db, head, ofInstance, cancellationToken);
        }
        catch (Exception e) when (e is DbException or InvalidDataException)
        {
            throw new AuditFailedException("The audit record could not be written.", e);
        }
    }

    /// <summary>Begins the instance's chain, or one from before there were any. Runs inside the context's transaction.</summary>
    public async Task BeginAsync(PatchbayDb db, Ulid chain, CancellationToken cancellationToken) =>
        await db.Dialect.AppendAuditAsync(db, await VouchedAsync(db, AuditHead.Begin(chain), cancellationToken), [], cancellationToken);

    /// <summary>Puts another beginning to a chain whose head is held, and says so at its end.</summary>
    public async Task AnchorAsync(PatchbayDb db, AuditHead held, long sequence, byte[] hash, AuditEntry entry, CancellationToken cancellationToken) =>
        await AppendAsync(db, await VouchedAsync(db, (await TrustedAsync(db, held, cancellationToken)).AnchoredAt(sequence, hash), cancellationToken), [entry], cancellationToken);

    private async Task<AuditHead> HeadOfAsync(PatchbayDb db, Ulid organisationId, List<AuditEntry> ofInstance, CancellationToken cancellationToken)
    {
        if (await db.Dialect.HoldAuditHeadAsync(db, organisationId, cancellationToken) is { } head)
            return head;
        // Either it was deleted a moment ago, or a server that knows of no chains made it.
        if (!await db.Dialect.HasOrganisationAsync(db, organisationId, cancellationToken))
            throw new DeletedMeanwhileException("organisation");
        ofInstance.Add(BeginAudit.ChainBegun(organisationId));
        return await VouchedAsync(db, AuditHead.Begin(organisationId), cancellationToken);
    }

    private async Task AppendAsync(PatchbayDb db, AuditHead held, List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var head = await TrustedAsync(db, held, cancellationToken);
        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var records = new List<AuditRecord>(entries.Count);
        foreach (var entry in entries)
        {
            var record = RecordOf(entry, head, now, [], []);
            var hash = record.ComputeHash();
            record = RecordOf(entry, head, now, hash, await Keys.CodeOfRecordAsync(db, hash, cancellationToken));
            records.Add(record);
            head = head.EndingAt(record);
        }

        await db.Dialect.AppendAuditAsync(db, await VouchedAsync(db, head, cancellationToken), records, cancellationToken);
    }

    /// <summary>
    /// Nothing is built on a head that is not ours: its new code would bear witness to what somebody did to the chain in the database.
    /// </summary>
    private async Task<AuditHead> TrustedAsync(PatchbayDb db, AuditHead head, CancellationToken cancellationToken) =>
        await Keys.VouchForAsync(db, head, cancellationToken) ? head
            : throw new AuditFailedException($"The head of the audit chain of {head.OrganisationId} was changed in the database; patchbay audit verify tells more.");

    private async Task<AuditHead> VouchedAsync(PatchbayDb db, AuditHead head, CancellationToken cancellationToken) =>
        head.WithCode(await Keys.CodeOfHeadAsync(db, head, cancellationToken));

    private static AuditRecord RecordOf(AuditEntry entry, AuditHead head, long now, byte[] hash, byte[] code) => new()
    {
        OrganisationId = entry.OrganisationId,
        Sequence = head.Sequence + 1,
        AtMicroseconds = now,
        Actor = entry.Actor,
        Operation = entry.Operation,
        Outcome = entry.Outcome,
        Count = entry.Count,
        Resources = AuditResource.Write(entry.Resources),
        PreviousHash = head.Hash,
        Hash = hash,
        Code = code,
    };
}
