using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>What was published upstream of a version since it was imported, and merging it.</summary>
internal static class UpstreamEndpoints
{
    public static void MapUpstream(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/upstream").WithTags("connector-version")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", GetAsync).WithName("GetConnectorVersionUpstream").Needs(Permission.ConnectorRead);
        group.MapPost("/merge", MergeAsync).WithName("MergeConnectorVersionUpstream").Needs(Permission.ConnectorEdit).Produces<MergeUpstreamErrorJson>(StatusCodes.Status409Conflict);
    }

    /// <summary>Gets where a version came from in the library, and what was published there since.</summary>
    internal static async Task<Results<Ok<UpstreamJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string version, PatchbayDb db, UpstreamVersions upstreams, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var owner = await db.FindConnectorAsync(connector_id, cancellationToken);
        if (!owner.Succeeded(out var connector, out failure))
            return new ApiError(failure);
        if (connector.SourceConnectorId is not { } source || row.SourceVersionId is null)
            return TypedResults.Ok(new UpstreamJson { Available = false, Versions = [] });
        var upstream = await upstreams.FindConnectorAsync(source, cancellationToken);
        return TypedResults.Ok(new UpstreamJson
        {
            Connector = new ConnectorSourceJson { ConnectorId = source, OrganisationId = connector.SourceOrganisationId!.Value },
            Merged = ConnectorVersionJson.Of(row, isLatest: false).Source,
            Available = upstream is not null,
            Versions = upstream is null ? [] : [.. (await upstreams.NewerAsync(upstream, row, cancellationToken)).Select(v => new UpstreamVersionJson
            {
                Id = v.Id,
                Name = v.Name,
                PublishedAt = v.PublishedAt!.Value,
                ContentHash = Convert.ToHexStringLower(v.ContentHash!),
            })],
        });
    }

    /// <summary>Merges a newer version of the library's connector into a draft that came from it.</summary>
    internal static async Task<Results<Ok<MergeUpstreamResultJson>, ApiError>> MergeAsync(
        string organisation_id, string connector_id, string version, Body<MergeUpstreamVersionJson> body, Precondition precondition, MergeUpstreamVersion merge,
        CancellationToken cancellationToken)
    {
        var merged = await merge.RunAsync(connector_id, version, body.Value, precondition, cancellationToken);
        return merged.Succeeded(out var result, out var failure) ? TypedResults.Ok(result) : new ApiError(failure);
    }
}
