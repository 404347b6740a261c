using Patchbay.Platform.Credentials;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Proxy;

/// <summary>The guarded connections to APIs, with a client certificate where a connection has one.</summary>
internal sealed class UpstreamInvokers(OutboundNetwork network, TimeProvider clock) : IDisposable
{
    private readonly HttpMessageInvoker _plain = network.CreateProxyInvoker();
    private readonly CertificateInvokers _withCertificates = new(network.CreateProxyInvoker, clock);

    /// <summary>Lends what a request with some credentials is sent by.</summary>
    /// <param name="credentials">The credentials; null for those that need no preparing, among which there is no certificate.</param>
    public UpstreamInvoker Rent(PreparedCredentials? credentials) =>
        credentials?.Certificate is { } certificate ? new UpstreamInvoker(_withCertificates.Rent(certificate)) : new UpstreamInvoker(_plain);

    public void Dispose()
    {
        _withCertificates.Dispose();
        _plain.Dispose();
    }
}

/// <summary>An invoker that is given back by disposing this, once the answer was read.</summary>
internal sealed class UpstreamInvoker : IDisposable
{
    private readonly CertificateInvokerLease? _lease;

    public UpstreamInvoker(HttpMessageInvoker invoker) => Invoker = invoker;

    public UpstreamInvoker(CertificateInvokerLease lease) => (_lease, Invoker) = (lease, lease.Invoker);

    public HttpMessageInvoker Invoker { get; }

    public void Dispose() => _lease?.Dispose();
}
