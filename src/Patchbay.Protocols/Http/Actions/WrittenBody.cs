using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>How a field of a form is written (OpenAPI 3.1, "Encoding Object").</summary>
public sealed record FieldEncoding
{
    /// <summary>The media type of the field, or several with commas; null for the default of its value.</summary>
    public string? ContentType { get; init; }

    /// <summary>As that of a query parameter; null for none.</summary>
    public string? Style { get; init; }

    /// <summary>As that of a query parameter.</summary>
    public bool? Explode { get; init; }

    /// <summary>As that of a query parameter.</summary>
    public bool AllowReserved { get; init; }

    internal bool HasStyle => Style is not null || Explode is not null || AllowReserved;
}

/// <summary>A field of a form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; of bytes their base64, or an object with <c>content</c> and optionally <c>filename</c> and <c>contentType</c>.</param>
/// <param name="Encoding">How it is written; null where nothing is said.</param>
/// <param name="IsBinary">Whether the value, or each item of it, stands for bytes.</param>
public sealed record FormField(string Name, JsonElement Value, FieldEncoding? Encoding = null, bool IsBinary = false);

/// <summary>A request body, written whole, so that it can be signed and sent again.</summary>
public sealed class WrittenBody
{
    private static readonly SearchValues<char> QuotedInNames = SearchValues.Create("\"\r\n");

    private WrittenBody(ReadOnlyMemory<byte> bytes, string contentType)
    {
        Bytes = bytes;
        ContentType = contentType;
    }

    /// <summary>The bytes as they are sent.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The value of the header <c>Content-Type</c>.</summary>
    public string ContentType { get; }

    /// <summary>A JSON value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="contentType">The media type.</param>
    public static WrittenBody Json(JsonElement value, string contentType) => new(Encoding.UTF8.GetBytes(value.GetRawText()), contentType);

    /// <summary>JSON values, one a line.</summary>
    /// <param name="values">A list; anything else is the one line.</param>
    /// <param name="contentType">The media type.</param>
    public static WrittenBody JsonLines(JsonElement values, string contentType)
    {
        var text = new StringBuilder();
        foreach (var value in values.ValueKind == JsonValueKind.Array ? values.EnumerateArray().ToArray() : [values]) text.Append(JsonSerializer.Serialize(value)).Append('\n');
        return new WrittenBody(Encoding.UTF8.GetBytes(text.ToString()), contentType);
    }

    /// <summary>Text, in UTF-8. A type whose parameter names another character set says UTF-8 from then on.</summary>
    /// <param name="text">The text.</param>
    /// <param name="contentType">The media type.</param>
    public static WrittenBody Text(string text, string contentType)
    {
        var stated = MediaTypes.Parameter(contentType, "charset");
        var type = stated is not null && !stated.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? $"{MediaTypes.Essence(contentType)}; charset=utf-8" : contentType;
        return new WrittenBody(Encoding.UTF8.GetBytes(text), type);
    }

    /// <summary>A value as text: a string as it is, anything else as JSON writes it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="contentType">The media type.</param>
    public static WrittenBody Text(JsonElement value, string contentType) => Text(ParameterText.Scalar(value), contentType);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; they are not copied.</param>
    /// <param name="contentType">The media type.</param>
    public static WrittenBody Binary(ReadOnlyMemory<byte> bytes, string contentType) => new(bytes, contentType);

    /// <summary>
    /// Fields as <c>application/x-www-form-urlencoded</c>: scalars as they are, lists one field an item, objects as JSON, unless their
    /// encoding says otherwise. A null is not written.
    /// </summary>
    /// <param name="fields">The fields in their order.</param>
    public static WrittenBody Form(IEnumerable<FormField> fields) =>
        new(Encoding.ASCII.GetBytes(string.Join('&', fields.SelectMany(FormPairs))), MediaTypes.Form);

    /// <summary>
    /// Fields as <c>multipart/form-data</c> (RFC 7578): scalars as text, objects as JSON, bytes as files, lists one part an item, unless
    /// their encoding says otherwise. A null is not written.
    /// </summary>
    /// <param name="fields">The fields in their order.</param>
    /// <returns>The body, or every field that is not what it says: subjects are their names.</returns>
    public static Outcome<WrittenBody> Multipart(IEnumerable<FormField> fields)
    {
        var boundary = $"patchbay-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        var faults = new List<Fault>();
        using var body = new MemoryStream();
        foreach (var field in fields)
        {
            foreach (var part in PartsOf(field, faults)) Append(body, boundary, part);
        }

        body.Write(Encoding.ASCII.GetBytes($"--{boundary}--\r\n"));
        return faults.Count == 0
            ? Outcome.Of(new WrittenBody(body.ToArray(), $"{MediaTypes.Multipart}; boundary={boundary}"))
            : Outcome.Of<WrittenBody>(faults);
    }

