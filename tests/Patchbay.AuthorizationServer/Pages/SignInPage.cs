using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Patchbay.Authorizing.Pages;

/// <summary>The form for user name and password. A sign-in lasts as long as the browser keeps its cookie.</summary>
internal static class SignInPage
{
    public static IResult Show(HttpContext context) => Form(context.Request.Query["return_url"].ToString(), failed: false);

    public static async Task<IResult> SignInAsync(HttpContext context, AuthorizationServerOptions options)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var returnUrl = form["return_url"].ToString();
        var user = options.Users.FirstOrDefault(u => u.Name == form["username"] && u.Password == form["password"]);
        if (user is null || !returnUrl.StartsWith(Paths.Authorize + "?", StringComparison.Ordinal))
            return Form(returnUrl, failed: true);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user.Name)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
        return Results.Redirect(returnUrl);
    }

    private static IResult Form(string returnUrl, bool failed) => Html.Page("Sign in", $"""
        {(failed ? "<p id=\"sign-in-error\">The user name or the password is wrong.</p>" : "")}
        <form id="sign-in-form" method="post" action="{Paths.SignIn}">
        {Html.Hidden("return_url", returnUrl)}
        <label for="username">User name</label> <input id="username" name="username" autocomplete="username">
        <label for="password">Password</label> <input id="password" name="password" type="password" autocomplete="current-password">
        <button id="sign-in" type="submit">Sign in</button>
        </form>
        """);
}
