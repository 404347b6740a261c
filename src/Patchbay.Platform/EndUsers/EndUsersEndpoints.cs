using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.EndUsers;

/// <summary>End users of a hub, and their connections.</summary>
internal static class EndUsersEndpoints
{
    private static readonly ListOrder<EndUser> Order = new ListOrder<EndUser>()
        .ById(u => u.Id).By("externalId", u => u.ExternalId).By("displayName", u => u.DisplayName).By("createdAt", u => u.CreatedAt).By("updatedAt", u => u.UpdatedAt)
        .Default("updatedAt", descending: true);

    private static readonly ListOrder<Connection> ConnectionOrder = new ListOrder<Connection>()
        .ById(c => c.Id).By("name", c => c.Name).By("createdAt", c => c.CreatedAt).By("updatedAt", c => c.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapEndUsers(this RouteGroupBuilder api)
    {
        var own = HubsEndpoints.InPath(new EndUserRule.OfPath());
        var users = api.MapGroup("/hubs/{hub_id}/users").WithTags("End Users").WithAccess(HubsEndpoints.InPath());
        users.MapPost("", CreateAsync).WithName("CreateEndUser").Needs(Permission.HubUserCreate).WithAccess(HubsEndpoints.InPath(new EndUserRule.OfBody("externalId")));
        users.MapGet("", ListAsync).WithName("ListEndUsers").Needs(Permission.HubUserRead);
        users.MapGet("/{user_id}", GetAsync).WithName("GetEndUser").Needs(Permission.HubUserRead).WithAccess(own);
        users.MapDelete("/{user_id}", DeleteAsync).WithName("DeleteEndUser").Needs(Permission.HubUserDelete);
        users.MapPost("/{user_id}/connections", ConnectAsync).WithName("CreateEndUserConnection").WithTags("Connections").Needs(Permission.HubUserEdit).WithAccess(own);
        users.MapGet("/{user_id}/connections", ListConnectionsAsync).WithName("ListEndUserConnections").WithTags("Connections").Needs(Permission.HubUserRead).WithAccess(own);
        users.MapPut("/{user_id}/connections/{connection_id}", ReconnectAsync).WithName("UpdateEndUserConnection").WithTags("Connections").Needs(Permission.HubUserEdit).WithAccess(own);
        api.MapPost("/embed/{hub_id}/connector/{connector_id}/oauth2/initialise", InitialiseAsync).WithName("InitialiseOAuth2EmbeddedConnection").WithTags("connections")
            .Needs(Permission.HubUserEdit).WithAccess(HubsEndpoints.InPath(new EndUserRule.OfHub()));
    }

    /// <summary>Creates an end user, with their connection to the hub's primary connector where one is given.</summary>
    internal static async Task<Results<TaggedCreated<EndUserJson>, ApiError>> CreateAsync(
        string hub_id, Body<EndUserCreateJson> body, CreateEndUser create, EndUserReader reader, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(hub_id, body.Value, cancellationToken);
        return created.Succeeded(out var user, out var failure)
            ? Tagged.Created($"/api/embedded/v1/hubs/{user.HubId}/users/{Uri.EscapeDataString(user.ExternalId)}", await reader.ReadAsync(user, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Lists the end users of a hub, the one changed last first.</summary>
    /// <param name="search">Part of the id, the external id or the display name.</param>
    internal static async Task<Results<Ok<EndUserPageJson>, ApiError>> ListAsync(
        string hub_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken, string? search = null)
    {
        var hub = Ulid.Parse(hub_id);
        var users = db.EndUsers.AsNoTracking().Where(u => u.HubId == hub);
        if (!string.IsNullOrEmpty(search))
        {
            var isId = Ulid.TryParse(search, out var id);
            users = users.Where(u => u.ExternalId.Contains(search) || u.DisplayName.Contains(search) || (isId && u.Id == id));
        }

        var listed = await Order.PageAsync(users, page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new EndUserPageJson { Users = [.. found.Items.Select(EndUserSummaryJson.Of)], TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev })
            : new ApiError(failure);
    }

    /// <summary>Gets an end user.</summary>
    internal static async Task<Results<Tagged<EndUserJson>, ApiError>> GetAsync(
        string hub_id, string user_id, UserIdentifier named, EndUserReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(hub_id, named, cancellationToken) is { } user
            ? Tagged.Ok(await reader.ReadAsync(user, cancellationToken))
            : new ApiError(EndUserReader.NotFound);

    /// <summary>Deletes an end user with all that is theirs; providers are told that their grants are no longer wanted.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string hub_id, string user_id, UserIdentifier named, Precondition precondition, EndUserReader reader, DeleteEndUser delete, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(hub_id, named, cancellationToken) is not { } user)
            return new ApiError(EndUserReader.NotFound);
        return (await delete.RunAsync(user.Id, precondition, cancellationToken)).Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    /// <summary>Connects an end user with a connector. The connection is theirs alone; an end user who calls may take those only that the hub's integrations use.</summary>
    internal static async Task<Results<Created<ConnectionJson>, ApiError>> ConnectAsync(
        string hub_id, string user_id, UserIdentifier named, Body<CreateEndUserConnectionJson> body, EndUserReader reader, ConnectEndUser connect, PatchbayDb db,
        CancellationToken cancellationToken)
    {
        if (await HubsEndpoints.FindAsync(db, hub_id, cancellationToken) is not { } hub)
            return new ApiError(HubsEndpoints.NotFound);
        if (await reader.FindAsync(hub_id, named, cancellationToken) is not { } user)
            return new ApiError(EndUserReader.NotFound);
        if (!await reader.MayConnectAsync(hub, body.Value.ConnectorId, cancellationToken))
            return new ApiError(Failure.NotFound("connector"));
        var created = await connect.RunAsync(user, body.Value.ConnectorId, body.Value.Connection, cancellationToken);
        if (!created.Succeeded(out var connection, out var failure))
            return new ApiError(failure);
        return await reader.ConnectionAsync(user, connection.Id, cancellationToken) is { } shown
            ? TypedResults.Created((string?)null, shown)
            : new ApiError(Failure.NotFound("connection"));
    }

    /// <summary>Lists the connections of an end user, the one changed last first.</summary>
    /// <param name="hub_connector_id">Of these connectors only; repeatable.</param>
    internal static async Task<Results<Ok<EndUserConnectionsPageJson>, ApiError>> ListConnectionsAsync(
        string hub_id, string user_id, UserIdentifier named, PageRequest page, EndUserReader reader, PatchbayDb db, CancellationToken cancellationToken,
        [FromQuery] string[]? hub_connector_id = null)
    {
        if (await reader.FindAsync(hub_id, named, cancellationToken) is not { } user)
            return new ApiError(EndUserReader.NotFound);
        var owner = user.Id.ToString();
        var connections = db.Connections.AsNoTracking().Where(c => c.Owner == owner);
        if (hub_connector_id is { Length: > 0 })
        {
            var ids = hub_connector_id.SelectMany(v => v.Split(',')).Select(v => Ulid.TryParse(v, out var id) ? (Ulid?)id : null).OfType<Ulid>().ToList();
            connections = connections.Where(c => ids.Contains(c.ConnectorId));
        }

        var listed = await ConnectionOrder.PageAsync(connections, page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new EndUserConnectionsPageJson
            {
                Connections = [.. found.Items.Select(c => new ConnectionSummaryJson { Id = c.Id, Name = c.Name, CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt })],
                TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev,
            })
            : new ApiError(failure);
    }

    /// <summary>Ours: connects an end user anew, by replacing the credential of a connection of theirs; what uses the connection goes on.</summary>
    internal static async Task<Results<Tagged<ConnectionJson>, ApiError>> ReconnectAsync(
        string hub_id, string user_id, string connection_id, UserIdentifier named, Body<EndUserConnectionUpdateJson> body, EndUserReader reader, ReconnectEndUser reconnect,
        CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(hub_id, named, cancellationToken) is not { } user)
            return new ApiError(EndUserReader.NotFound);
        var done = await reconnect.RunAsync(user, connection_id, body.Value, cancellationToken);
        return done.Succeeded(out var connection, out var failure) ? Tagged.Ok(connection) : new ApiError(failure);
    }

    /// <summary>Makes the URL to send an end user to, so that they grant access; the code that comes back makes a connection of theirs.</summary>
    /// <param name="user_id">Ours: the external id of the user for whom an organisation asks, and whom alone the sign-in serves then; users who call are known by their token.</param>
    internal static async Task<Results<Ok<InitialiseOAuth2ConnectionResponseJson>, ApiError>> InitialiseAsync(
        string hub_id, string connector_id, Body<InitialiseOAuth2ConnectionRequestJson> body, InitialiseAuthorization initialise, EndUserReader reader, RequestScope scope, PatchbayDb db,
        CancellationToken cancellationToken, string? user_id = null)
    {
        if (await HubsEndpoints.FindAsync(db, hub_id, cancellationToken) is not { } hub)
            return new ApiError(HubsEndpoints.NotFound);
        var user = scope.EndUser ?? user_id ?? "";
        if (user.Length > EndUser.LongestExternalId)
            return new ApiError(Failure.InvalidField("user_id", $"must have {EndUser.LongestExternalId} characters or less"));
        if (Ulid.TryParse(connector_id, out var connector) && !await reader.MayConnectAsync(hub, connector, cancellationToken))
            return new ApiError(Failure.NotFound("connector"));
        var made = await initialise.RunAsync(connector_id, body.Value, ConnectionOwner.AuthorizationOf(hub.Id, user), cancellationToken);
        return made.Succeeded(out var url, out var failure) ? TypedResults.Ok(new InitialiseOAuth2ConnectionResponseJson { Url = url }) : new ApiError(failure);
    }
}
