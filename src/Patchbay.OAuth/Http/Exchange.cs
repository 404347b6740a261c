using System.Buffers;
using System.Net.Http.Headers;
using Patchbay.OAuth.Answers;

namespace Patchbay.OAuth.Http;

/// <summary>Sends one request with the client that the caller made and reads the answer up to the limits. Redirects are answers like any other.</summary>
internal sealed class Exchange(HttpMessageInvoker invoker, TimeProvider time, ExchangeLimits limits)
{
    private const int ReadSize = 16 * 1024;

    public TimeProvider Time => time;

    /// <returns>The answer, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<(ReceivedAnswer? Answer, EndpointFailure.Unavailable? Failure)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limits.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var host = request.RequestUri!.Host;
        request.Headers.TryAddWithoutValidation("User-Agent", "Patchbay");
        try
        {
            // The client of the whole framework would read the body by itself, to a limit of its own.
            using var response = invoker is HttpClient client
                ? await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                : await invoker.SendAsync(request, either.Token);
            return await ReadAsync(response, either.Token) is { } body
                ? (new ReceivedAnswer((int)response.StatusCode, body, HeadersOf(response), RetryAfter(response.Headers)), null)
                : (null, new EndpointFailure.Unavailable(
                    UnavailableKind.TooLarge, $"The host {host} answered with more than {limits.MaxAnswerBytes} bytes.", (int)response.StatusCode));
        }
        catch (Exception exception) when (IsOfTheNetwork(exception) && !cancellationToken.IsCancellationRequested)
        {
            return (null, timeout.IsCancellationRequested || exception is OperationCanceledException
                ? new EndpointFailure.Unavailable(UnavailableKind.Timeout, $"The host {host} did not answer in time.", cause: exception)
                : new EndpointFailure.Unavailable(UnavailableKind.Network, $"The host {host} was not reached, or its answer broke off.", cause: exception));
        }
    }

    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        using var body = new MemoryStream();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(), cancellationToken)) > 0)
            {
                if (body.Length + read > limits.MaxAnswerBytes) return null;
                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            // It held tokens.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return body.ToArray();
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (headers.RetryAfter is not { } value) return null;
        var wait = value.Delta ?? value.Date - time.GetUtcNow();
        if (wait is null) return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait;
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated) headers.TryAdd(name, values.ToString());
        return headers;
    }

    // Wrongly packed content throws one of the last two, depending on the packing.
    private static bool IsOfTheNetwork(Exception exception) =>
        exception is HttpRequestException or OperationCanceledException or IOException or InvalidDataException or InvalidOperationException;
}

/// <summary>An answer that was read to its end.</summary>
internal sealed record ReceivedAnswer(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers, TimeSpan? RetryAfter)
{
    public Answer Read() => Answer.Read(Status, Body, name => Headers.GetValueOrDefault(name));

    /// <summary>The status, never the body: it may hold tokens.</summary>
    public override string ToString() => $"Status {Status}";
}
