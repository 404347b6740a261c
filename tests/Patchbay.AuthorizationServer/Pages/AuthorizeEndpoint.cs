using System.Collections.Concurrent;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Patchbay.Authorizing.Pages;

/// <summary>Asks a person who they are and what they allow, then sends the browser back to the client (RFC 6749, section 4.1; <c>prompt</c> of OpenID Connect).</summary>
internal sealed class AuthorizeEndpoint(AuthorizationServerOptions options)
{
    private readonly ConcurrentDictionary<(string User, string Client, string Scopes), bool> _consents = new();

    public async Task<IResult> AuthorizeAsync(HttpContext context)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var isSilent = request.HasPromptValue(PromptValues.None);
        var user = (await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme)).Principal?.Identity?.Name;
        if (user is null || request.HasPromptValue(PromptValues.Login))
        {
            return isSilent
                ? TokenEndpoint.Refuse(Errors.LoginRequired, "Nobody is signed in.")
                : Results.Redirect(Paths.SignIn + QueryString.Create("return_url", Paths.Authorize + WithoutPromptForSignIn(request)));
        }

        var scopes = Grant.ScopesOf(request, options).ToList();
        var consent = (user, request.ClientId!, string.Join(' ', scopes.Order(StringComparer.Ordinal)));
        var decision = HttpMethods.IsPost(context.Request.Method) ? context.Request.Form["decision"].ToString() : "";
        if (decision == "deny")
            return TokenEndpoint.Refuse(Errors.AccessDenied, "The person did not allow it.");
        if (decision != "allow" && MustAsk(request, consent))
        {
            return isSilent
                ? TokenEndpoint.Refuse(Errors.ConsentRequired, "The person must be asked.")
                : Html.Page("Allow access", ConsentForm(request, scopes));
        }

        _consents[consent] = true;
        return Results.SignIn(Grant.To(user, scopes, options), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private bool MustAsk(OpenIddictRequest request, (string User, string Client, string Scopes) consent) =>
        request.HasPromptValue(PromptValues.Consent)
        || options.Consent == ConsentPolicy.Always
        || (options.Consent == ConsentPolicy.Once && !_consents.ContainsKey(consent));

    /// <summary>The request's query for when the person has signed in: asked once is enough.</summary>
    private static string WithoutPromptForSignIn(OpenIddictRequest request)
    {
        var query = new List<KeyValuePair<string, string?>>();
        foreach (var (name, value) in request.GetParameters())
        {
            var text = name == Parameters.Prompt
                ? string.Join(' ', request.GetPromptValues().Where(p => p != PromptValues.Login))
                : value.ToString();
            if (!string.IsNullOrEmpty(text))
                query.Add(new(name, text));
        }

        return QueryString.Create(query).ToUriComponent();
    }

    private static string ConsentForm(OpenIddictRequest request, IEnumerable<string> scopes) => $"""
        <form id="consent-form" method="post" action="{Paths.Authorize}">
        {string.Join('\n', request.GetParameters().Select(p => Html.Hidden(p.Key, p.Value.ToString() ?? "")))}
        <p><strong id="consent-client">{Html.Text(request.ClientId!)}</strong> asks for:</p>
        <ul id="consent-scopes">{string.Concat(scopes.Select(s => $"<li>{Html.Text(s)}</li>"))}</ul>
        <button id="allow" type="submit" name="decision" value="allow">Allow</button>
        <button id="deny" type="submit" name="decision" value="deny">Deny</button>
        </form>
        """;
}
