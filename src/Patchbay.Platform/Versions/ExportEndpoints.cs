using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Exporting a version.</summary>
internal static class ExportEndpoints
{
    public static void MapExport(this RouteGroupBuilder api) =>
        api.MapGet("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/export", ExportAsync)
            .WithName("ExportConnectorVersion").Needs(Permission.ConnectorRead).WithTags("connector-version").WithAccess(new Access.Organisation("organisation_id", Library: true))
            .Produces<object>(StatusCodes.Status200OK, "application/json", "application/yaml", "application/zip")
            .Produces(StatusCodes.Status304NotModified);

    /// <summary>Exports a version as an API description or as an archive that another server imports.</summary>
    /// <param name="format">openapi (OpenAPI 3.1 as JSON, also when left out), openapi-yaml or archive.</param>
    internal static async Task<Results<FileContentHttpResult, StatusCodeHttpResult, ApiError>> ExportAsync(
        string organisation_id, string connector_id, string version, HttpRequest request, ExportVersion export, CancellationToken cancellationToken,
        string format = "openapi")
    {
        (ExportFormat Format, string MediaType, string Extension)? form = format switch
        {
            "openapi" => (ExportFormat.OpenApi, "application/json", "openapi.json"),
            "openapi-yaml" => (ExportFormat.OpenApiYaml, "application/yaml", "openapi.yaml"),
            "archive" => (ExportFormat.Archive, "application/zip", "zip"),
            _ => null,
        };
        if (form is not var (kind, mediaType, extension))
            return new ApiError(Failure.InvalidField("format", "must be one of openapi, openapi-yaml, archive"));
        var found = await export.FindAsync(connector_id, version, kind, cancellationToken);
        if (!found.Succeeded(out var exportable, out var failure))
            return new ApiError(failure);
        var tag = new EntityTagHeaderValue($"\"{exportable.ETag}\"");
        // Known before anything is written, and by a weak comparison, since proxies on the way weaken tags (RFC 9110, 13.1.2).
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Tag == "*"))
        {
            request.HttpContext.Response.GetTypedHeaders().ETag = tag;
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var written = await export.RunAsync(exportable, kind, cancellationToken);
        return written.Succeeded(out var file, out failure)
            ? TypedResults.Bytes(file, mediaType, $"{FileName(exportable.Connector.Name)}-{FileName(exportable.Version.Name)}.{extension}", entityTag: tag)
            : new ApiError(failure);
    }

    /// <summary>A text as part of a file's name that every system takes.</summary>
    private static string FileName(string text)
    {
        var name = new StringBuilder();
        foreach (var character in text.Take(80))
        {
            if (char.IsAsciiLetterOrDigit(character) || (character is '.' or '_' && name.Length > 0))
                name.Append(character);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }

        var trimmed = name.ToString().TrimEnd('-', '.');
        return trimmed.Length > 0 ? trimmed : "connector";
    }
}
