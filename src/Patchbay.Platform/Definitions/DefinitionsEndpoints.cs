using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Definitions of a version: list, get, create, update, delete, and the schemas themselves.</summary>
internal static class DefinitionsEndpoints
{
    private static readonly ListOrder<VersionDefinition> Order = new ListOrder<VersionDefinition>()
        .ById(d => d.Id).By("name", d => d.Name).By("updatedAt", d => d.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapDefinitions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}").WithTags("definitions")
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapGet("/schemas/{connector_id}/{version}/{schema_filename}", GetSchemaAsync).WithName("GetRawSchema").Needs(Permission.ConnectorRead)
            .Produces<object>(StatusCodes.Status200OK, "application/schema+json", "application/xml").Produces(StatusCodes.Status304NotModified);
        var definitions = group.MapGroup("/connectors/{connector_id}/versions/{version}/definitions");
        definitions.MapGet("", ListAsync).WithName("GetDefinitions").Needs(Permission.ConnectorRead);
        definitions.MapGet("/{definition_name}", GetAsync).WithName("GetDefinition").Needs(Permission.ConnectorRead);
        var own = new Access.Organisation("organisation_id");
        definitions.MapPost("", CreateAsync).WithName("CreateDefinitions").Needs(Permission.ConnectorEdit).WithAccess(own);
        definitions.MapDelete("", DeleteSomeAsync).WithName("DeleteDefinitions").Needs(Permission.ConnectorEdit).WithAccess(own)
            .Produces<DefinitionDeletePreconditionFailedJson>(StatusCodes.Status412PreconditionFailed);
        definitions.MapPut("/{definition_name}", UpdateAsync).WithName("UpdateDefinition").Needs(Permission.ConnectorEdit).WithAccess(own);
        definitions.MapDelete("/{definition_name}", DeleteAsync).WithName("DeleteDefinition").Needs(Permission.ConnectorEdit).WithAccess(own)
            .Produces<DefinitionDeletePreconditionFailedJson>(StatusCodes.Status412PreconditionFailed);
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
        return TypedResults.Ok(new DefinitionPageJson
        {
            Definitions = await reader.WithReferencesAsync(row, definitions.Items, cancellationToken),
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

    /// <summary>Creates definitions, all of them or none. They may refer to each other and to those that are there.</summary>
    internal static async Task<Results<Created<DefinitionsJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, string version, Body<DefinitionsCreateJson> body, Precondition precondition, CreateDefinitions create, DefinitionReader reader,
        CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(connector_id, version, body.Value, precondition, cancellationToken);
        if (!created.Succeeded(out var changed, out var failure))
            return new ApiError(failure);
        var path = $"/api/connect/v1/o/{organisation_id}/connectors/{connector_id}/versions/{Uri.EscapeDataString(changed.Version.Name)}/definitions";
        return TypedResults.Created(path, new DefinitionsJson { Definitions = await reader.WithReferencesAsync(changed.Version, changed.Definitions, cancellationToken) });
    }

    /// <summary>Changes a definition; references to it follow a new name.</summary>
    internal static async Task<Results<Tagged<DefinitionJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string version, string definition_name, Body<DefinitionUpdateJson> body, Precondition precondition, UpdateDefinition update,
        DefinitionReader reader, CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, version, definition_name, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var changed, out var failure)
            ? Tagged.Ok(await reader.ShownAsync(changed.Version, changed.Definitions[0], cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes a definition that nothing refers to.</summary>
    /// <param name="force">Also when something does, which then has an error.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string version, string definition_name, Precondition precondition, DeleteDefinitions delete, CancellationToken cancellationToken,
        bool force = false)
    {
        var deleted = await delete.RunAsync(connector_id, version, definition_name, force, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    /// <summary>Deletes definitions, all that are named or none. References among them are no hindrance.</summary>
    /// <param name="force">Also when something else refers to them, which then has an error.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteSomeAsync(
        string organisation_id, string connector_id, string version, Body<DefinitionsDeleteJson> body, Precondition precondition, DeleteDefinitions delete,
        CancellationToken cancellationToken, bool force = false)
    {
        var deleted = await delete.RunAsync(connector_id, version, body.Value, force, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    /// <summary>Gets the schema of a definition, with absolute references to others. Its ETag changes with it.</summary>
    internal static async Task<Results<FileContentHttpResult, ApiError>> GetSchemaAsync(
        string organisation_id, string connector_id, string version, string schema_filename, PatchbayDb db, DefinitionUrls urls, HttpResponse response,
        CancellationToken cancellationToken)
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
        var isXml = DefinitionUrls.IsXml(definition.ContentType);
        var text = Encoding.UTF8.GetBytes(SchemaText.WithReferences(Encoding.UTF8.GetString(body), isXml, other => urls.Of(row, other, isXml)));
        // By its name a published version is the same for ever; drafts change, and the other words come to mean other versions.
        response.Headers.CacheControl = row.IsPublished && row.Name == version ? "private, max-age=31536000, immutable" : "no-cache";
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(text))}\"");
        return TypedResults.Bytes(text, definition.ContentType, entityTag: tag);
    }
}
