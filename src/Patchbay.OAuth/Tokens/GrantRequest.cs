namespace Patchbay.OAuth.Tokens;

/// <summary>What is traded for a token: exactly one of the kinds inside.</summary>
public abstract record GrantRequest
{
    private GrantRequest()
    {
    }

    /// <summary>The kind, never what is in it: all of it is secret.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>An authorization code (RFC 6749, 4.1.3; RFC 7636, 4.5).</summary>
    /// <param name="Code">The code, as it was decoded from the redirect.</param>
    /// <param name="RedirectUri">The redirect URI of the authorization request.</param>
    /// <param name="Verifier">The PKCE verifier, or null where the profile has PKCE off.</param>
    public sealed record AuthorizationCode(string Code, string RedirectUri, string? Verifier) : GrantRequest;

    /// <summary>
    /// A refresh token (RFC 6749, 6). It may be used up by the request: where one is not told the answer, nobody knows whether the old
    /// or a new one is valid, so such a request must not be cancelled once it is on its way.
    /// </summary>
    /// <param name="Token">The token.</param>
    /// <param name="Scopes">Fewer scopes than were granted, or null for all of them.</param>
    public sealed record RefreshToken(string Token, IReadOnlyList<string>? Scopes = null) : GrantRequest;

    /// <summary>The client itself (RFC 6749, 4.4).</summary>
    /// <param name="Scopes">The scopes to ask for; none leaves it to the server.</param>
    public sealed record ClientCredentials(IReadOnlyList<string> Scopes) : GrantRequest;

    /// <summary>A user's name and password (RFC 6749, 4.3).</summary>
    /// <param name="Username">The name.</param>
    /// <param name="Secret">The password.</param>
    /// <param name="Scopes">The scopes to ask for; none leaves it to the server.</param>
    public sealed record Password(string Username, string Secret, IReadOnlyList<string> Scopes) : GrantRequest;

    /// <summary>A signed assertion (RFC 7523, 2.1).</summary>
    /// <param name="Assertion">The JWT.</param>
    /// <param name="Scopes">The scopes to ask for; none leaves it to the server or the assertion.</param>
    public sealed record JwtBearer(string Assertion, IReadOnlyList<string> Scopes) : GrantRequest;
}
