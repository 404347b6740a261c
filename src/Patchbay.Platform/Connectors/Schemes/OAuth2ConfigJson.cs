using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;

namespace Patchbay.Platform.Connectors;

/// <summary>OAuth 2.0 (RFC 6749).</summary>
internal sealed record AuthSchemeConfigOAuth2Json : AuthSchemeConfigJson
{
    /// <summary>Where the user grants access; empty for a grant that has no such step.</summary>
    public required string AuthorizeUrl { get; init; }

    /// <summary>Where tokens are issued.</summary>
    public required string TokenUrl { get; init; }

    /// <summary>The scopes that the API knows.</summary>
    [MaxLength(5000)]
    public required IReadOnlyList<OAuth2ScopeJson> Scopes { get; init; }

    /// <summary>The scopes that are asked for where a connection names none.</summary>
    public required IReadOnlyList<string> DefaultScopes { get; init; }

    /// <summary>Form-encoded parameters that a client may add to the authorize URL.</summary>
    public string? AdditionalAuthorizeParams { get; init; }

    /// <summary>Form-encoded parameters that are added to token requests.</summary>
    public string? AdditionalTokenParams { get; init; }

    /// <summary>Whether the token endpoint asks for a client certificate.</summary>
    public bool? MtlsEnabled { get; init; }

    /// <summary>The credential with that certificate.</summary>
    public Ulid? MtlsCredentialId { get; init; }

    public required AuthSchemeConfigOAuth2GrantJson Grant { get; init; }

    /// <summary>Ours: where tokens are refreshed, if not at the token URL.</summary>
    public string? RefreshUrl { get; init; }

    /// <summary>Ours: where tokens are revoked (RFC 7009) when a connection is deleted.</summary>
    public string? RevocationUrl { get; init; }

    /// <summary>Ours: how the client shows who it is. For private_key_jwt the client secret is the private key, as PEM or JWK.</summary>
    public ClientAuthentication? ClientAuthentication { get; init; }

    /// <summary>Ours: what differs in the JWT of private_key_jwt.</summary>
    public JwtTemplate? ClientAssertion { get; init; }

    /// <summary>Ours: how codes are bound (RFC 7636); S256 where left out.</summary>
    public PkceMethod? Pkce { get; init; }

    /// <summary>Ours: what stands between two scopes in a request; a space where left out.</summary>
    public string? ScopeSeparator { get; init; }

    /// <summary>Ours: whether offline_access belongs to this provider's scopes; true where left out.</summary>
    public bool? OfflineAccess { get; init; }

    /// <summary>Ours: whether each refresh ends the refresh token that it used.</summary>
    public bool? RotatesRefreshTokens { get; init; }

    /// <summary>Ours: the authorization request.</summary>
    public AuthorizeRequestShape? Authorize { get; init; }

    /// <summary>Ours: the token request.</summary>
    public TokenRequestShape? Token { get; init; }

    /// <summary>Ours: the refresh request; as the token request where left out.</summary>
    public TokenRequestShape? Refresh { get; init; }

    /// <summary>Ours: the revocation request; as the token request, without its parameters, where left out.</summary>
    public TokenRequestShape? Revocation { get; init; }

    /// <summary>Ours: where things stand in the answer to a token request.</summary>
    public TokenAnswerShape? Answer { get; init; }

    /// <summary>Ours: where they stand in the answer to a refresh request; as in the other where left out.</summary>
    public TokenAnswerShape? RefreshAnswer { get; init; }

    /// <summary>Ours: how long a token lives whose answer does not say, in seconds.</summary>
    public int? DefaultLifetimeSeconds { get; init; }

    /// <summary>Ours: where requests carry the token.</summary>
    public TokenPlacement? Placement { get; init; }

    /// <summary>Ours: rules for answers of the API that mean that the token has expired; the status 401 where left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<AnswerRule>? Expired { get; init; }

    /// <summary>The provider as the kernel knows it.</summary>
    public ProviderProfile ToProfile() => new()
    {
        AuthorizeUrl = AuthorizeUrl,
        TokenUrl = TokenUrl,
        RefreshUrl = RefreshUrl,
        RevocationUrl = RevocationUrl,
        AdditionalTokenParams = string.IsNullOrEmpty(AdditionalTokenParams) ? null : AdditionalTokenParams,
        ClientAuthentication = ClientAuthentication,
        ClientAssertion = ClientAssertion,
        Pkce = Pkce ?? PkceMethod.S256,
        ScopeSeparator = ScopeSeparator ?? " ",
        OfflineAccess = OfflineAccess ?? true,
        RotatesRefreshTokens = RotatesRefreshTokens ?? false,
        Authorize = Authorize ?? new AuthorizeRequestShape(),
        Token = Token ?? new TokenRequestShape(),
        Refresh = Refresh,
        Revocation = Revocation,
        Answer = Answer ?? new TokenAnswerShape(),
        RefreshAnswer = RefreshAnswer,
        DefaultLifetimeSeconds = DefaultLifetimeSeconds,
        Placement = Placement ?? new TokenPlacement(),
        Expired = Expired,
        Verification = Verification,
    };
}

/// <summary>A scope of an OAuth 2.0 API.</summary>
internal sealed record OAuth2ScopeJson
{
    public required string Name { get; init; }

    [MaxLength(AuthSchemeConfigJson.MaxDescriptionLength)]
    public string? Description { get; init; }
}

/// <summary>Which OAuth 2.0 grant is used.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "grantType")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantAuthorizationCodeJson), "authorization_code")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantClientCredentialsJson), "client_credentials")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantPasswordJson), "password")]
internal abstract record AuthSchemeConfigOAuth2GrantJson;

/// <summary>A grant whose client is the connector's own application.</summary>
internal abstract record AuthSchemeConfigOAuth2ApplicationGrantJson : AuthSchemeConfigOAuth2GrantJson
{
    /// <summary>The credential with the application's client id and secret.</summary>
    public Ulid? CredentialId { get; init; }

    /// <summary>The organisation that owns the credential: the publisher, for a connector out of the library.</summary>
    public Ulid? OrganisationId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Goes into the vault; left out of every answer. The placeholder [redacted] keeps what is stored.</summary>
    public string? ClientSecret { get; init; }
}

/// <summary>The authorization code grant (RFC 6749, 4.1).</summary>
internal sealed record AuthSchemeConfigOAuth2GrantAuthorizationCodeJson : AuthSchemeConfigOAuth2ApplicationGrantJson;

/// <summary>The client credentials grant (RFC 6749, 4.4); the client is given by each connection.</summary>
internal sealed record AuthSchemeConfigOAuth2GrantClientCredentialsJson : AuthSchemeConfigOAuth2GrantJson;

/// <summary>The resource owner password grant (RFC 6749, 4.3).</summary>
internal sealed record AuthSchemeConfigOAuth2GrantPasswordJson : AuthSchemeConfigOAuth2ApplicationGrantJson;
