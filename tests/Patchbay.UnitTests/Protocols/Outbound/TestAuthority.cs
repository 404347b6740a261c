using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Patchbay.UnitTests.Protocols.Outbound;

/// <summary>A root, an authority beneath it, and what it issues, all made for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly X509Certificate2 _issuing;

    public TestAuthority(string name = "Root")
    {
        Root = Create(name, issuer: null, isAuthority: true);
        _issuing = Create($"{name} issuing", Root, isAuthority: true);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Issuing => _issuing;

    /// <summary>The root, as a CA bundle.</summary>
    public string CaPem => Root.ExportCertificatePem();

    /// <summary>The certificate of a server on this machine.</summary>
    /// <param name="host">Another name than 127.0.0.1.</param>
    /// <param name="issuerAddress">Where its issuer's certificate is said to be.</param>
    public X509Certificate2 Server(string? host = null, string? issuerAddress = null) =>
        Create("server", _issuing, isAuthority: false, request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            if (host is null) names.AddIpAddress(IPAddress.Loopback);
            else names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
            if (issuerAddress is not null) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, [issuerAddress]));
        });

    /// <summary>The certificate of a client, and the one of its issuer, in PEM.</summary>
    public (string Certificate, AsymmetricAlgorithm Key) Client(AsymmetricAlgorithm? key = null, TimeSpan? age = null)
    {
        key ??= ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName("CN=client");
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        var start = Now - (age ?? TimeSpan.FromHours(1));
        using var issued = request.Create(
            _issuing.SubjectName, X509SignatureGenerator.CreateForECDsa(_issuing.GetECDsaPrivateKey()!), start, start + TimeSpan.FromHours(2), Serial());
        return ($"{issued.ExportCertificatePem()}\n{_issuing.ExportCertificatePem()}\n", key);
    }

    public void Dispose()
    {
        Root.Dispose();
        _issuing.Dispose();
    }

    private static byte[] Serial() => [1, .. RandomNumberGenerator.GetBytes(15)];

    private static X509Certificate2 Create(string name, X509Certificate2? issuer, bool isAuthority, Action<CertificateRequest>? extend = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        extend?.Invoke(request);
        if (issuer is null) return request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(20));
        using var issued = request.Create(issuer, Now.AddDays(-1), Now.AddDays(10), Serial());
        return issued.CopyWithPrivateKey(key);
    }
}
