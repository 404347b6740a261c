using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Keys;

/// <summary>
/// Gives an organisation a new data key and seals its secrets with it. From the change of key on nobody seals with the old one
/// (<see cref="OrganisationKeys.HoldAsync"/>), so what is left of it only becomes less, and it is dropped when nothing is.
/// </summary>
internal sealed class ResealOrganisation(Func<PatchbayDb> open, KeyRing ring, TimeProvider clock, RotationCount count)
{
    /// <summary>Rows that somebody was changing are looked at again after this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>The secrets that do not open: they, and the old key, are left.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(Ulid organisationId, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var db = open();
            if (await ChangeKeyAsync(db, organisationId, cancellationToken) is not { } organisation)
                return [];
            if (organisation.RetiredKey is null && KeyRing.KeyIdOf(organisation.WrappedKey) == ring.ActiveKeyId)
                return [];
            using var current = Unwrap(organisation.WrappedKey, organisationId, organisation.KeyVersion);
            using var retired = Unwrap(organisation.RetiredKey, organisationId, organisation.KeyVersion - 1);
            if (current is null || retired is null)
                return [$"the data key of organisation {organisationId}"];
            var damaged = new List<string>();
            foreach (var column in SealedColumn.All)
                await ResealAsync(db, column, organisationId, retired, current, damaged, cancellationToken);
            if (damaged.Count > 0)
                return damaged;
            if (!await DropRetiredAsync(db, organisationId, current.Number, cancellationToken))
                await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <returns>The organisation; null where it is no more.</returns>
    private async Task<Organisation?> ChangeKeyAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, OrganisationKeys.LockOf(id), cancellationToken);
        var organisation = await db.Organisations.FirstOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (organisation is not { RetiredKey: null } || KeyRing.KeyIdOf(organisation.WrappedKey) == ring.ActiveKeyId)
            return organisation;
        using (var old = Unwrap(organisation.WrappedKey, id, organisation.KeyVersion))
        {
            if (old is null)
                return organisation;
            organisation.RetiredKey = organisation.WrappedKey;
            organisation.KeyVersion++;
            organisation.WrappedKey = ring.WrapNewDataKey(OrganisationKeys.ContextOf(id, organisation.KeyVersion));
            db.Trail.Add(new AuditEntry(id, "ChangeDataKey", AuditEntry.Operator, [new AuditResource("organisation", id.ToString()) { Change = AuditResource.Updated }]));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return organisation;
    }

    private async Task ResealAsync(
        PatchbayDb db, SealedColumn column, Ulid organisationId, DataKey retired, DataKey current, List<string> damaged, CancellationToken cancellationToken)
    {
        var after = default(Ulid);
        while (await db.Dialect.ReadSealedAsync(db, column, organisationId, after, column.BatchSize, cancellationToken) is { Count: > 0 } values)
        {
            after = values[^1].RowId;
            var resealed = new List<ResealedValue>();
            foreach (var value in values.Where(v => DataKey.NumberOf(v.Value) != current.Number))
            {
                var context = column.ContextOf(organisationId, value.RowId);
                if (!retired.Open(value.Value, context).TryGet(out var secret, out var failure))
                {
                    damaged.Add($"{column} of {value.RowId} ({failure})");
                    continue;
                }

                resealed.Add(new(value.RowId, value.Value, current.Seal(secret, context)));
                CryptographicOperations.ZeroMemory(secret);
            }

            if (resealed.Count == 0)
                continue;
            var began = clock.GetTimestamp();
            count.Add(await db.Dialect.ReplaceSealedAsync(db, column, resealed, cancellationToken));
            // As much time for everybody else: SQLite lets one process write at a time, and the others only look again now and then.
            await Task.Delay(clock.GetElapsedTime(began), clock, cancellationToken);
        }
    }

    /// <returns>Whether nothing was left that needs the old key.</returns>
    private static async Task<bool> DropRetiredAsync(PatchbayDb db, Ulid id, int version, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, OrganisationKeys.LockOf(id), cancellationToken);
        foreach (var column in SealedColumn.All)
        {
            if ((await db.Dialect.CountSealedAsync(db, column, id, cancellationToken)).Any(c => c.KeyVersion != version))
                return false;
        }

        await db.Organisations.Where(o => o.Id == id && o.KeyVersion == version)
            .ExecuteUpdateAsync(s => s.SetProperty(o => o.RetiredKey, (byte[]?)null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private DataKey? Unwrap(byte[]? wrapped, Ulid id, int version) =>
        wrapped is not null && ring.Unwrap(wrapped, OrganisationKeys.ContextOf(id, version), version).TryGet(out var key, out _) ? key : null;
}

/// <summary>How far a rotation is.</summary>
/// <param name="report">Is told: so many secrets of so many.</param>
internal sealed class RotationCount(Action<long, long> report)
{
    private long _done;
    private long _total;

    /// <summary>Counts what there is, and what of it earlier runs have done.</summary>
    public async Task BeginAsync(PatchbayDb db, string keyId, CancellationToken cancellationToken)
    {
        var status = await KeyStatus.ReadAsync(db, cancellationToken);
        _total = status.Secrets.Sum(s => s.Count);
        _done = status.Secrets.Where(s => s.KeyVersion is not null && s.IsCurrent && s.WrappedBy == keyId).Sum(s => s.Count);
        report(_done, _total);
    }

    public void Add(int resealed)
    {
        // What is created meanwhile needs nothing done, and what is deleted is not missed.
        _done = Math.Min(_done + resealed, _total);
        report(_done, _total);
    }
}
