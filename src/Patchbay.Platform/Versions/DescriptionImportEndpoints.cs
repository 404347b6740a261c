using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Importing an API description, as a new connector or as a new version of one.</summary>
internal static class DescriptionImportEndpoints
{
    public static void MapDescriptionImport(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}").WithTags("protocol-http").WithAccess(new Access.Organisation("organisation_id"))
            .DisableAntiforgery();
        group.MapPost("/protocols/http/import", ImportConnectorAsync).WithName("ImportHTTPConnector").Needs(Permission.ConnectorCreate)
            .WithMetadata(new AcceptsUpload(typeof(ImportHTTPConnectorMetadataJson), typeof(HTTPConnectorFromURLCreateJson)))
            .Produces<ImportHTTPConnectorErrorJson>(StatusCodes.Status400BadRequest);
        group.MapPost("/connector/{connector_id}/http/import", ImportVersionAsync).WithName("ImportHTTPConnectorVersion").Needs(Permission.ConnectorEdit)
            .WithMetadata(new AcceptsUpload(typeof(ImportHTTPConnectorVersionMetadataJson), typeof(HTTPConnectorVersionFromURLCreateJson)))
            .Produces<ImportHTTPConnectorErrorJson>(StatusCodes.Status400BadRequest);
    }

    /// <summary>Makes a connector with one draft of an API description, uploaded or fetched.</summary>
    internal static async Task<Results<TaggedCreated<ImportHTTPConnectorResultJson>, ApiError>> ImportConnectorAsync(
        string organisation_id, HttpRequest request, DescriptionUpload upload, ImportDescription import, ImportedVersionReader reader,
        CancellationToken cancellationToken)
    {
        var read = await upload.ReadAsync<ImportHTTPConnectorMetadataJson, HTTPConnectorFromURLCreateJson>(request, cancellationToken);
        if (!read.Succeeded(out var sent, out var failure))
            return new ApiError(failure);
        var imported = await import.IntoNewConnectorAsync(sent.Source with { Format = sent.Metadata?.Format ?? sent.FromUrl!.Format }, cancellationToken);
        if (!imported.Succeeded(out var version, out failure))
            return new ApiError(failure);
        var made = await reader.ReadAsync(version, cancellationToken);
        return Tagged.Created($"/api/connect/v1/o/{organisation_id}/connectors/{version.Connector.Id}", made, EntityTag.Of(made.Connector));
    }

    /// <summary>Makes a draft in a connector of an API description, uploaded or fetched. The connector's own fields stay as they are.</summary>
    /// <param name="dryRun">Whether nothing is written, and the answer, of status 200, says what would be (ours).</param>
    /// <param name="against">The version whose difference is told, by name, latest or default; left out, latest, else the newest draft (ours).</param>
    internal static async Task<Results<TaggedCreated<ImportHTTPConnectorResultJson>, Ok<ImportPreviewJson>, ApiError>> ImportVersionAsync(
        string organisation_id, string connector_id, Precondition precondition, HttpRequest request, DescriptionUpload upload,
        ImportDescription import, ImportedVersionReader reader, PatchbayDb db, CancellationToken cancellationToken, bool dryRun = false, string? against = null)
    {
        // First of all: for a connector that is not there nothing is read in, or fetched from anywhere.
        if ((await db.FindConnectorAsync(connector_id, cancellationToken)).Failure is { } unknown)
            return new ApiError(unknown);
        var read = await upload.ReadAsync<ImportHTTPConnectorVersionMetadataJson, HTTPConnectorVersionFromURLCreateJson>(request, cancellationToken);
        if (!read.Succeeded(out var sent, out var failure))
            return new ApiError(failure);
        var source = sent.Source with { Format = sent.Metadata?.Format ?? sent.FromUrl!.Format };
        var target = new ImportTarget(connector_id, sent.Metadata?.Version ?? sent.FromUrl!.Version, against);
        if (dryRun)
        {
            var previewed = await import.PreviewAsync(target, source, precondition, cancellationToken);
            return previewed.Succeeded(out var preview, out failure) ? TypedResults.Ok(preview) : new ApiError(failure);
        }

        var imported = await import.IntoConnectorAsync(target, source, precondition, cancellationToken);
        return imported.Succeeded(out var version, out failure)
            ? Tagged.Created(
                $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/versions/{Uri.EscapeDataString(version.Version.Name)}",
                await reader.ReadAsync(version, cancellationToken),
                EntityTag.Of(await db.ShownAsync(version.Version, cancellationToken)))
            : new ApiError(failure);
    }
}

/// <summary>The bodies of an import, for the API description.</summary>
internal sealed record AcceptsUpload(Type Metadata, Type FromUrl);

/// <summary>Reads what an import made, all of it.</summary>
internal sealed class ImportedVersionReader(PatchbayDb db, ConnectorReader connectors, VersionReader versions, DefinitionReader definitions)
{
    public async Task<ImportHTTPConnectorResultJson> ReadAsync(ImportedVersion imported, CancellationToken cancellationToken)
    {
        var version = imported.Version;
        var actions = await db.Actions.AsNoTracking().Where(a => a.VersionId == version.Id).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        var triggers = await db.Triggers.AsNoTracking().Where(t => t.VersionId == version.Id).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        var schemas = await db.Definitions.AsNoTracking().Where(d => d.VersionId == version.Id).OrderBy(d => d.Id).ToListAsync(cancellationToken);
        return new ImportHTTPConnectorResultJson
        {
            Connector = await connectors.ReadAsync(imported.Connector.Id, cancellationToken),
            Definitions = [.. schemas.Select(d => definitions.Json(version, d))],
            Actions = await versions.ActionsAsync(version, actions, cancellationToken),
            Triggers = await versions.TriggersAsync(version, triggers, cancellationToken),
            Messages = imported.Messages,
            Difference = imported.Difference,
        };
    }
}
