using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.EndUsers;

/// <summary>Finds end users by what paths name them with, and reads them.</summary>
internal sealed class EndUserReader(PatchbayDb db, RequestScope scope)
{
    public static readonly Failure NotFound = Failure.NotFound("end_user");

    /// <summary>An end user of a hub, who may be deleted by now.</summary>
    /// <param name="hubId">The hub, which the authorizer has found to be the organisation's.</param>
    /// <param name="named">How the path names the user.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<EndUser?> FindAsync(string hubId, UserIdentifier named, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(hubId, out var hub))
            return Task.FromResult<EndUser?>(null);
        var users = db.EndUsers.Where(u => u.HubId == hub);
        if (!named.IsInternal)
            return users.FirstOrDefaultAsync(u => u.ExternalId == named.Value, cancellationToken);
        return Ulid.TryParse(named.Value, out var id) ? users.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) : Task.FromResult<EndUser?>(null);
    }

    /// <summary>An end user as their own GET answers.</summary>
    public async Task<EndUserJson> ReadAsync(EndUser user, CancellationToken cancellationToken) => new()
    {
        Id = user.Id,
        ExternalId = user.ExternalId,
        DisplayName = user.DisplayName,
        HubId = user.HubId,
        PrimaryConnection = user.PrimaryConnectionId is { } connection ? await ConnectionAsync(user, connection, cancellationToken) : null,
        CreatedAt = user.CreatedAt,
        UpdatedAt = user.UpdatedAt,
    };

    /// <summary>A connection of an end user; null where there is none of theirs.</summary>
    public async Task<ConnectionJson?> ConnectionAsync(EndUser user, Ulid id, CancellationToken cancellationToken)
    {
        var owner = user.Id.ToString();
        return await db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential).FirstOrDefaultAsync(c => c.Id == id && c.Owner == owner, cancellationToken) is { } connection
            ? await ConnectionsEndpoints.JsonOfAsync(db, connection, cancellationToken)
            : null;
    }

    /// <summary>Whose a new connection of an end user is.</summary>
    public static ConnectionOwner OwnerOf(EndUser user) => new(user.Id.ToString(), ConnectionOwner.AuthorizationOf(user.HubId, user.ExternalId));

    /// <summary>Whether the caller may connect an end user of a hub with a connector: an end user by themselves only with those that the hub uses.</summary>
    public async Task<bool> MayConnectAsync(Hubs.Hub hub, Ulid connectorId, CancellationToken cancellationToken) =>
        scope.EndUser is null || hub.PrimaryConnectorId == connectorId
        || await db.ConnectionTemplates.AnyAsync(t => t.ConnectorId == connectorId && db.Integrations.Any(i => i.Id == t.IntegrationId && i.HubId == hub.Id), cancellationToken);
}
