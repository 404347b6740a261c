using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers;

/// <summary>Triggers of a version: list and get.</summary>
internal static class TriggersEndpoints
{
    private static readonly ListOrder<VersionTrigger> Order = new ListOrder<VersionTrigger>()
        .ById(t => t.Id).By("name", t => t.Name).By("updatedAt", t => t.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapTriggers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/triggers").WithTags("triggers")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("", ListAsync).WithName("GetTriggers");
        group.MapGet("/{trigger_name}", GetAsync).WithName("GetTrigger");
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
}
