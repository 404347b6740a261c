using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.EndUserPages;

/// <summary>The pages for end users, their parts, and the sessions on them.</summary>
internal static class EndUserPagesEndpoints
{
    /// <summary>Anybody may send it: nobody is to send much.</summary>
    private const int MaxBodyBytes = 4096;

    private static readonly Failure NoFile = Failure.NotFound("file");

    private static readonly FrozenDictionary<string, PagePart> Parts = new[]
    {
        "page.css", "main.js", "pages.js", "api.js", "connection-form.js", "credential-form.js", "dom.js", "fields.js", "peer.js", "schema-form.js", "sign-in.js", "text.js",
        "theme.js", "en.json", "de.json", "fr.json", "es.json", "ja.json",
    }.ToFrozenDictionary(file => file, PagePart.Read, StringComparer.Ordinal);

    private static readonly PagePart Page = PagePart.Read("page.html");
    private static readonly PagePart Script = PagePart.Read("embed.js");

    public static void MapEndUserSessions(this RouteGroupBuilder api) =>
        api.MapPost("/hubs/{hub_id}/users/{user_id}/sessions", CreateSessionAsync).WithName("CreateEndUserSession").WithTags("End Users")
            .Needs(Permission.HubUserEdit).WithAccess(HubsEndpoints.InPath());

    public static void MapEndUserPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/embed.js", (HttpContext context) => Script.Answer(context, isForOthers: true)).WithAccess(new Access.Public()).ExcludeFromDescription();
        app.MapGet("/embed/assets/{file}", GetPart).WithAccess(new Access.Public()).ExcludeFromDescription();
        app.MapGet("/embed/{hub_id}", GetPageAsync).WithAccess(new Access.Public()).ExcludeFromDescription();
        app.MapPost("/embed/{hub_id}/session", OpenSessionAsync).WithName("OpenEndUserSession").AddEndpointFilter<RefuseFaultyInput>()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).WithAccess(new Access.Public()).ExcludeFromDescription();
    }

    /// <summary>Ours: makes the address of a page on which an end user connects and activates integrations. They need not exist yet.</summary>
    /// <remarks>Give the address to that user's browser and to nobody else: whoever opens it first acts as that user in this hub until the session is over.</remarks>
    internal static async Task<Results<Created<EndUserSessionJson>, ApiError>> CreateSessionAsync(
        string hub_id, string user_id, UserIdentifier named, Body<EndUserSessionCreateJson> body, CreateEndUserSession create, HttpResponse response, CancellationToken cancellationToken)
    {
        var made = await create.RunAsync(hub_id, named, body.Value, cancellationToken);
        if (!made.Succeeded(out var opened, out var failure))
            return new ApiError(failure);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new EndUserSessionJson { Id = opened.Session.Id, Url = opened.Url, ExpiresAt = opened.Session.ExpiresAt });
    }

    /// <summary>Exchanges the code of a page's address for a token; the page does that by itself.</summary>
    internal static async Task<Results<Ok<OpenedSessionJson>, ApiError>> OpenSessionAsync(
        string hub_id, Body<PageCodeJson> body, OpenEndUserSession open, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        var opened = await open.RunAsync(hub_id, body.Value.Code, cancellationToken);
        return opened.Succeeded(out var session, out var failure) ? TypedResults.Ok(session) : new ApiError(failure);
    }

    private static Results<FileContentHttpResult, ApiError> GetPart(string file, HttpContext context) =>
        Parts.TryGetValue(file, out var part) ? part.Answer(context, isForOthers: false) : new ApiError(NoFile);

    /// <summary>The page is the same for every hub; what differs is who may put it into a frame.</summary>
    private static async Task<FileContentHttpResult> GetPageAsync(string hub_id, HttpContext context, PatchbayDb db, CancellationToken cancellationToken)
    {
        var origins = Ulid.TryParse(hub_id, out var hub) ? await PageOrigins.OfHubAsync(db, hub, cancellationToken) : [];
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https: http:; base-uri 'none'; form-action 'none'; " +
            $"frame-ancestors {string.Join(' ', origins.Where(IsPlain).Prepend("'self'"))}; require-trusted-types-for 'script'; trusted-types 'none'";
        PagePart.Harden(headers);
        headers.CacheControl = "no-store";
        return TypedResults.Bytes(Page.Bytes, Page.ContentType);
    }

    /// <summary>Whether an origin can stand in a header's list. All that are stored can; this keeps whatever else from changing the policy.</summary>
    private static bool IsPlain(string origin) => origin.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '/' or '.' or '-' or '_' or '[' or ']');
}

/// <summary>A part of the pages, out of the program.</summary>
/// <param name="Bytes">What it is.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Its entity tag: it changes with the program.</param>
internal sealed record PagePart(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag)
{
    public static PagePart Read(string file)
    {
        using var resource = typeof(PagePart).Assembly.GetManifestResourceStream($"end-user-pages/{file}")
            ?? throw new InvalidOperationException($"The program lacks its part {file}.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        var bytes = copy.ToArray();
        var type = Path.GetExtension(file) switch { ".html" => "text/html", ".css" => "text/css", ".js" => "text/javascript", _ => "application/json" };
        return new PagePart(bytes, $"{type}; charset=utf-8", new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
    }

    /// <summary>Answers with it; a browser that has it is told so.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isForOthers">Whether pages of other sites may load it.</param>
    public Results<FileContentHttpResult, ApiError> Answer(HttpContext context, bool isForOthers)
    {
        var headers = context.Response.Headers;
        Harden(headers);
        headers.CacheControl = "no-cache";
        headers["Cross-Origin-Resource-Policy"] = isForOthers ? "cross-origin" : "same-origin";
        return TypedResults.Bytes(Bytes, ContentType, entityTag: Tag);
    }

    public static void Harden(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
