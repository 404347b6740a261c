using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Patchbay.Importing;
using Patchbay.Platform.Http;
using Patchbay.Platform.Uploads;

namespace Patchbay.Platform.Versions;

/// <summary>Takes a description in: uploaded as multipart/form-data or before, or fetched from a URL that a JSON body names.</summary>
internal sealed class DescriptionUpload(PatchbaySettings settings, DescriptionFetcher fetcher, TakeUpload uploads)
{
    /// <summary>Reads the request.</summary>
    /// <typeparam name="TMetadata">The metadata part of an upload.</typeparam>
    /// <typeparam name="TFromUrl">The JSON body that names a URL.</typeparam>
    /// <returns>The description, and whichever of the two was sent.</returns>
    public async Task<Outcome<(DescriptionSource Source, TMetadata? Metadata, TFromUrl? FromUrl)>> ReadAsync<TMetadata, TFromUrl>(
        HttpRequest request, CancellationToken cancellationToken)
        where TMetadata : class, IOfFormat
        where TFromUrl : HTTPConnectorFromURLCreateJson
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var uploaded = await ReadUploadAsync<TMetadata>(request, cancellationToken);
            return uploaded.Succeeded(out var upload, out var fault) ? (upload.Source, upload.Metadata, null) : fault;
        }

        var body = await JsonBody.ReadAsync<TFromUrl>(request, cancellationToken);
        if (!body.Succeeded(out var fromUrl, out var failure))
        {
            return failure.Kind == FailureKind.UnsupportedMediaType
                ? failure with { Message = "Send the description as multipart/form-data with the parts file and metadata, or name its URL in an application/json body." }
                : failure;
        }

        var fetched = await FetchAsync(fromUrl, cancellationToken);
        return fetched.Succeeded(out var source, out failure) ? (source, null, fromUrl) : failure;
    }

    private async Task<Outcome<(DescriptionSource Source, TMetadata Metadata)>> ReadUploadAsync<TMetadata>(
        HttpRequest request, CancellationToken cancellationToken)
        where TMetadata : class, IOfFormat
    {
        // Room for the other parts and the part headers.
        const int Overhead = 64 * 1024;
        var limit = settings.MaxDescriptionBytes + Overhead;
        if (request.ContentLength > limit)
            return TooLarge();
        request.Body = new LimitedBody(request.Body, limit);
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = limit, ValueLengthLimit = Overhead, ValueCountLimit = 16 }, cancellationToken);
        }
        catch (BodyTooLargeException)
        {
            return TooLarge();
        }
        catch (InvalidDataException)
        {
            return new Failure(FailureKind.Invalid, "malformed_multipart", "The body is not multipart/form-data that can be read.");
        }
        catch (IOException)
        {
            return new Failure(FailureKind.Invalid, "malformed_multipart", "The body ended before its last part did.");
        }

        var faults = new List<FieldFault>();
        if (form.Files.GetFile("file") is not { } file)
            faults.Add(new("file", "is required: the part with the description"));
        else if (file.Length > settings.MaxDescriptionBytes)
            return TooLarge();
        var metadata = await MetadataOfAsync<TMetadata>(form, cancellationToken);
        if (!metadata.Succeeded(out var read, out var failure))
        {
            if (failure.Fields.Count == 0)
                return failure;
            faults.AddRange(failure.Fields);
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        file = form.Files.GetFile("file")!;
        var document = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(document, cancellationToken);
        // A name says more than the media type of a part, which clients often make up.
        var options = OptionsOf(Path.GetExtension(file.FileName).TrimStart('.').ToLowerInvariant(), file.ContentType, null, read!.Format);
        return (new DescriptionSource(document, options), read);
    }

    /// <summary>The metadata part, which clients send as a file with a media type or as a text field.</summary>
    private static async Task<Outcome<TMetadata>> MetadataOfAsync<TMetadata>(IFormCollection form, CancellationToken cancellationToken)
        where TMetadata : class
    {
        byte[] json;
        if (form.Files.GetFile("metadata") is { Length: < 64 * 1024 } part)
        {
            json = new byte[part.Length];
            await using var stream = part.OpenReadStream();
            await stream.ReadExactlyAsync(json, cancellationToken);
        }
        else if (form.TryGetValue("metadata", out var text) && text.Count == 1)
            json = System.Text.Encoding.UTF8.GetBytes(text.ToString());
        else
            return Failure.InvalidField("metadata", "is required: a JSON object such as {\"format\":\"openapi\"}");
        var parsed = JsonBody.Parse<TMetadata>(json);
        if (parsed.Failure is not { } failure)
            return parsed;
        return failure.Fields.Count == 0
            ? Failure.InvalidField("metadata", failure.Message)
            : failure with { Fields = [.. failure.Fields.Select(f => f with { Field = f.Field.Length == 0 ? "metadata" : $"metadata.{f.Field}" })] };
    }

    private async Task<Outcome<DescriptionSource>> FetchAsync(HTTPConnectorFromURLCreateJson from, CancellationToken cancellationToken)
    {
        if (UploadUrl.IsOne(from.SchemaURL))
        {
            return (await uploads.ReadAsync(from.SchemaURL, cancellationToken)).Succeeded(out var upload, out var refusal)
                ? new DescriptionSource(upload.Content, OptionsOf(from.Filetype?.ToLowerInvariant() ?? "", upload.ContentType, null, from.Format), UploadId: upload.Id)
                : refusal;
        }

        if (!Uri.TryCreate(from.SchemaURL, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return Failure.InvalidField("schemaURL", "must be an absolute http or https URL");
        var fetched = await fetcher.FetchAsync(url, settings.MaxDescriptionBytes, cancellationToken);
        if (fetched.Document is not { } document)
            return DescriptionFetcher.FailureOf(fetched.Failure!);
        var options = OptionsOf(from.Filetype?.ToLowerInvariant() ?? "", document.ContentType, document.Address, from.Format);
        return new DescriptionSource(document.Content, options, fetcher.DocumentsOf(document, settings.MaxDescriptionBytes));
    }

    private Failure TooLarge() =>
        new(FailureKind.TooLarge, "body_too_large", $"The description is larger than {settings.MaxDescriptionBytes} bytes.");

    private ImportOptions OptionsOf(string fileType, string? mediaType, Uri? url, ConnectorFormat format) => new()
    {
        Format = fileType switch
        {
            "json" or "application/json" => DescriptionFormat.Json,
            "yaml" or "yml" or "application/yaml" or "text/yaml" => DescriptionFormat.Yaml,
            _ => DescriptionFormat.Unknown,
        },
        Kind = format == ConnectorFormat.Postman ? DescriptionKind.Postman : DescriptionKind.Unknown,
        MediaTypeHint = mediaType,
        SourceUrl = url,
        MaxDocumentBytes = settings.MaxDescriptionBytes,
    };
}
