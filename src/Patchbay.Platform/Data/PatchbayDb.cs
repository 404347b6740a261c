using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Activations;
using Patchbay.Platform.ApiKeys;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Events;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Integrations;
using Patchbay.Platform.Library;
using Patchbay.Platform.Organisations;
using Patchbay.Platform.Roles;
using Patchbay.Platform.SigningKeys;
using Patchbay.Platform.Triggers.Endpoints;
using Patchbay.Platform.Uploads;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Data;

/// <summary>
/// The store. Rows that belong to an organisation are hidden from every other by the tenant filter; each query that steps over it
/// stands in the allow-list of the architecture tests.
/// </summary>
internal partial class PatchbayDb : DbContext
{
    public const string TenantFilter = "tenant";

    private readonly RequestScope _scope;

    public PatchbayDb(DbContextOptions options, RequestScope scope, IStoreDialect dialect)
        : base(options)
    {
        (_scope, Dialect) = (scope, dialect);
    }

    public IStoreDialect Dialect { get; }

    /// <summary>What this unit of work is doing, for its audit record.</summary>
    public AuditTrail Trail => _scope.Trail;

    public DbSet<Organisation> Organisations => Set<Organisation>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<Role> Roles => Set<Role>();
    public DbSet<RoleBinding> RoleBindings => Set<RoleBinding>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();
    public DbSet<Hub> Hubs => Set<Hub>();
    public DbSet<EndUser> EndUsers => Set<EndUser>();
    public DbSet<Integration> Integrations => Set<Integration>();
    public DbSet<ConnectionTemplate> ConnectionTemplates => Set<ConnectionTemplate>();
    public DbSet<IntegrationEvent> IntegrationEvents => Set<IntegrationEvent>();
    public DbSet<Activation> Activations => Set<Activation>();
    public DbSet<ActivationConnection> ActivationConnections => Set<ActivationConnection>();
    public DbSet<Connector> Connectors => Set<Connector>();
    public DbSet<AuthSchemeConfig> AuthSchemeConfigs => Set<AuthSchemeConfig>();
    public DbSet<ConnectorVersion> Versions => Set<ConnectorVersion>();
    public DbSet<Content> Contents => Set<Content>();
    public DbSet<VersionAction> Actions => Set<VersionAction>();
    public DbSet<VersionTrigger> Triggers => Set<VersionTrigger>();
    public DbSet<VersionDefinition> Definitions => Set<VersionDefinition>();
    public DbSet<DefinitionUse> DefinitionUses => Set<DefinitionUse>();
    public DbSet<VersionChanges> VersionChanges => Set<VersionChanges>();
    public DbSet<MergeBase> MergeBases => Set<MergeBase>();
    public DbSet<MergeBasePart> MergeBaseParts => Set<MergeBasePart>();
    public DbSet<Credential> Credentials => Set<Credential>();
    public DbSet<Connection> Connections => Set<Connection>();
    public DbSet<ConnectionCredential> ConnectionCredentials => Set<ConnectionCredential>();
    public DbSet<Grant> Grants => Set<Grant>();
    public DbSet<PendingAuthorization> PendingAuthorizations => Set<PendingAuthorization>();
    public DbSet<Upload> Uploads => Set<Upload>();
    public DbSet<TriggerEndpoint> TriggerEndpoints => Set<TriggerEndpoint>();
    public DbSet<ReceivedEvent> Events => Set<ReceivedEvent>();
    public DbSet<IdempotentOutcome> IdempotentOutcomes => Set<IdempotentOutcome>();
    public DbSet<InstanceValue> InstanceValues => Set<InstanceValue>();
    public DbSet<AuditRecord> AuditRecords => Set<AuditRecord>();
    public DbSet<AuditHead> AuditHeads => Set<AuditHead>();

    /// <summary>For the connectors' filter, which would go round in a circle through the versions' own.</summary>
    private DbSet<PublishedVersion> Published => Set<PublishedVersion>();

    private Ulid? OrganisationId => _scope.OrganisationId;
    private bool LibraryOnly => _scope.LibraryOnly;

    /// <summary>Not in use: on its way to the commit it could not wait for the audit record.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Save with SaveChangesAsync.");

