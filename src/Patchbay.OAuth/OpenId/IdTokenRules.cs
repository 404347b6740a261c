using Patchbay.OAuth.Jwt;

namespace Patchbay.OAuth.OpenId;

/// <summary>What an ID token must say (OpenID Connect Core 1.0, 2 and 3.1.3.7), but for its signature.</summary>
/// <param name="Issuer">Who must have issued it.</param>
/// <param name="ClientId">Whom it must be for.</param>
public sealed record IdTokenRules(string Issuer, string ClientId)
{
    /// <summary>How far the clocks of issuer and server may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>
    /// When a token holds that says all it must; null where it does not hold now.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="nonce">The nonce that it must carry (OpenID Connect Core 1.0, 3.1.2.1); null where it was asked for elsewhere.</param>
    /// <param name="now">The time.</param>
    /// <returns>From when to when, the skew included.</returns>
    public (DateTimeOffset From, DateTimeOffset Until)? WhenGood(SignedToken token, string? nonce, DateTimeOffset now)
    {
        // An access token of the same issuer says what it is (RFC 9068, 2.1), and is nobody's word on who is there.
        if (token.Type is { } type && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase))
            return null;
        if (token.Issuer != Issuer || !IsForClient(token) || (nonce is not null && token.Text("nonce") != nonce))
            return null;
        if (token.Time("exp") is not { } expires || token.Time("iat") is not { } issued || token.Lifetime() is not { } lifetime)
            return null;
        var from = (issued > lifetime.NotBefore ? issued : lifetime.NotBefore) - Skew;
        var until = DateTimeOffset.MaxValue - expires < Skew ? DateTimeOffset.MaxValue : expires + Skew;
        return now >= from && now < until ? (from, until) : null;
    }

    private bool IsForClient(SignedToken token)
    {
        if (token.Texts("aud") is not { Count: > 0 } audience || !audience.Contains(ClientId, StringComparer.Ordinal))
            return false;
        return token.Has("azp") ? token.Text("azp") == ClientId : audience.Count == 1;
    }
}
