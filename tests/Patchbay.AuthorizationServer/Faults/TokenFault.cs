namespace Patchbay.Authorizing.Faults;

/// <summary>What goes wrong with one token request. Each is a class of its own; <see cref="ByName"/> lists them.</summary>
public abstract class TokenFault
{
    /// <summary>The request is read and never answered, until the client gives up.</summary>
    public static TokenFault Hang { get; } = new HangingFault();

    /// <summary>The connection ends; the grant was not touched.</summary>
    public static TokenFault CutBeforeProcessing { get; } = new CutBeforeProcessingFault();

    /// <summary>The grant was processed, so that the refresh token is used up, and the connection ends without an answer.</summary>
    public static TokenFault CutAfterProcessing { get; } = new CutAfterProcessingFault();

    /// <summary>An error page of some proxy, with status 200.</summary>
    public static TokenFault GarbageHtml { get; } = new AnswerFault(200, "text/html; charset=utf-8", "<!doctype html><title>Oops</title><p>Please try again later.", null);

    /// <summary><c>invalid_grant</c>, although the grant is fine and stays so.</summary>
    public static TokenFault InvalidGrant { get; } =
        new AnswerFault(400, "application/json", """{"error":"invalid_grant","error_description":"Planned by the test: the grant is fine."}""", null);

    /// <summary>Those that a name and a number of seconds describe wholly: what the control endpoint takes.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<TimeSpan?, TokenFault>> ByName =
        new Dictionary<string, Func<TimeSpan?, TokenFault>>(StringComparer.Ordinal)
        {
            ["service-unavailable"] = retryAfter => ServiceUnavailable(retryAfter),
            ["too-many-requests"] = retryAfter => TooManyRequests(retryAfter),
            ["hang"] = _ => Hang,
            ["cut-before-processing"] = _ => CutBeforeProcessing,
            ["cut-after-processing"] = _ => CutAfterProcessing,
            ["garbage-html"] = _ => GarbageHtml,
            ["invalid-grant"] = _ => InvalidGrant,
        };

    /// <summary>503; the grant was not touched.</summary>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; null for none.</param>
    public static TokenFault ServiceUnavailable(TimeSpan? retryAfter = null) => new AnswerFault(503, "text/plain", "Service unavailable", retryAfter);

    /// <summary>429; the grant was not touched.</summary>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; null for none.</param>
    public static TokenFault TooManyRequests(TimeSpan? retryAfter = null) => new AnswerFault(429, "text/plain", "Too many requests", retryAfter);

    /// <summary>Comes before the grant is processed.</summary>
    /// <returns>Whether the request is done with: neither processed nor answered otherwise.</returns>
    internal virtual Task<bool> EndsBeforeProcessingAsync(FaultyExchange exchange) => Task.FromResult(false);

    /// <summary>Comes when the grant was processed, before the answer is sent.</summary>
    /// <returns>Whether the request is done with: the answer is dropped.</returns>
    internal virtual Task<bool> EndsBeforeAnswerAsync(FaultyExchange exchange) => Task.FromResult(false);

    /// <summary>Comes when the server has done with the request, in whatever way.</summary>
    internal virtual void Finish()
    {
    }
}

/// <summary>A token request in the hands of a fault.</summary>
/// <param name="Context">The request.</param>
/// <param name="ClientGone">Fires when nobody waits for the answer any more.</param>
/// <param name="Stopping">Fires when the server stops.</param>
internal sealed record FaultyExchange(HttpContext Context, CancellationToken ClientGone, CancellationToken Stopping);

/// <summary>Goes well.</summary>
internal sealed class NoFault : TokenFault;

/// <summary>An answer that has nothing to do with the request.</summary>
internal sealed class AnswerFault(int status, string contentType, string body, TimeSpan? retryAfter) : TokenFault
{
    internal override async Task<bool> EndsBeforeProcessingAsync(FaultyExchange exchange)
    {
        var response = exchange.Context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (retryAfter is { } wait)
            response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString();
        await response.WriteAsync(body, exchange.ClientGone);
        return true;
    }
}

/// <summary>No answer.</summary>
internal sealed class HangingFault : TokenFault
{
    internal override async Task<bool> EndsBeforeProcessingAsync(FaultyExchange exchange)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gone = exchange.ClientGone.Register(() => over.TrySetResult());
        await using var stopping = exchange.Stopping.Register(() => over.TrySetResult());
        await over.Task;
        exchange.Context.Abort();
        return true;
    }
}

/// <summary>A lost request.</summary>
internal sealed class CutBeforeProcessingFault : TokenFault
{
    internal override Task<bool> EndsBeforeProcessingAsync(FaultyExchange exchange)
    {
        exchange.Context.Abort();
        return Task.FromResult(true);
    }
}

/// <summary>A lost answer.</summary>
internal sealed class CutAfterProcessingFault : TokenFault
{
    internal override Task<bool> EndsBeforeAnswerAsync(FaultyExchange exchange)
    {
        exchange.Context.Abort();
        return Task.FromResult(true);
    }
}
