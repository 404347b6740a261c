using System.Text.Json.Nodes;

namespace Patchbay.Protocols.BigQuery;

/// <summary>A data type of GoogleSQL, as a query's parameters have it.</summary>
/// <param name="Name">The name in upper case, such as <c>INT64</c>, <c>ARRAY</c> or <c>STRUCT</c>.</param>
public sealed record BigQueryType(string Name)
{
    /// <summary>What arrays hold.</summary>
    public const string Array = "ARRAY";

    /// <summary>What has named fields.</summary>
    public const string Struct = "STRUCT";

    /// <summary>How deep types may nest; BigQuery takes 15 levels.</summary>
    public const int Deepest = 15;

    /// <summary>The types that hold one value.</summary>
    public static IReadOnlyList<string> Scalars { get; } =
        ["STRING", "INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "BOOL", "BYTES", "DATE", "DATETIME", "TIME", "TIMESTAMP", "JSON"];

    /// <summary>The type of an array's items.</summary>
    public BigQueryType? Items { get; init; }

    /// <summary>The fields of a struct.</summary>
    public IReadOnlyList<BigQueryField> Fields { get; init; } = [];

    /// <summary>A JSON Schema 2020-12 of the values that <see cref="ParameterValue"/> takes.</summary>
    public JsonObject ToJsonSchema() => Name switch
    {
        Array => new() { ["type"] = "array", ["items"] = Items!.ToJsonSchema() },
        Struct => new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(Fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Type.ToJsonSchema()))),
            ["additionalProperties"] = false,
        },
        "INT64" => new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^-?[0-9]+$" },
        "FLOAT64" => new() { ["type"] = new JsonArray("number", "string"), ["pattern"] = "^(NaN|-?Infinity)$" },
        "NUMERIC" or "BIGNUMERIC" => new() { ["type"] = new JsonArray("number", "string"), ["pattern"] = "^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$" },
        "BOOL" => new() { ["type"] = "boolean" },
        "BYTES" => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
        "DATE" => new() { ["type"] = "string", ["format"] = "date" },
        "TIMESTAMP" => new() { ["type"] = "string", ["format"] = "date-time" },
        "TIME" => new() { ["type"] = "string", ["description"] = "A time such as 12:34:56.789." },
        "DATETIME" => new() { ["type"] = "string", ["description"] = "A date and time without zone, such as 2026-11-24T12:34:56." },
        "JSON" => [],
        _ => new() { ["type"] = "string" },
    };

    /// <summary>What is wrong with the type, by its path inside the whole.</summary>
    /// <param name="path">Where it stands.</param>
    public IEnumerable<Fault> Faults(string path) => Faults(path, Deepest);

    private IEnumerable<Fault> Faults(string path, int left)
    {
        if (left == 0)
        {
            yield return new Fault(FaultKind.TooLong, path, $"nests deeper than {Deepest} levels");
            yield break;
        }

        switch (Name)
        {
            case Array when Items is null:
                yield return new Fault(FaultKind.Malformed, $"{path}.items", "is required: the type of what the array holds");
                break;
            case Array when Items.Name == Array:
                yield return new Fault(FaultKind.Malformed, $"{path}.items", "is an array: arrays hold no arrays, but structs that hold arrays");
                break;
            case Array:
                foreach (var fault in Items.Faults($"{path}.items", left - 1))
                    yield return fault;
                break;
            case Struct when Fields.Count == 0:
                yield return new Fault(FaultKind.Malformed, $"{path}.fields", "must have at least one field");
                break;
            case Struct:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var (index, field) in Fields.Index())
                {
                    if (!names.Add(field.Name))
                        yield return new Fault(FaultKind.Malformed, $"{path}.fields[{index}].name", "stands twice");
                    foreach (var fault in field.Type.Faults($"{path}.fields[{index}]", left - 1))
                        yield return fault;
                }

                break;
            default:
                if (!Scalars.Contains(Name, StringComparer.Ordinal))
                    yield return new Fault(FaultKind.Malformed, $"{path}.type", $"must be one of {string.Join(", ", Scalars)}, {Array}, {Struct}");
                break;
        }
    }
}

/// <summary>A named value inside a struct.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record BigQueryField(string Name, BigQueryType Type);
