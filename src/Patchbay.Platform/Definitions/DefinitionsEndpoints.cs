using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Definitions of a version: list, get, and the schemas themselves.</summary>
internal static class DefinitionsEndpoints
{
    private static readonly ListOrder<VersionDefinition> Order = new ListOrder<VersionDefinition>()
        .ById(d => d.Id).By("name", d => d.Name).By("updatedAt", d => d.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapDefinitions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}").WithTags("definitions")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("/connectors/{connector_id}/versions/{version}/definitions", ListAsync).WithName("GetDefinitions");
        group.MapGet("/connectors/{connector_id}/versions/{version}/definitions/{definition_name}", GetAsync).WithName("GetDefinition");
        group.MapGet("/schemas/{connector_id}/{version}/{schema_filename}", GetSchemaAsync).WithName("GetRawSchema")
            .Produces<object>(StatusCodes.Status200OK, "application/schema+json");
    }

    /// <summary>Lists definitions, with what refers to them.</summary>
    /// <param name="name">Part of the name, whatever its case.</param>
    internal static async Task<Results<Ok<DefinitionPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, string version, PageRequest page, PatchbayDb db, DefinitionReader reader,
        CancellationToken cancellationToken, string? name = null)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var rows = db.Definitions.AsNoTracking().Where(d => d.VersionId == row.Id).Named(name);

        var listed = await Order.PageAsync(rows, page, cancellationToken);
        if (!listed.Succeeded(out var definitions, out failure))
            return new ApiError(failure);
        var references = await reader.ReferencesAsync(row.Id, definitions.Items.Select(d => d.Name), cancellationToken);
        return TypedResults.Ok(new DefinitionPageJson
        {
            Definitions = [.. definitions.Items.Select(d => reader.Json(row, d, [.. references[d.Name]]))],
            TotalCount = definitions.TotalCount,
            Next = definitions.Next,
            Prev = definitions.Prev,
        });
    }

    /// <summary>Gets a definition, with what refers to it.</summary>
    internal static async Task<Results<Tagged<DefinitionJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string version, string definition_name, PatchbayDb db, DefinitionReader reader,
        CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var definition = await db.Definitions.AsNoTracking()
            .FirstOrDefaultAsync(d => d.VersionId == row.Id && d.Name == definition_name, cancellationToken);
        return definition is null
            ? new ApiError(Failure.NotFound("definition"))
            : Tagged.Ok(await reader.ShownAsync(row, definition, cancellationToken));
    }

    /// <summary>Gets the schema of a definition. Its references to others are relative, and resolve beside it.</summary>
    internal static async Task<Results<FileContentHttpResult, ApiError>> GetSchemaAsync(
        string organisation_id, string connector_id, string version, string schema_filename, PatchbayDb db, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connector_id, version, cancellationToken);
        if (!found.Succeeded(out var row, out var failure))
            return new ApiError(failure);
        var dot = schema_filename.LastIndexOf('.');
        var name = dot < 0 ? schema_filename : schema_filename[..dot];
        var definition = await db.Definitions.AsNoTracking().FirstOrDefaultAsync(d => d.VersionId == row.Id && d.Name == name, cancellationToken);
        if (definition is null || DefinitionUrls.Extension(definition) != schema_filename[Math.Max(dot, 0)..])
            return new ApiError(Failure.NotFound("definition"));
        var body = await db.Contents.Where(c => c.Hash == definition.ContentHash).Select(c => c.Body).SingleAsync(cancellationToken);
        return TypedResults.Bytes(body, definition.ContentType);
    }
}
