using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Organisations;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Ours: the look of a hub's pages, and the origins that may embed them.</summary>
internal static class HubPagesEndpoints
{
    public static void MapHubPages(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/hubs/{hub_id}/pages").WithTags("Hubs").WithAccess(HubsEndpoints.InPath());
        group.MapGet("", GetAsync).WithName("GetHubPages").Needs(Permission.HubRead);
        group.MapPut("", ReplaceAsync).WithName("UpdateHubPages").Needs(Permission.HubEdit);
    }

    /// <summary>Ours: gets how the pages for end users of a hub look, and where they may be embedded.</summary>
    internal static async Task<Results<Tagged<HubPagesJson>, ApiError>> GetAsync(string hub_id, PatchbayDb db, CancellationToken cancellationToken) =>
        await HubsEndpoints.FindAsync(db, hub_id, cancellationToken) is { } hub
            ? Tagged.Ok(JsonOf(await db.HubPages.AsNoTracking().FirstOrDefaultAsync(p => p.Id == hub.Id, cancellationToken)))
            : new ApiError(HubsEndpoints.NotFound);

    /// <summary>Ours: replaces how the pages for end users of a hub look, and where they may be embedded.</summary>
    internal static async Task<Results<Tagged<HubPagesJson>, ApiError>> ReplaceAsync(
        string hub_id, Body<HubPagesJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = body.Value.AllowedOrigins.Index()
            .Select(o => (o.Index, Fault: WebOrigin.WhyNot(o.Item))).Where(o => o.Fault is not null)
            .Select(o => new FieldFault($"allowedOrigins[{o.Index}]", o.Fault!)).ToList();
        CheckPicture("theme.logoUrl", body.Value.Theme?.LogoUrl);
        CheckPicture("theme.logoDarkUrl", body.Value.Theme?.LogoDarkUrl);
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));

        if (!Ulid.TryParse(hub_id, out var id))
            return new ApiError(HubsEndpoints.NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await HubsEndpoints.FindAsync(db, hub_id, cancellationToken) is not { } hub)
            return new ApiError(HubsEndpoints.NotFound);
        var pages = await db.HubPages.FirstOrDefaultAsync(p => p.Id == hub.Id, cancellationToken);
        if (precondition.RefusalOf(JsonOf(pages)) is { } changed)
            return new ApiError(changed);
        var (origins, theme) = (body.Value.AllowedOrigins.Distinct(StringComparer.Ordinal).ToList(), body.Value.Theme ?? new PageThemeJson());
        if (pages is null)
            db.Add(pages = new HubPages { Id = hub.Id, OrganisationId = scope.OrganisationId!.Value, AllowedOrigins = origins, Theme = theme, UpdatedAt = clock.Now() });
        else
            (pages.AllowedOrigins, pages.Theme, pages.UpdatedAt) = (origins, theme, clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Ok(JsonOf(pages));

        void CheckPicture(string field, string? url)
        {
            if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http")))
                faults.Add(new(field, "must be an address that begins with https:// or http://"));
        }
    }

    private static HubPagesJson JsonOf(HubPages? pages) =>
        new() { AllowedOrigins = pages?.AllowedOrigins ?? [], Theme = pages is null || pages.Theme == new PageThemeJson() ? null : pages.Theme };
}
