using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Versions of a connector: create, list, get, update, delete, publish, unpublish.</summary>
internal static class VersionsEndpoints
{
    private static readonly ListOrder<ConnectorVersion> Order = new ListOrder<ConnectorVersion>()
        .ById(v => v.Id).By("name", v => v.Name).By("createdAt", v => v.CreatedAt).By("updatedAt", v => v.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapVersions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions").WithTags("connector-version")
            .WithAccess(new Access.Organisation("organisation_id"));
        var library = new Access.Organisation("organisation_id", Library: true);
        group.MapPost("", CreateAsync).WithName("CreateConnectorVersion").Needs(Permission.ConnectorEdit);
        group.MapGet("", ListAsync).WithName("ListConnectorVersions").Needs(Permission.ConnectorRead).WithAccess(library);
        group.MapGet("/{version}", GetAsync).WithName("GetConnectorVersion").Needs(Permission.ConnectorRead).WithAccess(library);
        group.MapPut("/{version}", UpdateAsync).WithName("UpdateConnectorVersion").Needs(Permission.ConnectorEdit);
        group.MapDelete("/{version}", DeleteAsync).WithName("DeleteConnectorVersion").Needs(Permission.ConnectorDelete);
        group.MapPost("/{version}/publish", PublishAsync).WithName("PublishConnector").Needs(Permission.ConnectorPublish);
        group.MapPost("/{version}/unpublish", UnpublishAsync).WithName("UnpublishConnector").Needs(Permission.ConnectorPublish);
    }

    /// <summary>Creates a draft, empty or from another version.</summary>
    internal static async Task<Results<TaggedCreated<ConnectorVersionJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, Body<ConnectorVersionCreateJson> body, Precondition precondition, CreateVersion create,
        CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(connector_id, body.Value, precondition, cancellationToken);
        return created.Succeeded(out var version, out var failure)
            ? Tagged.Created(
                $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/versions/{Uri.EscapeDataString(version.Name)}",
                ConnectorVersionJson.Of(version, isLatest: false))
            : new ApiError(failure);
    }

    /// <summary>Lists versions, the one changed last first.</summary>
    internal static async Task<Results<Ok<ConnectorVersionsPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken)
    {
        var found = await db.FindConnectorAsync(connector_id, cancellationToken);
        if (!found.Succeeded(out var connector, out var failure))
            return new ApiError(failure);
        var listed = await Order.PageAsync(db.Versions.Where(v => v.ConnectorId == connector.Id), page, cancellationToken);
        if (!listed.Succeeded(out var versions, out failure))
            return new ApiError(failure);
        var latest = await db.LatestVersionIdAsync(connector.Id, cancellationToken);
        return TypedResults.Ok(new ConnectorVersionsPageJson
        {
            Items = [.. versions.Items.Select(v => ConnectorVersionJson.Of(v, v.Id == latest))],
            TotalCount = versions.TotalCount,
            Next = versions.Next,
            Prev = versions.Prev,
        });
    }

    /// <summary>Gets a version by its name, by latest or by default.</summary>
    internal static async Task<Results<Tagged<ConnectorVersionJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string version, PatchbayDb db, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        return found.Succeeded(out var row, out var failure)
            ? Tagged.Ok(await db.ShownAsync(row, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Changes the name and description of a draft, or makes a published version the default.</summary>
    internal static async Task<Results<Tagged<ConnectorVersionJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string version, Body<ConnectorVersionJson> body, Precondition precondition, UpdateVersion update,
        PatchbayDb db, CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, version, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var row, out var failure)
            ? Tagged.Ok(await db.ShownAsync(row, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes a version with everything in it.</summary>
    /// <param name="force">Also when it is published.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string version, Precondition precondition, DeleteVersion delete, CancellationToken cancellationToken,
        bool force = false)
    {
        var deleted = await delete.RunAsync(connector_id, version, force, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    /// <summary>Validates a draft and publishes it; what is wrong with it is listed in full.</summary>
    internal static async Task<Results<Tagged<PublishConnectorResponseJson>, ApiError>> PublishAsync(
        string organisation_id, string connector_id, string version, Precondition precondition, PublishVersion publish, PatchbayDb db,
        CancellationToken cancellationToken)
    {
        var published = await publish.RunAsync(connector_id, version, precondition, cancellationToken);
        if (!published.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var shown = await db.ShownAsync(row, cancellationToken);
        return Tagged.Ok(new PublishConnectorResponseJson { Version = shown }, EntityTag.Of(shown));
    }

    /// <summary>Makes a published version a draft again, unless something uses it.</summary>
    internal static async Task<Results<Tagged<UnpublishConnectorResponseJson>, ApiError>> UnpublishAsync(
        string organisation_id, string connector_id, string version, Precondition precondition, UnpublishVersion unpublish, PatchbayDb db,
        CancellationToken cancellationToken)
    {
        var unpublished = await unpublish.RunAsync(connector_id, version, precondition, cancellationToken);
        if (!unpublished.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var shown = await db.ShownAsync(row, cancellationToken);
        return Tagged.Ok(new UnpublishConnectorResponseJson { Version = shown }, EntityTag.Of(shown));
    }
}
