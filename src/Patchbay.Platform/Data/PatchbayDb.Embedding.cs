using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Activations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Integrations;
using Patchbay.Platform.Subscriptions;

namespace Patchbay.Platform.Data;

/// <content>What a product embeds: hubs and their users.</content>
internal partial class PatchbayDb
{
    private void ConfigureEmbedding(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Hub>(e =>
        {
            e.ToTable("hubs");
            e.HasIndex(h => new { h.OrganisationId, h.UpdatedAt, h.Id });
            e.HasIndex(h => h.PrimaryConnectorId);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, h => h.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<EndUser>(e =>
        {
            e.ToTable("end_users");
            e.HasIndex(u => new { u.HubId, u.ExternalId }).IsUnique();
            // What the list orders by, counts and searches, in the list's order: a page of a large hub is read from here, and its rows only are looked up.
            e.HasIndex(u => new { u.OrganisationId, u.HubId, u.UpdatedAt, u.Id, u.ExternalId, u.DisplayName }).IsDescending(false, false, true, false, false, false);
            e.HasOne<Hub>().WithMany().HasForeignKey(u => u.HubId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, u => u.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Integration>(e =>
        {
            e.ToTable("integrations");
            e.HasIndex(i => new { i.HubId, i.UpdatedAt, i.Id });
            e.HasOne<Hub>().WithMany().HasForeignKey(i => i.HubId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, i => i.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ConnectionTemplate>(e =>
        {
            e.ToTable("connection_templates");
            e.HasIndex(t => t.IntegrationId);
            e.HasIndex(t => t.ConnectorId);
            e.HasOne<Integration>().WithMany(i => i.Templates).HasForeignKey(t => t.IntegrationId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, t => t.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<IntegrationEvent>(e =>
        {
            e.ToTable("integration_events");
            e.HasIndex(v => new { v.TemplateId, v.TriggerName, v.SubscriptionId }).IsUnique();
            e.HasIndex(v => v.IntegrationId);
            e.HasIndex(v => v.SubscriptionId);
            e.HasOne<Integration>().WithMany(i => i.Events).HasForeignKey(v => v.IntegrationId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<ConnectionTemplate>().WithMany().HasForeignKey(v => v.TemplateId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Subscription>().WithMany().HasForeignKey(v => v.SubscriptionId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, v => v.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Activation>(e =>
        {
            e.ToTable("activations");
            // The organisation first: with an index of the organisation alone beside it, SQLite would read all of the organisation's for one user's.
            e.HasIndex(a => new { a.OrganisationId, a.EndUserId, a.IntegrationId }).IsUnique();
            e.HasIndex(a => a.IntegrationId);
            e.HasOne<EndUser>().WithMany().HasForeignKey(a => a.EndUserId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Integration>().WithMany().HasForeignKey(a => a.IntegrationId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, a => a.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ActivationConnection>(e =>
        {
            e.ToTable("activation_connections");
            e.HasKey(c => new { c.ActivationId, c.TemplateId });
            e.HasIndex(c => c.TemplateId);
            e.HasIndex(c => c.ConnectionId);
            e.HasOne<Activation>().WithMany(a => a.Connections).HasForeignKey(c => c.ActivationId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<ConnectionTemplate>().WithMany().HasForeignKey(c => c.TemplateId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Connection>().WithMany().HasForeignKey(c => c.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
