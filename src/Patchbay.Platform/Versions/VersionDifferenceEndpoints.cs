using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>How versions differ, and what an import or merge changed.</summary>
internal static class VersionDifferenceEndpoints
{
    public static void MapVersionDifferences(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}").WithTags("connector-version");
        group.MapGet("/diff", CompareAsync).WithName("CompareConnectorVersions").Needs(Permission.ConnectorRead).WithAccess(new Access.Organisation("organisation_id", Library: true));
        // It may quote a draft, which strangers do not see.
        group.MapGet("/changes", GetChangesAsync).WithName("GetConnectorVersionChanges").Needs(Permission.ConnectorRead).WithAccess(new Access.Organisation("organisation_id"));
    }

    /// <summary>Compares a version with another of its connector, for those who call it.</summary>
    /// <param name="against">The version that it is held against, by name, latest or default; left out, latest, else the newest other draft.</param>
    internal static async Task<Results<Ok<VersionDifferenceJson>, ApiError>> CompareAsync(
        string organisation_id, string connector_id, string version, CompareVersions compare, CancellationToken cancellationToken, string? against = null)
    {
        var compared = await compare.RunAsync(connector_id, version, against, cancellationToken);
        return compared.Succeeded(out var difference, out var failure) ? TypedResults.Ok(difference) : new ApiError(failure);
    }

    /// <summary>Gets what the import or merge changed that a draft was last made or changed by.</summary>
    internal static async Task<Results<Ok<VersionChangesJson>, ApiError>> GetChangesAsync(
        string organisation_id, string connector_id, string version, PatchbayDb db, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var changes = await db.VersionChanges.AsNoTracking().FirstOrDefaultAsync(c => c.VersionId == row.Id, cancellationToken);
        return TypedResults.Ok(new VersionChangesJson
        {
            Difference = changes is null ? null : JsonSerializer.Deserialize<VersionDifferenceJson>(changes.Difference, ApiJson.Options),
        });
    }
}
