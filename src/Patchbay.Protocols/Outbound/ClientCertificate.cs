using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// What a connection shows of itself by mutual TLS (RFC 8446, 4.4.2), and by which certificates it judges the server. Plain data, checked
/// when it is made; the operating system's handles exist within the clients that <see cref="OutboundNetwork"/> makes with it, and go with them.
/// </summary>
public sealed class ClientCertificate
{
    /// <summary>How long the certificate's and the key's text may be, in characters.</summary>
    public const int MaxPemLength = 64 * 1024;

    /// <summary>How long the text of the CA certificates may be, in characters: all roots of a browser have room in it.</summary>
    public const int MaxCaPemLength = 512 * 1024;

    /// <summary>How many certificates a chain may have.</summary>
    public const int MaxChainLength = 16;

    private const string CertificateLabel = "CERTIFICATE";

    private readonly byte[][] _chain;
    private readonly byte[][] _authorities;
    private readonly ClientKey _key;

    private ClientCertificate(X509Certificate2 leaf, byte[][] chain, ClientKey key, byte[][] authorities)
    {
        _chain = chain;
        _key = key;
        _authorities = authorities;
        Thumbprint = Convert.ToHexString(SHA256.HashData(chain[0]));
        NotBefore = Start(leaf);
        NotAfter = End(leaf);
        Identity = IdentityOf(chain, authorities);
    }

    /// <summary>SHA-256 of the certificate, hexadecimal in upper case.</summary>
    public string Thumbprint { get; }

    /// <summary>From when the certificate is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when the certificate is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The same for all that show the same chain and trust the same authorities: the key goes with the certificate.</summary>
    internal string Identity { get; }

    /// <summary>Reads certificate, key and authorities.</summary>
    /// <param name="certificatePem">The certificate, then those of the authorities between it and a root, if any (RFC 7468, section 5).</param>
    /// <param name="keyPem">
    /// The certificate's private key, RSA or on a named elliptic curve, not encrypted: PKCS #8 (RFC 5958), PKCS #1 (RFC 8017) or SEC 1 (RFC 5915).
    /// </param>
    /// <param name="caPem">
    /// The certificates to judge the server's chain by, a root among them, in place of the system's; null or blank for the system's.
    /// </param>
    /// <param name="validAt">A time at which the certificate must be valid; null where that does not matter.</param>
    /// <returns>The certificate, or every fault. Subjects are <c>certificate</c>, <c>key</c> and <c>ca</c>.</returns>
    public static Outcome<ClientCertificate> Create(string certificatePem, string keyPem, string? caPem, DateTimeOffset? validAt = null)
    {
        var faults = new List<Fault>();
        var chain = ReadCertificates("certificate", certificatePem, MaxPemLength, MaxChainLength, faults);
        var key = ReadKey(keyPem, faults);
        var authorities = string.IsNullOrWhiteSpace(caPem) ? [] : ReadCertificates("ca", caPem, MaxCaPemLength, int.MaxValue, faults);
        try
        {
            if (authorities.Count > 0 && !authorities.Exists(IsRoot))
            {
                faults.Add(new Fault(FaultKind.UnfitValue, "ca", "None of the CA certificates is a root, one that names itself as its issuer."));
            }

            if (chain.Count == 0) return Outcome.Of<ClientCertificate>(faults);
            var leaf = chain[0];
            if (validAt is { } time && (time < Start(leaf) || time > End(leaf)))
            {
                var when = time > End(leaf) ? "The certificate has expired." : "The certificate is not valid yet.";
                faults.Add(new Fault(FaultKind.UnfitValue, "certificate", when));
            }

            ClientKey? checkedKey = null;
            if (key is not null && ClientKey.Check(leaf, key, out checkedKey) is { } fault) faults.Add(fault);
            return faults.Count == 0
                ? Outcome.Of(new ClientCertificate(leaf, [.. chain.Select(one => one.RawData)], checkedKey!, [.. authorities.Select(one => one.RawData)]))
                : Outcome.Of<ClientCertificate>(faults);
        }
        finally
        {
            foreach (var one in chain.Concat(authorities)) one.Dispose();
        }
    }

    /// <summary>The thumbprint, never the key.</summary>
    public override string ToString() => $"{nameof(ClientCertificate)} {Thumbprint}";

    /// <summary>Loads it for one client, which disposes it.</summary>
    internal LoadedClientCertificate Load() => new(_chain, _key, _authorities);

    private static List<X509Certificate2> ReadCertificates(string subject, string pem, int longest, int most, List<Fault> faults)
    {
        var certificates = new List<X509Certificate2>();
        if (pem.Length > longest)
        {
            faults.Add(new Fault(FaultKind.TooLong, subject, $"The text is longer than {longest} characters."));
            return certificates;
        }

        var blocks = PemBlocks.Find(pem).FindAll(block => block.Label == CertificateLabel);
        if (blocks.Count == 0) faults.Add(new Fault(FaultKind.Malformed, subject, "There is no PEM certificate in it."));
        if (blocks.Count > most)
        {
            faults.Add(new Fault(FaultKind.TooLong, subject, $"There are more than {most} certificates in it."));
            return certificates;
        }

        foreach (var block in blocks)
        {
            if (TryLoad(block.Content) is { } certificate)
            {
                certificates.Add(certificate);
                continue;
            }

            faults.Add(new Fault(FaultKind.Malformed, subject, "One of the certificates in it cannot be read."));
            foreach (var one in certificates) one.Dispose();
            return [];
        }

        return certificates;
    }

    private static PemBlock? ReadKey(string pem, List<Fault> faults)
    {
        if (pem.Length > MaxPemLength)
        {
            faults.Add(new Fault(FaultKind.TooLong, "key", $"The text is longer than {MaxPemLength} characters."));
            return null;
        }

        // Beside a key on an elliptic curve there is often a block with the curve's name, and sometimes the certificate.
        var keys = PemBlocks.Find(pem).FindAll(block => block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        var wrong = keys switch
        {
            [] => "There is no PEM private key in it.",
            [{ IsEncrypted: true }] => "The private key is encrypted; give it without a pass phrase.",
            [{ Content: null }] => "The private key cannot be read.",
            [_] => null,
            _ => "There is more than one private key in it.",
        };
        if (wrong is null) return keys[0];
        faults.Add(new Fault(keys.Count == 1 && keys[0].IsEncrypted ? FaultKind.UnfitValue : FaultKind.Malformed, "key", wrong));
        return null;
    }

    private static X509Certificate2? TryLoad(byte[]? content)
    {
        if (content is null) return null;
        X509Certificate2? certificate = null;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(content);

            // These are read when they are asked for, and may turn out unreadable then.
            _ = (certificate.NotBefore, certificate.NotAfter, certificate.PublicKey, certificate.SubjectName.RawData, certificate.IssuerName.RawData);
            return certificate;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            certificate?.Dispose();
            return null;
        }
    }

    // The certificate gives them in local time.
    private static DateTimeOffset Start(X509Certificate2 certificate) => new(certificate.NotBefore.ToUniversalTime());

    private static DateTimeOffset End(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string IdentityOf(byte[][] chain, byte[][] authorities)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in (byte[][])[[(byte)chain.Length], .. chain, .. authorities])
        {
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
