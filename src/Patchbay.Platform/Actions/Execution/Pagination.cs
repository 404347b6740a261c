using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>How an API divides a list into pages.</summary>
internal enum PaginationKind
{
    /// <summary>The answer names what the next request is to give.</summary>
    Cursor,

    /// <summary>The answer names the address of the next page.</summary>
    Link,

    /// <summary>The request says how many items to skip.</summary>
    Offset,

    /// <summary>The request says the number of the page.</summary>
    Page,
}

/// <summary>How to walk the pages of an action's answers, checked.</summary>
internal sealed record Pagination
{
    public required PaginationKind Kind { get; init; }

    /// <summary>Where in an answer the items stand.</summary>
    public required AnswerPath Items { get; init; }

    /// <summary>Where in an answer the cursor or the next address stands; null for the header <c>Link</c>.</summary>
    public AnswerPath? Next { get; init; }

    /// <summary>The parameter that takes cursor, offset or page; null where a field of the body does.</summary>
    public string? Parameter { get; init; }

    /// <summary>The field of the body that does.</summary>
    public string? Field { get; init; }

    /// <summary>Where to begin; null for the beginning.</summary>
    public JsonElement? Start { get; init; }

    /// <summary>How many items a full page has, where that is known: one with fewer is the last.</summary>
    public int? PageSize { get; init; }

    public required int MaxPages { get; init; }
    public long MaxItems { get; init; } = long.MaxValue;

    /// <summary>Checks what a call asks for.</summary>
    /// <param name="json">What it asks for.</param>
    /// <param name="mostPages">The server's limit.</param>
    public static Outcome<Pagination> Read(ActionPaginationJson json, int mostPages)
    {
        var faults = new List<FieldFault>();
        var kind = json.Type switch
        {
            ActionPaginationType.Cursor => PaginationKind.Cursor,
            ActionPaginationType.Link => PaginationKind.Link,
            ActionPaginationType.Offset => PaginationKind.Offset,
            _ => PaginationKind.Page,
        };
        var items = PathOf(json.Items ?? "", "items", faults);
        var next = json.Next is null ? null : PathOf(json.Next, "next", faults);
        if (kind == PaginationKind.Cursor && json.Next is null)
            faults.Add(new("pagination.next", "is required: where in an answer the cursor stands"));
        if (kind is PaginationKind.Offset or PaginationKind.Page && json.Next is not null)
            faults.Add(new("pagination.next", $"goes with cursor and link, not with {json.Type.ToString().ToLowerInvariant()}"));
        if (kind == PaginationKind.Link && (json.Parameter ?? json.Field) is not null)
            faults.Add(new(json.Parameter is null ? "pagination.field" : "pagination.parameter", "does not go with link: the address says it all"));
        else if (kind != PaginationKind.Link && (json.Parameter is null) == (json.Field is null))
            faults.Add(new("pagination.parameter", "is required, or else field: what takes the next page"));
        if (json.Field is not null && !json.Field.StartsWith('/'))
            faults.Add(new("pagination.field", "must be a JSON pointer into the body, such as /cursor"));
        if (kind is PaginationKind.Offset or PaginationKind.Page && json.Start is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } start
            && !(start.ValueKind == JsonValueKind.Number && start.TryGetInt64(out var first) && first >= 0))
            faults.Add(new("pagination.start", "must be a whole number from 0"));
        if (kind == PaginationKind.Link && json.Start is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String) })
            faults.Add(new("pagination.start", "must be an address that an answer named"));
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        return new Pagination
        {
            Kind = kind,
            Items = items!,
            Next = next,
            Parameter = json.Parameter,
            Field = json.Field,
            Start = json.Start is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } at ? at : null,
            PageSize = json.PageSize,
            MaxPages = Math.Min(json.MaxPages ?? mostPages, mostPages),
            MaxItems = json.MaxItems ?? long.MaxValue,
        };
    }

    /// <summary>What the first request is told; null for nothing.</summary>
    public JsonElement? First => Start ?? Kind switch
    {
        PaginationKind.Offset => JsonSerializer.SerializeToElement(0),
        PaginationKind.Page => JsonSerializer.SerializeToElement(1),
        _ => null,
    };

    /// <summary>What the request after an answer is told.</summary>
    /// <param name="at">What the request of that answer was told.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="link">Its header <c>Link</c>.</param>
    /// <param name="count">How many items it had.</param>
    /// <returns>Null after the last page.</returns>
    public JsonElement? After(JsonElement? at, JsonElement answer, string? link, int count)
    {
        switch (Kind)
        {
            case PaginationKind.Cursor:
                return Told(Next!.Find(answer));
            case PaginationKind.Link when Next is not null:
                return Told(Next.Find(answer)) is { ValueKind: JsonValueKind.String } address ? address : null;
            case PaginationKind.Link:
                return LinkHeader.Find(link, "next") is { Length: > 0 } target ? JsonSerializer.SerializeToElement(target) : null;
            default:
                if (count == 0 || count < PageSize)
                    return null;
                var step = Kind == PaginationKind.Page ? 1 : count;
                return JsonSerializer.SerializeToElement(at!.Value.GetInt64() + step);
        }
    }

    /// <summary>A call for the page that a value stands for.</summary>
    public ActionCall Call(ActionCall call, JsonElement? value)
    {
        if (value is not { } told || Kind == PaginationKind.Link)
            return call;
        if (Parameter is not null)
            return call with { Parameters = new Dictionary<string, JsonElement>(call.Parameters, StringComparer.Ordinal) { [Parameter] = told } };
        var body = call.Body.ValueKind == JsonValueKind.Object ? JsonObject.Create(call.Body)! : [];
        var steps = Field![1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
        var holder = body;
        foreach (var step in steps.SkipLast(1))
        {
            if (holder[step] is not JsonObject inner)
                holder[step] = inner = [];
            holder = inner;
        }

        holder[steps[^1]] = JsonValue.Create(told);
        return call with { Body = JsonSerializer.SerializeToElement(body) };
    }

    /// <summary>A cursor in the type of the parameter that takes it: APIs give numbers that they want as texts, and the other way round.</summary>
    public static JsonElement Fitting(JsonElement value, ParameterContent? parameter) => (parameter?.Type, value.ValueKind) switch
    {
        ("string", JsonValueKind.Number) when parameter!.Schema is null => JsonSerializer.SerializeToElement(value.GetRawText()),
        ("integer" or "number", JsonValueKind.String) when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            JsonSerializer.SerializeToElement(number),
        _ => value,
    };

    private static JsonElement? Told(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString()!.Length > 0 => value,
        JsonValueKind.Number => value,
        _ => null,
    };

    private static AnswerPath? PathOf(string text, string field, List<FieldFault> faults)
    {
        var path = AnswerPath.Parse(text);
        if (path is null)
            faults.Add(new($"pagination.{field}", "must be a JSON pointer or a JMESPath expression"));
        return path;
    }
}
