using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Patchbay.Protocols.BigQuery;

/// <summary>
/// Writes the values of query parameters as <c>jobs.query</c> takes them (<c>QueryParameter</c> of the BigQuery v2 REST API). A value never
/// becomes part of the query's text, so it cannot change what the query does.
/// </summary>
public static partial class ParameterValue
{
    private const int MaxTextLength = 1024 * 1024;

    /// <summary>The parameter as the API takes it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="value">The value, or null for NULL.</param>
    /// <param name="path">Where it was given, for faults.</param>
    /// <param name="faults">Takes what is wrong with the value.</param>
    public static JsonObject Write(string name, BigQueryType type, JsonElement? value, string path, ICollection<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(faults);
        return new JsonObject { ["name"] = name, ["parameterType"] = TypeOf(type), ["parameterValue"] = ValueOf(type, value, path, faults) };
    }

    private static JsonObject TypeOf(BigQueryType type)
    {
        var json = new JsonObject { ["type"] = type.Name };
        if (type.Name == BigQueryType.Array)
            json["arrayType"] = TypeOf(type.Items!);
        else if (type.Name == BigQueryType.Struct)
            json["structTypes"] = new JsonArray([.. type.Fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = TypeOf(f.Type) })]);
        return json;
    }

    private static JsonObject ValueOf(BigQueryType type, JsonElement? given, string path, ICollection<Fault> faults)
    {
        if (given is not { ValueKind: not JsonValueKind.Null } value)
        {
            // NULL of JSON is a value of its own: the JSON null.
            return type.Name == "JSON" && given is { ValueKind: JsonValueKind.Null } ? new JsonObject { ["value"] = "null" } : new JsonObject { ["value"] = null };
        }

        switch (type.Name)
        {
            case BigQueryType.Array when value.ValueKind == JsonValueKind.Array:
                return new JsonObject { ["arrayValues"] = new JsonArray([.. value.EnumerateArray().Select((item, i) => ValueOf(type.Items!, Item(item, i), $"{path}[{i}]", faults))]) };
            case BigQueryType.Array:
                faults.Add(new Fault(FaultKind.UnfitValue, path, "must be an array"));
                return [];
            case BigQueryType.Struct when value.ValueKind == JsonValueKind.Object:
                var members = value.EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);
                foreach (var unknown in members.Keys.Except(type.Fields.Select(f => f.Name), StringComparer.Ordinal))
                    faults.Add(new Fault(FaultKind.UnfitValue, $"{path}.{unknown}", "is no field of the struct"));
                var values = new JsonObject();
                foreach (var field in type.Fields)
                    values[field.Name] = ValueOf(field.Type, members.TryGetValue(field.Name, out var member) ? member : null, $"{path}.{field.Name}", faults);
                return new JsonObject { ["structValues"] = values };
            case BigQueryType.Struct:
                faults.Add(new Fault(FaultKind.UnfitValue, path, "must be an object"));
                return [];
            default:
                return new JsonObject { ["value"] = ScalarOf(type.Name, value, path, faults) };
        }

        JsonElement Item(JsonElement item, int index)
        {
            if (item.ValueKind == JsonValueKind.Null)
                faults.Add(new Fault(FaultKind.UnfitValue, $"{path}[{index}]", "must not be null: arrays of parameters hold no NULL"));
            return item;
        }
    }

    private static string? ScalarOf(string type, JsonElement value, string path, ICollection<Fault> faults)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        var (written, must) = type switch
        {
            "STRING" => (value.ValueKind == JsonValueKind.String ? text : null, "a text"),
            "INT64" => (text is not null && value.ValueKind is JsonValueKind.Number or JsonValueKind.String && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole.ToString(CultureInfo.InvariantCulture) : null, "a whole number of 64 bits, as a number or a text"),
            "FLOAT64" => (FloatOf(text, value), "a number, or one of the texts NaN, Infinity and -Infinity"),
            "NUMERIC" => (DecimalOf(text, value, 29, 9), "a number of at most 29 digits before the point and 9 after, as a number or, so that none is lost, a text"),
            "BIGNUMERIC" => (DecimalOf(text, value, 39, 38), "a number of at most 39 digits before the point and 38 after, as a number or, so that none is lost, a text"),
            "BOOL" => (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? text : null, "true or false"),
            "BYTES" => (value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? Convert.ToBase64String(bytes) : null, "bytes in base64"),
            "DATE" => (Matching(value, DateText(), t => DateOnly.TryParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)), "a date such as 2026-11-24"),
            "TIME" => (Matching(value, TimeText(), _ => true), "a time such as 12:34:56.789"),
            "DATETIME" => (Matching(value, DateTimeText(), t => DateOnly.TryParseExact(t[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)), "a date and time without zone, such as 2026-11-24T12:34:56"),
            "TIMESTAMP" => (TimestampOf(value), "a time by RFC 3339, such as 2026-11-24T12:34:56Z"),
            "JSON" => (value.GetRawText(), "any JSON"),
            _ => (null, "of a type that is known"),
        };
        if (written is null)
            faults.Add(new Fault(FaultKind.UnfitValue, path, $"must be {must} ({type})"));
        else if (written.Length > MaxTextLength)
            faults.Add(new Fault(FaultKind.TooLong, path, $"is longer than {MaxTextLength} characters"));
        return written;
    }

    private static string? FloatOf(string? text, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => text,
        JsonValueKind.String when text is "NaN" or "Infinity" or "-Infinity" => text,
        _ => null,
    };

    private static string? DecimalOf(string? text, JsonElement value, int before, int after)
    {
        if (text is null || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String) || text.Length > 200 || DecimalText().Match(text) is not { Success: true } parts)
            return null;
        var exponent = parts.Groups["exponent"].Success ? int.Parse(parts.Groups["exponent"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var fraction = parts.Groups["fraction"].Value;
        var digits = BigInteger.Parse(parts.Groups["whole"].Value + fraction, CultureInfo.InvariantCulture);
        var scale = fraction.Length - exponent;
        while (scale > 0 && digits % 10 == 0 && !digits.IsZero)
            (digits, scale) = (digits / 10, scale - 1);
        var length = digits.ToString(CultureInfo.InvariantCulture).Length;
        return digits.IsZero || (scale <= after && length - scale <= before) ? text : null;
    }

    private static string? TimestampOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && TimestampText().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00:00" : null;

    private static string? Matching(JsonElement value, Regex form, Func<string, bool> fits) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && form.IsMatch(text) && fits(text) ? text : null;

    [GeneratedRegex(@"^-?(?<whole>\d{1,100})(\.(?<fraction>\d{1,100}))?([eE](?<exponent>[+-]?\d{1,3}))?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DecimalText();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DateText();

    [GeneratedRegex(@"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TimeText();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DateTimeText();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TimestampText();
}
