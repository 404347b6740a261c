using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Actions of a version: list and get.</summary>
internal static class ActionsEndpoints
{
    private static readonly ListOrder<VersionAction> Order = new ListOrder<VersionAction>()
        .ById(a => a.Id).By("name", a => a.Name).By("updatedAt", a => a.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapActions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/actions").WithTags("actions")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("", ListAsync).WithName("GetActions");
        group.MapGet("/{action_name}", GetAsync).WithName("GetAction");
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
}
