using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Protocols.BigQuery;

/// <summary>
/// The columns of a result (<c>TableSchema</c>), and how its rows become JSON: INT64 a number with all its digits; FLOAT64 a number, or one of the
/// texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>; NUMERIC and BIGNUMERIC a text, since numbers of JSON lose digits in most readers; BOOL
/// true or false; TIMESTAMP a text by RFC 3339 in UTC; JSON itself; records objects and repeated columns arrays; everything else the text that
/// BigQuery gives.
/// </summary>
public sealed class ResultSchema
{
    private readonly IReadOnlyList<Column> _columns;

    private ResultSchema(IReadOnlyList<Column> columns) => _columns = columns;

    /// <summary>Without a column, as statements have it that give no rows.</summary>
    public static ResultSchema Empty { get; } = new([]);

    /// <summary>The names of the columns.</summary>
    public IEnumerable<string> Names => _columns.Select(c => c.Name);

    /// <summary>Reads the schema of an answer.</summary>
    /// <param name="schema">The member <c>schema</c>.</param>
    /// <exception cref="FormatException">It is no schema.</exception>
    public static ResultSchema Read(JsonElement schema) =>
        new(schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("fields", out var fields) ? Columns(fields, BigQueryType.Deepest + 1) : []);

    /// <summary>Makes a row JSON.</summary>
    /// <param name="row">A row as the API gives it: <c>{"f":[{"v":…},…]}</c>.</param>
    /// <exception cref="FormatException">It is no row of this schema.</exception>
    public JsonObject Convert(JsonElement row) => Record(_columns, row);

    /// <summary>A JSON Schema 2020-12 of a row.</summary>
    public JsonObject ToJsonSchema() => SchemaOf(_columns);

    private static List<Column> Columns(JsonElement fields, int left)
    {
        if (left == 0 || fields.ValueKind != JsonValueKind.Array)
            throw new FormatException("The result's schema is none.");
        var columns = new List<Column>();
        foreach (var field in fields.EnumerateArray())
        {
            var type = Text(field, "type")?.ToUpperInvariant() ?? throw new FormatException("A column of the result has no type.");
            columns.Add(new Column(
                Text(field, "name") ?? "", type, Text(field, "mode")?.ToUpperInvariant() ?? "NULLABLE", Text(field, "description"),
                type is "RECORD" or "STRUCT" ? Columns(field.TryGetProperty("fields", out var inner) ? inner : default, left - 1) : []));
        }

        return columns;
    }

    private static JsonObject Record(IReadOnlyList<Column> columns, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("f", out var cells) || cells.ValueKind != JsonValueKind.Array || cells.GetArrayLength() != columns.Count)
            throw new FormatException("A row of the result does not fit its schema.");
        var json = new JsonObject();
        foreach (var (index, cell) in cells.EnumerateArray().Index())
        {
            var column = columns[index];
            var value = ValueOf(cell);
            json[column.Name] = column.IsRepeated ? Repeated(column, value) : Value(column, value);
        }

        return json;
    }

    private static JsonElement ValueOf(JsonElement cell) => cell.ValueKind == JsonValueKind.Object && cell.TryGetProperty("v", out var value) ? value : default;

    private static JsonArray Repeated(Column column, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Value(column, ValueOf(item)))]),
        // An array that is NULL reads as an empty one, as in BigQuery itself.
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        _ => throw new FormatException($"The column {column.Name} is repeated, and its value is no array."),
    };

    private static JsonNode? Value(Column column, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        if (column.IsRecord)
            return Record(column.Fields, value);
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text)
            throw new FormatException($"The column {column.Name} has a value that is no text.");
        return column.Type switch
        {
            "INT64" or "INTEGER" => Number(column, text),
            "FLOAT64" or "FLOAT" => Float(column, text),
            "BOOL" or "BOOLEAN" => text is "true" or "TRUE" ? true : text is "false" or "FALSE" ? false : throw Unfit(column),
            "TIMESTAMP" => Timestamp(column, text),
            "JSON" => Parsed(column, text),
            _ => JsonValue.Create(text),
        };
    }

    private static JsonValue Number(Column column, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : throw Unfit(column);

    private static JsonValue Float(Column column, string text) => text switch
    {
        "NaN" or "Infinity" or "-Infinity" => JsonValue.Create(text),
        "Inf" or "+Inf" or "+inf" or "inf" => JsonValue.Create("Infinity"),
        "-Inf" or "-inf" => JsonValue.Create("-Infinity"),
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number) : throw Unfit(column),
    };

    /// <summary>Microseconds since 1970, as they are asked for (<c>useInt64Timestamp</c>).</summary>
    private static JsonValue Timestamp(Column column, string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds < -62_135_596_800_000_000 || microseconds > 253_402_300_799_999_999)
        {
            throw Unfit(column);
        }

        return JsonValue.Create(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            .ToString(microseconds % 1_000_000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }

    private static JsonNode? Parsed(Column column, string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 50 });
        }
        catch (JsonException)
        {
            throw Unfit(column);
        }
    }

    private static FormatException Unfit(Column column) => new($"The column {column.Name} has a value that does not fit its type {column.Type}.");

    private static JsonObject SchemaOf(IReadOnlyList<Column> columns)
    {
        var properties = new JsonObject();
        foreach (var column in columns)
        {
            var one = column.IsRecord ? SchemaOf(column.Fields) : Scalar(column.Type);
            var schema = column.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = one } : column.IsRequired ? one : Nullable(one);
            if (column.Description is { Length: > 0 } description)
                schema["description"] = description;
            properties[column.Name] = schema;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. properties.Select(p => (JsonNode)p.Key)]),
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Nullable(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        else if (schema["type"] is JsonArray types)
            types.Add("null");
        return schema;
    }

    private static JsonObject Scalar(string type) => type switch
    {
        "INT64" or "INTEGER" => new() { ["type"] = "integer", ["minimum"] = long.MinValue, ["maximum"] = long.MaxValue },
        "FLOAT64" or "FLOAT" => new() { ["type"] = new JsonArray("number", "string") },
        "BOOL" or "BOOLEAN" => new() { ["type"] = "boolean" },
        "TIMESTAMP" => new() { ["type"] = "string", ["format"] = "date-time" },
        "DATE" => new() { ["type"] = "string", ["format"] = "date" },
        "BYTES" => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
        "NUMERIC" or "BIGNUMERIC" => new() { ["type"] = "string", ["pattern"] = @"^-?[0-9]+(\.[0-9]+)?$" },
        "JSON" => [],
        _ => new() { ["type"] = "string" },
    };

    private static string? Text(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A column, or a field of a record.</summary>
    private sealed record Column(string Name, string Type, string Mode, string? Description, IReadOnlyList<Column> Fields)
    {
        public bool IsRepeated => Mode == "REPEATED";
        public bool IsRequired => Mode == "REQUIRED";
        public bool IsRecord => Type is "RECORD" or "STRUCT";
    }
}
