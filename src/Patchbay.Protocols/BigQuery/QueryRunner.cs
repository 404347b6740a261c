using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Protocols.BigQuery;

/// <summary>
/// Runs queries by BigQuery's REST API v2: <c>jobs.query</c>, and <c>jobs.getQueryResults</c> until the job is done and for each further page.
/// What passes is tried again: every query has a request id, by which BigQuery knows it again, so that it does not run twice.
/// </summary>
/// <param name="send">Sends requests.</param>
/// <param name="time">The clock.</param>
public sealed class QueryRunner(BigQuerySend send, TimeProvider time)
{
    private const int MostAttempts = 5;

    /// <summary>How long one request waits for the job at BigQuery.</summary>
    private const int WaitMilliseconds = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>What BigQuery says of itself when asking again helps.</summary>
    private static readonly string[] Passing = ["backendError", "internalError", "rateLimitExceeded", "jobRateLimitExceeded", "jobBackendError", "jobInternalError", "tableUnavailable"];

    /// <summary>Runs a query up to its first page.</summary>
    /// <param name="query">The query.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="requestId">By which BigQuery knows the query again when it is sent again; at most 36 letters, digits and dashes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QueryResult> RunAsync(Query query, TimeSpan limit, string requestId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var deadline = new Deadline(time, limit);
        var body = JsonSerializer.SerializeToUtf8Bytes(RequestOf(query, requestId, deadline));
        var answer = await AskAsync(HttpMethod.Post, $"/bigquery/v2/projects/{Uri.EscapeDataString(query.ProjectId)}/queries", body, null, deadline, cancellationToken).ConfigureAwait(false);
        for (var polls = 0; answer is { Failure: null, IsComplete: false, Job: not null }; polls++)
        {
            if (deadline.IsOver)
                return await StopAsync(answer.Job, cancellationToken).ConfigureAwait(false);
            // BigQuery itself waits before it answers; where it does not, the pauses grow.
            if (polls > 0)
                await PauseAsync(polls, null, deadline, cancellationToken).ConfigureAwait(false);
            answer = await AskAsync(HttpMethod.Get, PathOf(answer.Job, null, query.PageSize, deadline), null, answer.Job, deadline, cancellationToken).ConfigureAwait(false);
        }

