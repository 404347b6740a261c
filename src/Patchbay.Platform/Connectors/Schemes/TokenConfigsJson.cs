using System.ComponentModel.DataAnnotations;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Trades;

namespace Patchbay.Platform.Connectors;

/// <summary>
/// A JWT signed with the user's key: traded for a token where there is a token URL (RFC 7523, 2.1), else itself the token of requests.
/// </summary>
internal sealed record AuthSchemeConfigJwtBearerJson : AuthSchemeConfigJson
{
    /// <summary>Ours: what the JWT is made of. Its texts may have placeholders, which the credential's values and the connection's variables fill.</summary>
    public JwtTemplate? Assertion { get; init; }

    /// <summary>Ours: where the JWT is traded for a token; left out, requests carry the JWT itself.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>Ours: the scopes to ask for.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Ours: the token request.</summary>
    public TokenRequestShape? Token { get; init; }

    /// <summary>Ours: where things stand in the answer to it.</summary>
    public TokenAnswerShape? Answer { get; init; }

    /// <summary>Ours: how long a token lives whose answer does not say, in seconds.</summary>
    public int? DefaultLifetimeSeconds { get; init; }

    /// <summary>Ours: where requests carry the token.</summary>
    public TokenPlacement? Placement { get; init; }

    /// <summary>Ours: rules for answers of the API that mean that the token has expired; the status 401 where left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<AnswerRule>? Expired { get; init; }

    /// <summary>The provider as the kernel knows it, where the JWT is traded.</summary>
    public ProviderProfile? ToProfile() => string.IsNullOrEmpty(TokenUrl) ? null : new ProviderProfile
    {
        TokenUrl = TokenUrl,
        ClientAuthentication = OAuth.Profiles.ClientAuthentication.None,
        OfflineAccess = false,
        Token = Token ?? new TokenRequestShape(),
        Answer = Answer ?? new TokenAnswerShape(),
        DefaultLifetimeSeconds = DefaultLifetimeSeconds,
        Placement = Placement ?? new TokenPlacement(),
        Expired = Expired,
    };
}

/// <summary>A service account of Google's: its JSON key file is the credential.</summary>
internal sealed record AuthSchemeConfigGoogleServiceAccountJson : AuthSchemeConfigJson
{
    public const string GoogleTokenUrl = "https://oauth2.googleapis.com/token";

    /// <summary>Ours: the scopes to ask for.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Ours: the user to act for, where the account may (domain-wide delegation). A placeholder takes it from a connection variable.</summary>
    public string? Subject { get; init; }

    /// <summary>Ours: where given, requests carry a JWT for this audience that the account signs itself, and nothing is traded.</summary>
    public string? Audience { get; init; }

    /// <summary>Ours: the only place where assertions are sent, which the key file must name too; Google's where left out.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>Ours: where requests carry the token.</summary>
    public TokenPlacement? Placement { get; init; }

    /// <summary>Ours: rules for answers of the API that mean that the token has expired; the status 401 where left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<AnswerRule>? Expired { get; init; }
}

/// <summary>Ours: a first request trades the user's values for a token, which the others carry.</summary>
internal sealed record AuthSchemeConfigTwoStepJson : AuthSchemeConfigJson
{
    /// <summary>The first request. Its texts have placeholders for the user's values.</summary>
    public required TokenTrade Trade { get; init; }

    /// <summary>Where the other requests carry the token.</summary>
    public TokenPlacement? Placement { get; init; }

    /// <summary>Rules for answers of the API that mean that the token has expired; the status 401 where left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<AnswerRule>? Expired { get; init; }
}

/// <summary>JavaScript that says what requests carry, run apart from the server.</summary>
internal sealed record AuthSchemeConfigCustomFunctionJson : AuthSchemeConfigJson
{
    /// <summary>Ours: the source; it defines a function <c>authenticate(context)</c>.</summary>
    [MaxLength(256 * 1024)]
    public string? Source { get; init; }

    /// <summary>Ours: the hosts that it may ask, as <c>https://host</c> or <c>https://host:port</c>.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>Ours: rules for answers of the API that mean that what it returned has expired; the status 401 where left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<AnswerRule>? Expired { get; init; }
}
