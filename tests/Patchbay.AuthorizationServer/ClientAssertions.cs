using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Patchbay.Authorizing;

/// <summary>
/// Takes client assertions as RFC 7523 and OpenID Connect describe them and most providers do: of type <c>JWT</c> or of none, made out to the issuer or
/// to the token endpoint. OpenIddict by itself follows the draft that replaces RFC 7523: type <c>client-authentication+jwt</c>, made out to the issuer only.
/// </summary>
internal static class ClientAssertions
{
    private static readonly int BeforeValidation = OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 500;

    public static void AcceptUsualClientAssertions(this OpenIddictServerBuilder server) =>
        server.AddEventHandler<ValidateTokenContext>(handler => handler.UseInlineHandler(AcceptUsual).SetOrder(BeforeValidation));

    private static ValueTask AcceptUsual(ValidateTokenContext context)
    {
        if (!context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion))
            return ValueTask.CompletedTask;
        context.TokenValidationParameters!.TypeValidator = (type, _, _) => type is null or "JWT" or JsonWebTokenTypes.ClientAuthentication
            ? JsonWebTokenTypes.ClientAuthentication
            : throw new SecurityTokenInvalidTypeException("This is no client assertion.");
        context.ValidAudiences.Add(new Uri(context.Options.Issuer!, Paths.Token).AbsoluteUri);
        return ValueTask.CompletedTask;
    }
}
