using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.ApiKeys;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUserPages;
using Patchbay.Platform.People;
using Patchbay.Platform.Roles;
using Patchbay.Platform.ServiceAccounts;
using Patchbay.Platform.SigningIn;
using Patchbay.Platform.SigningKeys;

namespace Patchbay.Platform.Http;

/// <summary>Hash of the operator key, from the data folder or the environment.</summary>
/// <param name="Hash">SHA-256.</param>
internal sealed record OperatorKey(byte[] Hash)
{
    public const int MinLength = 32;

    public static OperatorKey Of(string secret) => new(ApiKey.HashOf(secret));
}

/// <summary>Knows callers by what they show; API keys by what <see cref="BriefMemory{TKey,TValue}"/> promises.</summary>
internal sealed class CallerDirectory
{
    private const int LongestToken = 512;
    private const int Hashed = 1024;

    private readonly OperatorKey _operatorKey;
    private readonly IServiceScopeFactory _scopes;
    private readonly BriefMemory<KeyHash, Caller> _backends;

    /// <summary>
    /// Headers that were hashed last: on a connection that stays open the server hands out the very same text with each request, and hashing
    /// it would be the dearest step of a proxied one. They are held weakly, so that no key outlives its connection here.
    /// </summary>
    private readonly HashedHeader?[] _hashed = new HashedHeader?[Hashed];

    private readonly SignedTokens _tokens;
    private readonly PageSessions _pages;
    private readonly PeopleDirectory _people;
    private readonly ServiceTokens _services;
    private readonly SignInSessions _sessions;

    public CallerDirectory(OperatorKey operatorKey, SignedTokens tokens, PageSessions pages, PeopleDirectory people, ServiceTokens services, SignInSessions sessions, IServiceScopeFactory scopes, TimeProvider clock)
    {
        (_people, _services, _sessions) = (people, services, sessions);
        _operatorKey = operatorKey;
        _tokens = tokens;
        _pages = pages;
        _scopes = scopes;
        _backends = new(LoadAsync, clock);
    }

    /// <summary>Who shows a key or token, or null for nobody.</summary>
    /// <param name="shown">What is shown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> FindAsync(ShownToken shown, CancellationToken cancellationToken)
    {
        var header = shown.Header;
        var token = shown.Token;
        if (shown.IsSigned)
            return _tokens.FindAsync(token, cancellationToken);
        ref var slot = ref _hashed[RuntimeHelpers.GetHashCode(header) % Hashed];
        if (Volatile.Read(ref slot) is { } hashed && hashed.IsOf(header))
            return _backends.FindAsync(hashed.Key, cancellationToken);
        if (_people.Takes(token))
            return _people.FindAsync(token, cancellationToken);
        if (token.Length is 0 or > LongestToken)
            return ValueTask.FromResult<Caller?>(null);
        if (token.StartsWith(PageSession.TokenPrefix, StringComparison.Ordinal))
            return _pages.FindAsync(token, cancellationToken);
        if (token.StartsWith(ServiceToken.Prefix, StringComparison.Ordinal))
            return _services.FindAsync(token, cancellationToken);
        if (token.StartsWith(SignInSession.TokenPrefix, StringComparison.Ordinal))
            return _sessions.CallerOfAsync(token, cancellationToken);
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        if (CryptographicOperations.FixedTimeEquals(hash, _operatorKey.Hash))
            return ValueTask.FromResult<Caller?>(Caller.Operator.Instance);
        if (!token.StartsWith(ApiKey.Prefix, StringComparison.Ordinal))
            return ValueTask.FromResult<Caller?>(null);
        var key = KeyHash.Of(hash);
        Volatile.Write(ref slot, new HashedHeader(header, key));
        return _backends.FindAsync(key, cancellationToken);
    }

    /// <summary>Forgets a key that was deleted.</summary>
    public void Forget(ReadOnlySpan<byte> hash) => _backends.Forget(KeyHash.Of(hash));

    /// <summary>Forgets who belongs to an organisation that was deleted.</summary>
    public void ForgetOrganisation(Ulid organisationId)
    {
        ForgetGrants(organisationId);
        _tokens.ForgetOrganisation(organisationId);
        _pages.ForgetOrganisation(organisationId);
    }

    /// <summary>Forgets what all of an organisation may do, after a role was changed.</summary>
    public void ForgetGrants(Ulid organisationId)
    {
        _backends.ForgetAll(caller => caller.Home == organisationId);
        _people.ForgetOrganisation(organisationId);
        _services.ForgetOrganisation(organisationId);
    }

    private async Task<Caller?> LoadAsync(KeyHash key, Caller? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var hash = key.ToArray();
        // No organisation is known yet: this query is what finds it.
        var found = await db.ApiKeys.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(k => k.Hash == hash);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Hash, hash))
            return null;
        // From here on as the organisation's own: its roles are read behind the tenant filter.
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, found.OrganisationId);
        return new Caller.Backend(found.Id, found.OrganisationId, await RoleGrants.OfAsync(db, RoleSubject.ApiKey, found.Id));
    }

    /// <summary>A text and the hash of the key in it.</summary>
    private sealed class HashedHeader(string header, KeyHash key)
    {
        private readonly WeakReference<string> _header = new(header);

        public KeyHash Key { get; } = key;

        public bool IsOf(string other) => _header.TryGetTarget(out var own) && ReferenceEquals(own, other);
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static KeyHash Of(ReadOnlySpan<byte> hash) =>
            new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));

        public byte[] ToArray() =>
            [.. BitConverter.GetBytes(A), .. BitConverter.GetBytes(B), .. BitConverter.GetBytes(C), .. BitConverter.GetBytes(D)];
    }
}
