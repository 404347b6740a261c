using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Platform.Keys;

/// <summary>
/// Changes every key while servers run: a new instance key, a new data key for each organisation, every secret sealed anew. Each step leaves
/// a state in which every server opens every secret, and the next run begins where this one was ended.
/// </summary>
/// <param name="open">Makes a context that sees all organisations' keys.</param>
/// <param name="source">Where the instance keys come from; the new one is there before the store depends on it.</param>
/// <param name="clock">The clock.</param>
/// <param name="progress">Is told how many secrets of how many are done.</param>
internal sealed class RotateKeys(Func<PatchbayDb> open, IKeySource source, TimeProvider clock, Action<long, long> progress)
{
    /// <summary>How long the new key lies in the store at least: every running server looks there within a second.</summary>
    private static readonly TimeSpan HandOverFor = KeyWatch.Interval * 3;

    /// <summary>Rotates, or goes on with a rotation that was ended.</summary>
    /// <param name="dropOld">Whether to take the old instance keys out of the ring in the end: what they wrapped, such as backups, opens no more.</param>
    /// <param name="cancellationToken">Ends it; the next run goes on.</param>
    public async Task<RotationOutcome> RunAsync(bool dropOld, CancellationToken cancellationToken)
    {
        await using var db = open();
        await using var change = await db.Dialect.TryBeginKeyChangeAsync(cancellationToken);
        if (change is null)
            return new RotationOutcome.Refused("another rotation is running on this store");
        var (ring, outcome) = await PrepareAsync(db, cancellationToken);
        if (ring is null)
            return outcome!;
        using (ring)
        {
            await HandOverAsync(db, ring, cancellationToken);
            var handedOverAt = clock.GetTimestamp();
            do
            {
                if (await ResealAllAsync(ring, cancellationToken) is { Count: > 0 } damaged)
                    return new RotationOutcome.Unfinished(ring.ActiveKeyId, damaged);
                var rest = HandOverFor - clock.GetElapsedTime(handedOverAt);
                if (rest > TimeSpan.Zero)
                    await Task.Delay(rest, clock, cancellationToken);
            }
            while (!await FinishAsync(db, ring, cancellationToken));
            return dropOld ? await DropOldAsync(ring, cancellationToken) : new RotationOutcome.Done(ring.ActiveKeyId, ring.KeyIds.Count - 1);
        }
    }

    /// <summary>A ring whose active key is the new one, and which is safe at its source.</summary>
    private async Task<(KeyRing? Ring, RotationOutcome? Instead)> PrepareAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        if (await KeyFacts.ReadAsync(db, cancellationToken) is not { } facts)
            return (null, new RotationOutcome.Refused("no server has started on this store yet"));
        var read = await source.ReadAsync(cancellationToken);
        if (read.Ring is not { } ring)
            return (null, new RotationOutcome.Refused(read.Message));
        if (ring.Verify(facts.Check, KeyFacts.CheckContext) is { } failure)
            return (null, new RotationOutcome.Refused($"the keys of {source.Description} are not those of the store ({failure}); it needs {KeyRing.KeyIdOf(facts.Check)}"));

        if (facts.HandOver is { } handOver)
        {
            if (ring.WithActive(facts.InForce) is { } continued)
                return (continued, null);
            return ring.WithHandedOver(handOver, KeyFacts.HandOverContext).TryGet(out var handed, out failure)
                ? await StoreAsync(handed, cancellationToken)
                : (null, new RotationOutcome.Refused($"the new key of the unfinished rotation cannot be taken from the store ({failure})"));
        }

