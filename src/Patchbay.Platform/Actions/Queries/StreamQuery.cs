using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>
/// Runs an action that is a query, and gives out every row as a line of JSON, page by page. The next page is asked for when the reader has taken
/// this one. The last line says that it is the last, or what went wrong; without one the stream was cut.
/// </summary>
internal sealed class StreamQuery(OpenQuery open, PatchbaySettings settings)
{
    private const int RowsPerPage = 10_000;

    /// <param name="call">The call.</param>
    /// <param name="response">Takes the lines.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <returns>Null once lines were written; else what to answer in their place.</returns>
    public async Task<Outcome<ExecutedAction?>> RunAsync(QueryCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        if (!(await open.RunAsync(call, RowsPerPage, cancellationToken)).Succeeded(out var opened, out var failure))
            return failure;
        using (opened)
        {
            if (opened.Refusal is { } refusal)
                return RunQuery.Refused(opened, refusal);
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = PageAction.ContentType;
            response.Headers.CacheControl = "no-store";
            await WriteAsync(call, opened, response, cancellationToken);
            return Outcome.Of<ExecutedAction?>(null);
        }
    }

    private async Task WriteAsync(QueryCall call, OpenedQuery opened, HttpResponse response, CancellationToken cancellationToken)
    {
        var page = opened.Page!;
        var (pages, rows, conforms) = (0, 0L, true);
        while (true)
        {
            conforms = conforms && call.FaultsOf(JsonSerializer.SerializeToElement(new { rows = page.Rows }, ApiJson.Options)).Count == 0;
            var lines = new ArrayBufferWriter<byte>();
            foreach (var row in page.Rows)
            {
                lines.Write(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(new JsonObject { ["item"] = row }, ApiJson.Options));
                lines.Write("\n"u8);
            }

            await response.Body.WriteAsync(lines.WrittenMemory, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            (pages, rows) = (pages + 1, rows + page.Rows.Count);
            if (page.NextPage is null)
            {
                await EndAsync(new ActionPageLineJson { End = new ActionPagesEndJson { Pages = pages, Items = rows, Complete = true, Conforms = conforms } });
                return;
            }

            Protocols.BigQuery.QueryResult? next = null;
            // What a reader takes its time for is no time of BigQuery's: each page has the whole of it.
            var broken = await opened.TryAsync(async () => next = await opened.Runner!.NextAsync(page, RowsPerPage, settings.ActionTimeLimit, cancellationToken));
            if (next?.Page is { } following)
            {
                page = following;
                continue;
            }

            var (code, message, status) = broken is not null ? (broken.Code, broken.Message, (int?)null) : (next!.Failure!.Reason, next.Failure.Message, next.Failure.Status);
            await EndAsync(new ActionPageLineJson { Error = new ActionPagesErrorJson { Code = code, Message = message, Status = status, Pages = pages, Items = rows } });
            return;
        }

        async Task EndAsync(ActionPageLineJson line)
        {
            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Options), cancellationToken);
            await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }
}
