using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>
/// Runs an action page after page and gives out the items as lines of JSON, each as soon as its page is there. The next page is asked for when
/// the reader has taken this one. The last line says that it is the last, or what went wrong; without one the stream was cut.
/// </summary>
internal sealed class PageAction(PrepareAction prepare, SendAction send, PatchbaySettings settings)
{
    /// <summary>The media type of the lines.</summary>
    public const string ContentType = "application/x-ndjson";

    /// <summary>Runs.</summary>
    /// <param name="call">The first page's call.</param>
    /// <param name="asked">How to go on.</param>
    /// <param name="response">Takes the lines.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <returns>
    /// Null once lines were written; else what to answer in their place: why the first page was not asked for, or what the API answered to it where
    /// that is no success.
    /// </returns>
    public async Task<Outcome<ExecutedAction?>> RunAsync(ActionCall call, ActionPaginationJson asked, HttpResponse response, CancellationToken cancellationToken)
    {
        var read = Pagination.Read(asked, settings.MaxActionPages);
        if (!read.Succeeded(out var pagination, out var wrong) && wrong.Fields.Count > 0)
        {
            // All that is wrong with the call itself is told with it.
            var others = (await prepare.RunAsync(call, cancellationToken)).Failure;
            return others is { Fields.Count: > 0 } ? Failure.InvalidFields([.. wrong.Fields, .. others.Fields]) : wrong;
        }

        if (pagination!.Parameter is { } taking && await prepare.FindParameterAsync(call, taking, cancellationToken) is null)
        {
            var others = (await prepare.RunAsync(call, cancellationToken)).Failure;
            return others is { Fields.Count: 0 } ? others : Failure.InvalidFields([new("pagination.parameter", "is not a parameter of this action"), .. others?.Fields ?? []]);
        }

        var walk = new Walk(pagination, response);
        var at = pagination.First;
        while (true)
        {
            var page = await FetchAsync(pagination, call, at, walk.Current, cancellationToken);
            if (!page.Succeeded(out var fetched, out var failure))
                return walk.HasBegun ? await walk.FailAsync(failure, null, cancellationToken) : failure;
            var executed = fetched.Executed;
            if (executed.Status is < 200 or > 299)
            {
                return walk.HasBegun
                    ? await walk.FailAsync(new Failure(FailureKind.BadGateway, "upstream_status", $"The API answered a page with status {executed.Status}."), executed.Status, cancellationToken)
                    : executed;
            }

            var answer = executed.Body.Kind == AnsweredBodyKind.Json ? executed.Body.Json : default;
            var items = answer.ValueKind == JsonValueKind.Undefined ? default : pagination.Items.Find(answer);
            if (items.ValueKind != JsonValueKind.Array)
            {
                var none = new Failure(FailureKind.BadGateway, "page_without_items", "Where the items of a page should stand, the API's answer has no list.");
                return walk.HasBegun ? await walk.FailAsync(none, executed.Status, cancellationToken) : none;
            }

            walk.Current = fetched.Target;
            var count = items.GetArrayLength();
            var next = pagination.After(at, answer, executed.Headers.GetValueOrDefault("link"), count);
            if (!await walk.WriteAsync(items, executed, cancellationToken) || walk.Pages >= pagination.MaxPages)
                return await walk.EndAsync(next is null && !walk.WasCut, next, cancellationToken);
            if (next is null)
                return await walk.EndAsync(complete: true, null, cancellationToken);
            if (!walk.IsNew(next.Value))
                return await walk.FailAsync(new Failure(FailureKind.BadGateway, "pages_repeat", "The API names a page as the next one that was read before."), null, cancellationToken);
            at = next;
        }
    }

    private async Task<Outcome<Fetched>> FetchAsync(Pagination pagination, ActionCall call, JsonElement? at, RawTarget? current, CancellationToken cancellationToken)
    {
        var adapted = pagination.Call(call, at);
        if (pagination.Parameter is { } name && at is { } value && pagination.Kind == PaginationKind.Cursor)
            adapted = pagination.Call(call, await prepare.FindParameterAsync(call, name, cancellationToken) is { } parameter ? Pagination.Fitting(value, parameter) : value);
        if (!(await prepare.RunAsync(adapted, cancellationToken)).Succeeded(out var prepared, out var failure))
            return failure;
        if (pagination.Kind == PaginationKind.Link && at is { } address)
        {
            if (!NextTarget.Of(prepared.Plan, current, address.GetString()!).Succeeded(out var target, out failure))
                return failure;
            prepared = prepared with { Target = target };
        }

        if (!(await send.RunAsync(prepared, whole: true, cancellationToken)).Succeeded(out var answer, out failure))
            return failure;
        using (answer)
            return new Fetched(ReadAnswer.Of(prepared, answer), answer.Target);
    }

    private sealed record Fetched(ExecutedAction Executed, RawTarget Target);

    /// <summary>The lines written so far.</summary>
    private sealed class Walk(Pagination pagination, HttpResponse response)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private long _items;
        private bool _conforms = true;

        public RawTarget? Current { get; set; }
        public int Pages { get; private set; }
        public bool HasBegun { get; private set; }
        public bool WasCut { get; private set; }

        /// <summary>Whether a page was not read yet.</summary>
        public bool IsNew(JsonElement next) => _seen.Add(next.GetRawText());

        /// <summary>Writes the items of a page; false where there may be no more.</summary>
        public async Task<bool> WriteAsync(JsonElement items, ExecutedAction executed, CancellationToken cancellationToken)
        {
            Begin();
            Pages++;
            _conforms &= executed.Response.Mismatches.Count == 0;
            var lines = new ArrayBufferWriter<byte>();
            foreach (var item in items.EnumerateArray())
            {
                if (_items == pagination.MaxItems)
                {
                    WasCut = true;
                    break;
                }

                _items++;
                lines.Write("{\"item\":"u8);
                CompactJson.Write(Encoding.UTF8.GetBytes(item.GetRawText()), lines);
                lines.Write("}\n"u8);
            }

            await response.Body.WriteAsync(lines.WrittenMemory, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            return _items < pagination.MaxItems;
        }

        public Task<Outcome<ExecutedAction?>> EndAsync(bool complete, JsonElement? next, CancellationToken cancellationToken) =>
            WriteLastAsync(new ActionPageLineJson { End = new ActionPagesEndJson { Pages = Pages, Items = _items, Complete = complete, Conforms = _conforms, Next = complete ? null : next } }, cancellationToken);

        public Task<Outcome<ExecutedAction?>> FailAsync(Failure failure, int? status, CancellationToken cancellationToken) =>
            WriteLastAsync(new ActionPageLineJson { Error = new ActionPagesErrorJson { Code = failure.Code, Message = failure.Message, Status = status, Pages = Pages, Items = _items } }, cancellationToken);

        private async Task<Outcome<ExecutedAction?>> WriteLastAsync(ActionPageLineJson line, CancellationToken cancellationToken)
        {
            Begin();
            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Options), cancellationToken);
            await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            return Outcome.Of<ExecutedAction?>(null);
        }

        private void Begin()
        {
            if (HasBegun)
                return;
            HasBegun = true;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = ContentType;
            response.Headers.CacheControl = "no-store";
        }
    }
}
