using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;
using Patchbay.Vault;

namespace Patchbay.Platform.Audit;

/// <summary>
/// The keys whose codes vouch for records and heads, wrapped by the instance key and kept in the store in the order in which they were made. A
/// rotation adds a new one; the old ones stay for what they have vouched for, and are wrapped anew.
/// </summary>
internal sealed class AuditKeys(InstanceKeys instance)
{
    /// <summary>Where they are kept.</summary>
    public const string Name = "audit_keys";

    private static readonly SecretContext RecordContext = SecretContext.Of("audit-record");
    private static readonly SecretContext HeadContext = SecretContext.Of("audit-head");

    private volatile Known? _known;

    /// <summary>A record with its hash and code.</summary>
    public async Task<byte[]> CodeOfRecordAsync(PatchbayDb db, byte[] hash, CancellationToken cancellationToken) =>
        Code(await CurrentAsync(db, cancellationToken), hash, RecordContext);

    public async Task<byte[]> CodeOfHeadAsync(PatchbayDb db, AuditHead head, CancellationToken cancellationToken) =>
        Code(await CurrentAsync(db, cancellationToken), head.Message(), HeadContext);

    public Task<bool> VouchForAsync(PatchbayDb db, AuditRecord record, CancellationToken cancellationToken) =>
        VouchAsync(db, record.Code, record.Hash, RecordContext, cancellationToken);

    public Task<bool> VouchForAsync(PatchbayDb db, AuditHead head, CancellationToken cancellationToken) =>
        VouchAsync(db, head.Code, head.Message(), HeadContext, cancellationToken);

    /// <summary>Reads the keys anew when they are next needed, unless they are what is known.</summary>
    public void Offer(byte[] stored)
    {
        if (_known is { } known && !stored.AsSpan().SequenceEqual(known.Stored))
            _known = null;
    }

    /// <summary>The first key of a store.</summary>
    public static byte[] First(KeyRing ring) => ring.WrapNewDataKey(ContextOf(1));

    /// <summary>The same keys under the active key of a ring, and a new one behind them.</summary>
    /// <returns>Null where one does not open.</returns>
    public static byte[]? Renewed(byte[] stored, KeyRing ring)
    {
        var renewed = new List<byte>();
        var number = 1;
        foreach (var wrapped in stored.Chunk(KeyRing.WrappedLength))
        {
            if (!ring.Rewrap(wrapped, ContextOf(number++)).TryGet(out var again, out _))
                return null;
            renewed.AddRange(again);
        }

        renewed.AddRange(ring.WrapNewDataKey(ContextOf(number)));
        return [.. renewed];
    }

    private static SecretContext ContextOf(int number) => SecretContext.Of("audit-key", $"{number}");

    private static byte[] Code(DataKey key, byte[] message, SecretContext context)
    {
        var code = new byte[sizeof(int) + DataKey.CodeLength];
        BinaryPrimitives.WriteInt32BigEndian(code, key.Number);
        key.Authenticate(message, context).CopyTo(code, sizeof(int));
        return code;
    }

    private async Task<DataKey> CurrentAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        (_known ?? await LoadAsync(db, cancellationToken)).Keys[^1];

    private async Task<bool> VouchAsync(PatchbayDb db, byte[] code, byte[] message, SecretContext context, CancellationToken cancellationToken)
    {
        if (code.Length != sizeof(int) + DataKey.CodeLength)
            return false;
        var number = BinaryPrimitives.ReadInt32BigEndian(code);
        var known = _known ?? await LoadAsync(db, cancellationToken);
        // Another server may have rotated a moment ago.
        if (number > known.Keys.Count)
            known = await LoadAsync(db, cancellationToken);
        return number >= 1 && number <= known.Keys.Count
            && CryptographicOperations.FixedTimeEquals(known.Keys[number - 1].Authenticate(message, context), code.AsSpan(sizeof(int)));
    }

    /// <exception cref="InvalidDataException">They are not there, or do not open.</exception>
    private async Task<Known> LoadAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        var stored = await db.InstanceValues.AsNoTracking().Where(v => v.Name == Name).Select(v => v.Value).FirstOrDefaultAsync(cancellationToken);
        if (stored is not { Length: > 0 })
            throw new InvalidDataException("The store has lost the keys of its audit records.");
        var keys = new List<DataKey>();
        foreach (var wrapped in stored.Chunk(KeyRing.WrappedLength))
        {
            var ring = instance.Ring;
            if (KeyRing.KeyIdOf(wrapped) is { } wanted && !ring.Contains(wanted) && await KeyFacts.ReadAsync(db, cancellationToken) is { } facts)
                ring = await instance.RenewAsync(facts, wanted, cancellationToken);
            var number = keys.Count + 1;
            keys.Add(ring.Unwrap(wrapped, ContextOf(number), number).TryGet(out var key, out var failure)
                ? key : throw new InvalidDataException($"Key {number} of the audit records does not open ({failure})."));
        }

        return _known = new Known(stored, keys);
    }

    private sealed record Known(byte[] Stored, IReadOnlyList<DataKey> Keys);
}