        // A ring that is ahead of the store was prepared by an earlier run, or by the operator.
        return ring.ActiveKeyId == facts.InForce ? await StoreAsync(ring.WithNewActiveKey(), cancellationToken) : (ring, null);
    }

    /// <summary>Gives a ring to its source, and believes that only once it came back from there.</summary>
    private async Task<(KeyRing? Ring, RotationOutcome? Instead)> StoreAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        if (!source.CanWrite)
            return (null, new RotationOutcome.NeedsHands(ring.ToFileText(), Begun: true));
        if (await source.WriteAsync(ring, cancellationToken) is { } refusal)
            return (null, new RotationOutcome.Refused($"the new key was not stored, and nothing was changed: {refusal.Message}"));
        var back = await source.ReadAsync(cancellationToken);
        using (back.Ring)
        {
            return back.Ring?.ActiveKeyId == ring.ActiveKeyId && ring.KeyIds.All(back.Ring.Contains)
                ? (ring, null)
                : (null, new RotationOutcome.Refused($"{source.Description} took the new key and does not give it back, so nothing was changed. {back.Message}"));
        }
    }

    private static async Task HandOverAsync(PatchbayDb db, KeyRing ring, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, KeyFacts.Lock, cancellationToken);
        var facts = (await KeyFacts.ReadAsync(db, cancellationToken))!;
        if (facts.HandOver is not null)
            return;
        var handOver = ring.CreateHandOver(facts.InForce, KeyFacts.HandOverContext)!;
        db.Add(new InstanceValue { Name = KeyFacts.HandOverName, Value = handOver });
        db.Trail.Add(new AuditEntry(AuditRecord.Instance, "BeginKeyRotation", AuditEntry.Operator, []));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <returns>The secrets that do not open and were left as they are.</returns>
    private async Task<IReadOnlyList<string>> ResealAllAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        var count = new RotationCount(progress);
        var reseal = new ResealOrganisation(open, ring, clock, count);
        await using var db = open();
        await count.BeginAsync(db, ring.ActiveKeyId, cancellationToken);
        var damaged = new List<string>();
        foreach (var id in await WaitingAsync(db, ring.ActiveKeyId, cancellationToken))
            damaged.AddRange(await reseal.RunAsync(id, cancellationToken));
        if (await AuditKeysAsync(db, cancellationToken) is { } auditKeys && AuditKeys.Renewed(auditKeys, ring) is null)
            damaged.Add("the keys of the audit records");
        return damaged;
    }

    private static Task<byte[]?> AuditKeysAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        db.InstanceValues.AsNoTracking().Where(v => v.Name == AuditKeys.Name).Select(v => v.Value).FirstOrDefaultAsync(cancellationToken);

    /// <summary>From here on the new key is the only one that the store depends on.</summary>
    /// <returns>False where an organisation came in at the last moment.</returns>
    private static async Task<bool> FinishAsync(PatchbayDb db, KeyRing ring, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, KeyFacts.Lock, cancellationToken);
        if ((await WaitingAsync(db, ring.ActiveKeyId, cancellationToken)).Count > 0)
            return false;
        var auditKeys = await AuditKeysAsync(db, cancellationToken);
        if (auditKeys is not null)
        {
            var renewed = AuditKeys.Renewed(auditKeys, ring) ?? throw new InvalidDataException("The keys of the audit records do not open any more.");
            await db.InstanceValues.Where(v => v.Name == AuditKeys.Name).ExecuteUpdateAsync(s => s.SetProperty(v => v.Value, renewed), cancellationToken);
        }

        db.Trail.Add(new AuditEntry(AuditRecord.Instance, "EndKeyRotation", AuditEntry.Operator, []));
        var check = ring.CreateCheck(KeyFacts.CheckContext);
        await db.InstanceValues.Where(v => v.Name == KeyFacts.CheckName).ExecuteUpdateAsync(s => s.SetProperty(v => v.Value, check), cancellationToken);
        await db.InstanceValues.Where(v => v.Name == KeyFacts.HandOverName).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<RotationOutcome> DropOldAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        using var only = ring.WithActiveOnly();
        if (!source.CanWrite)
            return new RotationOutcome.NeedsHands(only.ToFileText(), Begun: false);
        return await source.WriteAsync(only, cancellationToken) is { } refusal
            ? new RotationOutcome.Refused($"all keys were changed, but the old ones could not be dropped: {refusal.Message}")
            : new RotationOutcome.Done(ring.ActiveKeyId, 0);
    }

    /// <summary>The organisations that are not done.</summary>
    private static async Task<IReadOnlyList<Ulid>> WaitingAsync(PatchbayDb db, string keyId, CancellationToken cancellationToken)
    {
        var waiting = new List<Ulid>();
        await foreach (var o in db.Organisations.OrderBy(o => o.Id).Select(o => new { o.Id, o.WrappedKey, Retired = o.RetiredKey != null })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (o.Retired || KeyRing.KeyIdOf(o.WrappedKey) != keyId)
                waiting.Add(o.Id);
        }

        return waiting;
    }
}

/// <summary>How a rotation ended.</summary>
internal abstract record RotationOutcome
{
    private RotationOutcome()
    {
    }

    /// <summary>All keys were changed.</summary>
    /// <param name="KeyId">The new instance key.</param>
    /// <param name="OldKeys">How many old ones the ring still has.</param>
    public sealed record Done(string KeyId, int OldKeys) : RotationOutcome;

    /// <summary>Nothing was changed, or nothing more than the message says.</summary>
    /// <param name="Message">Why, for the operator.</param>
    public sealed record Refused(string Message) : RotationOutcome;

    /// <summary>The ring must be put where it belongs by hand.</summary>
    /// <param name="RingText">The ring, with its keys in the clear.</param>
    /// <param name="Begun">Whether the rotation only begins with it; else it was done, and the old keys are dropped by it.</param>
    public sealed record NeedsHands(string RingText, bool Begun) : RotationOutcome
    {
        /// <summary>Nothing of the ring.</summary>
        public override string ToString() => nameof(NeedsHands);
    }

    /// <summary>Some secrets do not open with any key. Theirs are kept until they are deleted or put back from a backup.</summary>
    /// <param name="KeyId">The new instance key.</param>
    /// <param name="Damaged">Where they stand.</param>
    public sealed record Unfinished(string KeyId, IReadOnlyList<string> Damaged) : RotationOutcome;
}
