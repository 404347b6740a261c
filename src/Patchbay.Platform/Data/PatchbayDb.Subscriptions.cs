using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Polling;

namespace Patchbay.Platform.Data;

/// <content>Subscriptions, what is delivered to them, and polls.</content>
internal partial class PatchbayDb
{
    public DbSet<Subscription> Subscriptions => Set<Subscription>();
    public DbSet<SubscriptionHealth> SubscriptionHealth => Set<SubscriptionHealth>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<DeliveryAttempt> DeliveryAttempts => Set<DeliveryAttempt>();
    public DbSet<Poll> Polls => Set<Poll>();

    private void ConfigureSubscriptions(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Subscription>(e =>
        {
            e.ToTable("subscriptions");
            e.Property(s => s.Keys).HasConversion(JsonOf<List<SigningKey>>(), ComparerOf<List<SigningKey>>());
            e.HasIndex(s => new { s.OrganisationId, s.Name }).IsUnique();
            e.HasIndex(s => new { s.OrganisationId, s.UpdatedAt, s.Id });
            e.HasIndex(s => s.ConnectorId);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, s => s.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<SubscriptionHealth>(e =>
        {
            e.ToTable("subscription_health");
            e.HasOne<Subscription>().WithOne().HasForeignKey<SubscriptionHealth>(h => h.Id).OnDelete(DeleteBehavior.Cascade);
            e.HasQueryFilter(TenantFilter, h => h.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Delivery>(e =>
        {
            // Goes with its subscription, and that with the organisation: a key of its own to that would cost each insert an index more.
            e.ToTable("deliveries");
            e.HasIndex(d => new { d.SubscriptionId, d.EventId, d.Replay, d.ActivationId }).IsUnique();
            e.HasIndex(d => d.EventId);
            e.HasIndex(d => new { d.SubscriptionId, d.NextAttemptAt }).HasDatabaseName("IX_deliveries_due").HasFilter("state = 0");
            e.HasIndex(d => new { d.SubscriptionId, d.EventId }).HasDatabaseName("IX_deliveries_due_in_order").HasFilter("state = 0");
            e.HasIndex(d => new { d.OrganisationId, d.EventId }).HasDatabaseName("IX_deliveries_dead").HasFilter("state = 2");
            e.HasOne<Subscription>().WithMany().HasForeignKey(d => d.SubscriptionId).OnDelete(DeleteBehavior.Cascade);
            e.HasQueryFilter(TenantFilter, d => d.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<DeliveryAttempt>(e =>
        {
            e.ToTable("delivery_attempts");
            e.Property(a => a.Error).HasMaxLength(DeliveryAttempt.LongestError);
            e.HasIndex(a => a.DeliveryId);
            e.HasOne<Delivery>().WithMany().HasForeignKey(a => a.DeliveryId).OnDelete(DeleteBehavior.Cascade);
            e.HasQueryFilter(TenantFilter, a => a.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Poll>(e =>
        {
            e.ToTable("polls");
            e.HasIndex(p => new { p.ConnectionId, p.Name }).IsUnique();
            e.HasIndex(p => p.NextRunAt);
            e.HasIndex(p => p.ConnectorId);
            e.HasOne<Connections.Connection>().WithMany().HasForeignKey(p => p.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, p => p.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }
}
