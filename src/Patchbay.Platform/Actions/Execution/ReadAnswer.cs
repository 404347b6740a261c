using System.Globalization;
using System.Text;
using System.Text.Json;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Makes of an API's answer what the caller gets: matched to its declared response, and held against that.</summary>
internal static class ReadAnswer
{
    /// <summary>What is deeper is given as text: the answer around it has its depth as well.</summary>
    private const int Deepest = ApiJson.MaxDepth - 4;

    private static readonly HashSet<string> Credentials =
        new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie", "Authentication-Info", "Content-Length" };

    public static ExecutedAction Of(PreparedAction prepared, ActionAnswer answer)
    {
        var mismatches = new List<FieldFault>();
        var declared = Declared(prepared.Action.Responses, answer.Status);
        if (declared is null)
            mismatches.Add(new("status", $"the action declares no response of status {answer.Status.ToString(CultureInfo.InvariantCulture)}"));
        var body = BodyOf(prepared, answer, mismatches);
        if (declared is not null)
        {
            CheckHeaders(prepared.Schemas, declared, answer, mismatches);
            CheckBody(prepared, declared, answer, body, mismatches);
        }

        return new ExecutedAction
        {
            Status = answer.Status,
            Headers = HeadersOf(answer),
            Body = body,
            Response = new MatchedResponse(declared is null ? null : NameOf(declared), mismatches),
            Attempts = answer.Attempts,
            Duration = answer.Duration,
        };
    }

