using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Uploads;

/// <summary>Uploads of files that an import then names by their URL.</summary>
internal static class UploadsEndpoints
{
    public static void MapUploads(this RouteGroupBuilder api)
    {
        api.MapGet("/o/{organisation_id}/protocols/{protocol_slug}/upload-url", SignAsync).WithName("GetProtocolUploadURL").Needs(Permission.ConnectorEdit).WithTags("protocols")
            .WithAccess(new Access.Organisation("organisation_id")).AddOpenApiOperationTransformer(DescribeSize);
        api.MapPut("/uploads/{upload_id}", ReceiveAsync).WithName("UploadFile").WithTags("protocols").WithAccess(new Access.Public())
            .AddOpenApiOperationTransformer(DescribeFile);
    }

    /// <summary>It is read as a text, so that what is wrong with it can be said in our words.</summary>
    private static Task DescribeSize(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.Name == "content_length"))
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" };
        return Task.CompletedTask;
    }

    private static Task DescribeFile(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/octet-stream"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Gets a URL that takes one file within five minutes, and the URL by which an import then finds it.</summary>
    /// <param name="content_type">The media type that the file will be sent with; any, where it is left out.</param>
    /// <param name="content_length">The size that the file will have, in bytes; any up to the limit, where it is left out.</param>
    internal static async Task<Results<Ok<SignedURLJson>, ApiError>> SignAsync(
        string organisation_id, string protocol_slug, SignUpload sign, PatchbaySettings settings, HttpResponse response,
        CancellationToken cancellationToken, string? content_type = null, string? content_length = null)
    {
        if (protocol_slug != Connector.Http)
        {
            return new ApiError(protocol_slug == Connector.BigQuery
                ? Failure.InvalidField("protocol_slug", "has nothing to import: descriptions are of APIs over HTTP")
                : Failure.NotFound("protocol"));
        }

        var faults = new List<FieldFault>();
        string? type = null;
        if (content_type is not null)
        {
            if (MediaTypeHeaderValue.TryParse(content_type, out var parsed) && !parsed.MatchesAllSubTypes && content_type.Length <= 256)
                type = parsed.MediaType.ToString().ToLowerInvariant();
            else
                faults.Add(new("content_type", "must be a media type such as application/json"));
        }

        long? length = null;
        if (content_length is not null)
        {
            if (long.TryParse(content_length, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0 && given <= settings.MaxDescriptionBytes)
                length = given;
            else
                faults.Add(new("content_length", $"must be a whole number of bytes from 1 to {settings.MaxDescriptionBytes}"));
        }

        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        var signed = await sign.RunAsync(type, length, cancellationToken);
        if (!signed.Succeeded(out var made, out var failure))
            return new ApiError(failure);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SignedURLJson { UploadUrl = made.Url, Url = UploadUrl.ToUse(made.Upload.Id) });
    }

    /// <summary>Ours: takes the file of an upload, as its body. The URL is the one that GetProtocolUploadURL gave, as it is; no key is needed.</summary>
    /// <param name="signature">What the URL was signed with.</param>
    internal static async Task<Results<NoContent, ApiError>> ReceiveAsync(
        string upload_id, HttpRequest request, ReceiveUpload receive, CancellationToken cancellationToken, string? signature = null)
    {
        var received = await receive.RunAsync(upload_id, signature ?? "", request, cancellationToken);
        return received.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }
}

/// <summary>Where a file is sent, and what it is called then.</summary>
internal sealed record SignedURLJson
{
    /// <summary>Takes the file by PUT, once, within five minutes; with the headers Content-Type and Content-Length that were asked for.</summary>
    public required string UploadUrl { get; init; }

    /// <summary>Names the file for one import (schemaURL) within five minutes after it was sent; one that fails does not count. It leads nowhere else.</summary>
    public required string Url { get; init; }
}
