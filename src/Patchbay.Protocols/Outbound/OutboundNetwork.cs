using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// Makes the clients for everything that goes out. What they have in common: every connection is opened by the guard, none follows a
/// redirect by itself, keeps cookies, reads proxy settings from the environment, sends trace headers, uses HTTP/3, or fetches certificates
/// that a server left out of its chain: a certificate names the address to fetch from, and the guard does not stand before that.
/// </summary>
/// <param name="policy">Which addresses may be connected to.</param>
/// <param name="time">The clock of the time limits of whole fetches.</param>
public sealed class OutboundNetwork(NetworkPolicy policy, TimeProvider time)
{
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    // Names are resolved when connecting only: a host that moved is noticed this late at most.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Makes the invoker of the proxy. It adds nothing to a request and unpacks no answer. Header values are Latin-1 in both directions, as
    /// answers are read in any case, so that each byte of a header passes as one character; the server's side must be set likewise.
    /// </summary>
    /// <param name="certificate">What connections show of themselves and judge servers by; null for none, and the system's authorities.</param>
    /// <returns>An invoker to keep, without certificate for the life of the program; disposing it closes its connections.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The invoker disposes its handlers.")]
    public HttpMessageInvoker CreateProxyInvoker(ClientCertificate? certificate = null)
    {
        var loaded = certificate?.Load();
        var handler = CreateHandler(DecompressionMethods.None, loaded);
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        return new HttpMessageInvoker(new TcpOnlyHandler(handler, loaded), disposeHandler: true);
    }

    /// <summary>Makes a client for small exchanges such as those with a token endpoint.</summary>
    /// <param name="timeout">For a whole exchange.</param>
    /// <param name="maxResponseBytes">How long an answer may be after decompression, in bytes.</param>
    /// <param name="certificate">What connections show of themselves and judge servers by; null for none, and the system's authorities.</param>
    /// <returns>A client to keep; disposing it closes its connections. Redirects are answers like any other.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes its handlers.")]
    public HttpClient CreateClient(TimeSpan timeout, int maxResponseBytes, ClientCertificate? certificate = null)
    {
        var loaded = certificate?.Load();
#pragma warning disable RS0030 // This is the place where clients are made.
        return new HttpClient(new TcpOnlyHandler(CreateHandler(DecompressionMethods.All, loaded), loaded), disposeHandler: true)
#pragma warning restore RS0030
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = maxResponseBytes,
        };
    }

    /// <summary>Makes a fetcher of documents from the network.</summary>
    /// <returns>A fetcher to keep; disposing it closes its connections.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The fetcher disposes its invoker, which disposes its handlers.")]
    public DocumentFetcher CreateDocumentFetcher() =>
        new(new HttpMessageInvoker(new TcpOnlyHandler(CreateHandler(DecompressionMethods.All, certificate: null)), disposeHandler: true), time);

    /// <summary>Hands a mail to the operator's SMTP server, which may stand in any network: the operator named it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="mail">The mail.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>Null once the server has taken it; else why not, without a word of the mail's.</returns>
    public Task<string?> SendMailAsync(MailServer server, Mail mail, CancellationToken cancellationToken) => MailSending.SendAsync(server, mail, time, cancellationToken);

    /// <summary>
    /// Whether a host stands in a network that the operator named, with every address that it has: there a connection needs no TLS. It opens
    /// no connection, and says nothing about what is let through: that is judged when connecting.
    /// </summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsNamedAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            // Of those that a connection could go to at all.
            var allowed = Array.FindAll(addresses, a => policy.Judge(a) is not AddressVerdict.Denied);
            return allowed.Length > 0 && Array.TrueForAll(allowed, a => policy.Judge(a) is AddressVerdict.Named);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether a host has addresses now, and none that may be connected to: so that who names it is told at once. What is let through is judged
    /// when connecting, whatever was said here.
    /// </summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsDeniedAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            return addresses.Length > 0 && !Array.Exists(addresses, policy.Allows);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private SocketsHttpHandler CreateHandler(DecompressionMethods decompression, LoadedClientCertificate? certificate) => new()
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
        SslOptions = TlsOptions(certificate),
    };

    private static SslClientAuthenticationOptions TlsOptions(LoadedClientCertificate? certificate)
    {
        // Each handshake works on a copy of it. The names of hosts are checked by the stream.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthenticationOid));
        certificate?.Restrict(policy);
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificateContext = certificate?.Context,

            // What it takes to resume a session, the key with it, is kept for the whole program and not for the client.
            AllowTlsResume = certificate is null,
        };
    }

    /// <summary>
    /// Keeps requests off HTTP/3: its connections are not TCP and would not be opened by the guard. Disposes what its connections need.
    /// </summary>
    private sealed class TcpOnlyHandler(HttpMessageHandler inner, IDisposable? needed = null) : DelegatingHandler(inner)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing) needed?.Dispose();
        }

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
