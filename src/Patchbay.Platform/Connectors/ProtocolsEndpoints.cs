using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>What connectors can be made of: protocols, and auth schemes for them.</summary>
internal static class ProtocolsEndpoints
{
    private const string HttpIcon =
        "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'%20fill='none'%20stroke='%23456'%20stroke-width='2'%3E%3Ccircle%20cx='12'%20cy='12'%20r='10'/%3E%3Cpath%20d='M2%2012h20M12%202c6%206%206%2014%200%2020M12%202c-6%206-6%2014%200%2020'/%3E%3C/svg%3E";

    private const string BigQueryIcon =
        "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'%20fill='none'%20stroke='%23456'%20stroke-width='2'%3E%3Ccircle%20cx='11'%20cy='11'%20r='8'/%3E%3Cpath%20d='M17%2017l5%205M8%2010v4M11%208v6M14%2011v3'/%3E%3C/svg%3E";

    /// <summary>Those that a connector can be made for. Their ids stay what they are for good: clients may have kept them.</summary>
    private static readonly ProtocolJson[] Protocols =
    [
        new() { Id = "01JDF3Q2M80000000000000H11", Slug = Connector.Http, Name = "HTTP", Description = "APIs over HTTP: requests with a method, a path, parameters and a body.", IconUrl = HttpIcon },
        new() { Id = "01JDF3Q2M80000000000000H21", Slug = Connector.BigQuery, Name = "Google BigQuery", Description = "Queries and jobs on the tables of a BigQuery dataset.", IconUrl = BigQueryIcon },
    ];

    /// <summary>The published ones. Ours beside them are chosen by those who know them from the documentation.</summary>
    private static readonly AuthSchemeJson[] Schemes =
    [
        Scheme(1, AuthSchemeType.None, "No authentication", "The API asks for nothing."),
        Scheme(2, AuthSchemeType.ApiKey, "API key", "A key in a header, the query or a cookie. A bearer token is one in the header Authorization."),
        Scheme(3, AuthSchemeType.BasicAuth, "Basic authentication", "A user name and a password with each request."),
        Scheme(4, AuthSchemeType.OAuth2, "OAuth 2.0", "Tokens by a user's consent, by client credentials or by a user's password, renewed before they expire."),
        Scheme(5, AuthSchemeType.GoogleServiceAccount, "Google service account", "The JSON key file of a service account, traded for tokens or signing its own."),
        Scheme(6, AuthSchemeType.Hmac, "HMAC", "A signature over body and URL with a shared key."),
        Scheme(7, AuthSchemeType.JwtBearer, "JWT bearer", "A JWT signed with one's own key, sent as it is or traded for a token."),
        Scheme(8, AuthSchemeType.CustomFunction, "Custom function", "A script of the connector's that says what requests carry."),
        Scheme(9, AuthSchemeType.Certificate, "Client certificate", "Mutual TLS with a certificate and its key."),
    ];

    private static readonly ListOrder<ProtocolJson> Order = new ListOrder<ProtocolJson>()
        .ById(p => Ulid.Parse(p.Id)).By("slug", p => p.Slug).By("name", p => p.Name).Default("id", descending: false);

    public static void MapProtocols(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/protocols").WithTags("protocols").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("ListProtocols").Needs(Permission.ConnectorRead);
        group.MapGet("/{protocol_slug}/auth-schemes", ListAuthSchemes).WithName("ListAuthSchemes").Needs(Permission.ConnectorRead).WithTags("auth-schemes");
    }

    /// <summary>Lists the protocols that connectors can be made for.</summary>
    internal static async Task<Results<Ok<ProtocolPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, CancellationToken cancellationToken)
    {
        var listed = await Order.PageAsync(Protocols.AsQueryable(), page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new ProtocolPageJson { Protocols = found.Items, TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev })
            : new ApiError(failure);
    }

    /// <summary>Lists the auth schemes that connectors of a protocol can be used with.</summary>
    internal static Results<Ok<AuthSchemePageJson>, ApiError> ListAuthSchemes(string organisation_id, string protocol_slug) =>
        Array.Exists(Protocols, p => p.Slug == protocol_slug)
            ? TypedResults.Ok(PageOf(ConnectorRules.SchemesOf(protocol_slug) is { } some
                ? Array.FindAll(Schemes, s => some.Contains(JsonSerializer.SerializeToElement(s.Type, ApiJson.Options).GetString(), StringComparer.Ordinal))
                : Schemes))
            : new ApiError(Failure.NotFound("protocol"));

    private static AuthSchemePageJson PageOf(AuthSchemeJson[] schemes) => new() { AuthSchemes = schemes, TotalCount = schemes.Length };

    private static AuthSchemeJson Scheme(int number, AuthSchemeType type, string name, string description) =>
        new() { Id = Ulid.Parse($"01JDF3Q2M80000000000000A{number:00}"), Type = type, Name = name, Description = description };
}
