using Patchbay.OAuth.Jwt;

namespace Patchbay.OAuth.Profiles;

/// <summary>
/// Everything in which one OAuth 2.0 provider differs from another, as data. What is left out is as the RFCs have it. Made for JSON: the
/// names of its fields in faults are those of camel case.
/// </summary>
/// <remarks>
/// URLs, parameters and headers may have placeholders for variables of a connection, <c>{{name}}</c>; <see cref="WithVariables"/> replaces
/// them. A client secret goes wherever the URLs lead, so who may set the variables that a host is made of matters: see <see cref="FreeHosts"/>.
/// </remarks>
public sealed record ProviderProfile
{
    /// <summary>Where users grant access (RFC 6749, 3.1); empty where no grant needs it. A query that it has is kept.</summary>
    public string AuthorizeUrl { get; init; } = "";

    /// <summary>Where tokens are issued (RFC 6749, 3.2).</summary>
    public required string TokenUrl { get; init; }

    /// <summary>Where they are refreshed, if not at the token URL.</summary>
    public string? RefreshUrl { get; init; }

    /// <summary>Where they are revoked (RFC 7009), if anywhere.</summary>
    public string? RevocationUrl { get; init; }

    /// <summary>Form-encoded parameters for every token request, as the contract has them. They cannot be any that the request has itself.</summary>
    public string? AdditionalTokenParams { get; init; }

    /// <summary>
    /// How the client shows who it is; where null, by <see cref="Profiles.ClientAuthentication.ClientSecretBasic"/> if it has a secret, and
    /// as a public client if it has none.
    /// </summary>
    public ClientAuthentication? ClientAuthentication { get; init; }

    /// <summary>What differs in the JWT of <see cref="Profiles.ClientAuthentication.PrivateKeyJwt"/>; claims that are not given are those of RFC 7523, 3.</summary>
    public JwtTemplate? ClientAssertion { get; init; }

    /// <summary>How codes are bound (RFC 7636).</summary>
    public PkceMethod Pkce { get; init; }

    /// <summary>What stands between two scopes in a request.</summary>
    public string ScopeSeparator { get; init; } = " ";

    /// <summary>Whether <c>offline_access</c> (OpenID Connect Core, 11) belongs to this provider's scopes.</summary>
    public bool OfflineAccess { get; init; } = true;

    /// <summary>Whether each refresh gives a new refresh token and ends the old one, so that an answer that is lost loses the grant.</summary>
    public bool RotatesRefreshTokens { get; init; }

    /// <summary>The authorization request.</summary>
    public AuthorizeRequestShape Authorize { get; init; } = new();

    /// <summary>The token request.</summary>
    public TokenRequestShape Token { get; init; } = new();

    /// <summary>The refresh request; where null, as the token request.</summary>
    public TokenRequestShape? Refresh { get; init; }

    /// <summary>The revocation request; where null, as the token request but with no parameters of its own.</summary>
    public TokenRequestShape? Revocation { get; init; }

    /// <summary>The answer to a token request.</summary>
    public TokenAnswerShape Answer { get; init; } = new();

    /// <summary>The answer to a refresh request; where null, as that to a token request.</summary>
    public TokenAnswerShape? RefreshAnswer { get; init; }

    /// <summary>How long a token lives whose answer does not say, in seconds; where null, until the API says that it has expired.</summary>
    public int? DefaultLifetimeSeconds { get; init; }

    /// <summary>Where requests carry the token.</summary>
    public TokenPlacement Placement { get; init; } = new();

    /// <summary>Rules for answers of the API that mean that the token has expired; one that holds is enough. Where null, the status 401 means it.</summary>
    public IReadOnlyList<AnswerRule>? Expired { get; init; }

    /// <summary>The request that shows whether a connection works.</summary>
    public VerificationRequest? Verification { get; init; }

    /// <summary>Finds everything that is wrong with the profile.</summary>
    /// <returns>The faults with their fields' paths; none for a profile that can be used.</returns>
    public IReadOnlyList<OAuthFault> Validate() => new ProfileValidation().Run(this);

    /// <summary>Puts variables in wherever the profile has placeholders. In a host a value must be DNS labels, in a path or query it is escaped.</summary>
    /// <param name="variables">The variables of a connection.</param>
    /// <returns>A profile without placeholders but <c>{{client_id}}</c> and <c>{{client_secret}}</c>, or every value that is missing or does not fit.</returns>
    public OAuthResult<ProviderProfile> WithVariables(IReadOnlyDictionary<string, string> variables) => new ProfileExpansion(variables).Run(this);

    /// <summary>
    /// The fields whose URLs lead to whatever host a variable names, as <c>https://{{host}}/token</c> does and <c>https://{{shop}}.example.com/token</c>
    /// does not. A secret that the variables' owner must not have must not be sent by such a profile.
    /// </summary>
    public IReadOnlyList<string> FreeHosts() => ProfileExpansion.FreeHosts(this);
}
