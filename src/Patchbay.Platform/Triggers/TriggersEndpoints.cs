using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers;

/// <summary>Triggers of a version: list, get, create, update, delete.</summary>
internal static class TriggersEndpoints
{
    private static readonly ListOrder<VersionTrigger> Order = new ListOrder<VersionTrigger>()
        .ById(t => t.Id).By("name", t => t.Name).By("updatedAt", t => t.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapTriggers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/triggers").WithTags("triggers")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("", ListAsync).WithName("GetTriggers").Needs(Permission.ConnectorRead);
        group.MapGet("/{trigger_name}", GetAsync).WithName("GetTrigger").Needs(Permission.ConnectorRead);
        var own = new Access.Organisation("organisation_id");
        group.MapPost("", CreateAsync).WithName("CreateTrigger").Needs(Permission.ConnectorEdit).WithAccess(own);
        group.MapPut("/{trigger_name}", UpdateAsync).WithName("UpdateTrigger").Needs(Permission.ConnectorEdit).WithAccess(own);
        group.MapDelete("/{trigger_name}", DeleteAsync).WithName("DeleteTrigger").Needs(Permission.ConnectorEdit).WithAccess(own);
    }

    /// <summary>Lists triggers.</summary>
    /// <param name="name">Part of the name, whatever its case.</param>
    internal static async Task<Results<Ok<TriggerPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, string version, PageRequest page, PatchbayDb db, VersionReader reader,
        CancellationToken cancellationToken, string? name = null)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var rows = db.Triggers.AsNoTracking().Where(t => t.VersionId == row.Id).Named(name);

        var listed = await Order.PageAsync(rows, page, cancellationToken);
        if (!listed.Succeeded(out var triggers, out failure))
            return new ApiError(failure);
        return TypedResults.Ok(new TriggerPageJson
        {
            Triggers = await reader.TriggersAsync(row, triggers.Items, cancellationToken),
            TotalCount = triggers.TotalCount,
            Next = triggers.Next,
            Prev = triggers.Prev,
        });
    }

    /// <summary>Gets a trigger.</summary>
    internal static async Task<Results<Tagged<TriggerJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string version, string trigger_name, PatchbayDb db, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var trigger = await db.Triggers.AsNoTracking().FirstOrDefaultAsync(t => t.VersionId == row.Id && t.Name == trigger_name, cancellationToken);
        return trigger is null
            ? new ApiError(Failure.NotFound("trigger"))
            : Tagged.Ok(await reader.TriggerAsync(row, trigger, cancellationToken));
    }

    /// <summary>Adds a trigger to a draft.</summary>
    internal static async Task<Results<TaggedCreated<TriggerJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, string version, Body<TriggerCreateJson> body, Precondition precondition, CreateTrigger create, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(connector_id, version, body.Value, precondition, cancellationToken);
        if (!created.Succeeded(out var changed, out var failure))
            return new ApiError(failure);
        var path = $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/versions/{Uri.EscapeDataString(changed.Version.Name)}/triggers/{changed.Trigger.Name}";
        return Tagged.Created(path, await reader.TriggerAsync(changed.Version, changed.Trigger, cancellationToken));
    }

    /// <summary>Replaces a trigger of a draft, and renames it; fields of ours that are left out stay as they were.</summary>
    internal static async Task<Results<Tagged<TriggerJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string version, string trigger_name, Body<TriggerJson> body, Precondition precondition, UpdateTrigger update, VersionReader reader,
        CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, version, trigger_name, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var changed, out var failure)
            ? Tagged.Ok(await reader.TriggerAsync(changed.Version, changed.Trigger, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes a trigger of a draft.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string version, string trigger_name, Precondition precondition, DeleteTrigger delete, CancellationToken cancellationToken)
    {
        var deleted = await delete.RunAsync(connector_id, version, trigger_name, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }
}
