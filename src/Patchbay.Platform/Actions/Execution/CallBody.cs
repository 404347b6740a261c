using System.Net.Http.Headers;
using System.Text.Json;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Holds the body of a call against the definition of its content type, and writes it as that type wants it.</summary>
internal sealed class CallBody(ActionContent action, VersionSchemas schemas, List<FieldFault> faults)
{
    private const string Json = "application/json";

    /// <summary>Checks and writes a body.</summary>
    /// <returns>The body; null where there is none, and where there are faults.</returns>
    public WrittenBody? Check(ActionCall call)
    {
        var hasBody = call.Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
        if (action.RequestBody is not { } declared)
        {
            if (hasBody || call.Streamed is not null)
                faults.Add(new("body", "the action takes none"));
            if (call.ContentType is not null)
                faults.Add(new("contentType", "the action takes no body"));
            return null;
        }

        if (ContentTypeOf(declared, call.ContentType) is not { } chosen)
            return null;
        if (call.Streamed is not null)
        {
            if (IsStructured(chosen.ContentType))
                faults.Add(new("contentType", $"a body of {MediaTypes.Essence(chosen.ContentType)} is checked before it is sent, so that it cannot be streamed: send it as JSON in the field body"));
            return null;
        }

        if (!hasBody)
        {
            if (declared.Required)
                faults.Add(new("body", "is required"));
            return null;
        }

        var before = faults.Count;
        var written = Write(chosen.Link, chosen.ContentType, call.Body);
        return faults.Count == before ? written : null;
    }

    /// <summary>The content type of a body that streams.</summary>
    public string? StreamedType(ActionCall call) => action.RequestBody is { } declared ? ContentTypeOf(declared, call.ContentType)?.ContentType : null;

    private static bool IsStructured(string type) => MediaTypes.IsJson(type) || MediaTypes.IsXml(type) || MediaTypes.Essence(type) is MediaTypes.Form or MediaTypes.Multipart;

    private (DefinitionLink? Link, string ContentType)? ContentTypeOf(BodyContent declared, string? given)
    {
        var types = declared.Definitions.SelectMany(link => link.MediaTypes.Select(type => (Link: (DefinitionLink?)link, Type: type))).ToList();
        if (types.Count == 0)
            types.Add((null, "*/*"));
        if (given is null)
        {
            var usual = types.Find(t => MediaTypes.IsJson(t.Type));
            if (usual.Type is null)
                usual = types.Find(t => !MediaTypes.IsRange(t.Type));
            if (usual.Type is null && types.Find(t => MediaTypes.Matches(Json, t.Type)) is { Type: not null } wide)
                usual = (wide.Link, Json);
            if (usual.Type is not null)
                return (usual.Link, usual.Type);
            faults.Add(new("contentType", $"is required: the action takes {Listed(types)}"));
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(given, out _) || MediaTypes.IsRange(given) || !HeaderText.IsOneLine(given))
        {
            faults.Add(new("contentType", $"must be a media type, such as {Json}"));
            return null;
        }

        var link = declared.Definitions.For(given);
        if (link is not null || types is [(null, _)])
            return (link, given);
        faults.Add(new("contentType", $"is not one that the action takes: {Listed(types)}"));
        return null;
    }

    private static string Listed(IEnumerable<(DefinitionLink? Link, string Type)> types) => string.Join(", ", types.Select(t => t.Type).Take(20));

    private WrittenBody? Write(DefinitionLink? link, string contentType, JsonElement body)
    {
        if (MediaTypes.IsJson(contentType))
        {
            Hold(link, body);
            return WrittenBody.Json(body, contentType);
        }

        if (MediaTypes.IsJsonLines(contentType) && body.ValueKind != JsonValueKind.String)
        {
            Hold(link, body);
            return WrittenBody.JsonLines(body, contentType);
        }

        return MediaTypes.Essence(contentType) switch
        {
            MediaTypes.Form or MediaTypes.Multipart => WriteForm(link, MediaTypes.Essence(contentType) == MediaTypes.Multipart, body),
            _ when MediaTypes.IsXml(contentType) => WriteXml(link, contentType, body),
            _ when MediaTypes.IsText(contentType) => WriteText(link, contentType, body),
            _ => WriteOther(link, contentType, body),
        };
    }

    private void Hold(DefinitionLink? link, JsonElement body)
    {
        if (link is not null && !schemas.IsXml(link.Definition))
            faults.AddRange(schemas.Sent.Check(link.Definition, body, "body"));
    }

    private WrittenBody? WriteForm(DefinitionLink? link, bool multipart, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new("body", "must be an object: the fields of the form"));
            return null;
        }

        var binary = multipart && link is not null ? FormFields.Binary(schemas, link) : new HashSet<string>(StringComparer.Ordinal);
        Hold(link, binary.Count == 0 ? body : FormFields.WithContents(body, binary));
        var fields = body.EnumerateObject().Select(f => new FormField(f.Name, f.Value, FormFields.EncodingOf(link?.Encoding, f.Name), binary.Contains(f.Name)));
        if (!multipart)
            return WrittenBody.Form(fields);
        if (WrittenBody.Multipart(fields).TryGet(out var written, out var unfit))
            return written;
        faults.AddRange(unfit.Select(f => new FieldFault($"body.{f.Subject}", f.Message)));
        return null;
    }

    private WrittenBody? WriteXml(DefinitionLink? link, string contentType, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.String)
        {
            faults.Add(new("body", "must be a string: the XML document"));
            return null;
        }

        var xml = body.GetString()!;
        if (link is not null && schemas.IsXml(link.Definition))
            faults.AddRange(schemas.Sent.CheckXml(link.Definition, xml, "body"));
        else if (!Importing.Schemas.XmlBodyCheck.IsWellFormed(xml))
            faults.Add(new("body", "is not well-formed XML without document type"));
        return WrittenBody.Text(xml, contentType);
    }

    private WrittenBody WriteText(DefinitionLink? link, string contentType, JsonElement body)
    {
        // What a schema says of text in another format, such as YAML, it says of what the text means.
        if (body.ValueKind != JsonValueKind.String || MediaTypes.Essence(contentType) == "text/plain")
            Hold(link, body);
        return WrittenBody.Text(body, contentType);
    }

    private WrittenBody? WriteOther(DefinitionLink? link, string contentType, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.String)
        {
            Hold(link, body);
            return WrittenBody.Json(body, contentType);
        }

        if (body.TryGetBytesFromBase64(out var bytes))
            return WrittenBody.Binary(bytes, contentType);
        faults.Add(new("body", "must be the bytes in base64"));
        return null;
    }
}
