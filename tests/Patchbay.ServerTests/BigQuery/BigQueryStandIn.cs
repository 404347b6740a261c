using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.BigQuery;

/// <summary>
/// Stands in for the REST endpoints of BigQuery v2 that queries need (<c>jobs.query</c>, <c>jobs.getQueryResults</c>, <c>jobs.cancel</c>) and for
/// Google's token endpoint. It refuses what the API refuses: unknown members, types that do not exist, values that do not fit, other tokens. It runs
/// no SQL, but knows a few statements: <c>SELECT @a AS a, …</c> gives its parameters back, <c>SELECT n FROM NUMBERS(1000)</c> gives rows; <c>RUNNING(n)</c>
/// somewhere makes the job run for n polls, <c>BUSY(n)</c> answers 503 n times.
/// </summary>
internal sealed partial class BigQueryStandIn : IAsyncDisposable
{
    public const string Project = "example.com:my-project";

    /// <summary>What BigQuery puts into one page, here.</summary>
    private const int RowsPerPage = 400;

    private static readonly string[] Members =
    [
        "query", "useLegacySql", "parameterMode", "queryParameters", "useQueryCache", "dryRun", "timeoutMs", "requestId", "formatOptions", "defaultDataset", "location",
        "maximumBytesBilled", "maxResults",
    ];

    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _busy = new(StringComparer.Ordinal);
    private readonly Upstream _upstream;
    private int _tokens;

    private BigQueryStandIn(Upstream upstream) => _upstream = upstream;

    public string Url => _upstream.Address.ToString().TrimEnd('/');
    public string TokenUrl => Url + "/token";

    /// <summary>How many jobs ran.</summary>
    public int Runs => _jobs.Count;

    /// <summary>The jobs that were told to stop.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    public IReadOnlyList<UpstreamRequest> Requests => [.. _upstream.Requests];

    /// <summary>Makes the tokens that were given out so far good for nothing.</summary>
    public void ExpireTokens() => Valid = $"token-{_tokens + 1}";

    private string Valid { get; set; } = "token-1";

    public static async Task<BigQueryStandIn> StartAsync()
    {
        BigQueryStandIn? standIn = null;
        standIn = new BigQueryStandIn(await Upstream.StartAsync(context => standIn!.AnswerAsync(context)));
        return standIn;
    }

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/token")
            return WriteAsync(context, 200, new JsonObject { ["access_token"] = $"token-{Interlocked.Increment(ref _tokens)}", ["token_type"] = "Bearer", ["expires_in"] = 3600 });
        if (context.Request.Headers.Authorization != $"Bearer {Valid}")
            return FailAsync(context, 401, "authError", "Invalid Credentials", "UNAUTHENTICATED", "Authorization");
        if (JobPath().Match(path) is not { Success: true } match)
            return FailAsync(context, 404, "notFound", "Not Found", "NOT_FOUND");
        var project = Uri.UnescapeDataString(match.Groups["project"].Value);
        if (project != Project)
            return FailAsync(context, 404, "notFound", $"Not found: Project {project}", "NOT_FOUND");
        if (match.Groups["cancel"].Success)
        {
            Cancelled.Enqueue(match.Groups["job"].Value);
            return WriteAsync(context, 200, new JsonObject { ["kind"] = "bigquery#jobCancelResponse" });
        }

