using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.EndUsers;

/// <summary>Makes an end user's own connection; the first with the hub's primary connector is their primary one.</summary>
internal sealed class ConnectEndUser(PatchbayDb db, CreateConnection connections, TimeProvider clock)
{
    public async Task<Outcome<Connection>> RunAsync(EndUser user, Ulid connectorId, ConnectionCreateJson request, CancellationToken cancellationToken)
    {
        var isPrimary = await db.Hubs.AnyAsync(h => h.Id == user.HubId && h.PrimaryConnectorId == connectorId, cancellationToken);
        var owner = EndUserReader.OwnerOf(user) with { Join = connection => JoinAsync(user, connection, isPrimary) };
        var created = await connections.RunAsync(connectorId.ToString(), request, owner, cancellationToken);
        return created.Failure is { } refused ? refused with { Fields = [.. refused.Fields.Select(f => f with { Field = $"connection.{f.Field}" })] } : created;
    }

    /// <summary>Inside the transaction, in which nobody else changes the user.</summary>
    private async Task<Failure?> JoinAsync(EndUser user, Connection connection, bool isPrimary)
    {
        // Read anew: until now the user could be changed.
        await db.Entry(user).ReloadAsync();
        if (db.Entry(user).State == EntityState.Detached)
            return EndUserReader.NotFound;
        if (isPrimary && user.PrimaryConnectionId is null)
            (user.PrimaryConnectionId, user.UpdatedAt) = (connection.Id, clock.Now());
        return null;
    }
}
