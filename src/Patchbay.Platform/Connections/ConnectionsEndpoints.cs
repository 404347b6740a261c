using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connections;

/// <summary>The organisation's own connections of a connector: create, list, get, update, delete.</summary>
internal static class ConnectionsEndpoints
{
    private static readonly ListOrder<Connection> Order = new ListOrder<Connection>()
        .ById(c => c.Id).By("name", c => c.Name).By("createdAt", c => c.CreatedAt).By("updatedAt", c => c.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapConnections(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/connections").WithTags("connections")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateConnectorConnection").Needs(Permission.ConnectionCreate);
        group.MapGet("", ListAsync).WithName("ListConnectorConnections").Needs(Permission.ConnectionRead);
        group.MapGet("/{connection_id}", GetAsync).WithName("GetConnection").Needs(Permission.ConnectionRead);
        group.MapPut("/{connection_id}", UpdateAsync).WithName("UpdateConnection").Needs(Permission.ConnectionEdit);
        group.MapPost("/{connection_id}/test", TestAsync).WithName("TestConnection").Needs(Permission.ConnectionEdit);
        group.MapDelete("/{connection_id}", DeleteAsync).WithName("DeleteConnection").Needs(Permission.ConnectionDelete)
            .Produces<ErrorJson>(StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>Creates a connection with its credentials. Secrets go into the vault and read as [redacted] from then on.</summary>
    internal static async Task<Results<Tagged<ConnectionJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, Body<ConnectionCreateJson> body, CreateConnection create, TestConnection test, PatchbayDb db,
        CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(connector_id, body.Value, ConnectionOwner.Organisation, cancellationToken);
        if (!created.Succeeded(out var connection, out var failure))
            return new ApiError(failure);
        // It is made, whatever the test shows; what that is stands in the errors of its credentials.
        await test.RunByTheWayAsync(connection.Id, TestConnection.ByTheWay, cancellationToken);
        return await FindAsync(db, connection.ConnectorId, connection.Id, cancellationToken) is { } stored
            ? Tagged.Ok(await JsonOfAsync(db, stored, cancellationToken))
            : new ApiError(Failure.NotFound("connection"));
    }

    /// <summary>Tests a connection by the verification requests of its auth scheme configs, and notes in the errors of its credentials what they show.</summary>
    internal static async Task<Results<Ok<ConnectionTestJson>, ApiError>> TestAsync(
        string organisation_id, string connector_id, string connection_id, TestConnection test, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var connector) || !Ulid.TryParse(connection_id, out var id)
            || await FindAsync(db, connector, id, cancellationToken) is null)
        {
            return new ApiError(Failure.NotFound("connection"));
        }

        var tested = await test.RunAsync(id, TestConnection.OnDemand, cancellationToken);
        return tested.Succeeded(out var tests, out var failure) ? TypedResults.Ok(ConnectionTestJson.Of(tests)) : new ApiError(failure);
    }

    /// <summary>Lists connections, the one changed last first.</summary>
    internal static async Task<Results<Ok<ConnectorConnectionPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken)
    {
        var found = await db.FindConnectorAsync(connector_id, cancellationToken);
        if (!found.Succeeded(out var connector, out var failure))
            return new ApiError(failure);
        var listed = await Order.PageAsync(
            db.Connections.AsNoTracking().Where(c => c.ConnectorId == connector.Id && c.Owner == ""), page, cancellationToken);
        return listed.Succeeded(out var connections, out failure)
            ? TypedResults.Ok(new ConnectorConnectionPageJson
            {
                Items = [.. connections.Items.Select(c => new ConnectionSummaryJson
                {
                    Id = c.Id, Name = c.Name, CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt,
                })],
                TotalCount = connections.TotalCount,
                Next = connections.Next,
                Prev = connections.Prev,
            })
            : new ApiError(failure);
    }

    /// <summary>Gets a connection; its secrets read as [redacted].</summary>
    internal static async Task<Results<Tagged<ConnectionJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string connection_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var connector) || !Ulid.TryParse(connection_id, out var id))
            return new ApiError(Failure.NotFound("connection"));
        return await FindAsync(db, connector, id, cancellationToken) is { } connection
            ? Tagged.Ok(await JsonOfAsync(db, connection, cancellationToken))
            : new ApiError(Failure.NotFound("connection"));
    }

    /// <summary>Renames a connection, replaces its variables, reorders its credentials.</summary>
    internal static async Task<Results<Tagged<ConnectionJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string connection_id, Body<ConnectionUpdateJson> body, Precondition precondition,
        UpdateConnection update, PatchbayDb db, CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, connection_id, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var connection, out var failure)
            ? Tagged.Ok(await JsonOfAsync(db, connection, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes a connection and its credentials. The provider of a grant is told that it is no longer wanted.</summary>
    /// <param name="force">Also when something uses it.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string connection_id, Precondition precondition, DeleteConnection delete, CancellationToken cancellationToken,
        bool force = false)
    {
        var deleted = await delete.RunAsync(connector_id, connection_id, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    public static Task<Connection?> FindAsync(PatchbayDb db, Ulid connector, Ulid id, CancellationToken cancellationToken) =>
        db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .FirstOrDefaultAsync(c => c.Id == id && c.ConnectorId == connector && c.Owner == "", cancellationToken);

    /// <summary>A connection as its own GET answers.</summary>
    public static async Task<ConnectionJson> JsonOfAsync(PatchbayDb db, Connection connection, CancellationToken cancellationToken)
    {
        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(a => a.ConnectorId == connection.ConnectorId).ToListAsync(cancellationToken);
        return ConnectionJson.Of(connection, [.. configs.Select(AuthSchemeConfigJson.Of)]);
    }
}
