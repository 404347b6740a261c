using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>What an action is to be run with.</summary>
internal sealed record ActionExecutionRequestJson
{
    /// <summary>The connection whose credentials and variables are used; it must be one to the action's connector.</summary>
    public required Ulid ConnectionId { get; init; }

    /// <summary>The action's parameters by name. Where one name stands in several places, <c>query:name</c>, <c>path:name</c> and so on tell them apart.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>
    /// The body: a JSON value; for a form an object with its fields; for text and XML a string; for anything else the bytes in base64. A file in a
    /// multipart form is its bytes in base64, or an object with content, filename and contentType.
    /// </summary>
    public JsonElement Body { get; init; }

    /// <summary>The media type of the body, one that the action takes; left out, JSON where it takes that, else its first.</summary>
    [MinLength(1), MaxLength(500)]
    public string? ContentType { get; init; }

    /// <summary>Checks a query and tells its columns and what it would read, without running it; for actions that are queries only.</summary>
    public bool? DryRun { get; init; }

    /// <summary>How often and for how long is tried; left out, as the server does by itself.</summary>
    public ActionRetryJson? Retry { get; init; }

    /// <summary>
    /// Walks the pages of the API's answers and gives out their items, as lines of JSON (application/x-ndjson): each is an object with item, the last
    /// one an object with end or error.
    /// </summary>
    public ActionPaginationJson? Pagination { get; init; }

    /// <summary>
    /// Gives out the body of a successful answer as it comes, of any length, as application/octet-stream; the header X-Patchbay-Status has its status,
    /// X-Patchbay-Content-Type its media type. The header Accept: application/octet-stream asks for the same.
    /// </summary>
    public bool? Stream { get; init; }

    public ActionCall ToCall(string connectorId, string version, string action) => new()
    {
        ConnectorId = connectorId,
        Version = version,
        Action = action,
        ConnectionId = ConnectionId,
        Parameters = Parameters ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal),
        Body = Body,
        ContentType = ContentType,
        DryRun = DryRun ?? false,
        MaxAttempts = Retry?.MaxAttempts ?? ActionCall.DefaultAttempts,
        RepeatsUnsafe = Retry?.Unsafe ?? false,
        TimeLimit = Retry?.TimeLimitSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}

/// <summary>How often and for how long an action is tried.</summary>
internal sealed record ActionRetryJson
{
    /// <summary>From 1 to 10; 3 unless given. Only what is safe to repeat is repeated.</summary>
    [Range(1, 10)]
    public int? MaxAttempts { get; init; }

    /// <summary>Whether POST and PATCH may be repeated as well after they reached the API, because the caller knows that it does no harm.</summary>
    public bool? Unsafe { get; init; }

    /// <summary>For all attempts together, in seconds; the server's limit, which it cannot exceed, unless given.</summary>
    [Range(1, 86_400)]
    public int? TimeLimitSeconds { get; init; }
}

/// <summary>How the pages of an API's answers are walked.</summary>
internal sealed record ActionPaginationJson
{
    public required ActionPaginationType Type { get; init; }

    /// <summary>Where in an answer the list of items stands: a JSON pointer or a JMESPath expression; left out, the answer is the list.</summary>
    [MaxLength(AnswerPath.MaxLength)]
    public string? Items { get; init; }

    /// <summary>Where in an answer the next cursor stands, or with link the next address; left out with link, the header Link has it.</summary>
    [MaxLength(AnswerPath.MaxLength)]
    public string? Next { get; init; }

    /// <summary>The parameter of the action that takes the cursor, the offset or the number of the page.</summary>
    [MinLength(1), MaxLength(200)]
    public string? Parameter { get; init; }

    /// <summary>The field of the body that does, in place of a parameter, as a JSON pointer such as /cursor.</summary>
    [MinLength(1), MaxLength(200)]
    public string? Field { get; init; }

    /// <summary>What the first request is to give: what an earlier end named as next. Left out: offset 0, page 1, no cursor.</summary>
    public JsonElement Start { get; init; }

    /// <summary>How many items a full page has, with offset and page: one with fewer is the last. Left out, an empty page is the last.</summary>
    [Range(1, 1_000_000)]
    public int? PageSize { get; init; }

    /// <summary>How many pages are fetched at most.</summary>
    [Range(1, 1_000_000)]
    public int? MaxPages { get; init; }

    /// <summary>How many items are given out at most.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxItems { get; init; }
}

/// <summary>How an API divides a list into pages.</summary>
internal enum ActionPaginationType
{
    /// <summary>An answer names what the next request is to give.</summary>
    [JsonStringEnumMemberName("cursor")]
    Cursor,

    /// <summary>An answer names the address of the next page.</summary>
    [JsonStringEnumMemberName("link")]
    Link,

    /// <summary>A request says how many items to skip.</summary>
    [JsonStringEnumMemberName("offset")]
    Offset,

    /// <summary>A request says the number of the page.</summary>
    [JsonStringEnumMemberName("page")]
    Page,
}

/// <summary>The last line of a stream of items: one of the two.</summary>
internal sealed record ActionPageLineJson
{
    public ActionPagesEndJson? End { get; init; }
    public ActionPagesErrorJson? Error { get; init; }
}

/// <summary>That the items are through.</summary>
internal sealed record ActionPagesEndJson
{
    public required int Pages { get; init; }
    public required long Items { get; init; }

