using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Protocols.Incoming;

/// <summary>
/// A client certificate, shown by mutual TLS (RFC 8446, 4.4.2): one of certain ones, or one that certain authorities vouch for, or both. Revocation is
/// not asked for: it would be a request to where a stranger's certificate says.
/// </summary>
public sealed class CertificateVerifier : IRequestVerifier
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly byte[][] _pins;
    private readonly byte[][] _authorities;
    private volatile Known? _last;

    private CertificateVerifier(byte[][] pins, byte[][] authorities) => (_pins, _authorities) = (pins, authorities);

    /// <inheritdoc/>
    public IReadOnlyList<ProofPlace> Places => [];

    /// <summary>Reads what is good.</summary>
    /// <param name="certificatePem">The certificates of which one must be shown; blank where any will do that an authority vouches for.</param>
    /// <param name="caPem">The certificates of the authorities; blank where the certificates themselves are what counts.</param>
    /// <returns>The verifier, or every fault. Subjects are <c>certificate</c> and <c>ca</c>.</returns>
    public static Outcome<CertificateVerifier> Create(string certificatePem, string caPem)
    {
        var faults = new List<Fault>();
        var pins = Read(certificatePem, "certificate", faults);
        var authorities = Read(caPem, "ca", faults);
        if (faults.Count == 0 && pins.Length == 0 && authorities.Length == 0)
            faults.Add(new Fault(FaultKind.UnfitValue, "certificate", "Neither a certificate nor an authority is given: there is nothing to hold clients against."));
        return faults.Count == 0 ? Outcome.Of(new CertificateVerifier([.. pins.Select(SHA256.HashData)], authorities)) : Outcome.Of<CertificateVerifier>(faults);
    }

    /// <inheritdoc/>
    public Verification Verify(IncomingRequest request, DateTimeOffset now)
    {
        if (request.ClientCertificate is not { } shown) return Verification.Missing;
        var hash = SHA256.HashData(shown.RawDataMemory.Span);
        if (now < new DateTimeOffset(shown.NotBefore.ToUniversalTime()) || now > new DateTimeOffset(shown.NotAfter.ToUniversalTime())) return Verification.Stale;
        if (_last is { } last && last.IsOf(hash, now)) return Verification.Passed;
        if (_pins.Length > 0 && !Array.Exists(_pins, pin => CryptographicOperations.FixedTimeEquals(pin, hash))) return Verification.Mismatch;
        if (_authorities.Length > 0 && !IsVouchedFor(shown, now)) return Verification.Mismatch;
        _last = new Known(hash, now);
        return Verification.Passed;
    }

    private bool IsVouchedFor(X509Certificate2 shown, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.UtcDateTime;
        policy.VerificationTimeIgnored = false;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        var loaded = _authorities.Select(a => X509CertificateLoader.LoadCertificate(a)).ToList();
        try
        {
            foreach (var authority in loaded)
            {
                policy.ExtraStore.Add(authority);
                policy.CustomTrustStore.Add(authority);
            }

            return chain.Build(shown);
        }
        finally
        {
            foreach (var authority in loaded) authority.Dispose();
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private static byte[][] Read(string pem, string subject, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(pem)) return [];
        var blocks = PemBlocks.Find(pem).FindAll(b => b.Label == "CERTIFICATE");
        var contents = new List<byte[]>();
        foreach (var block in blocks)
        {
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificate(block.Content ?? []);
                contents.Add(block.Content!);
            }
            catch (CryptographicException)
            {
                faults.Add(new Fault(FaultKind.Malformed, subject, "One of the certificates in it cannot be read."));
                return [];
            }
        }

        if (contents.Count == 0) faults.Add(new Fault(FaultKind.Malformed, subject, "There is no PEM certificate in it."));
        return [.. contents];
    }

    /// <summary>The certificate that was good last: a client shows the same one all the time, and a chain is dear to build.</summary>
    private sealed record Known(byte[] Hash, DateTimeOffset At)
    {
        private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

        public bool IsOf(byte[] hash, DateTimeOffset now) => now - At < KeptFor && now >= At && hash.AsSpan().SequenceEqual(Hash);
    }
}
