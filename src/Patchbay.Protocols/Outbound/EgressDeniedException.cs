namespace Patchbay.Protocols.Outbound;

/// <summary>
/// A host has no address that the <see cref="NetworkPolicy"/> allows. It names the host as the request did, and never an address that the
/// host resolved to, which would tell a caller about the network that the server stands in.
/// </summary>
/// <remarks>
/// It is thrown while connecting, so <see cref="HttpClient"/> and the forwarder wrap it in other exceptions:
/// <see cref="OutboundFailure.Of"/> and <see cref="In"/> look inside.
/// </remarks>
public sealed class EgressDeniedException : HttpRequestException
{
    private const int DeepestCause = 16;

    internal EgressDeniedException(string host)
        : base(HttpRequestError.ConnectionError, $"The host {host} is not allowed: it is not a public one.") => Host = host;

    /// <summary>The host as it stood in the request.</summary>
    public string Host { get; }

    /// <summary>Finds the denial among an exception and its causes.</summary>
    /// <param name="exception">What a request threw.</param>
    /// <returns>The denial, or null where the request failed for another reason.</returns>
    public static EgressDeniedException? In(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < DeepestCause; depth++, exception = exception.InnerException)
        {
            if (exception is EgressDeniedException denied) return denied;
        }

        return null;
    }
}