    /// <summary>Whether there are no more; false where a limit of the request or the server was reached.</summary>
    public required bool Complete { get; init; }

    /// <summary>Whether every answer was as declared.</summary>
    public required bool Conforms { get; init; }

    /// <summary>Where to go on, as start of another request, after a limit; items of the last page that were beyond a limit of items are passed over.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public JsonElement? Next { get; init; }
}

/// <summary>Why the items end before they are through.</summary>
internal sealed record ActionPagesErrorJson
{
    public required string Code { get; init; }
    public required string Message { get; init; }

    /// <summary>The status of the API's answer, where it was that.</summary>
    public int? Status { get; init; }

    public required int Pages { get; init; }
    public required long Items { get; init; }
}

/// <summary>What an API answered to an action.</summary>
internal sealed record ActionExecutionJson
{
    /// <summary>The status of the API's answer; of the last one, where there were several attempts.</summary>
    public required int Status { get; init; }

    /// <summary>Its headers, names in lower case, several of one name joined by a comma; without cookies and without what belongs to the connection.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Its body, as bodyEncoding says; left out where there is none.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public JsonElement? Body { get; init; }

    /// <summary>What stands in body; left out where there is none.</summary>
    public ActionBodyEncoding? BodyEncoding { get; init; }

    public required ActionMatchJson Response { get; init; }

    /// <summary>Every time that the request was sent, the last one last.</summary>
    public required IReadOnlyList<ActionAttemptJson> Attempts { get; init; }

    /// <summary>From the call to the end of the answer, waits included.</summary>
    public required long DurationMs { get; init; }

    public static ActionExecutionJson Of(ExecutedAction executed) => new()
    {
        Status = executed.Status,
        Headers = executed.Headers,
        Body = executed.Body.Kind switch
        {
            AnsweredBodyKind.Json => executed.Body.Json,
            AnsweredBodyKind.Text => JsonSerializer.SerializeToElement(executed.Body.Text),
            AnsweredBodyKind.Binary => JsonSerializer.SerializeToElement(executed.Body.Bytes),
            _ => null,
        },
        BodyEncoding = executed.Body.Kind switch
        {
            AnsweredBodyKind.Json => ActionBodyEncoding.Json,
            AnsweredBodyKind.Text => ActionBodyEncoding.Text,
            AnsweredBodyKind.Binary => ActionBodyEncoding.Base64,
            _ => null,
        },
        Response = new ActionMatchJson
        {
            Declared = executed.Response.Declared,
            Conforms = executed.Response.Mismatches.Count == 0,
            Mismatches = [.. executed.Response.Mismatches.Select(m => new ActionMismatchJson { Field = m.Field, Message = m.Message })],
        },
        Attempts = [.. executed.Attempts.Select(ActionAttemptJson.Of)],
        DurationMs = (long)executed.Duration.TotalMilliseconds,
    };
}

/// <summary>How the body of an answer is given.</summary>
internal enum ActionBodyEncoding
{
    /// <summary>As the JSON value that it is.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>As a string.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>As a string with the bytes in base64.</summary>
    [JsonStringEnumMemberName("base64")]
    Base64,
}

/// <summary>Which declared response an answer is, and what is otherwise than declared.</summary>
internal sealed record ActionMatchJson
{
    /// <summary>The status, the range such as 4XX, or default; left out where the action declares no response of that status.</summary>
    public string? Declared { get; init; }

    /// <summary>Whether the answer is as declared.</summary>
    public required bool Conforms { get; init; }

    public required IReadOnlyList<ActionMismatchJson> Mismatches { get; init; }
}

/// <summary>Something in an answer that is otherwise than declared.</summary>
internal sealed record ActionMismatchJson
{
    /// <summary>Such as status, headers.x-total or body.items[0].price.</summary>
    public required string Field { get; init; }

    public required string Message { get; init; }
}

/// <summary>One sending of an action's request.</summary>
internal sealed record ActionAttemptJson
{
    /// <summary>The status of the answer; left out where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why there was no answer, or none that could be read, as a code such as upstream_timeout.</summary>
    public string? Failure { get; init; }

    /// <summary>How long was waited before it.</summary>
    public required long WaitedMs { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>Whether it was made with a new token, after the API had called the one before expired.</summary>
    public bool? RenewedCredential { get; init; }

    public static ActionAttemptJson Of(ActionAttempt attempt) => new()
    {
        Status = attempt.Status,
        Failure = attempt.Failure,
        WaitedMs = (long)attempt.Waited.TotalMilliseconds,
        DurationMs = (long)attempt.Duration.TotalMilliseconds,
        RenewedCredential = attempt.RenewedCredential ? true : null,
    };
}

/// <summary>What an error of an action that was sent has besides the common members.</summary>
internal sealed record ActionAttemptsJson
{
    public required IReadOnlyList<ActionAttemptJson> Attempts { get; init; }
}

/// <summary>Writes JSON of others as it came: what it escapes, and how it writes numbers, is theirs.</summary>
internal sealed class RawJsonConverter : JsonConverter<JsonElement?>
{
    public override JsonElement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement? value, JsonSerializerOptions options)
    {
        if (value is { } json)
            writer.WriteRawValue(json.GetRawText(), skipInputValidation: true);
        else
            writer.WriteNullValue();
    }
}
