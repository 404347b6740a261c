using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Data;

/// <content>Who we are at an API: connections, credentials, sign-ins under way, and named calls that ended.</content>
internal partial class PatchbayDb
{
    private void ConfigureConnections(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Credential>(e =>
        {
            e.ToTable("credentials");
            e.Property(c => c.Errors).HasConversion(JsonOf<List<string>>()!, ComparerOf<List<string>>());
            e.HasIndex(c => c.OrganisationId);
            e.HasIndex(c => c.ExpiresAt);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, c => c.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Grant>(e =>
        {
            e.ToTable("grants");
            e.HasIndex(g => g.RenewAt);
            e.HasOne<Credential>().WithOne().HasForeignKey<Grant>(g => g.Id).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, g => g.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<PendingAuthorization>(e =>
        {
            e.ToTable("pending_authorizations");
            e.HasIndex(a => a.StateHash).IsUnique();
            e.Property(a => a.Scopes).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.HasIndex(a => a.ExpiresAt);
            e.HasOne<Connector>().WithMany().HasForeignKey(a => a.ConnectorId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, a => a.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Connection>(e =>
        {
            e.ToTable("connections");
            e.Property(c => c.Variables)
                .HasConversion(JsonOf<List<ConnectionVariable>>(), ComparerOf<List<ConnectionVariable>>());
            e.Property(c => c.LostCredentials).HasDefaultValueSql("'[]'")
                .HasConversion(JsonOf<List<LostCredential>>(), ComparerOf<List<LostCredential>>());
            e.Property(c => c.Limits).HasConversion((ValueConverter)JsonOf<ConnectionLimits>(), ComparerOf<ConnectionLimits>());
            e.HasIndex(c => new { c.ConnectorId, c.Owner, c.Name }).IsUnique();
            e.HasIndex(c => new { c.ConnectorId, c.Owner, c.UpdatedAt, c.Id });
            e.HasIndex(c => new { c.Owner, c.UpdatedAt, c.Id });
            e.HasOne(c => c.Connector).WithMany().HasForeignKey(c => c.ConnectorId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, c => c.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<IdempotentOutcome>(e =>
        {
            e.ToTable("idempotent_outcomes");
            e.HasIndex(o => o.KeyHash).IsUnique();
            e.HasIndex(o => o.ExpiresAt);
            e.HasOne<Connection>().WithMany().HasForeignKey(o => o.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, o => o.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ConnectionCredential>(e =>
        {
            e.ToTable("connection_credentials");
            e.HasIndex(c => new { c.ConnectionId, c.Use, c.Position });
            e.HasOne<Connection>().WithMany(c => c.Credentials).HasForeignKey(c => c.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne(c => c.Credential).WithMany().HasForeignKey(c => c.CredentialId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}
