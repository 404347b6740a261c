using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>Tokens of an OAuth 2.0 token endpoint (RFC 6749).</summary>
/// <param name="endpoints">Asks the endpoint.</param>
/// <param name="certificate">The client certificate that the endpoint asks for, or null.</param>
/// <param name="profile">The provider, with the connection's variables put in.</param>
/// <param name="application">Who asks.</param>
/// <param name="first">How the first token is got; null where it came from a user's consent, so that there is only refreshing.</param>
internal sealed class OAuth2TokenSource(
    TokenEndpoints endpoints, ClientCertificate? certificate, ProviderProfile profile, OAuthClient application, GrantRequest? first) : TokenSource
{
    public ProviderProfile Profile { get; } = profile;

    public override bool NeedsRefreshToken => first is null;

    public override async Task<TokenAnswer> AskAsync(GrantTokens? held, CancellationToken cancellationToken)
    {
        if (held?.RefreshToken is not { } refreshToken)
            return await AskAsync(first!, cancellationToken);
        var refreshed = await AskAsync(new GrantRequest.RefreshToken(refreshToken), cancellationToken);
        // Where the whole of it can be asked for anew, a dead refresh token is no end.
        return refreshed.Refusal?.Meaning == RefusalMeaning.Dead && first is not null ? await AskAsync(first, cancellationToken) : refreshed;
    }

    /// <summary>Trades a code for the first grant.</summary>
    public Task<TokenAnswer> ExchangeAsync(GrantRequest.AuthorizationCode code, CancellationToken cancellationToken) => AskAsync(code, cancellationToken);

    public override async Task<EndpointFailure?> RevokeAsync(GrantTokens held, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Profile.RevocationUrl) || (held.RefreshToken ?? held.AccessToken) is not { } token)
            return null;
        var hint = held.RefreshToken is null ? "access_token" : "refresh_token";
        var revoked = await endpoints.WithAsync(certificate, client => client.RevokeAsync(Profile, application, token, hint, cancellationToken));
        return revoked.Failure;
    }

    private async Task<TokenAnswer> AskAsync(GrantRequest request, CancellationToken cancellationToken) =>
        TokenAnswer.Of(await endpoints.WithAsync(certificate, client => client.RequestAsync(Profile, application, request, cancellationToken)));
}