        if (!match.Groups["job"].Success)
            return QueryAsync(context, JsonNode.Parse((byte[])context.Items["body"]!)!.AsObject());
        if (!_jobs.TryGetValue(match.Groups["job"].Value, out var job) || context.Request.Query["location"] != "EU")
            return FailAsync(context, 404, "notFound", $"Not found: Job {project}:{match.Groups["job"].Value}", "NOT_FOUND");
        if (context.Request.Query["formatOptions.useInt64Timestamp"] != "true")
            return FailAsync(context, 400, "invalid", "The stand-in knows one format of timestamps only.", "INVALID_ARGUMENT");
        return ResultsAsync(context, job, "bigquery#getQueryResultsResponse", context.Request.Query["pageToken"], context.Request.Query["maxResults"]);
    }

    private Task QueryAsync(HttpContext context, JsonObject request)
    {
        if (request.Select(m => m.Key).Except(Members, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return FailAsync(context, 400, "badRequest", $"Invalid JSON payload received. Unknown name \"{unknown}\": Cannot find field.", "INVALID_ARGUMENT");
        var sql = (string)request["query"]!;
        if ((bool)request["useLegacySql"]! || (string)request["parameterMode"]! != "NAMED" || request["formatOptions"]?.ToJsonString() != """{"useInt64Timestamp":true}""")
            return FailAsync(context, 400, "invalid", "The stand-in knows GoogleSQL with named parameters only.", "INVALID_ARGUMENT");
        if (request["defaultDataset"]?.ToJsonString() != new JsonObject { ["projectId"] = Project, ["datasetId"] = "sales" }.ToJsonString())
            return FailAsync(context, 400, "invalid", "Table names must be qualified with a dataset.", "INVALID_ARGUMENT");
        if (Count(sql, "BUSY") is { } busy && _busy.AddOrUpdate(sql, 1, (_, n) => n + 1) <= busy)
            return FailAsync(context, 503, "backendError", "Error encountered during execution. Retrying may solve the problem.", "UNAVAILABLE");
        if (sql.StartsWith("SELEC ", StringComparison.Ordinal))
            return FailAsync(context, 400, "invalidQuery", "Syntax error: Expected end of input but got identifier \"SELEC\" at [1:1]", "INVALID_ARGUMENT", "query");
        if (sql.Contains("FROM forbidden", StringComparison.Ordinal))
            return FailAsync(context, 403, "accessDenied", "Access Denied: Table my-project:sales.forbidden: User does not have permission", "PERMISSION_DENIED");
        if (request["maximumBytesBilled"] is { } billed && long.Parse((string)billed!, CultureInfo.InvariantCulture) < 1000)
            return FailAsync(context, 400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 999. 1000 or higher required.", "INVALID_ARGUMENT");
        JsonArray fields;
        List<JsonObject> rows;
        try
        {
            (fields, rows) = Run(sql, request["queryParameters"]!.AsArray());
        }
        catch (FormatException e)
        {
            return FailAsync(context, 400, "invalidQuery", e.Message, "INVALID_ARGUMENT", "query");
        }

        if ((bool)request["dryRun"]!)
        {
            return WriteAsync(context, 200, new JsonObject
            {
                ["kind"] = "bigquery#queryResponse", ["schema"] = new JsonObject { ["fields"] = fields }, ["jobReference"] = new JsonObject { ["projectId"] = Project, ["location"] = "EU" },
                ["totalBytesProcessed"] = "1000", ["jobComplete"] = true, ["cacheHit"] = false,
            });
        }

        // The same request id is the same job.
        var job = _jobs.GetOrAdd($"job_{(string)request["requestId"]!}", id => new Job(id, fields, rows, sql.StartsWith("UPDATE", StringComparison.Ordinal)) { PollsLeft = Count(sql, "RUNNING") ?? 0 });
        return ResultsAsync(context, job, "bigquery#queryResponse", null, (string?)request["maxResults"]?.ToString());
    }

    private static Task ResultsAsync(HttpContext context, Job job, string kind, string? pageToken, string? maxResults)
    {
        var answer = new JsonObject { ["kind"] = kind, ["jobReference"] = new JsonObject { ["projectId"] = Project, ["jobId"] = job.Id, ["location"] = "EU" } };
        if (job.PollsLeft-- > 0)
        {
            answer["jobComplete"] = false;
            return WriteAsync(context, 200, answer);
        }

        answer["jobComplete"] = true;
        answer["cacheHit"] = false;
        answer["totalBytesProcessed"] = "1000";
        if (job.IsUpdate)
        {
            answer["numDmlAffectedRows"] = "3";
            return WriteAsync(context, 200, answer);
        }

        var at = string.IsNullOrEmpty(pageToken) ? 0 : int.Parse(pageToken["page-".Length..], CultureInfo.InvariantCulture);
        var size = Math.Min(RowsPerPage, string.IsNullOrEmpty(maxResults) ? RowsPerPage : int.Parse(maxResults, CultureInfo.InvariantCulture));
        answer["schema"] = new JsonObject { ["fields"] = job.Fields.DeepClone() };
        answer["totalRows"] = $"{job.Rows.Count}";
        answer["rows"] = new JsonArray([.. job.Rows.Skip(at).Take(size).Select(r => r.DeepClone())]);
        if (at + size < job.Rows.Count)
            answer["pageToken"] = $"page-{at + size}";
        return WriteAsync(context, 200, answer);
    }

    private static (JsonArray Fields, List<JsonObject> Rows) Run(string sql, JsonArray parameters)
    {
        var known = parameters.Select(p => p!.AsObject()).ToDictionary(p => (string)p["name"]!, StringComparer.Ordinal);
        foreach (var parameter in known.Values)
            StandInTypes.Check(parameter["parameterType"]!.AsObject(), parameter["parameterValue"]!.AsObject());
        if (sql.StartsWith("UPDATE", StringComparison.Ordinal))
            return ([], []);
        if (Count(sql, "NUMBERS") is { } count)
        {
            return (
                [new JsonObject { ["name"] = "n", ["type"] = "INTEGER", ["mode"] = "REQUIRED" }, new JsonObject { ["name"] = "text", ["type"] = "STRING", ["mode"] = "NULLABLE" }],
                [.. Enumerable.Range(1, count).Select(i => new JsonObject { ["f"] = new JsonArray(new JsonObject { ["v"] = $"{i}" }, new JsonObject { ["v"] = i % 7 == 0 ? null : $"row {i}" }) })]);
        }

        var (fields, cells) = (new JsonArray(), new JsonArray());
        foreach (Match column in Column().Matches(sql))
        {
            if (!known.TryGetValue(column.Groups["parameter"].Value, out var parameter))
                throw new FormatException($"Query parameter '{column.Groups["parameter"].Value}' not found at [1:8]");
            fields.Add(StandInTypes.FieldOf(column.Groups["name"].Value, parameter["parameterType"]!.AsObject()));
            cells.Add(new JsonObject { ["v"] = StandInTypes.CellOf(parameter["parameterType"]!.AsObject(), parameter["parameterValue"]!.AsObject()) });
        }

        return fields.Count == 0 ? throw new FormatException("Syntax error: the stand-in does not know this statement") : (fields, [new JsonObject { ["f"] = cells }]);
    }

    private static int? Count(string sql, string word) =>
        Regex.Match(sql, $@"{word}\((\d+)\)", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    private static Task FailAsync(HttpContext context, int status, string reason, string message, string grpc, string? location = null)
    {
        var error = new JsonObject { ["message"] = message, ["domain"] = "global", ["reason"] = reason };
        if (location is not null)
            (error["location"], error["locationType"]) = (location, location == "query" ? "parameter" : "header");
        return WriteAsync(context, status, new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["errors"] = new JsonArray(error), ["status"] = grpc } });
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    [GeneratedRegex("^/bigquery/v2/projects/(?<project>[^/]+)/(queries(/(?<job>[^/]+))?|jobs/(?<job>[^/]+)/(?<cancel>cancel))$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JobPath();

    [GeneratedRegex(@"@(?<parameter>\w+) AS (?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Column();

    private sealed record Job(string Id, JsonArray Fields, List<JsonObject> Rows, bool IsUpdate)
    {
        public int PollsLeft { get; set; }
    }
}
