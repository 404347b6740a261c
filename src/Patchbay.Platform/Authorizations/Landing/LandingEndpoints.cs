using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUserPages;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Authorizations.Landing;

/// <summary>
/// The page that providers send users back to. It hands the answer to the application that opened it, in the browser; the server sees a
/// code here and does nothing with it.
/// </summary>
internal static class LandingEndpoints
{
    public const string OriginsPath = $"{InitialiseAuthorization.CallbackPath}/origins";

    /// <summary>Anybody may send it: nobody is to send much.</summary>
    private const int MaxBodyBytes = 4096;

    public static void MapLanding(this IEndpointRouteBuilder app)
    {
        MapFile("", "callback.html", "text/html; charset=utf-8");
        MapFile(".js", "callback.js", "text/javascript; charset=utf-8");
        MapFile(".css", "callback.css", "text/css; charset=utf-8");
        app.MapPost(OriginsPath, GetOriginsAsync).WithName("GetLandingOrigins").AddEndpointFilter<RefuseFaultyInput>()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).WithAccess(new Access.Public()).ExcludeFromDescription();

        void MapFile(string suffix, string file, string contentType)
        {
            var bytes = Read(file);
            app.MapGet(InitialiseAuthorization.CallbackPath + suffix, (HttpContext context) =>
            {
                Harden(context.Response.Headers);
                return TypedResults.Bytes(bytes, contentType);
            }).WithAccess(new Access.Public()).ExcludeFromDescription();
        }
    }

    /// <summary>
    /// The origins that the page may answer for a state: the state is a secret of 256 bits that only those know who take part in the sign-in,
    /// so nobody finds out by it what an organisation allows. For any other state there are none.
    /// </summary>
    internal static async Task<Ok<LandingOriginsJson>> GetOriginsAsync(
        Body<LandingStateJson> body, HttpContext context, PatchbayDb db, PublicAddress address, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var hash = InitialiseAuthorization.HashOf(body.Value.State);
        // The organisation is what is being found out; the state admits to it.
        var asked = await db.PendingAuthorizations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(a => a.StateHash == hash)
            .Join(db.Organisations, a => a.OrganisationId, o => o.Id, (a, o) => new { a.EndUser, o.AllowedOrigins }).FirstOrDefaultAsync(cancellationToken);
        if (asked is null)
            return TypedResults.Ok(new LandingOriginsJson { Origins = [] });
        var ofHub = ConnectionOwner.HubOf(asked.EndUser) is { } hub ? await PageOrigins.OfHubAsync(db, hub, cancellationToken) : [];
        return TypedResults.Ok(new LandingOriginsJson { Origins = [.. asked.AllowedOrigins.Prepend(address.Origin).Concat(ofHub).Distinct(StringComparer.Ordinal)] });
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; " +
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        // The address has a code in it: it goes to nobody, and is not kept.
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }

    private static byte[] Read(string file)
    {
        using var resource = typeof(LandingEndpoints).Assembly.GetManifestResourceStream($"landing/{file}")
            ?? throw new InvalidOperationException($"The program lacks its part {file}.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
