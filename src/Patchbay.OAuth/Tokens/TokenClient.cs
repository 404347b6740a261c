using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Tokens;

/// <summary>Asks token endpoints (RFC 6749, 3.2). Cheap to make, safe for concurrent use; it keeps nothing.</summary>
/// <param name="invoker">
/// What requests go out by. The caller owns it, and it decides which hosts can be reached and which certificate the connection shows
/// (RFC 8705). It must not follow redirects: the secrets would follow too.
/// </param>
/// <param name="time">The clock of expiries and of the time limit.</param>
/// <param name="limits">How much an exchange may cost; <see cref="ExchangeLimits.Default"/> unless told.</param>
public sealed class TokenClient(HttpMessageInvoker invoker, TimeProvider time, ExchangeLimits? limits = null)
{
    private readonly Exchange _exchange = new(invoker, time, limits ?? ExchangeLimits.Default);

    /// <summary>Trades something for a token.</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="grant">What is traded.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws. A refresh that is given up halfway may have used the token up.</param>
    /// <returns>The grant, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<EndpointResult<TokenGrant>> RequestAsync(
        ProviderProfile profile, OAuthClient client, GrantRequest grant, CancellationToken cancellationToken)
    {
        var requestedAt = _exchange.Time.GetUtcNow();
        var writer = new TokenRequestWriter(profile, client, requestedAt);
        var isRefresh = grant is GrantRequest.RefreshToken;
        var scopes = Write(grant, writer);
        var (shape, shapeField) = isRefresh && profile.Refresh is { } refresh ? (refresh, "refresh") : (profile.Token, "token");
        using var request = isRefresh && profile.RefreshUrl is { } refreshUrl
            ? writer.Build(refreshUrl, "refreshUrl", shape, shapeField, profile.AdditionalTokenParams)
            : writer.Build(profile.TokenUrl, "tokenUrl", shape, shapeField, profile.AdditionalTokenParams);
        if (request is null) return EndpointResult.NotSent<TokenGrant>(writer.Faults);

        var (received, failure) = await _exchange.SendAsync(request, cancellationToken);
        if (received is null) return EndpointResult.Of<TokenGrant>(failure!);
        return TokenAnswerReader.Read(received, new TokenAnswerContext(
            isRefresh ? profile.RefreshAnswer ?? profile.Answer : profile.Answer,
            profile.DefaultLifetimeSeconds,
            requestedAt,
            scopes is { Count: > 0 } ? scopes : null,
            new ForeignText(writer.Secrets)));
    }

    /// <summary>Revokes a token (RFC 7009), and with a refresh token, as a rule, the whole grant.</summary>
    /// <param name="profile">The provider, with variables put in; it needs a revocation URL.</param>
    /// <param name="client">The client that the token was given to.</param>
    /// <param name="token">The refresh token, or else the access token.</param>
    /// <param name="hint">What the token is: <c>refresh_token</c> or <c>access_token</c>; null leaves it to the server.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>That the token is no longer valid, by this request or by an earlier one; or why nobody knows.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<EndpointResult<TokenRevoked>> RevokeAsync(
        ProviderProfile profile, OAuthClient client, string token, string? hint, CancellationToken cancellationToken)
    {
        var writer = new TokenRequestWriter(profile, client, _exchange.Time.GetUtcNow());
        writer.AddSecret("token", token, "token");
        if (hint is not null) writer.Add("token_type_hint", hint);
        using var request = writer.Build(
            profile.RevocationUrl ?? "", "revocationUrl", profile.Revocation ?? profile.Token with { Parameters = null }, "revocation", additional: null);
        if (request is null) return EndpointResult.NotSent<TokenRevoked>(writer.Faults);

        var (received, failure) = await _exchange.SendAsync(request, cancellationToken);
        if (received is null) return EndpointResult.Of<TokenRevoked>(failure!);
        if (FailureAnswer.Outage(received) is { } outage) return EndpointResult.Of<TokenRevoked>(outage);

        var answer = received.Read();
        var isRefused = answer.MatchesAny(profile.Answer.Failed) || answer.Text(profile.Answer.Error ?? "error") is not null;
        if (FailureAnswer.IsSuccess(received.Status) && !isRefused) return EndpointResult.Of(new TokenRevoked());

        // RFC 7009, 2.2 has no error for a token that is not valid, because that is what was asked for; some servers have one.
        var refused = FailureAnswer.Read(received, answer, profile.Answer, new ForeignText(writer.Secrets));
        return refused is EndpointFailure.Refused { Code: "invalid_token" or "invalid_grant" }
            ? EndpointResult.Of(new TokenRevoked())
            : EndpointResult.Of<TokenRevoked>(refused);
    }

    private static IReadOnlyList<string>? Write(GrantRequest grant, TokenRequestWriter writer)
    {
        switch (grant)
        {
            case GrantRequest.AuthorizationCode code:
                writer.Add("grant_type", "authorization_code");
                writer.AddSecret("code", code.Code, "code");
                writer.Add("redirect_uri", code.RedirectUri);
                if (code.Verifier is { } verifier) writer.AddSecret("code_verifier", verifier, "verifier");
                return null;
            case GrantRequest.RefreshToken refresh:
                writer.Add("grant_type", "refresh_token");
                writer.AddSecret("refresh_token", refresh.Token, "refreshToken");
                writer.AddScopes(refresh.Scopes);
                return refresh.Scopes;
            case GrantRequest.ClientCredentials credentials:
                writer.Add("grant_type", "client_credentials");
                writer.AddScopes(credentials.Scopes);
                return credentials.Scopes;
            case GrantRequest.Password password:
                writer.Add("grant_type", "password");
                writer.Add("username", password.Username);
                writer.AddSecret("password", password.Secret, "password");
                writer.AddScopes(password.Scopes);
                return password.Scopes;
            case GrantRequest.JwtBearer bearer:
                writer.Add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
                writer.AddSecret("assertion", bearer.Assertion, "assertion");
                writer.AddScopes(bearer.Scopes);
                return bearer.Scopes;
            default:
                throw new ArgumentOutOfRangeException(nameof(grant), grant, "There is no such kind of grant.");
        }
    }
}
