using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Audit;

/// <summary>What somebody did to a chain.</summary>
internal enum AuditDamage
{
    /// <summary>What a record says was changed, or its hashes or code were.</summary>
    Edited,

    /// <summary>Records are missing before others.</summary>
    Removed,

    /// <summary>A record stands at another's place.</summary>
    Reordered,

    /// <summary>A record was not written by a server.</summary>
    Inserted,

    /// <summary>Records are missing at the end.</summary>
    Truncated,

    /// <summary>The head is missing, or is not what a server wrote.</summary>
    HeadChanged,

    /// <summary>The chain is missing as a whole.</summary>
    ChainRemoved,
}

/// <summary>The first fault of a chain.</summary>
/// <param name="Damage">What was done.</param>
/// <param name="Sequence">At which record; null for the chain as a whole.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record AuditFault(AuditDamage Damage, long? Sequence, string Message);

/// <summary>How a chain was found.</summary>
/// <param name="OrganisationId">The chain.</param>
/// <param name="Records">How many records were read.</param>
/// <param name="Head">Its head; null where it is gone.</param>
/// <param name="Fault">The first fault; null for none.</param>
internal sealed record AuditVerdict(Ulid OrganisationId, long Records, AuditHead? Head, AuditFault? Fault);

/// <summary>Holds chains of records against their hashes, their codes and their heads, while servers go on writing.</summary>
internal sealed class VerifyAudit(PatchbayDb db, AuditKeys keys)
{
    private const int Page = 1000;

    /// <summary>How far a record that was moved is looked for.</summary>
    private const long MaxSearched = 1_000_000;

    private readonly HashSet<Ulid> _begun = [];
    private readonly HashSet<Ulid> _deleted = [];

