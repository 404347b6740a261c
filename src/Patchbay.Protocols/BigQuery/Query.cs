using System.Text.Json.Nodes;

namespace Patchbay.Protocols.BigQuery;

/// <summary>A query to run.</summary>
/// <param name="ProjectId">The project that runs it, and pays for it.</param>
/// <param name="Sql">GoogleSQL, with parameters as <c>@name</c>.</param>
public sealed record Query(string ProjectId, string Sql)
{
    /// <summary>The dataset in which names of tables without one are looked for, as project and dataset; null for none.</summary>
    public (string Project, string Dataset)? DefaultDataset { get; init; }

    /// <summary>The parameters as <see cref="ParameterValue"/> writes them.</summary>
    public JsonArray Parameters { get; init; } = [];

    /// <summary>Where the data lies, such as <c>EU</c>; null to let BigQuery find out.</summary>
    public string? Location { get; init; }

    /// <summary>Makes BigQuery refuse a query that would bill more bytes; null for no limit.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Whether a result may come out of BigQuery's cache.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Whether the query is only checked: nothing runs, and nothing is billed.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many rows a page has at most; null for as many as BigQuery puts into one.</summary>
    public int? PageSize { get; init; }
}

/// <summary>An answer of the API.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body, unpacked.</param>
/// <param name="RetryAfter">How long it asks to be left alone, or null.</param>
public sealed record BigQueryAnswer(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the body was longer than whoever sends reads, so that it is not there.</summary>
    public bool IsTooLong { get; init; }
}

/// <summary>Sends a request to the API, with credentials.</summary>
/// <param name="method">The method.</param>
/// <param name="path">Path and query below the API's base URL; begins with a slash.</param>
/// <param name="body">The body as JSON, or null.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate Task<BigQueryAnswer> BigQuerySend(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken);

/// <summary>A page of a result.</summary>
public sealed record QueryPage
{
    /// <summary>The columns.</summary>
    public required ResultSchema Schema { get; init; }

    /// <summary>The rows as JSON.</summary>
    public required IReadOnlyList<JsonObject> Rows { get; init; }

    /// <summary>The job; null for a dry run.</summary>
    public QueryJob? Job { get; init; }

    /// <summary>Leads to the next page; null on the last.</summary>
    public string? NextPage { get; init; }

    /// <summary>How many rows there are in all; null where the statement gives none.</summary>
    public long? TotalRows { get; init; }

    /// <summary>How many bytes were read, or would be.</summary>
    public long? BytesProcessed { get; init; }

    /// <summary>Whether the result came out of BigQuery's cache.</summary>
    public bool? CacheHit { get; init; }

    /// <summary>How many rows a statement has changed.</summary>
    public long? AffectedRows { get; init; }
}

/// <summary>Names a job.</summary>
/// <param name="ProjectId">Its project.</param>
/// <param name="JobId">Its id.</param>
/// <param name="Location">Where it runs, or null.</param>
public sealed record QueryJob(string ProjectId, string JobId, string? Location);

/// <summary>Why there is no result.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">BigQuery's word for it, such as <c>invalidQuery</c>, or ours.</param>
/// <param name="Message">A sentence, most often BigQuery's.</param>
public sealed record QueryFailure(QueryFailureKind Kind, string Reason, string Message)
{
    /// <summary>Where in the request the fault is, such as <c>query</c>; null where BigQuery does not say.</summary>
    public string? Location { get; init; }

    /// <summary>The status code; null where there was no answer of the API.</summary>
    public int? Status { get; init; }

    /// <summary>The job, where there is one.</summary>
    public QueryJob? Job { get; init; }
}

/// <summary>What kind of failure it is.</summary>
public enum QueryFailureKind
{
    /// <summary>BigQuery refuses the query or the caller.</summary>
    Refused,

    /// <summary>BigQuery could not do it now, however often it was asked.</summary>
    Unavailable,

    /// <summary>The query did not end in time.</summary>
    TimedOut,

    /// <summary>The answer is none of the API's.</summary>
    Unreadable,
}

/// <summary>A result or why there is none.</summary>
/// <param name="Page">The page; null after a failure.</param>
/// <param name="Failure">The failure; null after a success.</param>
public sealed record QueryResult(QueryPage? Page, QueryFailure? Failure);
