using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.People;

namespace Patchbay.Platform.SigningIn;

/// <summary>The pages on which people and the operator sign in. What they lead to is <see cref="AccountEndpoints"/>.</summary>
internal static partial class SignInEndpoints
{
    public const string Path = "/sign-in";
    public const string StylePath = "/sign-in.css";

    /// <summary>Anybody may send it: nobody is to send much.</summary>
    public const int MaxFormBytes = 8192;

    /// <summary>One sentence for whatever is wrong with the answer of an issuer: which it was helps only who plays with it.</summary>
    private const string NotSignedIn = "The sign-in was not completed. Please try again; if it happens again, tell whoever runs this server.";

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var style = Read("sign-in.css");
        var pages = app.MapGroup("").WithAccess(new Access.Public()).ExcludeFromDescription();
        pages.MapGet(StylePath, (HttpContext context) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(style, "text/css; charset=utf-8");
        });
        pages.MapGet(Path, Show);
        pages.MapPost($"{Path}/password", SignInAsync).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes)).DisableAntiforgery();
        pages.MapGet($"{Path}/issuer", BeginAsync);
        pages.MapGet(OpenIdSignIn.CallbackPath, FinishAsync);
    }

    /// <summary>A path of this server's own pages; anything else, such as another host in whatever spelling, is the account's.</summary>
    public static string BackOf(string? sent) => sent is not null && LocalPath.IsMatch(sent) ? sent : AccountEndpoints.Path;

    [GeneratedRegex(@"^/[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-]+)*(\?[A-Za-z0-9_\-=&]*)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LocalPath { get; }

    private static SignInPage Show(HttpContext context, OpenIdSignIn issuer, OperatorPassword password, SignInCookies cookies) =>
        PageOf(context, issuer, password, cookies, null, StatusCodes.Status200OK);

    private static SignInPage PageOf(HttpContext context, OpenIdSignIn issuer, OperatorPassword password, SignInCookies cookies, string? fault, int status)
    {
        var back = BackOf(context.Request.Query["back"]);
        var page = new SignInPage("Sign in", status).Fault(fault);
        if (issuer.IsOffered)
            page.Html($"<div class=\"card\"><p>With the account of your organisation.</p><a class=\"button wide\" href=\"{Path}/issuer?back={Uri.EscapeDataString(back)}\">Continue to sign in</a></div>");
        if (password.IsSet)
        {
            page.Html($"""
                <form class="card" method="post" action="{Path}/password?back={Uri.EscapeDataString(back)}">
                <input type="hidden" name="{SignInCookies.FormField}" value="{cookies.MarkForm(context)}">
                <label for="password">Password of the operator</label>
                <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="{OperatorPassword.LongestPassword}">
                <button class="wide">Sign in as operator</button>
                </form>
                """);
        }

        if (!issuer.IsOffered && !password.IsSet)
            page.Html($"<div class=\"card\"><p>Nobody can sign in here yet. Whoever runs this server sets a password with <code>patchbay operator-password</code> or names an OpenID Connect issuer with <code>--oidc-issuer</code>.</p></div>");
        return page;
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, OpenIdSignIn issuer, OperatorPassword password, SignInCookies cookies, SignInSessions sessions, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
            return PageOf(context, issuer, password, cookies, NotSignedIn, StatusCodes.Status415UnsupportedMediaType);
        var form = await ReadAsync(context, cancellationToken);
        if (form is null || !cookies.IsOurs(context.Request, form[SignInCookies.FormField]))
            return PageOf(context, issuer, password, cookies, "The form was too old, or not sent from this page. Please try again.", StatusCodes.Status400BadRequest);
        var verdict = await password.JudgeAsync(form["password"].ToString(), context.Connection.RemoteIpAddress, cancellationToken);
        if (verdict.Wait is { } wait)
        {
            var seconds = Math.Ceiling(Math.Max(wait.TotalSeconds, 1));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return PageOf(context, issuer, password, cookies, $"There were too many attempts. Wait {seconds:0} seconds and try again.", StatusCodes.Status429TooManyRequests);
        }

        var log = loggers.CreateLogger(typeof(SignInEndpoints).FullName!);
        if (!verdict.IsRight)
        {
            Refused(log, context.Connection.RemoteIpAddress?.ToString() ?? "?");
            return PageOf(context, issuer, password, cookies, "That is not the password.", StatusCodes.Status401Unauthorized);
        }

        SignedIn(log, "The operator", context.Connection.RemoteIpAddress?.ToString() ?? "?");
        return await EnterAsync(context, cookies, sessions, null, BackOf(context.Request.Query["back"]), cancellationToken);
    }

    private static async Task<IResult> BeginAsync(HttpContext context, OpenIdSignIn issuer, OperatorPassword password, SignInCookies cookies, CancellationToken cancellationToken)
    {
        var secret = RandomToken.New();
        if (!issuer.IsOffered || await issuer.BeginAsync(secret, cancellationToken) is not { } url)
            return PageOf(context, issuer, password, cookies, "The issuer cannot be reached now. Please try again later.", StatusCodes.Status502BadGateway);
        cookies.SetBegun(context.Response, secret, BackOf(context.Request.Query["back"]));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(url);
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, OpenIdSignIn issuer, OperatorPassword password, SignInCookies cookies, SignInSessions sessions, IServiceScopeFactory scopes, TimeProvider clock, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var begun = cookies.BegunOf(context.Request);
        // Once: whatever comes of it, the next one begins anew.
        cookies.EndBegun(context.Response);
        if (begun is not var (secret, back) || !OpenIdSignIn.IsStateOf(secret, context.Request.Query["state"].ToString()) || context.Request.Query["code"].ToString() is not { Length: > 0 and <= 4096 } code
            || await issuer.FinishAsync(secret, code, cancellationToken) is not { } claims)
        {
            return PageOf(context, issuer, password, cookies, NotSignedIn, StatusCodes.Status400BadRequest);
        }

        Ulid person;
        await using (var scope = scopes.CreateAsyncScope())
            person = await KnowPerson.RunAsync(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), claims, clock, cancellationToken);
        SignedIn(loggers.CreateLogger(typeof(SignInEndpoints).FullName!), $"Person {person}", context.Connection.RemoteIpAddress?.ToString() ?? "?");
        return await EnterAsync(context, cookies, sessions, person, BackOf(back), cancellationToken);
    }

    /// <summary>Always a new session: one that somebody put into the browser before is nobody's.</summary>
    private static async Task<IResult> EnterAsync(HttpContext context, SignInCookies cookies, SignInSessions sessions, Ulid? person, string back, CancellationToken cancellationToken)
    {
        if (cookies.SessionOf(context.Request) is { } before && await sessions.FindAsync(before, forApis: false, cancellationToken) is { } old)
            await sessions.EndAsync(old, cancellationToken);
        cookies.SetSession(context.Response, (await sessions.BeginAsync(person, null, cancellationToken)).Token);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = back;
        return Results.Empty;
    }

    /// <summary>A form; null where it cannot be read.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return context.Request.HasFormContentType ? await context.Request.ReadFormAsync(cancellationToken) : null;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static byte[] Read(string file)
    {
        using var resource = typeof(SignInEndpoints).Assembly.GetManifestResourceStream($"signing-in/{file}") ?? throw new InvalidOperationException($"The program lacks its part {file}.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }

    [LoggerMessage(1, LogLevel.Information, "{Who} signed in from {Address}")]
    private static partial void SignedIn(ILogger logger, string who, string address);

    [LoggerMessage(2, LogLevel.Warning, "A password that is not the operator's was sent from {Address}")]
    private static partial void Refused(ILogger logger, string address);
}
