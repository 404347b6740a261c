using System.Collections.Frozen;

namespace Patchbay.OAuth.Profiles;

/// <summary>The parameters that the RFCs give to requests.</summary>
internal static class StandardParameters
{
    /// <summary>Of an authorization request (RFC 6749, 4.1.1; RFC 7636, 4.3; OpenID Connect Core, 3.1.2.1).</summary>
    public static readonly FrozenSet<string> Authorize = FrozenSet.Create(
        StringComparer.Ordinal,
        "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "prompt");

    /// <summary>Of a token or revocation request (RFC 6749, 4.1.3, 4.3.2, 4.4.2, 6; RFC 7521, 4; RFC 7636, 4.5; RFC 7009, 2.1).</summary>
    public static readonly FrozenSet<string> Token = FrozenSet.Create(
        StringComparer.Ordinal,
        "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password", "assertion", "scope",
        "client_id", "client_secret", "client_assertion", "client_assertion_type", "token", "token_type_hint");

    // They carry nothing that belongs to a grant or a client.
    private static readonly FrozenSet<string> Replaceable = FrozenSet.Create(StringComparer.Ordinal, "grant_type", "scope", "token_type_hint");

    /// <summary>Whether a parameter of a token request is one that a profile may replace by a value of its own.</summary>
    public static bool IsReplaceableToken(string name) => Replaceable.Contains(name);

    /// <summary>Whether it is one that a profile may not replace.</summary>
    public static bool IsFixedToken(string name) => Token.Contains(name) && !Replaceable.Contains(name);
}