    /// <summary>Saves, in a transaction in any case.</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        // Also for a single row: what is not in a transaction passes by the audit.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        Trail.Collect(ChangeTracker, Database.CurrentTransaction?.TransactionId);
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>Writes down what the unit of work was doing. <see cref="RecordedCommit"/> calls it before each commit.</summary>
    public async Task RecordAsync(CancellationToken cancellationToken)
    {
        var entries = Trail.Take(_scope.Caller, _scope.OrganisationId);
        if (entries.Count == 0)
            return;
        var chains = _scope.Chains ?? throw new InvalidOperationException("This unit of work has no audit to write to.");
        await chains.AppendAsync(this, entries, cancellationToken);
    }

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.AddInterceptors(RecordedCommit.Interceptor, RecordedWrite.Interceptor);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Ulid>().HaveConversion<UlidConverter>().HaveMaxLength(26);
        Dialect.ConfigureConventions(configurationBuilder);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<InstanceValue>(e =>
        {
            e.ToTable("instance_values");
            e.HasKey(v => v.Name);
        });
        modelBuilder.Entity<Organisation>(e =>
        {
            e.ToTable("organisations");
            e.HasIndex(o => o.Slug).IsUnique();
            e.Property(o => o.KeyVersion).HasDefaultValue(Vault.DataKey.FirstNumber);
            e.Property(o => o.AllowedOrigins).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>()).HasDefaultValueSql("'[]'");
        });
        modelBuilder.Entity<ApiKey>(e =>
        {
            e.ToTable("api_keys");
            e.HasIndex(k => k.Hash).IsUnique();
            e.HasIndex(k => k.OrganisationId);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, k => k.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Upload>(e =>
        {
            e.ToTable("uploads");
            e.HasIndex(u => new { u.OrganisationId, u.ExpiresAt });
            e.HasIndex(u => u.ExpiresAt);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, u => u.OrganisationId == OrganisationId && !LibraryOnly);
        });
        ConfigureAccess(modelBuilder);
        ConfigureEmbedding(modelBuilder);
        ConfigurePages(modelBuilder);
        ConfigurePeople(modelBuilder);
        ConfigureAudit(modelBuilder);
        ConfigureConnectors(modelBuilder);
        ConfigureVersions(modelBuilder);
        ConfigureChanges(modelBuilder);
        ConfigureConnections(modelBuilder);
        ConfigureEvents(modelBuilder);
        ConfigureSubscriptions(modelBuilder);
        Dialect.ConfigureModel(modelBuilder);
        UseSnakeCase(modelBuilder);
    }

    /// <summary>Without a foreign key: the instance's chain belongs to no organisation. Deleting an organisation deletes its chain last.</summary>
    private void ConfigureAudit(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AuditHead>(e =>
        {
            e.ToTable("audit_heads");
            e.HasKey(h => h.OrganisationId);
            e.HasQueryFilter(TenantFilter, h => h.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<AuditRecord>(e =>
        {
            e.ToTable("audit_records");
            e.HasKey(r => new { r.OrganisationId, r.Sequence });
            e.HasIndex(r => new { r.OrganisationId, r.AtMicroseconds });
            e.HasQueryFilter(TenantFilter, r => r.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }

    private void ConfigureConnectors(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Connector>(e =>
        {
            e.ToTable("connectors");
            e.Property(c => c.AllowedHosts).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.Property(c => c.ConnectionVariables)
                .HasConversion(JsonOf<List<ConnectionVariable>>(), ComparerOf<List<ConnectionVariable>>());
            e.HasIndex(c => new { c.OrganisationId, c.UpdatedAt, c.Id });
            e.HasIndex(c => new { c.Public, c.UpdatedAt, c.Id });
            e.HasIndex(c => new { c.OrganisationId, c.SourceConnectorId }).IsUnique();
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, c => c.OrganisationId == OrganisationId
                && (!LibraryOnly || (c.Public && Published.Any(p => p.ConnectorId == c.Id))));
        });
        modelBuilder.Entity<ConnectorTag>(e =>
        {
            e.ToTable("connector_tags");
            e.HasKey(t => new { t.ConnectorId, t.Position });
            e.HasIndex(t => new { t.Key, t.Value });
            e.HasOne<Connector>().WithMany(c => c.Tags).HasForeignKey(t => t.ConnectorId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ConnectorCategory>(e =>
        {
            e.ToTable("connector_categories");
            e.HasKey(t => new { t.ConnectorId, t.Position });
            e.HasIndex(t => t.Category);
            e.HasOne<Connector>().WithMany(c => c.Categories).HasForeignKey(t => t.ConnectorId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<AuthSchemeConfig>(e =>
        {
            e.ToTable("auth_scheme_configs");
            e.HasKey(a => new { a.ConnectorId, a.Id });
            e.HasOne<Connector>().WithMany(c => c.AuthSchemeConfigs).HasForeignKey(a => a.ConnectorId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private void ConfigureVersions(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ConnectorVersion>(e =>
        {
            e.ToTable("connector_versions");
            e.HasIndex(v => new { v.ConnectorId, v.Name }).IsUnique();
            e.HasIndex(v => new { v.ConnectorId, v.UpdatedAt, v.Id });
            e.HasIndex(v => v.SourceContentHash);
            e.HasOne(v => v.Connector).WithMany(c => c.Versions).HasForeignKey(v => v.ConnectorId).OnDelete(DeleteBehavior.Cascade);
            e.HasQueryFilter(TenantFilter, v => v.OrganisationId == OrganisationId
                && (!LibraryOnly || (v.PublishedAt != null && v.Connector!.Public)));
        });
        modelBuilder.Entity<PublishedVersion>(e => e.HasNoKey()
            .ToSqlQuery("SELECT connector_id FROM connector_versions WHERE published_at IS NOT NULL"));
        modelBuilder.Entity<Content>(e =>
        {
            e.ToTable("contents");
            e.HasKey(c => c.Hash);
        });
        modelBuilder.Entity<VersionAction>(e =>
        {
            e.ToTable("actions");
            e.HasIndex(a => new { a.VersionId, a.Name }).IsUnique();
            e.HasIndex(a => new { a.VersionId, a.UpdatedAt, a.Id });
            e.HasOne<ConnectorVersion>().WithMany().HasForeignKey(a => a.VersionId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Content>().WithMany().HasForeignKey(a => a.ContentHash).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<VersionTrigger>(e =>
        {
            e.ToTable("triggers");
            e.HasIndex(t => new { t.VersionId, t.Name }).IsUnique();
            e.HasIndex(t => new { t.VersionId, t.UpdatedAt, t.Id });
            e.HasOne<ConnectorVersion>().WithMany().HasForeignKey(t => t.VersionId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Content>().WithMany().HasForeignKey(t => t.ContentHash).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<VersionDefinition>(e =>
        {
            e.ToTable("definitions");
            e.Property(d => d.Accept).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.HasIndex(d => new { d.VersionId, d.Name }).IsUnique();
            e.HasIndex(d => new { d.VersionId, d.UpdatedAt, d.Id });
            e.HasOne<ConnectorVersion>().WithMany().HasForeignKey(d => d.VersionId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Content>().WithMany().HasForeignKey(d => d.ContentHash).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<DefinitionUse>(e =>
        {
            e.ToTable("definition_uses");
            e.HasKey(u => new { u.VersionId, u.Definition, u.ReferrerKind, u.Referrer });
            e.HasOne<ConnectorVersion>().WithMany().HasForeignKey(u => u.VersionId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void ConfigureChanges(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<VersionChanges>(e =>
        {
            e.ToTable("version_changes");
            e.HasKey(c => c.VersionId);
            e.HasOne<ConnectorVersion>().WithOne().HasForeignKey<VersionChanges>(c => c.VersionId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<MergeBase>(e =>
        {
            e.ToTable("merge_bases");
            e.HasKey(b => b.Hash);
        });
        modelBuilder.Entity<MergeBasePart>(e =>
        {
            e.ToTable("merge_base_parts");
            e.HasKey(p => new { p.BaseHash, p.Kind, p.Name });
            e.Property(p => p.Accept).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.HasOne<MergeBase>().WithMany().HasForeignKey(p => p.BaseHash).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Content>().WithMany().HasForeignKey(p => p.ContentHash).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private void ConfigureEvents(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<TriggerEndpoint>(e =>
        {
            e.ToTable("trigger_endpoints");
            e.HasIndex(t => t.TokenHash).IsUnique();
            e.HasIndex(t => t.PreviousTokenHash).IsUnique();
            e.HasIndex(t => new { t.ConnectionId, t.TriggerName }).IsUnique();
            e.HasIndex(t => t.ConnectorId);
            e.HasOne<Connection>().WithMany().HasForeignKey(t => t.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, t => t.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ReceivedEvent>(e =>
        {
            // Refers to nothing by a foreign key: that would slow the taking of events, which holds the organisation by its vault key anyway,
            // and history outlives connections.
            e.ToTable("events");
            e.HasIndex(v => new { v.OrganisationId, v.Id });
            e.HasIndex(v => new { v.ConnectionId, v.TriggerName, v.DuplicateKey }).IsUnique().HasFilter("duplicate_key IS NOT NULL");
            e.HasIndex(v => v.Id).HasDatabaseName("IX_events_to_fan_out").HasFilter("NOT fanned_out");
            e.HasQueryFilter(TenantFilter, v => v.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }

    private static void BelongsToOrganisation<T>(EntityTypeBuilder<T> entity)
        where T : class, IOwned =>
        entity.HasOne<Organisation>().WithMany().HasForeignKey(nameof(IOwned.OrganisationId)).OnDelete(DeleteBehavior.Cascade);

    private static void UseSnakeCase(ModelBuilder modelBuilder)
    {
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }

    private static ValueConverter<T, string> JsonOf<T>()
        where T : class =>
        new(v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default),
            v => JsonSerializer.Deserialize<T>(v, JsonSerializerOptions.Default)!);

    private static ValueComparer<T> ComparerOf<T>()
        where T : class =>
        new((a, b) => JsonSerializer.Serialize(a, JsonSerializerOptions.Default) == JsonSerializer.Serialize(b, JsonSerializerOptions.Default),
            v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal),
            v => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(v, JsonSerializerOptions.Default), JsonSerializerOptions.Default)!);

    private sealed class UlidConverter() : ValueConverter<Ulid, string>(id => id.ToString(), text => Ulid.Parse(text));
}

/// <summary>That a connector has a published version, whoever asks.</summary>
internal sealed class PublishedVersion
{
    public required Ulid ConnectorId { get; init; }
}

/// <summary>A fact about the installation, such as the vault's key check.</summary>
internal sealed class InstanceValue
{
    public required string Name { get; init; }
    public required byte[] Value { get; set; }
}
