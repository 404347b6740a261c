using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.ApiKeys;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Http;

/// <summary>Hash of the operator key, from the data folder or the environment.</summary>
/// <param name="Hash">SHA-256.</param>
internal sealed record OperatorKey(byte[] Hash)
{
    public const int MinLength = 32;

    public static OperatorKey Of(string secret) => new(ApiKey.HashOf(secret));
}

/// <summary>
/// Knows callers by what they show. Keys that were found are remembered for a second, so that a key deleted by another node works no
/// longer than that; this node forgets its own deletions at once.
/// </summary>
internal sealed class CallerDirectory(OperatorKey operatorKey, IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<KeyHash, (Caller.Backend Caller, long Since)> _remembered = new();

    /// <summary>Held while something is remembered or forgotten: a key that was read before its deletion must not be remembered after it.</summary>
    private readonly Lock _change = new();
    private long _deletions;

    /// <summary>Who shows this bearer token, or null for nobody.</summary>
    public ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > 512)
            return ValueTask.FromResult<Caller?>(null);
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        if (CryptographicOperations.FixedTimeEquals(hash, operatorKey.Hash))
            return ValueTask.FromResult<Caller?>(new Caller.Operator());
        if (!token.StartsWith(ApiKey.Prefix, StringComparison.Ordinal))
            return ValueTask.FromResult<Caller?>(null);
        var key = KeyHash.Of(hash);
        return _remembered.TryGetValue(key, out var known) && clock.GetElapsedTime(known.Since) < RememberedFor
            ? ValueTask.FromResult<Caller?>(known.Caller)
            : LoadAsync(key, hash.ToArray(), cancellationToken);
    }

    /// <summary>Forgets a key that was deleted.</summary>
    public void Forget(ReadOnlySpan<byte> hash)
    {
        lock (_change)
        {
            _deletions++;
            _remembered.TryRemove(KeyHash.Of(hash), out _);
        }
    }

    private async ValueTask<Caller?> LoadAsync(KeyHash key, byte[] hash, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        var deletions = Interlocked.Read(ref _deletions);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // No organisation is known yet: this query is what finds it.
        var found = await db.ApiKeys.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .FirstOrDefaultAsync(k => k.Hash == hash, cancellationToken);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Hash, hash))
        {
            _remembered.TryRemove(key, out _);
            return null;
        }

        var caller = new Caller.Backend(found.Id, found.OrganisationId);
        lock (_change)
        {
            if (_remembered.Count >= MaxRemembered)
                _remembered.Clear();
            if (_deletions == deletions)
                _remembered[key] = (caller, since);
        }

        return caller;
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static KeyHash Of(ReadOnlySpan<byte> hash) =>
            new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }
}
