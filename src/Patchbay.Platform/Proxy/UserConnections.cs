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
        // From the template to the one user of its hub, and to their activation: each step finds one row by a unique index.
        var found =
            from template in db.ConnectionTemplates.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            where template.Id == named.TemplateId
            join integration in db.Integrations on template.IntegrationId equals integration.Id
            join user in db.EndUsers on integration.HubId equals user.HubId
            where user.ExternalId == named.ExternalId && db.Hubs.Any(h => h.Id == user.HubId && h.DeletedAt == null)
            join activation in db.Activations on new { User = user.Id, Integration = integration.Id } equals new { User = activation.EndUserId, Integration = activation.IntegrationId }
            join connection in db.ActivationConnections on new { Activation = activation.Id, Template = template.Id } equals new { Activation = connection.ActivationId, Template = connection.TemplateId }
            select new Found(connection.ConnectionId);
        return await found.FirstOrDefaultAsync();
    }

    private sealed record Found(Ulid ConnectionId);
}

/// <summary>An end user's connection by a template.</summary>
/// <param name="TemplateId">The template.</param>
/// <param name="ExternalId">The user's external id.</param>
internal sealed record UserOfTemplate(Ulid TemplateId, string ExternalId);
