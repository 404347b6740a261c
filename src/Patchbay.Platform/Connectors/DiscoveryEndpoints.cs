using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>Ours: finds out about OAuth providers, so that nobody has to copy URLs.</summary>
internal static class DiscoveryEndpoints
{
    public static void MapDiscovery(this RouteGroupBuilder api) =>
        api.MapPost("/o/{organisation_id}/protocols/http/discover-oauth2", DiscoverAsync).WithName("DiscoverOAuth2").Needs(Permission.ConnectorEdit)
            .WithTags("protocol-http").WithAccess(new Access.Organisation("organisation_id"));

    /// <summary>Ours: proposes an oauth2 auth scheme config from what a provider says of itself (RFC 8414, OpenID Connect Discovery). Nothing is stored.</summary>
    internal static async Task<Results<Ok<DiscoveredOAuth2Json>, ApiError>> DiscoverAsync(
        string organisation_id, Body<DiscoverOAuth2Json> body, DiscoverProvider discover, CancellationToken cancellationToken)
    {
        var (issuer, url) = (body.Value.Issuer, body.Value.Url);
        if (issuer is null == url is null)
            return new ApiError(Failure.InvalidField("issuer", "or url is required, one of the two"));
        var discovered = await discover.RunAsync((issuer ?? url)!, issuer is null ? "url" : "issuer", cancellationToken);
        return discovered.Succeeded(out var proposal, out var failure) ? TypedResults.Ok(proposal) : new ApiError(failure);
    }
}

/// <summary>Ours: which provider to ask.</summary>
internal sealed record DiscoverOAuth2Json
{
    /// <summary>The provider's issuer, such as https://login.example.com; its metadata are looked for in the places that the standards name.</summary>
    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? Issuer { get; init; }

    /// <summary>Instead of the issuer, the URL of its metadata.</summary>
    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? Url { get; init; }
}

/// <summary>Ours: what a provider says of itself.</summary>
internal sealed record DiscoveredOAuth2Json
{
    /// <summary>The provider's issuer, as it spells it.</summary>
    public required string Issuer { get; init; }

    /// <summary>A config to complete with an id, a description and a client, and to store with UpsertAuthSchemeConfig.</summary>
    public required AuthSchemeConfigJson Config { get; init; }

    /// <summary>What the provider leaves open.</summary>
    public required IReadOnlyList<MessageJson> Messages { get; init; }
}
