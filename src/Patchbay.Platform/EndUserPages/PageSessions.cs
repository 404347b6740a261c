using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Knows who shows the token of a page session; what <see cref="BriefMemory{TKey,TValue}"/> promises holds for its end by deletion.</summary>
internal sealed class PageSessions
{
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<string, Known> _known;

    public PageSessions(IServiceScopeFactory scopes, TimeProvider clock)
    {
        (_scopes, _clock) = (scopes, clock);
        _known = new(LoadAsync, clock);
    }

    /// <summary>Who shows a token; null for nobody.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> FindAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken) => JudgeAsync(RandomToken.HexHashOf(token), cancellationToken);

    /// <summary>Forgets the sessions of an end user who was deleted.</summary>
    public void Forget(Ulid hubId, string externalId) => _known.ForgetAll(k => k.Caller.HubId == hubId && k.Caller.ExternalId == externalId);

    /// <summary>Forgets the sessions of an organisation that was deleted.</summary>
    public void ForgetOrganisation(Ulid organisationId) => _known.ForgetAll(k => k.Caller.OrganisationId == organisationId);

    public static Caller.EndUser CallerOf(PageSession session) => new(session.Id, session.OrganisationId, session.HubId, session.ExternalId);

    private async ValueTask<Caller?> JudgeAsync(string hash, CancellationToken cancellationToken) =>
        await _known.FindAsync(hash, cancellationToken) is { } known && _clock.GetUtcNow() < known.Until ? known.Caller : null;

    private async Task<Known?> LoadAsync(string hash, Known? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // No organisation is known yet: this query is what finds it.
        var found = await db.PageSessions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(s => s.TokenHash == hash);
        return found is null ? null : known ?? new Known(CallerOf(found), found.ExpiresAt);
    }

    private sealed record Known(Caller.EndUser Caller, DateTimeOffset Until);
}
