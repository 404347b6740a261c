using System.Globalization;
using Microsoft.AspNetCore.Http;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Runs an action whose answer's body goes through as it comes, of any length and kept nowhere.</summary>
internal sealed class StreamAction(PrepareAction prepare, SendAction send, StreamQuery queries, PatchbaySettings settings, TimeProvider clock)
{
    /// <summary>The media type that asks for it.</summary>
    public const string ContentType = "application/octet-stream";

    /// <summary>The status of the API's answer.</summary>
    public const string StatusHeader = "X-Patchbay-Status";

    /// <summary>The media type of the API's answer.</summary>
    public const string TypeHeader = "X-Patchbay-Content-Type";

    private const int Piece = 64 * 1024;

    /// <summary>Runs.</summary>
    /// <param name="call">The call.</param>
    /// <param name="response">Takes the body.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <returns>
    /// Null once the body went through; else what to answer in its place: why the API was not asked or did not answer, or what it answered where that
    /// is no success.
    /// </returns>
    public async Task<Outcome<ExecutedAction?>> RunAsync(ActionCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        if (!(await prepare.FindAsync(call, cancellationToken)).Succeeded(out var called, out var failure))
            return failure;
        if (called.Action.Query is not null)
            return await queries.RunAsync(await prepare.QueryAsync(called, cancellationToken), response, cancellationToken);
        if (!(await prepare.RunAsync(called, cancellationToken)).Succeeded(out var prepared, out failure))
            return failure;
        if (!(await send.RunAsync(prepared, whole: false, cancellationToken)).Succeeded(out var answer, out failure))
            return failure;
        using (answer)
        {
            if (answer.Status is < 200 or > 299)
            {
                using var limit = new CancellationTokenSource(settings.ActionTimeLimit, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                var read = await AnswerBody.ReadAsync(answer.Response, settings.MaxActionAnswerBytes, either.Token);
                answer.Body = read.TryGet(out var body, out _) ? body : [];
                return Outcome.Of<ExecutedAction?>(ReadAnswer.Of(prepared, answer));
            }

            response.ContentLength = prepared.Action.Method == "HEAD" ? 0 : answer.Response.Content.Headers.ContentLength;
            await PassAsync(answer, response, cancellationToken);
            return Outcome.Of<ExecutedAction?>(null);
        }
    }

    private async Task PassAsync(ActionAnswer answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        foreach (var (name, value) in ProxyHeaders.AddedToResponses)
            response.Headers[name] = value;
        response.Headers[StatusHeader] = answer.Status.ToString(CultureInfo.InvariantCulture);
        var headers = ReadAnswer.HeadersOf(answer);
        if (headers.TryGetValue("content-type", out var type) && System.Text.Ascii.IsValid(type))
            response.Headers[TypeHeader] = type;
        if (headers.TryGetValue("content-encoding", out var encoding) && System.Text.Ascii.IsValid(encoding))
            response.Headers.ContentEncoding = encoding;

        using var silence = new CancellationTokenSource(settings.ProxyIdleTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var body = await answer.Response.Content.ReadAsStreamAsync(either.Token);
        var buffer = new byte[Piece];
        try
        {
            while (true)
            {
                silence.CancelAfter(settings.ProxyIdleTimeout);
                var read = await body.ReadAsync(buffer, either.Token);
                if (read == 0)
                    return;
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Half of a body must not look like a whole one: the caller sees the connection break.
            response.HttpContext.Abort();
        }
    }
}