    /// <summary>Verifies the instance's chain and those of all organisations.</summary>
    public async IAsyncEnumerable<AuditVerdict> AllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await OfAsync(AuditRecord.Instance, cancellationToken);
        // Heads are read after the instance's records: whatever was begun there by then is here.
        var heads = await Heads().Select(h => h.OrganisationId).ToListAsync(cancellationToken);
        var records = await Records().Select(r => r.OrganisationId).Distinct().ToListAsync(cancellationToken);
        foreach (var chain in heads.Union(records).Union(_begun.Except(_deleted)).Where(c => c != AuditRecord.Instance).Order())
        {
            var verdict = await OfAsync(chain, cancellationToken);
            // It may have been deleted with its organisation while the others were read.
            if (verdict.Head is not null || verdict.Records > 0 || await db.Organisations.AnyAsync(o => o.Id == chain, cancellationToken) || !await WasDeletedAsync(chain, cancellationToken))
                yield return verdict;
        }
    }

    /// <summary>Verifies one chain.</summary>
    public async Task<AuditVerdict> OfAsync(Ulid chain, CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = await HeadAsync(chain, cancellationToken);
            var verdict = await ReadAsync(chain, head, cancellationToken);
            // What was written or cut off while it was read is no fault.
            if (verdict.Fault is null || await HeadAsync(chain, cancellationToken) is var now && Same(head, now))
                return verdict;
        }
    }

    /// <summary>Whether a chain still has a record that was its last once, or has deleted it in its time.</summary>
    public static async Task<bool> HoldsAsync(PatchbayDb db, Ulid chain, long sequence, string hash, CancellationToken cancellationToken)
    {
        var bytes = Convert.FromHexString(hash);
        var head = await db.AuditHeads.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(h => h.OrganisationId == chain, cancellationToken);
        return sequence < head?.AnchorSequence
            || (sequence == head?.AnchorSequence && head.AnchorHash.AsSpan().SequenceEqual(bytes))
            || await RecordsOf(db, chain).AnyAsync(r => r.Sequence == sequence && r.Hash == bytes, cancellationToken);
    }

    /// <summary>The records of a chain, whosever it is, for the operator.</summary>
    public static IQueryable<AuditRecord> RecordsOf(PatchbayDb db, Ulid chain) =>
        db.AuditRecords.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(r => r.OrganisationId == chain);

    private async Task<AuditVerdict> ReadAsync(Ulid chain, AuditHead? head, CancellationToken cancellationToken)
    {
        if (head is null)
        {
            var left = await Records().CountAsync(r => r.OrganisationId == chain, cancellationToken);
            return new AuditVerdict(chain, left, null, left > 0
                ? new AuditFault(AuditDamage.HeadChanged, null, $"The head of the chain is missing; {left} records are left without it.")
                : new AuditFault(AuditDamage.ChainRemoved, null, "The chain is missing, head and records."));
        }

        if (!await keys.VouchForAsync(db, head, cancellationToken))
            return new AuditVerdict(chain, 0, head, new AuditFault(AuditDamage.HeadChanged, null, "The head of the chain is not what a server wrote."));
        var (expected, previous, count) = (head.AnchorSequence + 1, head.AnchorHash, 0L);
        var after = long.MinValue;
        while (await Records().Where(r => r.OrganisationId == chain && r.Sequence > after).OrderBy(r => r.Sequence).Take(Page).ToListAsync(cancellationToken) is { Count: > 0 } page)
        {
            foreach (var record in page)
            {
                count++;
                if (await FaultOfAsync(record, expected, previous, head, cancellationToken) is { } fault)
                    return new AuditVerdict(chain, count, head, fault);
                Note(record);
                (expected, previous) = (record.Sequence + 1, record.Hash);
            }

            after = page[^1].Sequence;
        }

        return new AuditVerdict(chain, count, head, expected <= head.Sequence
            ? new AuditFault(AuditDamage.Truncated, expected, $"Records {expected} to {head.Sequence} are missing at the end.")
            : CryptographicOperations.FixedTimeEquals(previous, head.Hash) ? null
            : new AuditFault(AuditDamage.Edited, expected - 1, "The last record is not the one that the head tells of."));
    }

    private async Task<AuditFault?> FaultOfAsync(AuditRecord record, long expected, byte[] previous, AuditHead head, CancellationToken cancellationToken)
    {
        if (record.Sequence < expected)
            return new AuditFault(AuditDamage.Inserted, record.Sequence, "A record stands before the beginning of the chain.");
        if (record.Sequence > head.Sequence)
        {
            return expected <= head.Sequence
                ? new AuditFault(AuditDamage.Truncated, expected, $"Records {expected} to {head.Sequence} are missing at the end, and others stand behind it.")
                : new AuditFault(AuditDamage.Inserted, record.Sequence, "A record stands behind the end of the chain.");
        }

        if (record.Sequence > expected)
            return new AuditFault(AuditDamage.Removed, expected, expected == record.Sequence - 1 ? "The record is missing." : $"Records {expected} to {record.Sequence - 1} are missing.");
        var isOurs = await keys.VouchForAsync(db, record, cancellationToken);
        var fits = record.ComputeHash().AsSpan().SequenceEqual(record.Hash);
        if (isOurs && fits)
        {
            return previous.AsSpan().SequenceEqual(record.PreviousHash) ? null
                : new AuditFault(AuditDamage.Reordered, record.Sequence, "The record does not follow the one before it: one of the two stands in another's place.");
        }

        if (!isOurs)
        {
            return fits
                ? new AuditFault(AuditDamage.Inserted, record.Sequence, "The record was not written by a server: it was put here, or another was rewritten.")
                : new AuditFault(AuditDamage.Edited, record.Sequence, "The record was changed.");
        }

        for (var place = Math.Max(1, head.Sequence - MaxSearched); place <= head.Sequence; place++)
        {
            if (place != record.Sequence && record.ComputeHash(place).AsSpan().SequenceEqual(record.Hash))
                return new AuditFault(AuditDamage.Reordered, record.Sequence, $"Here stands what was record {place}.");
        }

        return new AuditFault(AuditDamage.Edited, record.Sequence, "The record was changed.");
    }

    /// <summary>Which chains there must be.</summary>
    private void Note(AuditRecord record)
    {
        if (record.OrganisationId != AuditRecord.Instance || record.Operation is not ("CreateOrganisation" or "BeginAuditChain" or "DeleteOrganisation"))
            return;
        foreach (var resource in AuditResource.Read(record.Resources).Where(r => r is { Kind: "organisation", Change: not null }))
            (record.Operation == "DeleteOrganisation" ? _deleted : _begun).Add(Ulid.Parse(resource.Id!, CultureInfo.InvariantCulture));
    }

    private Task<bool> WasDeletedAsync(Ulid organisationId, CancellationToken cancellationToken)
    {
        var id = organisationId.ToString();
        return Records().AnyAsync(r => r.OrganisationId == AuditRecord.Instance && r.Operation == "DeleteOrganisation" && r.Resources.Contains(id), cancellationToken);
    }

    private static bool Same(AuditHead? one, AuditHead? other) =>
        one is null ? other is null : other is not null && one.Sequence == other.Sequence && one.Code.AsSpan().SequenceEqual(other.Code);

    private Task<AuditHead?> HeadAsync(Ulid chain, CancellationToken cancellationToken) =>
        Heads().FirstOrDefaultAsync(h => h.OrganisationId == chain, cancellationToken);

    // The operator verifies all chains; nothing of them is shown but where they are broken.
    private IQueryable<AuditHead> Heads() => db.AuditHeads.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking();

    private IQueryable<AuditRecord> Records() => db.AuditRecords.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking();
}
