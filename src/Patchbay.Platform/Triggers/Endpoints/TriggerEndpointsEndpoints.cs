using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Triggers.Incoming;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>The public URL of a trigger of a connection: create, get, move to another version, rotate, delete.</summary>
internal static class TriggerEndpointsEndpoints
{
    public static void MapTriggerEndpoints(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/connections/{connection_id}/triggers/{trigger_name}/endpoint").WithTags("triggers")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateTriggerEndpoint").Needs(Permission.ConnectionEdit);
        group.MapGet("", GetAsync).WithName("GetTriggerEndpoint").Needs(Permission.ConnectionRead);
        group.MapPut("", MoveAsync).WithName("MoveTriggerEndpoint").Needs(Permission.ConnectionEdit);
        group.MapPost("/rotate", RotateAsync).WithName("RotateTriggerEndpoint").Needs(Permission.ConnectionEdit);
        group.MapDelete("", DeleteAsync).WithName("DeleteTriggerEndpoint").Needs(Permission.ConnectionEdit);
    }

    /// <summary>Ours: gives a trigger of a connection a public URL, to which the API sends its requests.</summary>
    internal static async Task<Results<TaggedCreated<TriggerEndpointJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, string connection_id, string trigger_name, Body<TriggerEndpointCreateJson> body, CreateTriggerEndpoint create,
        PublicAddress address, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(new(connector_id, connection_id, trigger_name), body.Value.Version, cancellationToken);
        if (!created.Succeeded(out var made, out var failure))
            return new ApiError(failure);
        var path = $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/connections/{connection_id}/triggers/{trigger_name}/endpoint";
        return Tagged.Created(path, TriggerEndpointJson.Of(made.Row, made.Secret, address));
    }

    /// <summary>Ours: gets the public URL of a trigger of a connection.</summary>
    internal static async Task<Results<Tagged<TriggerEndpointJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string connection_id, string trigger_name, EndpointChanges endpoints, PublicAddress address,
        CancellationToken cancellationToken)
    {
        var found = await endpoints.FindAsync(new(connector_id, connection_id, trigger_name), cancellationToken);
        return Answer(found, address);
    }

    /// <summary>Ours: moves an endpoint to another version. Its URL stays.</summary>
    internal static async Task<Results<Tagged<TriggerEndpointJson>, ApiError>> MoveAsync(
        string organisation_id, string connector_id, string connection_id, string trigger_name, Body<TriggerEndpointUpdateJson> body, Precondition precondition,
        EndpointChanges endpoints, TriggerPlans plans, PublicAddress address, TimeProvider clock, CancellationToken cancellationToken)
    {
        var path = new EndpointPath(connector_id, connection_id, trigger_name);
        var moved = await endpoints.ChangeAsync(path, precondition, async found =>
        {
            if ((await endpoints.FindTriggerAsync(path, body.Value.Version, cancellationToken)).Failure is { } unfit)
                return unfit;
            (found.Row.VersionSelector, found.Row.UpdatedAt) = (body.Value.Version, clock.Now());
            return found;
        }, cancellationToken);
        if (moved.Succeeded(out var changed, out _))
            plans.ForgetConnection(changed.Row.ConnectionId);
        return Answer(moved, address);
    }

    /// <summary>Ours: gives an endpoint another URL. The one before ends at once, or after a while that you name.</summary>
    internal static async Task<Results<Tagged<TriggerEndpointJson>, ApiError>> RotateAsync(
        string organisation_id, string connector_id, string connection_id, string trigger_name, Body<TriggerEndpointRotateJson> body, Precondition precondition,
        RotateTriggerEndpoint rotate, PublicAddress address, CancellationToken cancellationToken)
    {
        var rotated = await rotate.RunAsync(new(connector_id, connection_id, trigger_name), body.Value.GraceSeconds ?? 0, precondition, cancellationToken);
        return Answer(rotated, address);
    }

    /// <summary>Ours: deletes the public URL of a trigger of a connection. What came by it stays.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string connection_id, string trigger_name, Precondition precondition, EndpointChanges endpoints, TriggerPlans plans,
        PatchbayDb db, CancellationToken cancellationToken)
    {
        var deleted = await endpoints.ChangeAsync(new(connector_id, connection_id, trigger_name), precondition, found =>
        {
            db.Remove(found.Row);
            return Task.FromResult<Outcome<OpenedEndpoint>>(found);
        }, cancellationToken);
        if (!deleted.Succeeded(out var gone, out var failure))
            return new ApiError(failure);
        plans.ForgetConnection(gone.Row.ConnectionId);
        return TypedResults.NoContent();
    }

    private static Results<Tagged<TriggerEndpointJson>, ApiError> Answer(Outcome<OpenedEndpoint> outcome, PublicAddress address) =>
        outcome.Succeeded(out var endpoint, out var failure)
            ? Tagged.Ok(TriggerEndpointJson.Of(endpoint.Row, endpoint.Secret, address))
            : new ApiError(failure);
}
