using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Http;
using Patchbay.Protocols.BigQuery;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>Runs an action that is a query, and gathers its rows up to the limits of what an action returns whole.</summary>
internal sealed class RunQuery(OpenQuery open, PatchbaySettings settings)
{
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<Outcome<ExecutedAction>> RunAsync(QueryCall call, CancellationToken cancellationToken)
    {
        if (!(await open.RunAsync(call, null, cancellationToken)).Succeeded(out var opened, out var failure))
            return failure;
        using (opened)
        {
            if (opened.Refusal is { } refusal)
                return Refused(opened, refusal);
            var body = BodyOf(opened.Page!, call.Call.DryRun);
            QueryFailure? later = null;
            if (await opened.TryAsync(async () => later = await GatherAsync(opened, body)) is { } broken)
                return broken;
            if (later is null)
                return Executed(opened, QueryCall.Success, body, call);
            return opened.FailureOf(later) is { } unreadable ? unreadable : Refused(opened, later);
        }
    }

    /// <summary>What BigQuery refused, as an answer like any API's.</summary>
    public static ExecutedAction Refused(OpenedQuery opened, QueryFailure failure)
    {
        var error = new JsonObject { ["reason"] = failure.Reason, ["message"] = failure.Message };
        if (failure.Location is { } location)
            error["location"] = location;
        if (failure.Job is { } job)
            error["jobId"] = job.JobId;
        return Executed(opened, failure.Status ?? 502, new JsonObject { ["error"] = error });
    }

    private static JsonObject BodyOf(QueryPage page, bool dryRun)
    {
        var body = new JsonObject { ["rows"] = new JsonArray() };
        if (page.TotalRows is { } total)
            body["totalRows"] = total;
        if (page.BytesProcessed is { } bytes)
            body["bytesProcessed"] = bytes;
        if (page.CacheHit is { } hit)
            body["cacheHit"] = hit;
        if (page.AffectedRows is { } affected)
            body["affectedRows"] = affected;
        if (page.Job is { } job)
            body["jobId"] = job.JobId;
        if (dryRun)
            body["schema"] = page.Schema.ToJsonSchema();
        return body;
    }

    /// <summary>Takes the rows of all pages, until there are no more or the answer is full.</summary>
    private async Task<QueryFailure?> GatherAsync(OpenedQuery opened, JsonObject body)
    {
        var rows = body["rows"]!.AsArray();
        var page = opened.Page!;
        long size = 0;
        while (true)
        {
            foreach (var row in page.Rows)
            {
                size += row.ToJsonString(ApiJson.Options).Length;
                if (rows.Count >= settings.MaxQueryRows || size > settings.MaxActionAnswerBytes)
                {
                    body["truncated"] = true;
                    return null;
                }

                rows.Add(row);
            }

            if (page.NextPage is null)
                return null;
            var next = await opened.Runner!.NextAsync(page, null, opened.Left, opened.Token);
            if (next.Failure is { } failure)
                return failure;
            page = next.Page!;
        }
    }

    private static ExecutedAction Executed(OpenedQuery opened, int status, JsonObject body, QueryCall? declaring = null)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(body, ApiJson.Options);
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 128 });
        return new ExecutedAction
        {
            Status = status,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["content-type"] = "application/json" },
            Body = new AnsweredBody(AnsweredBodyKind.Json, bytes, document.RootElement.Clone()),
            Response = declaring is null ? new MatchedResponse(null, []) : new MatchedResponse("200", declaring.FaultsOf(document.RootElement)),
            Attempts = opened.Attempts,
            Duration = opened.Duration,
        };
    }
}
