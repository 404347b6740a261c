using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Patchbay.Protocols.Outbound;

/// <summary>The private key of a client certificate, in PKCS #8, after it was seen to work.</summary>
internal sealed class ClientKey
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EllipticCurveOid = "1.2.840.10045.2.1";

    // A larger one takes seconds for each handshake.
    private const int LargestRsaKey = 8192;

    private static readonly byte[] Proof = [.. "signed with the key, verified with the certificate"u8];

    private readonly byte[] _pkcs8;
    private readonly bool _isRsa;

    private ClientKey(byte[] pkcs8, bool isRsa)
    {
        _pkcs8 = pkcs8;
        _isRsa = isRsa;
    }

    /// <summary>Checks that a key is the one of a certificate, by signing and verifying with it.</summary>
    /// <returns>What is wrong, or null where the key is given.</returns>
    public static Fault? Check(X509Certificate2 certificate, PemBlock block, out ClientKey? key)
    {
        key = null;
        try
        {
            switch (certificate.PublicKey.Oid.Value)
            {
                case RsaOid:
                    using (var rsa = RSA.Create())
                    {
                        Import(rsa, block, "RSA PRIVATE KEY", rsa.ImportRSAPrivateKey);
                        if (rsa.KeySize > LargestRsaKey) return Unfit("key", $"The private key is longer than {LargestRsaKey} bits.");
                        if (!Matches(certificate, rsa)) return DoesNotMatch();
                        key = new ClientKey(rsa.ExportPkcs8PrivateKey(), isRsa: true);
                    }

                    return null;
                case EllipticCurveOid:
                    using (var curve = ECDsa.Create())
                    {
                        Import(curve, block, "EC PRIVATE KEY", curve.ImportECPrivateKey);
                        if (!curve.ExportParameters(includePrivateParameters: false).Curve.IsNamed)
                        {
                            return Unfit("key", "The private key is on an elliptic curve without a name.");
                        }

                        if (!Matches(certificate, curve)) return DoesNotMatch();
                        key = new ClientKey(curve.ExportPkcs8PrivateKey(), isRsa: false);
                    }

                    return null;
                default:
                    return Unfit("certificate", "The certificate's key is neither RSA nor on an elliptic curve that ECDSA knows.");
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            return new Fault(FaultKind.Malformed, "key", "The private key cannot be read, or is of another kind than the certificate's.");
        }
    }

    /// <summary>Joins the key to its certificate.</summary>
    public X509Certificate2 JoinTo(X509Certificate2 certificate)
    {
        if (_isRsa)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(_pkcs8, out _);
            return certificate.CopyWithPrivateKey(rsa);
        }

        using var curve = ECDsa.Create();
        curve.ImportPkcs8PrivateKey(_pkcs8, out _);
        return certificate.CopyWithPrivateKey(curve);
    }

    private static void Import(AsymmetricAlgorithm algorithm, PemBlock block, string ownLabel, ImportOwnForm importOwnForm)
    {
        if (block.Label == "PRIVATE KEY") algorithm.ImportPkcs8PrivateKey(block.Content, out _);
        else if (block.Label == ownLabel) importOwnForm(block.Content, out _);
        else throw new CryptographicException("The label is that of another kind of key.");
    }

    private static bool Matches(X509Certificate2 certificate, RSA key)
    {
        using var known = certificate.GetRSAPublicKey();
        var signature = key.SignData(Proof, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return known?.VerifyData(Proof, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? false;
    }

    private static bool Matches(X509Certificate2 certificate, ECDsa key)
    {
        using var known = certificate.GetECDsaPublicKey();
        return known?.VerifyData(Proof, key.SignData(Proof, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256) ?? false;
    }

    private static Fault DoesNotMatch() => Unfit("key", "The private key is not that of the certificate.");

    private static Fault Unfit(string subject, string message) => new(FaultKind.UnfitValue, subject, message);

    private delegate void ImportOwnForm(ReadOnlySpan<byte> content, out int read);
}
