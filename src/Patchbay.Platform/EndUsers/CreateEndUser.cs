using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.EndUsers;

/// <summary>Creates an end user, with their primary connection where one is given: both or neither.</summary>
internal sealed class CreateEndUser(PatchbayDb db, RequestScope scope, CreateConnection connections, TimeProvider clock)
{
    private static readonly Failure Exists = new(FailureKind.Conflict, "end_user_exists", "The hub has an end user of this external id already.") { Fields = [new("externalId", "is taken")] };

    public async Task<Outcome<EndUser>> RunAsync(string hubId, EndUserCreateJson request, CancellationToken cancellationToken)
    {
        if (Ulid.TryParse(request.ExternalId, out var id) && await db.Organisations.AnyAsync(o => o.Id == id, cancellationToken))
            return Failure.InvalidField("externalId", "must not be the id of an organisation");
        if (await HubsEndpoints.FindAsync(db, hubId, cancellationToken) is not { } hub)
            return HubsEndpoints.NotFound;
        var user = new EndUser
        {
            Id = Identifiers.New(clock), OrganisationId = scope.OrganisationId!.Value, HubId = hub.Id, ExternalId = request.ExternalId, DisplayName = request.DisplayName ?? "",
            CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        if (request.PrimaryConnection is not { } primary)
            return await StoreAsync(user, cancellationToken);
        // Before providers are asked: most who come twice are told at once.
        if (await db.EndUsers.AnyAsync(u => u.HubId == hub.Id && u.ExternalId == user.ExternalId, cancellationToken))
            return Exists;
        var owner = EndUserReader.OwnerOf(user) with
        {
            Join = async connection =>
            {
                user.PrimaryConnectionId = connection.Id;
                return await AddAsync(user);
            },
        };
        var connected = await connections.RunAsync(hub.PrimaryConnectorId.ToString(), primary, owner, cancellationToken);
        return connected.Failure is { } refused ? Within(refused) : user;
    }

    /// <summary>A fault of a connection that is a part of what was sent.</summary>
    private static Failure Within(Failure failure) =>
        failure.Code == Exists.Code ? failure : failure with { Fields = [.. failure.Fields.Select(f => f with { Field = $"primaryConnection.{f.Field}" })] };

    private async Task<Outcome<EndUser>> StoreAsync(EndUser user, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, user.Id, cancellationToken);
        if (await AddAsync(user) is { } refused)
            return refused;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return user;
    }

    /// <summary>Adds a user, inside a transaction, in which nobody else adds one to the hub, or deletes it.</summary>
    private async Task<Failure?> AddAsync(EndUser user)
    {
        await db.Dialect.LockAsync(db, user.HubId, shared: false, CancellationToken.None);
        if (!await db.Hubs.AnyAsync(h => h.Id == user.HubId && h.DeletedAt == null))
            return HubsEndpoints.NotFound;
        if (await db.EndUsers.AnyAsync(u => u.HubId == user.HubId && u.ExternalId == user.ExternalId))
            return Exists;
        db.Add(user);
        return null;
    }
}
