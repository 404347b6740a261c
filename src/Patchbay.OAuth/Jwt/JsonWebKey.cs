using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Patchbay.OAuth.Answers;

namespace Patchbay.OAuth.Jwt;

/// <summary>Reads private keys and secrets from JSON Web Keys (RFC 7517; RFC 7518, 6).</summary>
internal static class JsonWebKey
{
    private const int MaxLength = 64 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    public static OAuthResult<SigningKey> Read(string text)
    {
        if (text.Length > MaxLength) return Fault($"is longer than {MaxLength} characters");
        JsonElement key;
        try
        {
            key = JsonElement.Parse(Encoding.UTF8.GetBytes(text), Options);
        }
        catch (JsonException)
        {
            return Fault("is not valid JSON");
        }

        return Text(key, "kty") switch
        {
            "RSA" => Rsa(key),
            "EC" => Elliptic(key),
            "oct" => Bytes(key, "k") is { } secret ? SigningKey.OfSecret(secret) : Fault("has no member k with base64url inside"),
            _ => Fault("is no JSON Web Key of the type RSA, EC or oct"),
        };
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key owns it, or it is disposed here.")]
    private static OAuthResult<SigningKey> Rsa(JsonElement key)
    {
        var parameters = new RSAParameters
        {
            Modulus = Bytes(key, "n"),
            Exponent = Bytes(key, "e"),
            D = Bytes(key, "d"),
            P = Bytes(key, "p"),
            Q = Bytes(key, "q"),
            DP = Bytes(key, "dp"),
            DQ = Bytes(key, "dq"),
            InverseQ = Bytes(key, "qi"),
        };
        if (parameters is not { Modulus: { } modulus, Exponent: not null, D: { } d, P: { } p, Q: { } q, DP: { } dp, DQ: { } dq, InverseQ: { } qi })
        {
            return Fault("lacks one of the members n, e, d, p, q, dp, dq and qi");
        }

        // Numbers may come shorter than the lengths that the platform insists on.
        var half = (modulus.Length + 1) / 2;
        parameters.D = Pad(d, modulus.Length);
        parameters.P = Pad(p, half);
        parameters.Q = Pad(q, half);
        parameters.DP = Pad(dp, half);
        parameters.DQ = Pad(dq, half);
        parameters.InverseQ = Pad(qi, half);
        var rsa = RSA.Create();
        try
        {
            rsa.ImportParameters(parameters);
            return SigningKey.Of(rsa);
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return Fault("is damaged: its numbers do not belong together");
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key owns it, or it is disposed here.")]
    private static OAuthResult<SigningKey> Elliptic(JsonElement key)
    {
        var (curve, length) = Text(key, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => (default, 0),
        };
        if (length == 0) return Fault("is on another curve than P-256, P-384 and P-521");
        if (Bytes(key, "d") is not { } d || Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y)
        {
            return Fault("lacks one of the members d, x and y");
        }

        var elliptic = ECDsa.Create();
        try
        {
            elliptic.ImportParameters(new ECParameters
            {
                Curve = curve,
                D = Pad(d, length),
                Q = new ECPoint { X = Pad(x, length), Y = Pad(y, length) },
            });
            return SigningKey.Of(elliptic);
        }
        catch (CryptographicException)
        {
            elliptic.Dispose();
            return Fault("is damaged: its numbers do not belong together");
        }
    }

    private static byte[] Pad(byte[] number, int length)
    {
        if (number.Length >= length) return number;
        var padded = new byte[length];
        number.CopyTo(padded, length - number.Length);
        return padded;
    }

    private static string? Text(JsonElement key, string name) => JsonText.Member(key, name) is { } member ? JsonText.Scalar(member) : null;

    private static byte[]? Bytes(JsonElement key, string name)
    {
        if (Text(key, name) is not { Length: > 0 } text || !Base64Url.IsValid(text)) return null;
        return Base64Url.DecodeFromChars(text);
    }

    private static OAuthResult<SigningKey> Fault(string message) => OAuthResult.Of<SigningKey>("key", message);
}