    /// <summary>The headers that the caller sees.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(ActionAnswer answer)
    {
        var named = answer.Response.Headers.NonValidated.TryGetValues("Connection", out var connection) ? ProxyHeaders.NamedByConnection(connection) : null;
        var unpacked = answer.Body is not null && !AnswerBody.IsPacked(answer.Response);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in answer.Response.Headers.NonValidated.Concat(answer.Response.Content.Headers.NonValidated))
        {
            var isBodys = name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) && unpacked;
            if (!ProxyHeaders.PassesToCaller(name) || Credentials.Contains(name) || isBodys || named?.Contains(name) == true)
                continue;
            headers[name.ToLowerInvariant()] = answer.Shown.Withhold(Printable(values.ToString()));
        }

        return headers;
    }

    /// <summary>The response that a status belongs to: its own, else its range's, else the default.</summary>
    public static ResponseContent? Declared(IReadOnlyList<ResponseContent> responses, int status) =>
        responses.FirstOrDefault(r => r.Status == status)
        ?? responses.FirstOrDefault(r => r.StatusRange is [var first, ..] && first - '0' == status / 100)
        ?? responses.FirstOrDefault(r => r.Status is null && r.StatusRange is null);

    private static string NameOf(ResponseContent response) => response.Status?.ToString(CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default";

    private static bool HasNoBody(PreparedAction prepared, ActionAnswer answer) =>
        prepared.Action.Method == "HEAD" || answer.Status is < 200 or 204 or 205 or 304;

    private static AnsweredBody BodyOf(PreparedAction prepared, ActionAnswer answer, List<FieldFault> mismatches)
    {
        var bytes = answer.Body ?? [];
        if (bytes.Length == 0 || HasNoBody(prepared, answer))
            return AnsweredBody.None;
        var type = answer.Header("Content-Type") ?? "";
        if (AnswerBody.IsPacked(answer.Response))
            return new AnsweredBody(AnsweredBodyKind.Binary, bytes, default);
        if (MediaTypes.IsJson(type) || (type.Length == 0 && LooksLikeJson(bytes)))
        {
            if (JsonOf(answer.Shown.Withhold(WithoutMark(bytes))) is { } json)
                return json;
            mismatches.Add(new("body", $"is no JSON that can be read, or nests deeper than {Deepest} levels"));
        }
        else if (!MediaTypes.IsText(type) && MediaTypes.Essence(type) != MediaTypes.Form && type.Length > 0)
            return new AnsweredBody(AnsweredBodyKind.Binary, bytes, default);
        return Decode(bytes, MediaTypes.Parameter(type, "charset")) is { } text
            ? new AnsweredBody(AnsweredBodyKind.Text, answer.Shown.Withhold(Encoding.UTF8.GetBytes(text)), default)
            : new AnsweredBody(AnsweredBodyKind.Binary, bytes, default);
    }

    private static AnsweredBody? JsonOf(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Deepest });
            return new AnsweredBody(AnsweredBodyKind.Json, bytes, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool LooksLikeJson(byte[] bytes) => Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 64))).TrimStart() is ['{' or '[', ..];

    private static byte[] WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    /// <summary>Text of a character set; null where the bytes are none.</summary>
    private static string? Decode(byte[] bytes, string? charset)
    {
        Encoding? encoding = charset?.ToLowerInvariant() switch
        {
            null or "utf-8" or "utf8" or "us-ascii" => new UTF8Encoding(false, throwOnInvalidBytes: true),
            "iso-8859-1" or "latin1" or "windows-1252" => Encoding.Latin1,
            "utf-16" or "utf-16le" => new UnicodeEncoding(false, true, throwOnInvalidBytes: true),
            "utf-16be" => new UnicodeEncoding(true, true, throwOnInvalidBytes: true),
            _ => null,
        };
        try
        {
            return encoding?.GetString(WithoutMark(bytes));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Header values come a byte a character; what is UTF-8 is shown as such, control characters are not shown.</summary>
    private static string Printable(string value)
    {
        var text = value;
        if (value.Any(c => c > '\x7f'))
        {
            var bytes = Encoding.Latin1.GetBytes(value);
            text = Decode(bytes, null) ?? value;
        }

        return HeaderText.IsOneLine(text) ? text : new string([.. text.Where(c => !char.IsControl(c))]);
    }

    private static void CheckHeaders(VersionSchemas schemas, ResponseContent declared, ActionAnswer answer, List<FieldFault> mismatches)
    {
        foreach (var header in declared.Headers)
        {
            var path = $"headers.{header.Name.ToLowerInvariant()}";
            if (answer.Header(header.Name) is not { } text)
            {
                if (header.Required)
                    mismatches.Add(new(path, "is required"));
                continue;
            }

            var value = ValueOf(header, text);
            if (header.Schema is { } schema)
                mismatches.AddRange(schemas.Received.CheckInPlace(schema.ToJsonString(ContentJson.Options), value, path));
            else if (header.Type is "integer" or "number" && value.ValueKind != JsonValueKind.Number)
                mismatches.Add(new(path, header.Type == "integer" ? "must be a whole number" : "must be a number"));
            else if (header.Type == "boolean" && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                mismatches.Add(new(path, "must be true or false"));
        }
    }

    /// <summary>What a header's text means: a value of its type, or a list of the style <c>simple</c>.</summary>
    private static JsonElement ValueOf(ParameterContent header, string text)
    {
        var isList = header.Schema is System.Text.Json.Nodes.JsonObject { } schema && schema["type"]?.ToString() == "array";
        if (isList)
            return JsonSerializer.SerializeToElement(text.Split(',').Select(item => Scalar(item.Trim(), "string")));
        return Scalar(text, header.ContentType is not null && MediaTypes.IsJson(header.ContentType) ? "json" : header.Type);
    }

    private static JsonElement Scalar(string text, string type)
    {
        if (type != "string")
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // Then it is the text that it is, and its type is at fault.
            }
        }

        return JsonSerializer.SerializeToElement(text);
    }

    private static void CheckBody(PreparedAction prepared, ResponseContent declared, ActionAnswer answer, AnsweredBody body, List<FieldFault> mismatches)
    {
        if (declared.Definitions.Count == 0 || HasNoBody(prepared, answer))
            return;
        if (body.Kind == AnsweredBodyKind.None)
        {
            mismatches.Add(new("body", "is missing"));
            return;
        }

        var type = answer.Header("Content-Type");
        var link = type is null ? declared.Definitions[0] : declared.Definitions.For(type);
        if (link is null)
        {
            mismatches.Add(new("headers.content-type", $"is not one that the response declares: {string.Join(", ", declared.Definitions.SelectMany(d => d.MediaTypes).Take(20))}"));
            return;
        }

        if (type is null && body.Kind != AnsweredBodyKind.Json && link.MediaTypes.All(MediaTypes.IsJson))
            mismatches.Add(new("body", "is no JSON, which the response declares, and no Content-Type says what it is"));
        else if (body.Kind == AnsweredBodyKind.Json && !prepared.Schemas.IsXml(link.Definition))
            mismatches.AddRange(prepared.Schemas.Received.Check(link.Definition, body.Json, "body"));
        else if (body.Kind == AnsweredBodyKind.Text && prepared.Schemas.IsXml(link.Definition))
            mismatches.AddRange(prepared.Schemas.Received.CheckXml(link.Definition, body.Text, "body"));
        else if (body.Kind == AnsweredBodyKind.Text && type is not null && MediaTypes.Essence(type) == "text/plain")
            mismatches.AddRange(prepared.Schemas.Received.Check(link.Definition, JsonSerializer.SerializeToElement(body.Text), "body"));
    }
}
