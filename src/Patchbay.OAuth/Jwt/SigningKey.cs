using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.OAuth.Jwt;

/// <summary>
/// A private RSA or elliptic curve key, or a secret for HMAC. Safe for concurrent use; disposing it ends its use. It cannot be written out
/// again.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>In bits (RFC 7518, 3.3).</summary>
    public const int MinRsaBits = 2048;

    /// <summary>In bits; each signature with a longer one would take seconds.</summary>
    public const int MaxRsaBits = 8192;

    private readonly Lock _lock = new();
    private readonly RSA? _rsa;
    private readonly ECDsa? _elliptic;
    private readonly byte[]? _secret;

    private SigningKey(RSA? rsa, ECDsa? elliptic, byte[]? secret)
    {
        _rsa = rsa;
        _elliptic = elliptic;
        _secret = secret;
    }

    /// <summary>Reads a private key.</summary>
    /// <param name="text">
    /// PEM: PKCS #8, plain or encrypted, PKCS #1 or SEC 1 (RFC 7468; RFC 8017; RFC 5915); or a JSON Web Key (RFC 7517; RFC 7518, 6). Line breaks
    /// that came to be <c>\n</c> in two characters are read as such.
    /// </param>
    /// <param name="passphrase">What an encrypted key is encrypted with, or null.</param>
    /// <returns>The key, which the caller disposes, or a fault with the field <c>key</c> or <c>passphrase</c>.</returns>
    public static OAuthResult<SigningKey> Parse(string text, string? passphrase = null) =>
        text.AsSpan().TrimStart().StartsWith('{') ? JsonWebKey.Read(text) : PemKey.Read(text, passphrase);

    /// <summary>Makes a key for HMAC.</summary>
    /// <param name="secret">The text; its UTF-8 is the key.</param>
    /// <returns>The key, or a fault with the field <c>key</c> where it is empty.</returns>
    public static OAuthResult<SigningKey> OfSecret(string secret) => OfSecret(Encoding.UTF8.GetBytes(secret));

    /// <summary>Makes a key for HMAC.</summary>
    /// <param name="secret">
    /// The bytes. RFC 7518, 3.2 wants as many as the hash has, but a shorter secret that a provider gave out is the one that it checks with.
    /// </param>
    /// <returns>The key, or a fault with the field <c>key</c> where it is empty.</returns>
    public static OAuthResult<SigningKey> OfSecret(ReadOnlySpan<byte> secret) =>
        secret.IsEmpty ? OAuthResult.Of<SigningKey>("key", "is empty") : OAuthResult.Of(new SigningKey(rsa: null, elliptic: null, secret.ToArray()));

    /// <summary>Why the key cannot sign by an algorithm, or null where it can.</summary>
    /// <param name="algorithm">The algorithm.</param>
    public string? WhyNot(JwtAlgorithm algorithm) => algorithm switch
    {
        JwtAlgorithm.RS256 or JwtAlgorithm.RS384 or JwtAlgorithm.RS512 or JwtAlgorithm.PS256 or JwtAlgorithm.PS384 or JwtAlgorithm.PS512 =>
            _rsa is null ? $"is no RSA key, as {algorithm} needs" : null,
        JwtAlgorithm.ES256 => WhyNotCurve(algorithm, 256),
        JwtAlgorithm.ES384 => WhyNotCurve(algorithm, 384),
        JwtAlgorithm.ES512 => WhyNotCurve(algorithm, 521),
        _ => _secret is null ? $"is no secret, as {algorithm} needs" : null,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _rsa?.Dispose();
            _elliptic?.Dispose();
            if (_secret is not null) CryptographicOperations.ZeroMemory(_secret);
        }
    }

    /// <summary>The kind of key, never the key.</summary>
    public override string ToString() =>
        _rsa is not null ? $"RSA key of {_rsa.KeySize} bits" : _elliptic is not null ? $"Elliptic curve key of {_elliptic.KeySize} bits" : "Secret";

    internal static OAuthResult<SigningKey> Of(RSA rsa)
    {
        if (rsa.KeySize is >= MinRsaBits and <= MaxRsaBits) return OAuthResult.Of(new SigningKey(rsa, elliptic: null, secret: null));
        rsa.Dispose();
        return OAuthResult.Of<SigningKey>("key", $"is an RSA key of less than {MinRsaBits} or more than {MaxRsaBits} bits");
    }

    internal static OAuthResult<SigningKey> Of(ECDsa elliptic) => OAuthResult.Of(new SigningKey(rsa: null, elliptic, secret: null));

    /// <summary>Signs by an algorithm that fits (RFC 7518, 3).</summary>
    /// <returns>The signature, or null where the numbers of the key do not belong together.</returns>
    internal byte[]? Sign(JwtAlgorithm algorithm, ReadOnlySpan<byte> data) => algorithm switch
    {
        JwtAlgorithm.RS256 => SignRsa(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        JwtAlgorithm.RS384 => SignRsa(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        JwtAlgorithm.RS512 => SignRsa(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        JwtAlgorithm.PS256 => SignRsa(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        JwtAlgorithm.PS384 => SignRsa(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        JwtAlgorithm.PS512 => SignRsa(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        JwtAlgorithm.ES256 => SignElliptic(data, HashAlgorithmName.SHA256),
        JwtAlgorithm.ES384 => SignElliptic(data, HashAlgorithmName.SHA384),
        JwtAlgorithm.ES512 => SignElliptic(data, HashAlgorithmName.SHA512),
        JwtAlgorithm.HS384 => HMACSHA384.HashData(_secret!, data),
        JwtAlgorithm.HS512 => HMACSHA512.HashData(_secret!, data),
        _ => HMACSHA256.HashData(_secret!, data),
    };

    [SuppressMessage("Security", "CA5350", Justification = "The caller names the hash that a protocol asks for.")]
    internal byte[]? SignRsa(ReadOnlySpan<byte> data, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        lock (_lock)
        {
            try
            {
                return _rsa?.SignData(data, hash, padding);
            }
            catch (CryptographicException)
            {
                return null;
            }
        }
    }

    // The two numbers side by side, each as long as the curve's order (RFC 7518, 3.4).
    private byte[]? SignElliptic(ReadOnlySpan<byte> data, HashAlgorithmName hash)
    {
        lock (_lock)
        {
            try
            {
                return _elliptic!.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
            catch (CryptographicException)
            {
                return null;
            }
        }
    }

    private string? WhyNotCurve(JwtAlgorithm algorithm, int bits)
    {
        if (_elliptic is null) return $"is no elliptic curve key, as {algorithm} needs";
        return _elliptic.KeySize == bits ? null : $"is on another curve than P-{bits}, which {algorithm} needs";
    }
}
