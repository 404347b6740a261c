using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Patchbay.OAuth.Jwt;

/// <summary>Reads private keys from PEM (RFC 7468).</summary>
internal static class PemKey
{
    private const int MaxLength = 64 * 1024;

    // Opening it costs that many hashes, some seconds at this number; a file may ask for billions.
    private const int MaxIterations = 700_000;

    private const string Field = "key";

    public static OAuthResult<SigningKey> Read(string text, string? passphrase)
    {
        if (text.Length > MaxLength) return Fault($"is longer than {MaxLength} characters");
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            text = text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        }

        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var der = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            try
            {
                switch (rest[fields.Label])
                {
                    case "PRIVATE KEY": return Pkcs8(der);
                    case "ENCRYPTED PRIVATE KEY": return Encrypted(der, passphrase);
                    case "RSA PRIVATE KEY": return ImportRsa(rsa => rsa.ImportRSAPrivateKey(der, out _));
                    case "EC PRIVATE KEY": return ImportElliptic(elliptic => elliptic.ImportECPrivateKey(der, out _));
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(der);
            }
        }

        return Fault(text.Contains("ENCRYPTED", StringComparison.Ordinal)
            ? "is encrypted in the old OpenSSL form; convert it to PKCS #8"
            : "is neither a private key as PEM nor a JSON Web Key");
    }

    private static OAuthResult<SigningKey> Pkcs8(byte[] der) => AlgorithmOf(der) switch
    {
        "1.2.840.113549.1.1.1" => ImportRsa(rsa => rsa.ImportPkcs8PrivateKey(der, out _)),
        "1.2.840.10045.2.1" => ImportElliptic(elliptic => elliptic.ImportPkcs8PrivateKey(der, out _)),
        null => Fault("is damaged"),
        _ => Fault("is neither an RSA key nor an elliptic curve key"),
    };

    private static OAuthResult<SigningKey> Encrypted(byte[] der, string? passphrase)
    {
        if (passphrase is null) return OAuthResult.Of<SigningKey>("passphrase", "is required: the key is encrypted");
        if (IterationsOf(der) is not { } iterations) return Fault("is encrypted in a way that is not supported");
        if (iterations > MaxIterations) return Fault($"is encrypted with more than {MaxIterations} iterations");
        var key = ImportRsa(rsa => rsa.ImportEncryptedPkcs8PrivateKey(passphrase, der, out _));
        if (!key.Succeeded) key = ImportElliptic(elliptic => elliptic.ImportEncryptedPkcs8PrivateKey(passphrase, der, out _));
        return key.Succeeded ? key : OAuthResult.Of<SigningKey>("passphrase", "does not open the key, or there is no RSA or elliptic curve key inside");
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key owns it, or it is disposed here.")]
    private static OAuthResult<SigningKey> ImportRsa(Action<RSA> import)
    {
        var rsa = RSA.Create();
        try
        {
            import(rsa);
            return SigningKey.Of(rsa);
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return Fault("is damaged, or of another kind than its label says");
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key owns it, or it is disposed here.")]
    private static OAuthResult<SigningKey> ImportElliptic(Action<ECDsa> import)
    {
        var elliptic = ECDsa.Create();
        try
        {
            import(elliptic);
            return SigningKey.Of(elliptic);
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
        {
            elliptic.Dispose();
            return Fault("is damaged, on a curve that is not supported, or of another kind than its label says");
        }
    }

    /// <summary>The object identifier of the key's algorithm (RFC 5208, 5), or null.</summary>
    private static string? AlgorithmOf(byte[] der)
    {
        try
        {
            var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>How often the passphrase is hashed (RFC 8018, A.2 and A.3; RFC 7292, appendix C), or null where it cannot be seen.</summary>
    private static int? IterationsOf(byte[] der)
    {
        const string Pbes2 = "1.2.840.113549.1.5.13";
        const string Pbkdf2 = "1.2.840.113549.1.5.12";
        try
        {
            var algorithm = new AsnReader(der, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            var parameters = algorithm.ReadObjectIdentifier() == Pbes2 ? null : algorithm.ReadSequence();
            if (parameters is null)
            {
                var derivation = algorithm.ReadSequence().ReadSequence();
                if (derivation.ReadObjectIdentifier() != Pbkdf2) return null;
                parameters = derivation.ReadSequence();
            }

            parameters.ReadOctetString();
            return parameters.TryReadInt32(out var iterations) ? iterations : int.MaxValue;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static OAuthResult<SigningKey> Fault(string message) => OAuthResult.Of<SigningKey>(Field, message);
}
