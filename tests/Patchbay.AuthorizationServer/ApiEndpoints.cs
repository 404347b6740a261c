using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;
using Patchbay.Authorizing.Observing;

namespace Patchbay.Authorizing;

/// <summary>An API that the tokens open. Each call looks the token up in the store: a revoked or expired one is a 401.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").RequireAuthorization(
            new AuthorizationPolicyBuilder(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme).RequireAuthenticatedUser().Build());
        api.MapGet(Paths.Me, (ClaimsPrincipal caller, Observations observations) => Results.Json(Seen(caller, observations.ApiCalled(Paths.Me), null)));
        api.MapPost(Paths.Echo, async (ClaimsPrincipal caller, HttpRequest request, Observations observations) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            return Results.Json(Seen(caller, observations.ApiCalled(Paths.Echo), await reader.ReadToEndAsync(request.HttpContext.RequestAborted)));
        });
    }

    private static object Seen(ClaimsPrincipal caller, int calls, string? body) => new
    {
        subject = caller.GetClaim(OpenIddictConstants.Claims.Subject),
        clientId = caller.GetClaim(OpenIddictConstants.Claims.ClientId),
        scopes = caller.GetScopes(),
        calls,
        body,
    };
}
