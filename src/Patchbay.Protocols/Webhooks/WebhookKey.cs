using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Patchbay.Protocols.Webhooks;

/// <summary>How webhooks are signed.</summary>
public enum WebhookKeyKind
{
    /// <summary>HMAC-SHA256 under a secret that both sides have; signatures are marked <c>v1</c>.</summary>
    Hmac,

    /// <summary>Ed25519: the sender has the private key, the receiver the public one; signatures are marked <c>v1a</c>.</summary>
    Ed25519,
}

/// <summary>
/// A key of Standard Webhooks 1.0.0, "Signature scheme": <c>whsec_</c> before a shared secret of 24 to 64 bytes, <c>whsk_</c> before an Ed25519
/// private key, <c>whpk_</c> before a public one; all in base64. Immutable; safe for concurrent use.
/// </summary>
/// <remarks>.NET has no Ed25519 of its own; that of BouncyCastle is used.</remarks>
public sealed class WebhookKey
{
    private const string SecretPrefix = "whsec_";
    private const string PrivatePrefix = "whsk_";
    private const string PublicPrefix = "whpk_";
    private const string HmacMark = "v1";
    private const string Ed25519Mark = "v1a";
    private const int MinSecret = 24;
    private const int MaxSecret = 64;
    private const int NewSecret = 32;
    private const int LongestText = 256;

    private readonly byte[]? _secret;
    private readonly Ed25519PrivateKeyParameters? _private;
    private readonly Ed25519PublicKeyParameters? _public;

    private WebhookKey(byte[] secret) => (Kind, _secret) = (WebhookKeyKind.Hmac, secret);

    private WebhookKey(Ed25519PrivateKeyParameters key) => (Kind, _private, _public) = (WebhookKeyKind.Ed25519, key, key.GeneratePublicKey());

    private WebhookKey(Ed25519PublicKeyParameters key) => (Kind, _public) = (WebhookKeyKind.Ed25519, key);

    /// <summary>The kind.</summary>
    public WebhookKeyKind Kind { get; }

    /// <summary>Whether it can sign; a public key cannot.</summary>
    public bool CanSign => _secret is not null || _private is not null;

    /// <summary>The mark that stands before its signatures.</summary>
    internal string Mark => Kind == WebhookKeyKind.Hmac ? HmacMark : Ed25519Mark;

    /// <summary>A fresh key.</summary>
    /// <param name="kind">Of which kind.</param>
    public static WebhookKey Generate(WebhookKeyKind kind) => kind == WebhookKeyKind.Hmac
        ? new WebhookKey(RandomNumberGenerator.GetBytes(NewSecret))
        : new WebhookKey(new Ed25519PrivateKeyParameters(new SecureRandom()));

    /// <summary>Reads a key.</summary>
    /// <param name="text">The text with its prefix.</param>
    /// <returns>The key, or why it is none. The fault does not repeat the text.</returns>
    public static Outcome<WebhookKey> Parse(string text)
    {
        if (text.Length > LongestText)
            return Faulty("is too long for a key");
        if (text.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            return Decode(text[SecretPrefix.Length..]) is { Length: >= MinSecret and <= MaxSecret } secret
                ? Outcome.Of(new WebhookKey(secret))
                : Faulty($"must be {SecretPrefix} and {MinSecret} to {MaxSecret} bytes in base64");
        }

        if (text.StartsWith(PrivatePrefix, StringComparison.Ordinal))
        {
            // Some libraries write the public key behind the seed.
            return Decode(text[PrivatePrefix.Length..]) is { Length: 32 or 64 } seed
                ? Outcome.Of(new WebhookKey(new Ed25519PrivateKeyParameters(seed, 0)))
                : Faulty($"must be {PrivatePrefix} and the 32 bytes of an Ed25519 private key in base64");
        }

        if (text.StartsWith(PublicPrefix, StringComparison.Ordinal))
        {
            return Decode(text[PublicPrefix.Length..]) is { Length: 32 } point && PublicKey(point) is { } key
                ? Outcome.Of(new WebhookKey(key))
                : Faulty($"must be {PublicPrefix} and the 32 bytes of an Ed25519 public key in base64");
        }

        return Faulty($"must begin with {SecretPrefix}, {PrivatePrefix} or {PublicPrefix}");
    }

    /// <summary>The text of the key that signs. It is a secret: it goes to the vault, and once to its owner.</summary>
    /// <exception cref="InvalidOperationException">It is a public key.</exception>
    public string ToSecretText() => _secret is not null ? SecretPrefix + Convert.ToBase64String(_secret)
        : _private is not null ? PrivatePrefix + Convert.ToBase64String(_private.GetEncoded())
        : throw new InvalidOperationException("A public key holds no secret.");

    /// <summary>What a receiver verifies with: for Ed25519 the public key, which is no secret, else the secret itself.</summary>
    public string ToVerifyingText() => _public is not null ? PublicPrefix + Convert.ToBase64String(_public.GetEncoded()) : ToSecretText();

    /// <summary>The kind only.</summary>
    public override string ToString() => $"{nameof(WebhookKey)} ({Kind})";

    internal byte[] Sign(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> payload)
    {
        if (_secret is not null)
            return HashOf(_secret, prefix, payload);
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _private ?? throw new InvalidOperationException("A public key does not sign."));
        signer.BlockUpdate(prefix);
        signer.BlockUpdate(payload);
        return signer.GenerateSignature();
    }

    internal bool Verifies(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> payload, byte[] signature)
    {
        if (_secret is not null)
            return CryptographicOperations.FixedTimeEquals(HashOf(_secret, prefix, payload), signature);
        if (signature.Length != Ed25519PrivateKeyParameters.SignatureSize)
            return false;
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, _public);
        verifier.BlockUpdate(prefix);
        verifier.BlockUpdate(payload);
        return verifier.VerifySignature(signature);
    }

    private static byte[] HashOf(byte[] secret, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> payload)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(prefix);
        hmac.AppendData(payload);
        return hmac.GetHashAndReset();
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static Ed25519PublicKeyParameters? PublicKey(byte[] point)
    {
        try
        {
            return new Ed25519PublicKeyParameters(point, 0);
        }
        catch (ArgumentException)
        {
            // No point of the curve.
            return null;
        }
    }

    private static Outcome<WebhookKey> Faulty(string message) => Outcome.Of<WebhookKey>(FaultKind.Malformed, "key", message);
}
