using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Patchbay.Authorizing;

/// <summary>Decides for whom tokens are. OpenIddict has checked client, code, verifier and refresh token before, and makes the tokens after.</summary>
internal static class TokenEndpoint
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task<IResult> ExchangeAsync(HttpContext context, AuthorizationServerOptions options)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return Results.SignIn(Grant.To(request.ClientId!, request.GetScopes()), null, Scheme);
        if (request.IsPasswordGrantType())
        {
            return options.Users.Any(u => u.Name == request.Username && u.Password == request.Password)
                ? Results.SignIn(Grant.To(request.Username!, Grant.ScopesOf(request, options), options), null, Scheme)
                : Refuse(Errors.InvalidGrant, "The user name or the password is wrong.");
        }

        var granted = await context.AuthenticateAsync(Scheme);
        return Results.SignIn(granted.Principal!, null, Scheme);
    }

    /// <summary>The answer that refuses a request (RFC 6749, sections 4.1.2.1 and 5.2).</summary>
    public static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);
}

/// <summary>What a person or a client has granted.</summary>
internal static class Grant
{
    /// <summary>A grant to a subject.</summary>
    public static ClaimsPrincipal To(string subject, IEnumerable<string> scopes, AuthorizationServerOptions? options = null)
    {
        var identity = new ClaimsIdentity("grant", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject).SetClaim(Claims.Name, subject).SetScopes(scopes);
        if (options?.Users.FirstOrDefault(u => u.Name == subject) is { Email: { } email } user)
            identity.SetClaim(Claims.Email, email).SetClaim(Claims.EmailVerified, user.EmailVerified);
        identity.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The scopes that a request is granted.</summary>
    public static IEnumerable<string> ScopesOf(OpenIddictRequest request, AuthorizationServerOptions options) =>
        options.RefreshTokenWithoutOfflineAccess ? request.GetScopes().Append(Scopes.OfflineAccess).Distinct(StringComparer.Ordinal) : request.GetScopes();
}
