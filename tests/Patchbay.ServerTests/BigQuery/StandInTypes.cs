using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.ServerTests.BigQuery;

/// <summary>Parameter types and values as BigQuery reads them, and cells as it writes them; written apart from the server's own reading of the same documentation.</summary>
internal static class StandInTypes
{
    private static readonly Dictionary<string, string> ColumnTypes = new(StringComparer.Ordinal)
    {
        ["STRING"] = "STRING", ["INT64"] = "INTEGER", ["FLOAT64"] = "FLOAT", ["NUMERIC"] = "NUMERIC", ["BIGNUMERIC"] = "BIGNUMERIC", ["BOOL"] = "BOOLEAN", ["BYTES"] = "BYTES",
        ["DATE"] = "DATE", ["DATETIME"] = "DATETIME", ["TIME"] = "TIME", ["TIMESTAMP"] = "TIMESTAMP", ["JSON"] = "JSON", ["STRUCT"] = "RECORD",
    };

    /// <exception cref="FormatException">BigQuery would refuse it.</exception>
    public static void Check(JsonObject type, JsonObject value)
    {
        switch ((string)type["type"]!)
        {
            case "ARRAY":
                foreach (var item in value["arrayValues"]?.AsArray() ?? [])
                {
                    if (item!["value"] is null && item["structValues"] is null)
                        throw new FormatException("NULL elements are not allowed in array parameters");
                    Check(type["arrayType"]!.AsObject(), item.AsObject());
                }

                break;
            case "STRUCT":
                foreach (var field in type["structTypes"]!.AsArray())
                {
                    if (value["structValues"]?[(string)field!["name"]!] is { } inner)
                        Check(field["type"]!.AsObject(), inner.AsObject());
                }

                break;
            case var scalar:
                if (!ColumnTypes.ContainsKey(scalar))
                    throw new FormatException($"Invalid parameter type {scalar}");
                if ((string?)value["value"] is { } text && !Fits(scalar, text))
                    throw new FormatException($"Unparseable query parameter in type `TYPE_{scalar}`, Invalid value: '{text}'");
                break;
        }
    }

    public static JsonObject FieldOf(string name, JsonObject type)
    {
        var repeated = (string)type["type"]! == "ARRAY";
        var one = repeated ? type["arrayType"]!.AsObject() : type;
        var field = new JsonObject { ["name"] = name, ["type"] = ColumnTypes[(string)one["type"]!], ["mode"] = repeated ? "REPEATED" : "NULLABLE" };
        if (one["structTypes"] is { } fields)
            field["fields"] = new JsonArray([.. fields.AsArray().Select(f => FieldOf((string)f!["name"]!, f["type"]!.AsObject()))]);
        return field;
    }

    public static JsonNode? CellOf(JsonObject type, JsonObject value)
    {
        switch ((string)type["type"]!)
        {
            case "ARRAY":
                return new JsonArray([.. (value["arrayValues"]?.AsArray() ?? []).Select(v => new JsonObject { ["v"] = CellOf(type["arrayType"]!.AsObject(), v!.AsObject()) })]);
            case "STRUCT":
                return value["structValues"] is not { } values ? null : new JsonObject
                {
                    ["f"] = new JsonArray([.. type["structTypes"]!.AsArray().Select(f => new JsonObject { ["v"] = CellOf(f!["type"]!.AsObject(), values[(string)f["name"]!]?.AsObject() ?? []) })]),
                };
            case var scalar:
                var text = (string?)value["value"];
                return text is null ? null : scalar switch
                {
                    "TIMESTAMP" => $"{(long)((Decimal)(Time(text) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)}",
                    "DATETIME" => text.Replace(' ', 'T'),
                    "FLOAT64" when text is not ("NaN" or "Infinity" or "-Infinity") => double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
                    _ => text,
                };
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    private static bool Fits(string type, string text) => type switch
    {
        "INT64" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "FLOAT64" => text is "NaN" or "Infinity" or "-Infinity" || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        "NUMERIC" or "BIGNUMERIC" => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || text.Length > 28,
        "BOOL" => text is "true" or "false",
        "BYTES" => Convert.TryFromBase64String(text, new byte[text.Length], out _),
        "DATE" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "TIME" => TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out _),
        "DATETIME" => DateTime.TryParse(text, CultureInfo.InvariantCulture, out _),
        "TIMESTAMP" => DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "JSON" => IsJson(text),
        _ => true,
    };

    private static bool IsJson(string text)
    {
        try
        {
            JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
