using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Platform.Keys;

/// <summary>
/// The instance keys of this process, brought up to date whenever the store names one that is not among them: read anew from where they come
/// from, or else taken from the hand-over that a rotation leaves in the store while it runs.
/// </summary>
internal sealed class InstanceKeys(KeyRing first, IKeySource source, TimeProvider clock) : IDisposable
{
    /// <summary>Something in the store that names an unknown key must not have a command run at every request.</summary>
    private static readonly TimeSpan SourcePause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile KeyRing _ring = first;
    private long? _sourceReadAt;

    public IKeySource Source { get; } = source;

    /// <summary>The keys. A ring that was replaced goes on working for those who still hold it.</summary>
    public KeyRing Ring => _ring;

    /// <summary>Brings the keys up to date.</summary>
    /// <param name="facts">What the store says of them.</param>
    /// <param name="wanted">The key that is missing; null for the one that is in force.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ring. It has the key that is in force as the active one, unless that is not to be had.</returns>
    public async Task<KeyRing> RenewAsync(KeyFacts facts, string? wanted, CancellationToken cancellationToken)
    {
        var inForce = facts.InForce;
        wanted ??= inForce;
        if (_ring.Contains(wanted) && _ring.ActiveKeyId == inForce)
            return _ring;
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            var ring = _ring;
            if (!ring.Contains(wanted) && facts.HandOver is { } handOver && ring.WithHandedOver(handOver, KeyFacts.HandOverContext).TryGet(out var handed, out _))
                ring = handed;
            if (!ring.Contains(wanted) && (_sourceReadAt is not { } readAt || clock.GetElapsedTime(readAt) >= SourcePause))
            {
                _sourceReadAt = clock.GetTimestamp();
                if ((await Source.ReadAsync(cancellationToken)).Ring is { } read)
                    ring = ring.With(read);
            }

            return _ring = ring.WithActive(inForce) ?? ring;
        }
        finally
        {
            _renewing.Release();
        }
    }

    public void Dispose() => _renewing.Dispose();
}

/// <summary>What the store says of the instance keys.</summary>
/// <param name="Check">A token of the key that seals, or sealed until the rotation that is under way.</param>
/// <param name="HandOver">While a rotation is under way, its new key, sealed under the one before.</param>
internal sealed record KeyFacts(byte[] Check, byte[]? HandOver)
{
    public const string CheckName = "vault_check";
    public const string HandOverName = "vault_hand_over";

    public static readonly SecretContext CheckContext = SecretContext.Of("vault-check");
    public static readonly SecretContext HandOverContext = SecretContext.Of("vault-hand-over");

    /// <summary>What is locked, shared, by who wraps a key for a new organisation, and exclusively by who changes <see cref="InForce"/>.</summary>
    public static readonly Ulid Lock = Ulid.Parse("0000000000VA0TKEYS1NF0RCE0");

    /// <summary>The key that wraps data keys, on every node, whatever each node's own ring has for its active one.</summary>
    public string InForce => HandOver is { } handOver && KeyRing.KeyIdIn(handOver) is { } handed ? handed : KeyRing.KeyIdOf(Check) ?? "";

    /// <summary>Reads them.</summary>
    /// <returns>Null where no server has started on the store yet.</returns>
    public static async Task<KeyFacts?> ReadAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        var values = await db.InstanceValues.AsNoTracking().Where(v => v.Name == CheckName || v.Name == HandOverName)
            .ToDictionaryAsync(v => v.Name, v => v.Value, StringComparer.Ordinal, cancellationToken);
        return values.TryGetValue(CheckName, out var check) ? new KeyFacts(check, values.GetValueOrDefault(HandOverName)) : null;
    }
}
