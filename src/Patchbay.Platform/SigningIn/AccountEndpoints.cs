using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Invitations;
using Patchbay.Platform.People;

namespace Patchbay.Platform.SigningIn;

/// <summary>The page of whoever has signed in: who they are, where they belong, what they were invited to, and tokens for the APIs.</summary>
internal static class AccountEndpoints
{
    public const string Path = "/account";

    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        // Who calls is seen by the cookie, here and nowhere else: the APIs know no cookies.
        var pages = app.MapGroup("").WithAccess(new Access.Public()).ExcludeFromDescription();
        pages.MapGet(Path, ShowAsync);
        var forms = pages.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(SignInEndpoints.MaxFormBytes)).DisableAntiforgery();
        forms.MapPost($"{Path}/token", MakeTokenAsync);
        forms.MapPost($"{Path}/invitations/{{invitation_id}}", AcceptAsync);
        forms.MapPost("/sign-out", SignOutAsync);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, SignInCookies cookies, SignInSessions sessions, PatchbayDb db, CancellationToken cancellationToken) =>
        await SessionAsync(context, cookies, sessions, cancellationToken) is { } session
            ? await PageAsync(context, session, cookies, db, null, StatusCodes.Status200OK, cancellationToken)
            : ToSignIn();

    private static async Task<IResult> MakeTokenAsync(HttpContext context, SignInCookies cookies, SignInSessions sessions, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (await SessionAsync(context, cookies, sessions, cancellationToken) is not { } session)
            return ToSignIn();
        if (!await IsOursAsync(context, cookies, cancellationToken))
            return await PageAsync(context, session, cookies, db, TooOld, StatusCodes.Status400BadRequest, cancellationToken);
        var (token, until) = await sessions.BeginAsync(session.PersonId, session, cancellationToken);
        return new SignInPage("Your token").Html($"""
            <section><p>It is shown this once. Send it as <span class="quiet">Authorization: Bearer</span>; it holds until {until.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, or until you sign out.</p>
            <code>{token}</code></section>
            <p><a class="button" href="{Path}">Back</a></p>
            """);
    }

    private static async Task<IResult> AcceptAsync(
        string invitation_id, HttpContext context, SignInCookies cookies, SignInSessions sessions, PatchbayDb db, RequestScope scope, AcceptInvitation accept, CancellationToken cancellationToken)
    {
        if (await SessionAsync(context, cookies, sessions, cancellationToken) is not { } session || await sessions.CallerOfAsync(session, cancellationToken) is not { } caller)
            return ToSignIn();
        if (!await IsOursAsync(context, cookies, cancellationToken))
            return await PageAsync(context, session, cookies, db, TooOld, StatusCodes.Status400BadRequest, cancellationToken);
        // Whose it is is being found out; accepting looks at whether it is this person's.
        var organisation = Ulid.TryParse(invitation_id, out var id)
            ? await db.Invitations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(i => i.Id == id).Select(i => (Ulid?)i.OrganisationId).FirstOrDefaultAsync(cancellationToken)
            : null;
        scope.Enter(caller, null);
        var accepted = await accept.RunAsync(organisation?.ToString() ?? "", invitation_id, null, cancellationToken);
        if (accepted.Failure is { } failure)
            return await PageAsync(context, session, cookies, db, failure.Message, StatusCodes.Status400BadRequest, cancellationToken);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Path;
        return Results.Empty;
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SignInCookies cookies, SignInSessions sessions, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (await SessionAsync(context, cookies, sessions, cancellationToken) is not { } session)
            return ToSignIn();
        if (!await IsOursAsync(context, cookies, cancellationToken))
            return await PageAsync(context, session, cookies, db, TooOld, StatusCodes.Status400BadRequest, cancellationToken);
        await sessions.EndAsync(session, cancellationToken);
        cookies.EndSession(context.Response);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = SignInEndpoints.Path;
        return Results.Empty;
    }

    private const string TooOld = "The form was too old, or not sent from this page. Please try again.";

    private static RedirectHttpResult ToSignIn() => TypedResults.Redirect($"{SignInEndpoints.Path}?back={Uri.EscapeDataString(Path)}");

    private static async Task<SignInSession?> SessionAsync(HttpContext context, SignInCookies cookies, SignInSessions sessions, CancellationToken cancellationToken) =>
        cookies.SessionOf(context.Request) is { } token ? await sessions.FindAsync(token, forApis: false, cancellationToken) : null;

    private static async Task<bool> IsOursAsync(HttpContext context, SignInCookies cookies, CancellationToken cancellationToken) =>
        cookies.IsOurs(context.Request, (await SignInEndpoints.ReadAsync(context, cancellationToken))?[SignInCookies.FormField]);

    private static async Task<SignInPage> PageAsync(HttpContext context, SignInSession session, SignInCookies cookies, PatchbayDb db, string? fault, int status, CancellationToken cancellationToken)
    {
        var mark = cookies.MarkForm(context);
        var page = new SignInPage("Your account", status).Fault(fault);
        if (session.PersonId is not { } id)
            page.Html($"<section><h2>The operator</h2><p>You may do everything, in every organisation.</p></section>");
        else if (await db.People.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is { } person)
            await AddPersonAsync(page, person, mark, db, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
        return page.Html($"""
            <section><h2>The APIs</h2><p>A token acts as you, for an hour.</p>
            <form method="post" action="{Path}/token"><input type="hidden" name="{SignInCookies.FormField}" value="{mark}"><button>Make a token</button></form></section>
            <form method="post" action="/sign-out"><input type="hidden" name="{SignInCookies.FormField}" value="{mark}"><button class="plain">Sign out</button></form>
            """);
    }

    private static async Task AddPersonAsync(SignInPage page, Person person, string mark, PatchbayDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        page.Html($"<section><h2>{person.ShownName}</h2><p class=\"quiet\">{person.Email}</p></section>");
        // A person's own, over all organisations: which those are is what is asked.
        var organisations = await db.Members.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(m => m.PersonId == person.Id)
            .Join(db.Organisations, m => m.OrganisationId, o => o.Id, (_, o) => o.DisplayName).OrderBy(n => n).Take(100).ToListAsync(cancellationToken);
        page.Html($"<section><h2>Your organisations</h2>");
        if (organisations.Count == 0)
            page.Html($"<p class=\"quiet\">None yet. Whoever runs one can invite you.</p>");
        else
            organisations.Aggregate(page.Html($"<ul>"), (p, name) => p.Html($"<li>{name}</li>")).Html($"</ul>");
        page.Html($"</section>");
        if (person is not { Email: { } email, EmailVerified: true })
            return;
#pragma warning disable CA1304, CA1311, CA1862 // The database lowers both; what it means by that is looked at again below.
        var invitations = (await db.Invitations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(i => i.Email.ToLower() == email.ToLower() && i.ExpiresAt > now)
                .Join(db.Organisations, i => i.OrganisationId, o => o.Id, (i, o) => new { i.Id, i.Email, o.DisplayName }).Take(100).ToListAsync(cancellationToken))
            .Where(i => MailAddresses.AreSame(i.Email, email)).ToList();
#pragma warning restore CA1304, CA1311, CA1862
        if (invitations.Count == 0)
            return;
        page.Html($"<section><h2>Invitations</h2><ul>");
        foreach (var invitation in invitations)
        {
            page.Html($"""
                <li><span>{invitation.DisplayName}</span>
                <form method="post" action="{Path}/invitations/{invitation.Id}"><input type="hidden" name="{SignInCookies.FormField}" value="{mark}"><button aria-label="Join {invitation.DisplayName}">Join</button></form></li>
                """);
        }

        page.Html($"</ul></section>");
    }
}
