using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Patchbay.OAuth.Profiles;

namespace Patchbay.OAuth.Authorization;

/// <summary>
/// Proof that the one who exchanges a code is the one who asked for it (RFC 7636). The verifier is a secret until the exchange; the challenge
/// goes into the authorization request.
/// </summary>
public sealed class Pkce
{
    private const int VerifierBytes = 32;

    private Pkce(string verifier, string challenge, PkceMethod method)
    {
        Verifier = verifier;
        Challenge = challenge;
        Method = method;
    }

    /// <summary>What the exchange has to show: 43 characters (RFC 7636, 4.1).</summary>
    public string Verifier { get; }

    /// <summary>What the authorization request shows (RFC 7636, 4.2).</summary>
    public string Challenge { get; }

    /// <summary>How the one comes from the other.</summary>
    public PkceMethod Method { get; }

    /// <summary>Makes a new random verifier of 256 bits and its challenge.</summary>
    /// <param name="method">The profile's method.</param>
    /// <returns>The pair, or null where PKCE is off.</returns>
    public static Pkce? Create(PkceMethod method)
    {
        if (method == PkceMethod.Off) return null;
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(VerifierBytes));
        return new Pkce(verifier, ChallengeOf(verifier, method), method);
    }

    /// <summary>The method, never the verifier.</summary>
    public override string ToString() => $"{nameof(Pkce)} ({Method})";

    /// <summary>The challenge of a verifier that the caller has made by itself, of 256 bits or more.</summary>
    /// <param name="verifier">The verifier: 43 to 128 of the characters that RFC 7636, 4.1 allows.</param>
    public static Pkce OfVerifier(string verifier) => new(verifier, ChallengeOf(verifier, PkceMethod.S256), PkceMethod.S256);

    internal static string ChallengeOf(string verifier, PkceMethod method) =>
        method == PkceMethod.Plain ? verifier : Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
