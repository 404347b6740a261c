using System.Buffers;
using System.Net;

namespace Patchbay.Protocols.Outbound;

/// <summary>How much a fetch may cost.</summary>
/// <param name="MaxBytes">How long the document may be after decompression.</param>
/// <param name="Timeout">For the whole fetch, redirects included.</param>
/// <param name="SameOrigin">Whether redirects must stay at the scheme, host and port of the address.</param>
public sealed record FetchLimits(int MaxBytes, TimeSpan Timeout, bool SameOrigin = false);

/// <summary>
/// Fetches documents, such as API descriptions, from addresses that somebody gave. It follows up to <see cref="MaxRedirects"/> redirects,
/// each guarded like the first request, sends nothing that identifies anyone, and reads to a limit. Safe for concurrent use.
/// </summary>
public sealed class DocumentFetcher : IDisposable
{
    /// <summary>How many redirects are followed.</summary>
    public const int MaxRedirects = 5;

    private const int ReadSize = 64 * 1024;

    private readonly HttpMessageInvoker _invoker;
    private readonly TimeProvider _time;

    internal DocumentFetcher(HttpMessageInvoker invoker, TimeProvider time)
    {
        _invoker = invoker;
        _time = time;
    }

    /// <summary>Fetches a document.</summary>
    /// <param name="address">An absolute http or https URL without user name and password.</param>
    /// <param name="limits">How much it may cost.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>The document, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<FetchResult> FetchAsync(Uri address, FetchLimits limits, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        if (WhyNot(address) is { } wrong) return Failed(FetchFailureKind.InvalidUrl, $"The address {wrong}.");
        try
        {
            while (true)
            {
                if (!visited.Add(address.AbsoluteUri)) return Failed(FetchFailureKind.Redirects, "The redirects lead in a circle.");
                using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20 };
                request.Headers.TryAddWithoutValidation("User-Agent", "Patchbay");
                request.Headers.TryAddWithoutValidation("Accept", "application/json, application/yaml, text/yaml, */*;q=0.5");
                using var response = await _invoker.SendAsync(request, either.Token);

                if (LocationOf(response) is not { } location) return await ReadAsync(response, address, limits.MaxBytes, either.Token);
                if (visited.Count > MaxRedirects) return Failed(FetchFailureKind.Redirects, $"There are more than {MaxRedirects} redirects.");
                if (!Uri.TryCreate(address, location, out var next)) return Failed(FetchFailureKind.Redirects, "A redirect leads to no valid address.");
                if (WhyNot(next) is { } why) return Failed(FetchFailureKind.Redirects, $"A redirect leads to an address that {why}.");
                if (address.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
                {
                    return Failed(FetchFailureKind.Redirects, "A redirect leads from https to http, where anybody on the way could change the document.");
                }

                if (limits.SameOrigin && !IsSameOrigin(address, next)) return Failed(FetchFailureKind.OtherOrigin, "A redirect leads to another scheme, host or port.");
                address = next;
            }
        }
        catch (Exception exception) when (IsOfTheNetwork(exception) && !cancellationToken.IsCancellationRequested)
        {
            return FetchResult.Of(timeout.IsCancellationRequested
                ? new FetchFailure(FetchFailureKind.Timeout, $"The host {address.Host} did not answer within {limits.Timeout.TotalSeconds} s.")
                : FetchFailure.Of(OutboundFailure.Of(exception, address.Host)));
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _invoker.Dispose();

    private static async Task<FetchResult> ReadAsync(HttpResponseMessage response, Uri address, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return FetchResult.Of(new FetchFailure(
                FetchFailureKind.Status,
                $"The host {address.Host} answered with the status {(int)response.StatusCode}.",
                (int)response.StatusCode));
        }

        // The length is that of the document only where nothing is unpacked, and then the header is still there.
        if (response.Content.Headers.ContentLength > maxBytes) return TooLarge(maxBytes);

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        using var document = new MemoryStream();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(), cancellationToken)) > 0)
            {
                if (document.Length + read > maxBytes) return TooLarge(maxBytes);
                document.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return FetchResult.Of(new FetchedDocument(document.ToArray(), address, response.Content.Headers.ContentType?.ToString()));
    }

    private static string? LocationOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.NonValidated.TryGetValues("Location", out var values)
            ? values.ToString()
            : null;

    /// <summary>Whether two addresses have the same scheme, host and port.</summary>
    public static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static string? WhyNot(Uri address)
    {
        if (!address.IsAbsoluteUri) return "is not absolute";
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) return "is neither http nor https";
        if (address.UserInfo.Length > 0) return "has a user name in it";
        return address.Host.Length == 0 ? "has no host" : null;
    }

    // Wrongly packed content throws one of the last two, depending on the packing.
    private static bool IsOfTheNetwork(Exception exception) =>
        exception is HttpRequestException or OperationCanceledException or IOException or InvalidDataException or InvalidOperationException;

    private static FetchResult TooLarge(int maxBytes) => Failed(FetchFailureKind.TooLarge, $"The document is longer than {maxBytes} bytes.");

    private static FetchResult Failed(FetchFailureKind kind, string message) => FetchResult.Of(new FetchFailure(kind, message));
}
