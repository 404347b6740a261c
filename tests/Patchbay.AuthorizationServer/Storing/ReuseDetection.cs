using OpenIddict.Abstractions;
using OpenIddict.Server;
using Patchbay.Authorizing.Observing;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Patchbay.Authorizing.Storing;

/// <summary>
/// Sees that a code or refresh token which was used up comes again, and revokes the authorization with every token of it (RFC 9700, sections 4.5
/// and 4.14.2). OpenIddict, whose check comes next, then refuses the request; by itself it would not count.
/// </summary>
internal sealed class ReuseDetection(IOpenIddictTokenManager tokens, IOpenIddictAuthorizationManager authorizations, Observations observations)
    : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static int Order => OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 500;

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Token || context.Principal?.GetTokenId() is not { Length: > 0 } id
            || await tokens.FindByIdAsync(id, context.CancellationToken) is not { } token
            || !await tokens.HasStatusAsync(token, Statuses.Redeemed, context.CancellationToken))
        {
            return;
        }

        var isRefreshToken = context.Principal.HasTokenType(TokenTypeIdentifiers.RefreshToken);
        if (isRefreshToken && context.Options.RefreshTokenReuseLeeway is { } grace && grace > TimeSpan.Zero
            && context.Options.TimeProvider.GetUtcNow() < await tokens.GetRedemptionDateAsync(token, context.CancellationToken) + grace)
        {
            return;
        }

        if (isRefreshToken)
            observations.RefreshTokenReused();
        else
            observations.CodeReused();
        if (await tokens.GetAuthorizationIdAsync(token, context.CancellationToken) is not { Length: > 0 } authorizationId)
            return;
        if (await authorizations.FindByIdAsync(authorizationId, context.CancellationToken) is { } authorization)
            await authorizations.TryRevokeAsync(authorization, context.CancellationToken);
        await tokens.RevokeByAuthorizationIdAsync(authorizationId, context.CancellationToken);
    }
}
