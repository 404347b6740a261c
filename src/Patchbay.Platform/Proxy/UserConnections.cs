using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Proxy;

/// <summary>Which connections end users have activated templates with, by what <see cref="BriefMemory{TKey,TValue}"/> promises.</summary>
internal sealed class UserConnections
{
    private readonly IServiceScopeFactory _scopes;
    private readonly BriefMemory<UserOfTemplate, Found> _found;

    public UserConnections(IServiceScopeFactory scopes, TimeProvider clock)
    {
        _scopes = scopes;
        _found = new(LoadAsync, clock);
    }

    /// <summary>The connection, or null where the user has none by the template.</summary>
    public async ValueTask<Ulid?> FindAsync(UserOfTemplate named, CancellationToken cancellationToken) => (await _found.FindAsync(named, cancellationToken))?.ConnectionId;

    private async Task<Found?> LoadAsync(UserOfTemplate named, Found? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // The organisation is what is being found out here; the authorizer holds the connection's against the caller's.
        return await db.ActivationConnections.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(c => c.TemplateId == named.TemplateId)
            .Join(db.Activations, c => c.ActivationId, a => a.Id, (c, a) => new { c.ConnectionId, a.EndUserId, a.HubId })
            .Join(db.EndUsers.Where(u => u.ExternalId == named.ExternalId), c => c.EndUserId, u => u.Id, (c, u) => new { c.ConnectionId, c.HubId })
            .Where(c => db.Hubs.Any(h => h.Id == c.HubId && h.DeletedAt == null)).Select(c => new Found(c.ConnectionId)).FirstOrDefaultAsync();
    }

    private sealed record Found(Ulid ConnectionId);
}

/// <summary>An end user's connection by a template.</summary>
/// <param name="TemplateId">The template.</param>
/// <param name="ExternalId">The user's external id.</param>
internal sealed record UserOfTemplate(Ulid TemplateId, string ExternalId);
