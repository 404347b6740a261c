using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Patchbay.OAuth.Jwt;

/// <summary>
/// The public half of a key that somebody else signs tokens by, out of a JSON Web Key Set (RFC 7517). A key verifies the algorithms of its own type
/// only, so that no token can have one taken for another.
/// </summary>
public sealed class VerificationKey
{
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 16_384;
    private const int MostKeys = 100;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    private readonly RSAParameters? _rsa;
    private readonly ECParameters _elliptic;
    private readonly string? _algorithm;
    private readonly string? _curve;

    private VerificationKey(string? id, string? algorithm, RSAParameters rsa) => (Id, _algorithm, _rsa) = (id, algorithm, rsa);

    private VerificationKey(string? id, string? algorithm, ECParameters elliptic, string curve) => (Id, _algorithm, _elliptic, _curve) = (id, algorithm, elliptic, curve);

    /// <summary>Its name in its set (RFC 7517, 4.5), or null.</summary>
    public string? Id { get; }

    /// <summary>Reads the keys of a set that signatures can be verified by; others are passed over (RFC 7517, 5).</summary>
    /// <param name="json">The set, as JSON in UTF-8.</param>
    /// <returns>The keys; null where it is no set.</returns>
    public static IReadOnlyList<VerificationKey>? ReadSet(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Take(MostKeys).Where(k => k.ValueKind == JsonValueKind.Object).Select(Read).OfType<VerificationKey>()]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it can have signed by an algorithm: one of RS256, RS384, RS512, ES256, ES384 and ES512 (RFC 7518, 3.1).</summary>
    /// <param name="algorithm">The algorithm.</param>
    public bool Fits(string algorithm) => (_algorithm is null || _algorithm == algorithm) && algorithm switch
    {
        "RS256" or "RS384" or "RS512" => _rsa is not null,
        "ES256" => _curve == "P-256",
        "ES384" => _curve == "P-384",
        "ES512" => _curve == "P-521",
        _ => false,
    };

    /// <summary>Whether its owner signed a token.</summary>
    /// <param name="token">The token.</param>
    public bool HasSigned(SignedToken token)
    {
        if (!Fits(token.Algorithm))
            return false;
        var hash = token.Algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        // One for each use: what such an object may do at once is not said.
        if (_rsa is { } parameters)
        {
            using var rsa = RSA.Create(parameters);
            return token.IsSignedBy(rsa, hash);
        }

        using var elliptic = ECDsa.Create(_elliptic);
        return token.IsSignedBy(elliptic, hash);
    }

    private static VerificationKey? Read(JsonElement key)
    {
        if (Text(key, "use") is { } use && use != "sig")
            return null;
        var (id, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        return Text(key, "kty") switch { "RSA" => Rsa(key, id, algorithm), "EC" => Elliptic(key, id, algorithm), _ => null };
    }

    private static VerificationKey? Rsa(JsonElement key, string? id, string? algorithm)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent)
            return null;
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        return Works(() =>
        {
            using var rsa = RSA.Create(parameters);
            return rsa.KeySize is >= LeastRsaBits and <= MostRsaBits;
        }) ? new VerificationKey(id, algorithm, parameters) : null;
    }

    private static VerificationKey? Elliptic(JsonElement key, string? id, string? algorithm)
    {
        var named = Text(key, "crv");
        var (curve, length) = named switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => (default, 0),
        };
        // Coordinates have the whole length of the curve (RFC 7518, 6.2.1.2).
        if (length == 0 || Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y || x.Length != length || y.Length != length)
            return null;
        var parameters = new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } };
        return Works(() =>
        {
            using var elliptic = ECDsa.Create(parameters);
            return true;
        }) ? new VerificationKey(id, algorithm, parameters, named!) : null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Platforms differ in what they throw at numbers that are no key.")]
    private static bool Works(Func<bool> tries)
    {
        try
        {
            return tries();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement holder, string name) => holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name) => Text(key, name) is { Length: > 0 and <= 4096 } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
