using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// Makes the clients for everything that goes out. What they have in common: every connection is opened by the guard, none follows a
/// redirect by itself, keeps cookies, reads proxy settings from the environment, sends trace headers, or uses HTTP/3.
/// </summary>
/// <param name="policy">Which addresses may be connected to.</param>
/// <param name="time">The clock of the time limits of whole fetches.</param>
public sealed class OutboundNetwork(NetworkPolicy policy, TimeProvider time)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    // Names are resolved when connecting only: a host that moved is noticed this late at most.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Makes the invoker of the proxy. It adds nothing to a request and unpacks no answer. Header values are Latin-1 in both directions, as
    /// answers are read in any case, so that each byte of a header passes as one character; the server's side must be set likewise.
    /// </summary>
    /// <returns>An invoker to keep for the life of the program; disposing it closes its connections.</returns>
    public HttpMessageInvoker CreateProxyInvoker()
    {
        var handler = CreateHandler(DecompressionMethods.None);
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        return new HttpMessageInvoker(new TcpOnlyHandler(handler), disposeHandler: true);
    }

    /// <summary>Makes a client for small exchanges such as those with a token endpoint.</summary>
    /// <param name="timeout">For a whole exchange.</param>
    /// <param name="maxResponseBytes">How long an answer may be after decompression, in bytes.</param>
    /// <returns>A client to keep; disposing it closes its connections. Redirects are answers like any other.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes its handlers.")]
    public HttpClient CreateClient(TimeSpan timeout, int maxResponseBytes) =>
#pragma warning disable RS0030 // This is the place where clients are made.
        new(new TcpOnlyHandler(CreateHandler(DecompressionMethods.All)), disposeHandler: true)
#pragma warning restore RS0030
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = maxResponseBytes,
        };

    /// <summary>Makes a fetcher of documents from the network.</summary>
    /// <returns>A fetcher to keep; disposing it closes its connections.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The fetcher disposes its invoker, which disposes its handlers.")]
    public DocumentFetcher CreateDocumentFetcher() =>
        new(new HttpMessageInvoker(new TcpOnlyHandler(CreateHandler(DecompressionMethods.All)), disposeHandler: true), time);

    private SocketsHttpHandler CreateHandler(DecompressionMethods decompression) => new()
    {
        ConnectCallback = new GuardedConnector(policy).ConnectAsync,
        AllowAutoRedirect = false,
        AutomaticDecompression = decompression,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
    };

    /// <summary>Keeps requests off HTTP/3: its connections are not TCP and would not be opened by the guard.</summary>
    private sealed class TcpOnlyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.Send(Restrict(request), cancellationToken);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.SendAsync(Restrict(request), cancellationToken);

        private static HttpRequestMessage Restrict(HttpRequestMessage request)
        {
            if (request.Version.Major > 2) request.Version = HttpVersion.Version20;
            if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
            {
                request.Version = HttpVersion.Version20;
                request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            }

            return request;
        }
    }
}
