using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Where the pages of a hub may be embedded: its own list and that of its organisation.</summary>
internal static class PageOrigins
{
    /// <summary>The origins of a hub, whoever asks: a frame says nothing of its user. Empty for a hub that there is not.</summary>
    public static async Task<IReadOnlyList<string>> OfHubAsync(PatchbayDb db, Ulid hubId, CancellationToken cancellationToken)
    {
        // Nobody is known here; the origins are told to every browser that opens the page, in a header.
        var found = await db.Hubs.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(h => h.Id == hubId)
            .Join(db.Organisations, h => h.OrganisationId, o => o.Id, (_, o) => o.AllowedOrigins).FirstOrDefaultAsync(cancellationToken);
        if (found is null)
            return [];
        var own = await db.HubPages.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(p => p.Id == hubId).Select(p => p.AllowedOrigins).FirstOrDefaultAsync(cancellationToken);
        return [.. (own ?? []).Concat(found).Distinct(StringComparer.Ordinal)];
    }
}
