using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.EndUserPages;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Data;

/// <content>The pages for end users.</content>
internal partial class PatchbayDb
{
    public DbSet<HubPages> HubPages => Set<HubPages>();
    public DbSet<PageSession> PageSessions => Set<PageSession>();

    private void ConfigurePages(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HubPages>(e =>
        {
            e.ToTable("hub_pages");
            e.Property(p => p.AllowedOrigins).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.Property(p => p.Theme).HasConversion(JsonOf<PageThemeJson>(), ComparerOf<PageThemeJson>());
            e.HasOne<Hub>().WithOne().HasForeignKey<HubPages>(p => p.Id).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, p => p.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<PageSession>(e =>
        {
            e.ToTable("page_sessions");
            e.HasIndex(s => s.CodeHash).IsUnique();
            e.HasIndex(s => s.TokenHash).IsUnique();
            e.HasIndex(s => s.ExpiresAt);
            // Of a user who may not exist yet: whoever deletes one deletes these by hand.
            e.HasIndex(s => new { s.HubId, s.ExternalId });
            e.HasOne<Hub>().WithMany().HasForeignKey(s => s.HubId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, s => s.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }
}
