using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>Knows service accounts by their tokens; what <see cref="BriefMemory{TKey,TValue}"/> promises holds for what they may do, and for their end.</summary>
internal sealed class ServiceTokens
{
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<string, Known> _known;

    public ServiceTokens(IServiceScopeFactory scopes, TimeProvider clock)
    {
        (_scopes, _clock) = (scopes, clock);
        _known = new(LoadAsync, clock);
    }

    /// <summary>Who shows a token; null for nobody.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> FindAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken) => JudgeAsync(RandomToken.HexHashOf(token), cancellationToken);

    /// <summary>Forgets what the service accounts of an organisation may do, and which there are.</summary>
    public void ForgetOrganisation(Ulid organisationId) => _known.ForgetAll(k => k.Caller.OrganisationId == organisationId);

    private async ValueTask<Caller?> JudgeAsync(string hash, CancellationToken cancellationToken) =>
        await _known.FindAsync(hash, cancellationToken) is { } known && _clock.GetUtcNow() < known.Until ? known.Caller : null;

    private async Task<Known?> LoadAsync(string hash, Known? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // No organisation is known yet: this query is what finds it.
        var found = await db.ServiceTokens.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash);
        if (found is null)
            return null;
        // From here on as the organisation's own: its roles are read behind the tenant filter.
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, found.OrganisationId);
        return new Known(
            new Caller.ServiceAccount(found.ServiceAccountId, found.OrganisationId, await RoleGrants.WithGroupsAsync(db, RoleSubject.ServiceAccount, found.ServiceAccountId)), found.ExpiresAt);
    }

    private sealed record Known(Caller.ServiceAccount Caller, DateTimeOffset Until);
}
