using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.OAuth.Jwt;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.SigningKeys;

/// <summary>
/// Knows who shows a token that a signing key of an organisation signed. A token is verified once and then known by its hash; that its key is still
/// there is asked again each second (<see cref="BriefMemory{TKey,TValue}"/>), and its times each time.
/// </summary>
internal sealed class SignedTokens
{
    /// <summary>How far the clock of a signer may be off.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const int MostRemembered = 10_000;
    private const int LongestExternalId = 200;

    private readonly IServiceScopeFactory _scopes;
    private readonly PublicAddress _address;
    private readonly PatchbaySettings _settings;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<Ulid, KnownKey> _keys;
    private readonly ConcurrentDictionary<Hash, Verified> _verified = new();

    public SignedTokens(IServiceScopeFactory scopes, PublicAddress address, PatchbaySettings settings, TimeProvider clock)
    {
        (_scopes, _address, _settings, _clock) = (scopes, address, settings, clock);
        _keys = new(LoadAsync, clock);
    }

    /// <summary>Who shows a token; null for nobody, whatever is wrong with it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> FindAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > SignedToken.MaxLength)
            return ValueTask.FromResult<Caller?>(null);
        var hash = Hash.Of(token);
        if (_verified.TryGetValue(hash, out var known))
            return JudgeAsync(hash, known, cancellationToken);
        return SignedToken.ReadRs256(token) is { } read && KeyOf(read.Issuer) is { } key ? VerifyAsync(hash, read, key, cancellationToken) : ValueTask.FromResult<Caller?>(null);
    }

    /// <summary>Forgets a key that was deleted, and its tokens with it.</summary>
    public void Forget(Ulid keyId) => _keys.Forget(keyId);

    /// <summary>Forgets the keys of an organisation that was deleted.</summary>
    public void ForgetOrganisation(Ulid organisationId) => _keys.ForgetAll(k => k.OrganisationId == organisationId);

    private async ValueTask<Caller?> JudgeAsync(Hash hash, Verified token, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (await _keys.FindAsync(token.KeyId, cancellationToken) is not null && now < token.Until && now >= token.From)
            return token.Caller;
        _verified.TryRemove(hash, out _);
        return null;
    }

    private async ValueTask<Caller?> VerifyAsync(Hash hash, SignedToken token, Ulid keyId, CancellationToken cancellationToken)
    {
        if (await _keys.FindAsync(keyId, cancellationToken) is not { } key || token.Lifetime() is not { } lifetime || !key.HasSigned(token) || CallerOf(token, keyId, key) is not { } caller)
            return null;
        var (from, until) = (Earlier(lifetime.NotBefore), Later(lifetime.Expires));
        var now = _clock.GetUtcNow();
        if (now < from || now >= until)
            return null;
        if (_verified.Count >= MostRemembered)
            _verified.Clear();
        _verified[hash] = new Verified(keyId, caller, from, until);
        return caller;
    }

    private static Caller? CallerOf(SignedToken token, Ulid keyId, KnownKey key)
    {
        if (!token.Has("sub"))
            return key.AllowsOrganisationTokens ? new Caller.OrganisationToken(keyId, key.OrganisationId, key.HubId) : null;
        // The organisation is nobody's end user.
        return token.Text("sub") is { Length: > 0 and <= LongestExternalId } subject && subject != key.OrganisationId.ToString()
            ? new Caller.EndUser(keyId, key.OrganisationId, key.HubId, subject)
            : null;
    }

    /// <summary>The key that an issuer names: one of the prefixes, and the key's id.</summary>
    private Ulid? KeyOf(string? issuer)
    {
        if (issuer is null)
            return null;
        foreach (var prefix in _settings.TokenIssuers.Append(_address.Absolute("/sk/")))
        {
            if (issuer.Length == prefix.Length + 26 && issuer.StartsWith(prefix, StringComparison.Ordinal) && Ulid.TryParse(issuer.AsSpan(prefix.Length), out var id))
                return id;
        }

        return null;
    }

    private static DateTimeOffset Earlier(DateTimeOffset time) => time - DateTimeOffset.MinValue < Skew ? DateTimeOffset.MinValue : time - Skew;

    private static DateTimeOffset Later(DateTimeOffset time) => DateTimeOffset.MaxValue - time < Skew ? DateTimeOffset.MaxValue : time + Skew;

    private async Task<KnownKey?> LoadAsync(Ulid id, KnownKey? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // No organisation is known yet: this query is what finds it.
        var found = await db.SigningKeys.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(k => k.Id == id);
        return found is null ? null : known ?? new KnownKey(found);
    }

    /// <summary>A signing key, ready to verify. Nothing of it ever changes.</summary>
    private sealed class KnownKey
    {
        private readonly RSAParameters _key;

        public KnownKey(SigningKey key)
        {
            (OrganisationId, HubId, AllowsOrganisationTokens) = (key.OrganisationId, key.HubId, key.AllowsOrganisationTokens);
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key.PublicKey);
            _key = rsa.ExportParameters(includePrivateParameters: false);
        }

        public Ulid OrganisationId { get; }
        public Ulid? HubId { get; }
        public bool AllowsOrganisationTokens { get; }

        public bool HasSigned(SignedToken token)
        {
            // One for each use: what an RSA object may do at once is not said.
            using var rsa = RSA.Create(_key);
            return token.IsSignedBy(rsa);
        }
    }

    private sealed record Verified(Ulid KeyId, Caller Caller, DateTimeOffset From, DateTimeOffset Until);

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Hash(UInt128 High, UInt128 Low)
    {
        public static Hash Of(ReadOnlySpan<char> token)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(token.ToString()), hash);
            return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
