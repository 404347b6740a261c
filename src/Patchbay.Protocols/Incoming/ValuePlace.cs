using System.Text.Json;

namespace Patchbay.Protocols.Incoming;

/// <summary>
/// Where a value stands in a request: <c>header:NAME</c>, <c>query:NAME</c>, <c>form:NAME</c> or <c>body:POINTER</c>, a JSON pointer (RFC 6901).
/// </summary>
public sealed class ValuePlace
{
    /// <summary>How long the text of a place may be, in characters.</summary>
    public const int MaxLength = 500;

    private readonly string[] _steps;

    private ValuePlace(PlaceKind kind, string name, string[] steps, string text) => (Kind, Name, _steps, Text) = (kind, name, steps, text);

    private enum PlaceKind
    {
        Header,
        Query,
        Form,
        Body,
    }

    /// <summary>The place as it is written.</summary>
    public string Text { get; }

    private PlaceKind Kind { get; }

    private string Name { get; }

    /// <summary>Reads the text of a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="subject">What a fault is about.</param>
    public static Outcome<ValuePlace> Parse(string text, string subject)
    {
        if (text.Length > MaxLength) return Outcome.Of<ValuePlace>(FaultKind.TooLong, subject, $"The place is longer than {MaxLength} characters.");
        var mark = text.IndexOf(':', StringComparison.Ordinal);
        var name = text[(mark + 1)..];
        var kind = (mark < 0 ? string.Empty : text[..mark]) switch
        {
            "header" when Http.HeaderText.IsToken(name) => PlaceKind.Header,
            "query" when name.Length > 0 => PlaceKind.Query,
            "form" when name.Length > 0 => PlaceKind.Form,
            "body" when name.Length == 0 || name[0] == '/' => PlaceKind.Body,
            _ => (PlaceKind?)null,
        };
        if (kind is null)
            return Outcome.Of<ValuePlace>(FaultKind.Malformed, subject, "The place is none of header:NAME, query:NAME, form:NAME and body:POINTER, such as body:/event/id.");
        string[] steps = kind == PlaceKind.Body && name.Length > 0
            ? [.. name[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : [];
        return Outcome.Of(new ValuePlace(kind.Value, name, steps, text));
    }

    /// <summary>The value as text: of JSON a string, number or boolean.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Null where there is none, or something that is no single value.</returns>
    public string? Find(IncomingRequest request) => Kind switch
    {
        PlaceKind.Header => request.Header(Name),
        PlaceKind.Query => FormText.Single(request.Query, Name),
        PlaceKind.Form => FormText.Single(request.Form, Name),
        _ => request.Json is { } json ? TextOf(json) : null,
    };

    /// <summary>The place as it is written.</summary>
    public override string ToString() => Text;

    private string? TextOf(JsonElement value)
    {
        foreach (var step in _steps)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step, out var member))
                value = member;
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(step, System.Globalization.NumberStyles.None, null, out var index) && index < value.GetArrayLength())
                value = value[index];
            else
                return null;
        }

        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, written as an escape.
            return null;
        }
    }
}