    /// <summary>A message's content over the bytes, for one sending.</summary>
    internal HttpContent ToContent()
    {
        var content = new ReadOnlyMemoryContent(Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", HeaderText.ToWire(ContentType));
        content.Headers.ContentLength = Bytes.Length;
        return content;
    }

    private static IEnumerable<string> FormPairs(FormField field)
    {
        var encoding = field.Encoding ?? new FieldEncoding();
        var shape = ParameterShape.Of(field.Name, ParameterPlace.Query, encoding.Style, encoding.Explode) with
        {
            AllowReserved = encoding.AllowReserved,
            MediaType = !encoding.HasStyle && (encoding.ContentType is not null || field.Value.ValueKind == JsonValueKind.Object)
                ? FirstType(encoding.ContentType) ?? (IsComposite(field.Value) ? "application/json" : "text/plain") : null,
        };
        return field.Value.ValueKind == JsonValueKind.Null ? [] : ParameterText.InQuery(shape, field.Value);
    }

    private static IEnumerable<Part> PartsOf(FormField field, List<Fault> faults)
    {
        var encoding = field.Encoding ?? new FieldEncoding();
        var type = FirstType(encoding.ContentType);
        switch (field.Value.ValueKind)
        {
            case JsonValueKind.Null:
                return [];
            case JsonValueKind.Array when field.IsBinary || (!encoding.HasStyle && (type is null || !MediaTypes.IsJson(type))):
                return [.. field.Value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(item => PartOf(field, item, type, encoding.ContentType, faults)).OfType<Part>()];
            case JsonValueKind.Array or JsonValueKind.Object when encoding.HasStyle:
                var shape = ParameterShape.Of(field.Name, ParameterPlace.Query, encoding.Style, encoding.Explode);
                return ParameterText.InQuery(shape, field.Value).Select(pair => pair.Split('=', 2)).Select(pair => new Part(Uri.UnescapeDataString(pair[0]), null, null, Encoding.UTF8.GetBytes(Uri.UnescapeDataString(pair[1]))));
            default:
                return PartOf(field, field.Value, type, encoding.ContentType, faults) is { } part ? [part] : [];
        }
    }

    private static Part? PartOf(FormField field, JsonElement value, string? type, string? allowed, List<Fault> faults)
    {
        if (field.IsBinary) return FileOf(field, value, type, allowed, faults);
        return IsComposite(value)
            ? new Part(field.Name, null, type ?? "application/json", Encoding.UTF8.GetBytes(value.GetRawText()))
            : new Part(field.Name, null, type, Encoding.UTF8.GetBytes(type is not null && MediaTypes.IsJson(type) ? value.GetRawText() : ParameterText.Scalar(value)));
    }

    private static Part? FileOf(FormField field, JsonElement value, string? type, string? allowed, List<Fault> faults)
    {
        var (content, name, stated) = (value, field.Name, (string?)null);
        if (value.ValueKind == JsonValueKind.Object)
        {
            content = value.TryGetProperty("content", out var given) ? given : default;
            if (value.TryGetProperty("filename", out var filename) && filename.ValueKind == JsonValueKind.String) name = filename.GetString()!;
            if (value.TryGetProperty("contentType", out var typed) && typed.ValueKind == JsonValueKind.String) stated = typed.GetString();
        }

        if (stated is not null && (!MediaTypeHeaderValue.TryParse(stated, out _) || !HeaderText.IsOneLine(stated) || MediaTypes.IsRange(stated)))
            faults.Add(new Fault(FaultKind.Malformed, field.Name, "contentType is not a media type"));
        else if (stated is not null && allowed is not null && !allowed.Split(',').Any(range => MediaTypes.Matches(stated, range)))
            faults.Add(new Fault(FaultKind.UnfitValue, field.Name, "contentType is none that the field takes"));
        if (!HeaderText.IsOneLine(name)) faults.Add(new Fault(FaultKind.UnfitValue, field.Name, "filename has a line break or another control character in it"));
        if (content.ValueKind == JsonValueKind.String && content.TryGetBytesFromBase64(out var bytes)) return new Part(field.Name, name, stated ?? type ?? "application/octet-stream", bytes);
        faults.Add(new Fault(FaultKind.Malformed, field.Name, "must be bytes in base64, or an object with such content"));
        return null;
    }

    private static void Append(MemoryStream body, string boundary, Part part)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Disposition: form-data; name=\"{Quoted(part.Name)}\"");
        if (part.FileName is not null) head.Append(CultureInfo.InvariantCulture, $"; filename=\"{Quoted(part.FileName)}\"");
        if (part.ContentType is not null) head.Append(CultureInfo.InvariantCulture, $"\r\nContent-Type: {part.ContentType}");
        body.Write(Encoding.UTF8.GetBytes(head.Append("\r\n\r\n").ToString()));
        body.Write(part.Bytes);
        body.Write("\r\n"u8);
    }

    // As browsers do it (HTML, "multipart form data"): a name cannot end its quotes or its line.
    private static string Quoted(string name) => name.AsSpan().ContainsAny(QuotedInNames)
        ? name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)
        : name;

    private static string? FirstType(string? contentTypes) =>
        contentTypes?.Split(',').Select(type => type.Trim()).FirstOrDefault(type => type.Length > 0 && !MediaTypes.IsRange(type) && HeaderText.IsOneLine(type));

    private static bool IsComposite(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;

    private sealed record Part(string Name, string? FileName, string? ContentType, byte[] Bytes);
}
