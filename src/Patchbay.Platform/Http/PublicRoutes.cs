using Microsoft.AspNetCore.Routing;

namespace Patchbay.Platform.Http;

/// <summary>The reviewed list of routes that answer without a key. Adding one is a decision: say why it is safe.</summary>
internal static class PublicRoutes
{
    /// <summary>Route patterns, and why each may be open.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/healthz"] = "Says that the process lives, nothing else.",
        ["/readyz"] = "Says whether the store answers, nothing else.",
        ["/openapi/{documentName}.json"] = "The description of the API is public.",
        ["/docs/{documentName?}"] = "Pages over the description; they hold no data.",
        ["/docs/favicon.svg"] = "The icon of these pages.",
        ["/docs/scalar.js"] = "The script of these pages.",
        ["/docs/scalar.aspnetcore.js"] = "The script of these pages.",
        ["/oauth2/callback"] = "The page that providers send users back to; it holds no data, and what it was called with stays in the browser.",
        ["/oauth2/callback.js"] = "The script of this page.",
        ["/oauth2/callback.css"] = "The look of this page.",
        ["/oauth2/callback/origins"] = "Whom this page may answer, for whoever knows the state of a sign-in: a secret of 256 bits. Nothing for any other state.",
        ["/oauth2/token"] = "Gives a service account a token for its client id and secret: 256 bits, compared in constant time; how often one address may ask is limited. One answer for a client that is not there and a secret that is wrong.",
        ["/sign-in"] = "The page to sign in on; it holds no data.",
        ["/sign-in.css"] = "The look of this page.",
        ["/sign-in/password"] = "Takes the operator's password, throttled by address and by all together, in a form that only this page can send.",
        ["/sign-in/issuer"] = "Sends the browser to the configured issuer, and remembers nothing.",
        ["/sign-in/callback"] = "Takes what the issuer sends back, for the browser that began and for no other.",
        ["/account"] = "The page of whoever signed in, by the session in its cookie; without one it leads to the sign-in page.",
        ["/account/token"] = "Makes a token for whoever signed in, by the session in the cookie and a mark in the form.",
        ["/account/invitations/{invitation_id}"] = "Accepts an invitation of whoever signed in, by the session in the cookie and a mark in the form.",
        ["/sign-out"] = "Ends the session in the cookie, for who has the mark in the form.",
        ["/embed.js"] = "The script by which products open the pages for end users.",
        ["/embed/assets/{file}"] = "The parts of these pages: fixed files out of the program.",
        ["/embed/{hub_id}"] = "The page itself, the same for every hub. Its header tells which sites may have it in a frame, which their visitors see anyway; it holds no data.",
        ["/embed/{hub_id}/session"] = "Gives a page its token for the code in its address: a secret of 256 bits, good once and for five minutes. One answer for any other code.",
        ["/api/connect/v1/uploads/{upload_id}"] =
            "Takes one file, once, from whoever has a URL that the API signed for it: a secret of 256 bits, good for five minutes. It shows nothing, also not whether there is such an upload.",
        ["/api/triggers/{token}"] =
            "Takes events from whoever has the URL of an endpoint: a secret of 256 bits. What else a request must prove says the connection. It answers a status, an error or the text of a handshake, and shows nothing.",
        ["/api/organisations/v1/keys/{id}"] = "The public half of a signing key, for whoever wants to verify a token; not whose it is.",
        ["/api/embedded/v1/healthz"] = "Says that the API is there, nothing else.",
        ["/api/connect/v1/categories"] = "A fixed list that is part of the published contract.",
    };

    /// <summary>Finds routes that nobody decided on.</summary>
    /// <param name="routes">Every route of the server.</param>
    /// <returns>What is wrong, a line each; empty when the server may start.</returns>
    public static IReadOnlyList<string> Faults(IEnumerable<RouteEndpoint> routes)
    {
        var faults = new List<string>();
        foreach (var route in routes)
        {
            var pattern = "/" + route.RoutePattern.RawText?.TrimStart('/');
            var access = route.Metadata.GetMetadata<Access>();
            var listed = All.ContainsKey(pattern);
            if (access is null && !listed)
                faults.Add($"{pattern} ({route.DisplayName}) says not who may call it: give it an Access.");
            else if (access is Access.Organisation or Access.Resource && route.Metadata.GetMetadata<Needs>() is null)
                faults.Add($"{pattern} ({route.DisplayName}) says not what permission it needs: give it Needs.");
            else if (access is Access.Public && !listed)
                faults.Add($"{pattern} ({route.DisplayName}) is public but not in PublicRoutes.");
        }

        return faults;
    }
}
