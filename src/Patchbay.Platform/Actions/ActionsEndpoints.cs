using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Actions of a version: list, get, create, update, delete.</summary>
internal static class ActionsEndpoints
{
    private static readonly ListOrder<VersionAction> Order = new ListOrder<VersionAction>()
        .ById(a => a.Id).By("name", a => a.Name).By("updatedAt", a => a.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapActions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/actions").WithTags("actions")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("", ListAsync).WithName("GetActions").Needs(Permission.ConnectorRead);
        group.MapGet("/{action_name}", GetAsync).WithName("GetAction").Needs(Permission.ConnectorRead);
        var own = new Access.Organisation("organisation_id");
        group.MapPost("", CreateAsync).WithName("CreateAction").Needs(Permission.ConnectorEdit).WithAccess(own);
        group.MapPut("/{action_name}", UpdateAsync).WithName("UpdateAction").Needs(Permission.ConnectorEdit).WithAccess(own);
        group.MapDelete("/{action_name}", DeleteAsync).WithName("DeleteAction").Needs(Permission.ConnectorEdit).WithAccess(own);
    }

    /// <summary>Lists actions.</summary>
    /// <param name="name">Part of the name, whatever its case.</param>
    internal static async Task<Results<Ok<ActionPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, string version, PageRequest page, PatchbayDb db, VersionReader reader,
        CancellationToken cancellationToken, string? name = null)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var rows = db.Actions.AsNoTracking().Where(a => a.VersionId == row.Id).Named(name);

        var listed = await Order.PageAsync(rows, page, cancellationToken);
        if (!listed.Succeeded(out var actions, out failure))
            return new ApiError(failure);
        return TypedResults.Ok(new ActionPageJson
        {
            Actions = await reader.ActionsAsync(row, actions.Items, cancellationToken),
            TotalCount = actions.TotalCount,
            Next = actions.Next,
            Prev = actions.Prev,
        });
    }

    /// <summary>Gets an action.</summary>
    internal static async Task<Results<Tagged<ActionJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string version, string action_name, PatchbayDb db, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var action = await db.Actions.AsNoTracking().FirstOrDefaultAsync(a => a.VersionId == row.Id && a.Name == action_name, cancellationToken);
        return action is null
            ? new ApiError(Failure.NotFound("action"))
            : Tagged.Ok(await reader.ActionAsync(row, action, cancellationToken));
    }

    /// <summary>Adds an action to a draft.</summary>
    internal static async Task<Results<TaggedCreated<ActionJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, string version, Body<ActionCreateJson> body, Precondition precondition, CreateAction create, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(connector_id, version, body.Value, precondition, cancellationToken);
        if (!created.Succeeded(out var changed, out var failure))
            return new ApiError(failure);
        var path = $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/versions/{Uri.EscapeDataString(changed.Version.Name)}/actions/{changed.Action.Name}";
        return Tagged.Created(path, await reader.ActionAsync(changed.Version, changed.Action, cancellationToken));
    }

    /// <summary>Replaces an action of a draft, and renames it; fields of ours that are left out stay as they were.</summary>
    internal static async Task<Results<Tagged<ActionJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string version, string action_name, Body<ActionJson> body, Precondition precondition, UpdateAction update, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, version, action_name, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var changed, out var failure)
            ? Tagged.Ok(await reader.ActionAsync(changed.Version, changed.Action, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes an action of a draft.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string version, string action_name, Precondition precondition, DeleteAction delete, CancellationToken cancellationToken)
    {
        var deleted = await delete.RunAsync(connector_id, version, action_name, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }
}
