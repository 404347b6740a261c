using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Patchbay.Protocols.Outbound;

/// <summary>A <see cref="ClientCertificate"/> with the operating system's handles, for one client.</summary>
internal sealed class LoadedClientCertificate : IDisposable
{
    private readonly X509Certificate2Collection _all = [];
    private readonly X509Certificate2Collection _authorities = [];

    public LoadedClientCertificate(byte[][] chain, ClientKey key, byte[][] authorities)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(chain[0]);
        var own = key.JoinTo(leaf);
        _all.Add(own);
        var between = new X509Certificate2Collection();
        foreach (var one in chain[1..]) between.Add(X509CertificateLoader.LoadCertificate(one));
        foreach (var one in authorities) _authorities.Add(X509CertificateLoader.LoadCertificate(one));
        _all.AddRange(between);
        _all.AddRange(_authorities);

        // Not offline, it would fetch what is missing in the chain from addresses that the certificates name, past the guard.
        Context = SslStreamCertificateContext.Create(own, between, offline: true);
    }

    /// <summary>What the client shows.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Makes a policy judge by the authorities that were given, if any were.</summary>
    public void Restrict(X509ChainPolicy policy)
    {
        if (_authorities.Count == 0) return;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
    }

    public void Dispose()
    {
        foreach (var one in _all) one.Dispose();
    }
}
