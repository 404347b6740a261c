using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>How large the parts of a query may be.</summary>
internal static class QueryLimits
{
    /// <summary>BigQuery takes no longer query.</summary>
    public const int Sql = 1024 * 1024;

    public const int Parameters = 1000;
    public const string NamePattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
}

/// <summary>A query to Google BigQuery (ours).</summary>
internal sealed record ActionBigQueryJson : ActionJson
{
    /// <summary>GoogleSQL, with parameters as <c>@name</c>. Tables without a dataset are those of the connector's.</summary>
    [MinLength(1), MaxLength(QueryLimits.Sql)]
    public required string Query { get; init; }

    [MaxLength(QueryLimits.Parameters)]
    public required IReadOnlyList<BigQueryParameterJson> Parameters { get; init; }

    /// <summary>Where the data lies, such as EU; left out, BigQuery finds out.</summary>
    [MaxLength(100)]
    public string? Location { get; init; }

    /// <summary>A query that would bill more bytes is refused by BigQuery, and costs nothing.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Whether a result may come out of BigQuery's cache; true where it is left out.</summary>
    public bool? UseCache { get; init; }

    /// <summary>In an update: a connection to check the query through, by a dry run, of which the definition of the result is made. It is not kept.</summary>
    public Ulid? ConnectionId { get; init; }

    /// <summary>The definition of the result; left out until it was made. Not looked at in an update.</summary>
    public DefinitionJson? Result { get; init; }

    public static ActionBigQueryJson OfQuery(Ulid id, ActionContent action, IReadOnlyDictionary<string, DefinitionJson> definitions) => new()
    {
        Id = id,
        Errors = ContentErrorJson.Of(ContentRules.Of(action, definitions.ContainsKey)),
        Name = action.Name,
        Summary = action.Summary,
        Description = action.Description,
        Deprecated = action.Deprecated ? true : null,
        Query = action.Query!.Sql,
        Parameters = [.. action.Query.Parameters.Select(BigQueryParameterJson.Of)],
        Location = action.Query.Location,
        MaximumBytesBilled = action.Query.MaximumBytesBilled,
        UseCache = action.Query.IgnoresCache ? false : null,
        Result = action.Responses.SelectMany(r => r.Definitions).Select(l => definitions.GetValueOrDefault(l.Definition)).FirstOrDefault(),
    };

    public SentQuery Sent() => new(Query, Parameters, Location, MaximumBytesBilled, UseCache, ConnectionId);
}

/// <summary>A new action that is a query to Google BigQuery (ours).</summary>
internal sealed record ActionBigQueryCreateJson : ActionCreateJson
{
    /// <summary>GoogleSQL, with parameters as <c>@name</c>. Tables without a dataset are those of the connector's.</summary>
    [MinLength(1), MaxLength(QueryLimits.Sql)]
    public required string Query { get; init; }

    [MaxLength(QueryLimits.Parameters)]
    public required IReadOnlyList<BigQueryParameterJson> Parameters { get; init; }

    /// <summary>Where the data lies, such as EU; left out, BigQuery finds out.</summary>
    [MaxLength(100)]
    public string? Location { get; init; }

    /// <summary>A query that would bill more bytes is refused by BigQuery, and costs nothing.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Whether a result may come out of BigQuery's cache; true where it is left out.</summary>
    public bool? UseCache { get; init; }

    /// <summary>A connection to check the query through, by a dry run, of which the definition of the result is made. It is not kept.</summary>
    public Ulid? ConnectionId { get; init; }

    public SentQuery Sent() => new(Query, Parameters, Location, MaximumBytesBilled, UseCache, ConnectionId);
}

/// <summary>A query as sent.</summary>
internal sealed record SentQuery(
    string Sql, IReadOnlyList<BigQueryParameterJson> Parameters, string? Location, long? MaximumBytesBilled, bool? UseCache, Ulid? ConnectionId);

/// <summary>A data type of GoogleSQL (ours).</summary>
internal enum BigQueryTypeName
{
    STRING,
    INT64,
    FLOAT64,
    NUMERIC,
    BIGNUMERIC,
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    TIME,
    TIMESTAMP,
    JSON,
    ARRAY,
    STRUCT,
}

/// <summary>A parameter of a query (ours).</summary>
internal sealed record BigQueryParameterJson
{
    /// <summary>The name without @.</summary>
    [RegularExpression(QueryLimits.NamePattern)]
    public required string Name { get; init; }

    public required BigQueryTypeName Type { get; init; }

    /// <summary>What an ARRAY holds.</summary>
    public BigQueryTypeJson? Items { get; init; }

    /// <summary>What a STRUCT holds.</summary>
    public IReadOnlyList<BigQueryFieldJson>? Fields { get; init; }

    /// <summary>Whether a call must give it. One that it need not give is NULL, or the default.</summary>
    public required bool Required { get; init; }

    /// <summary>The value where a call gives none.</summary>
    public JsonNode? Default { get; init; }

    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    public QueryParameterContent Content() => new()
    {
        Name = Name, Type = BigQueryTypeJson.Content(Type, Items, Fields), Required = Required, Default = Default, Description = Description,
    };

    public static BigQueryParameterJson Of(QueryParameterContent parameter)
    {
        var type = BigQueryTypeJson.Of(parameter.Type);
        return new()
        {
            Name = parameter.Name, Type = type.Type, Items = type.Items, Fields = type.Fields, Required = parameter.Required,
            Default = parameter.Default, Description = parameter.Description,
        };
    }
}

/// <summary>A type inside another (ours).</summary>
internal sealed record BigQueryTypeJson
{
    public required BigQueryTypeName Type { get; init; }

    /// <summary>What an ARRAY holds.</summary>
    public BigQueryTypeJson? Items { get; init; }

    /// <summary>What a STRUCT holds.</summary>
    public IReadOnlyList<BigQueryFieldJson>? Fields { get; init; }

    public static QueryTypeContent Content(BigQueryTypeName type, BigQueryTypeJson? items, IReadOnlyList<BigQueryFieldJson>? fields) => new()
    {
        Name = type.ToString(),
        Items = items is null ? null : Content(items.Type, items.Items, items.Fields),
        Fields = fields is null ? null : [.. fields.Select(f => new QueryFieldContent { Name = f.Name, Type = Content(f.Type, f.Items, f.Fields) })],
    };

    public static BigQueryTypeJson Of(QueryTypeContent type) => new()
    {
        Type = Enum.Parse<BigQueryTypeName>(type.Name),
        Items = type.Items is null ? null : Of(type.Items),
        Fields = type.Fields is null ? null : [.. type.Fields.Select(BigQueryFieldJson.Of)],
    };
}

/// <summary>A field of a STRUCT (ours).</summary>
internal sealed record BigQueryFieldJson
{
    [RegularExpression(QueryLimits.NamePattern)]
    public required string Name { get; init; }

    public required BigQueryTypeName Type { get; init; }

    /// <summary>What an ARRAY holds.</summary>
    public BigQueryTypeJson? Items { get; init; }

    /// <summary>What a STRUCT holds.</summary>
    public IReadOnlyList<BigQueryFieldJson>? Fields { get; init; }

    public static BigQueryFieldJson Of(QueryFieldContent field)
    {
        var type = BigQueryTypeJson.Of(field.Type);
        return new() { Name = field.Name, Type = type.Type, Items = type.Items, Fields = type.Fields };
    }
}