        return Result(answer);
    }

    /// <summary>Reads the page behind another.</summary>
    /// <param name="before">The page before it; it has a <see cref="QueryPage.NextPage"/>.</param>
    /// <param name="pageSize">How many rows it may have; null for as many as BigQuery puts into one.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QueryResult> NextAsync(QueryPage before, int? pageSize, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        var deadline = new Deadline(time, limit);
        var job = before.Job ?? throw new ArgumentException("The page has no job.", nameof(before));
        var answer = await AskAsync(HttpMethod.Get, PathOf(job, before.NextPage, pageSize, deadline), null, job, deadline, cancellationToken).ConfigureAwait(false);
        // Pages need not repeat the schema.
        return Result(answer, before.Schema);
    }

    private static JsonObject RequestOf(Query query, string requestId, Deadline deadline)
    {
        var request = new JsonObject
        {
            ["query"] = query.Sql,
            ["useLegacySql"] = false,
            ["parameterMode"] = "NAMED",
            ["queryParameters"] = query.Parameters.DeepClone(),
            ["useQueryCache"] = query.UseCache,
            ["dryRun"] = query.DryRun,
            ["timeoutMs"] = deadline.WaitFor(WaitMilliseconds),
            ["requestId"] = requestId,
            ["formatOptions"] = new JsonObject { ["useInt64Timestamp"] = true },
        };
        if (query.DefaultDataset is { } dataset)
            request["defaultDataset"] = new JsonObject { ["projectId"] = dataset.Project, ["datasetId"] = dataset.Dataset };
        if (query.Location is { } location)
            request["location"] = location;
        if (query.MaximumBytesBilled is { } bytes)
            request["maximumBytesBilled"] = bytes.ToString(CultureInfo.InvariantCulture);
        if (query.PageSize is { } size)
            request["maxResults"] = size;
        return request;
    }

    private static string PathOf(QueryJob job, string? page, int? pageSize, Deadline deadline)
    {
        var path = FormattableString.Invariant($"/bigquery/v2/projects/{Uri.EscapeDataString(job.ProjectId)}/queries/{Uri.EscapeDataString(job.JobId)}")
            + FormattableString.Invariant($"?formatOptions.useInt64Timestamp=true&timeoutMs={deadline.WaitFor(WaitMilliseconds)}");
        if (job.Location is { } location)
            path += $"&location={Uri.EscapeDataString(location)}";
        if (page is not null)
            path += $"&pageToken={Uri.EscapeDataString(page)}";
        return pageSize is { } size ? path + FormattableString.Invariant($"&maxResults={size}") : path;
    }

    /// <summary>Asks until there is an answer that means something.</summary>
    private async Task<Read> AskAsync(HttpMethod method, string path, byte[]? body, QueryJob? job, Deadline deadline, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            BigQueryAnswer answer;
            try
            {
                answer = await send(method, path, body, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < MostAttempts && !deadline.IsOver)
            {
                // The request id keeps the query from running twice, whether it had arrived or not.
                await PauseAsync(attempt, null, deadline, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var read = Read.Of(answer, job);
            if (read.Failure is not { Kind: QueryFailureKind.Unavailable } || attempt == MostAttempts || deadline.IsOver)
                return read;
            await PauseAsync(attempt, answer.RetryAfter, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Full jitter: those who were refused together do not come back together.</summary>
    private async Task PauseAsync(int attempt, TimeSpan? asked, Deadline deadline, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 100 * Math.Pow(2, attempt)));
#pragma warning disable CA5394 // It spreads load; nobody gains by guessing it.
        var pause = asked ?? longest * Random.Shared.NextDouble();
#pragma warning restore CA5394
        await Task.Delay(deadline.AtMost(pause), time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a job that nobody waits for any more, as far as BigQuery lets itself be told.</summary>
    private async Task<QueryResult> StopAsync(QueryJob job, CancellationToken cancellationToken)
    {
        var location = job.Location is { } given ? $"?location={Uri.EscapeDataString(given)}" : "";
        var answer = await send(HttpMethod.Post, $"/bigquery/v2/projects/{Uri.EscapeDataString(job.ProjectId)}/jobs/{Uri.EscapeDataString(job.JobId)}/cancel{location}", [], cancellationToken).ConfigureAwait(false);
        var told = answer.Status is >= 200 and < 300 ? "it was told to stop" : "it could not be told to stop, and may still run";
        return new QueryResult(null, new QueryFailure(QueryFailureKind.TimedOut, "timeout", $"The query did not end in time; {told}.") { Job = job });
    }

    private static QueryResult Result(Read read, ResultSchema? known = null)
    {
        if (read.Failure is not null)
            return new QueryResult(null, read.Failure);
        try
        {
            return new QueryResult(read.ToPage(known), null);
        }
        catch (FormatException e)
        {
            return new QueryResult(null, new QueryFailure(QueryFailureKind.Unreadable, "unreadable", e.Message) { Job = read.Job });
        }
    }

    /// <summary>How long something may still take.</summary>
    private sealed class Deadline(TimeProvider time, TimeSpan limit)
    {
        private readonly long _began = time.GetTimestamp();

        private TimeSpan Left => limit - time.GetElapsedTime(_began);

        public bool IsOver => Left <= TimeSpan.Zero;

        public int WaitFor(int milliseconds) => (int)Math.Clamp(Left.TotalMilliseconds, 0, milliseconds);

        public TimeSpan AtMost(TimeSpan pause) => pause < Left ? pause : Left > TimeSpan.Zero ? Left : TimeSpan.Zero;
    }

    /// <summary>An answer that was read.</summary>
    private sealed record Read
    {
        public QueryFailure? Failure { get; private init; }
        public bool IsComplete { get; private init; }
        public QueryJob? Job { get; private init; }
        private JsonElement Json { get; init; }

        public static Read Of(BigQueryAnswer answer, QueryJob? job)
        {
            JsonElement json;
            if (answer.IsTooLong)
                return new Read { Failure = new QueryFailure(QueryFailureKind.Unreadable, "answer_too_large", "A page of the result is larger than is read. Ask for fewer rows, or for fewer columns.") { Status = answer.Status, Job = job }, Job = job };
            try
            {
                using var document = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 128 });
                json = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return new Read { Failure = Unreadable(answer, "The answer is no JSON."), Job = job };
            }

            if (json.ValueKind != JsonValueKind.Object)
                return new Read { Failure = Unreadable(answer, "The answer is no JSON object."), Job = job };
            var own = JobOf(json) ?? job;
            if (answer.Status is < 200 or >= 300)
                return new Read { Failure = FailureOf(answer, json, own), Job = own };
            var isComplete = json.TryGetProperty("jobComplete", out var complete) && complete.ValueKind == JsonValueKind.True;
            if (!isComplete && own is null)
                return new Read { Failure = Unreadable(answer, "The answer names no job.") };
            return new Read { Json = json, Job = own, IsComplete = isComplete };
        }

        public QueryPage ToPage(ResultSchema? known)
        {
            var schema = Json.TryGetProperty("schema", out var given) ? ResultSchema.Read(given) : known ?? ResultSchema.Empty;
            var rows = new List<JsonObject>();
            if (Json.TryGetProperty("rows", out var given2) && given2.ValueKind == JsonValueKind.Array)
            {
                foreach (var row in given2.EnumerateArray())
                    rows.Add(schema.Convert(row));
            }

            return new QueryPage
            {
                Schema = schema,
                Rows = rows,
                Job = Job,
                NextPage = Text(Json, "pageToken") is { Length: > 0 } next ? next : null,
                TotalRows = Number("totalRows"),
                BytesProcessed = Number("totalBytesProcessed"),
                CacheHit = Json.TryGetProperty("cacheHit", out var hit) && hit.ValueKind is JsonValueKind.True or JsonValueKind.False ? hit.GetBoolean() : null,
                AffectedRows = Number("numDmlAffectedRows"),
            };
        }

        private long? Number(string name) => long.TryParse(Text(Json, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        private static QueryJob? JobOf(JsonElement json) =>
            json.TryGetProperty("jobReference", out var reference) && reference.ValueKind == JsonValueKind.Object
            && Text(reference, "projectId") is { } project && Text(reference, "jobId") is { } id
                ? new QueryJob(project, id, Text(reference, "location")) : null;

        private static QueryFailure Unreadable(BigQueryAnswer answer, string message) =>
            new(answer.Status is 429 or >= 500 ? QueryFailureKind.Unavailable : QueryFailureKind.Unreadable, "unreadable", message) { Status = answer.Status };

        private static QueryFailure FailureOf(BigQueryAnswer answer, JsonElement json, QueryJob? job)
        {
            var error = json.TryGetProperty("error", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
            var first = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 ? errors[0] : default;
            var reason = Text(first, "reason") ?? Text(error, "status") ?? "error";
            return new QueryFailure(
                answer.Status is 429 or >= 500 || Passing.Contains(reason, StringComparer.Ordinal) ? QueryFailureKind.Unavailable : QueryFailureKind.Refused,
                reason, Text(first, "message") ?? Text(error, "message") ?? "BigQuery gives no reason.")
            {
                Location = Text(first, "location"),
                Status = answer.Status,
                Job = job,
            };
        }

        private static string? Text(JsonElement holder, string name) =>
            holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
