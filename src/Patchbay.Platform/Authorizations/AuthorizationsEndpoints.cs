using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Authorizations;

/// <summary>Sends users to OAuth providers.</summary>
internal static class AuthorizationsEndpoints
{
    public static void MapAuthorizations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}").WithTags("connections").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("/oauth2/initialise", InitialiseAsync).WithName("InitialiseOAuth2Connection").Needs(Permission.ConnectionCreate);
        group.MapPost("/oauth1/initialise", InitialiseOAuth1Async).WithName("InitialiseOAuth1Connection").Needs(Permission.ConnectionCreate);
    }

    /// <summary>Makes the URL to send a user to, so that the user grants access. The code that comes back makes a connection.</summary>
    internal static async Task<Results<Ok<InitialiseOAuth2ConnectionResponseJson>, ApiError>> InitialiseAsync(
        string organisation_id, string connector_id, Body<InitialiseOAuth2ConnectionRequestJson> body, InitialiseAuthorization initialise,
        CancellationToken cancellationToken)
    {
        var made = await initialise.RunAsync(connector_id, body.Value, endUser: "", cancellationToken);
        return made.Succeeded(out var url, out var failure)
            ? TypedResults.Ok(new InitialiseOAuth2ConnectionResponseJson { Url = url })
            : new ApiError(failure);
    }

    /// <summary>Gets temporary credentials and makes the URL to send a user to. The token and verifier that come back make a connection.</summary>
    internal static async Task<Results<Ok<InitialiseOAuth2ConnectionResponseJson>, ApiError>> InitialiseOAuth1Async(
        string organisation_id, string connector_id, Body<InitialiseOAuth1ConnectionRequestJson> body, InitialiseOAuth1 initialise,
        CancellationToken cancellationToken)
    {
        var made = await initialise.RunAsync(connector_id, body.Value, endUser: "", cancellationToken);
        return made.Succeeded(out var url, out var failure)
            ? TypedResults.Ok(new InitialiseOAuth2ConnectionResponseJson { Url = url })
            : new ApiError(failure);
    }
}
