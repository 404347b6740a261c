using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Groups;
using Patchbay.Platform.Invitations;
using Patchbay.Platform.Members;
using Patchbay.Platform.People;
using Patchbay.Platform.ServiceAccounts;
using Patchbay.Platform.SigningIn;

namespace Patchbay.Platform.Data;

/// <content>People, and who of them belongs where; groups, service accounts and invitations.</content>
internal partial class PatchbayDb
{
    /// <summary>Of the whole instance: no organisation owns a person.</summary>
    public DbSet<Person> People => Set<Person>();

    /// <summary>Of the whole instance, as people are.</summary>
    public DbSet<SignInSession> SignInSessions => Set<SignInSession>();

    public DbSet<Member> Members => Set<Member>();
    public DbSet<Group> Groups => Set<Group>();
    public DbSet<GroupMembership> GroupMemberships => Set<GroupMembership>();
    public DbSet<ServiceAccount> ServiceAccounts => Set<ServiceAccount>();
    public DbSet<ServiceToken> ServiceTokens => Set<ServiceToken>();
    public DbSet<Invitation> Invitations => Set<Invitation>();

    private void ConfigurePeople(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Person>(e =>
        {
            e.ToTable("people");
            e.HasIndex(p => new { p.Issuer, p.Subject }).IsUnique();
            e.Ignore(p => p.ShownName);
        });
        modelBuilder.Entity<SignInSession>(e =>
        {
            e.ToTable("sign_in_sessions");
            e.HasIndex(s => s.TokenHash).IsUnique();
            e.HasIndex(s => s.PersonId);
            e.HasIndex(s => s.ParentId);
            e.HasIndex(s => s.ExpiresAt);
            e.HasOne<Person>().WithMany().HasForeignKey(s => s.PersonId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Member>(e =>
        {
            e.ToTable("members");
            e.HasIndex(m => new { m.OrganisationId, m.PersonId }).IsUnique();
            e.HasIndex(m => m.PersonId);
            e.HasOne<Person>().WithMany().HasForeignKey(m => m.PersonId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, m => m.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Group>(e =>
        {
            e.ToTable("groups");
            e.HasIndex(g => new { g.OrganisationId, g.Name }).IsUnique();
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, g => g.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<GroupMembership>(e =>
        {
            // Of members and service accounts alike: whoever deletes one deletes these by hand.
            e.ToTable("group_memberships");
            e.HasKey(m => new { m.GroupId, m.SubjectId });
            e.HasIndex(m => m.SubjectId);
            e.HasOne<Group>().WithMany().HasForeignKey(m => m.GroupId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, m => m.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ServiceAccount>(e =>
        {
            e.ToTable("service_accounts");
            e.HasIndex(a => a.ClientId).IsUnique();
            e.HasIndex(a => new { a.OrganisationId, a.Name }).IsUnique();
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, a => a.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<ServiceToken>(e =>
        {
            e.ToTable("service_tokens");
            e.HasIndex(t => t.Hash).IsUnique();
            e.HasIndex(t => t.ExpiresAt);
            e.HasIndex(t => t.ServiceAccountId);
            e.HasOne<ServiceAccount>().WithMany().HasForeignKey(t => t.ServiceAccountId).OnDelete(DeleteBehavior.Cascade);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, t => t.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<Invitation>(e =>
        {
            e.ToTable("invitations");
            e.Property(i => i.GroupIds).HasConversion(JsonOf<List<Ulid>>(), ComparerOf<List<Ulid>>());
            e.HasIndex(i => new { i.OrganisationId, i.Email });
            e.HasIndex(i => i.ExpiresAt);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, i => i.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }
}
