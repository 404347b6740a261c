using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Roles;
using Patchbay.Platform.SigningKeys;

namespace Patchbay.Platform.Data;

/// <content>Who may do what: roles, who has them, and the keys that sign tokens.</content>
internal partial class PatchbayDb
{
    private void ConfigureAccess(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Role>(e =>
        {
            e.ToTable("roles");
            e.Property(r => r.Permissions).HasConversion(JsonOf<List<string>>(), ComparerOf<List<string>>());
            e.Property(r => r.Scopes).HasConversion(JsonOf<List<RoleScope>>(), ComparerOf<List<RoleScope>>());
            e.HasIndex(r => new { r.OrganisationId, r.Name }).IsUnique();
            e.Ignore(r => r.Set);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, r => r.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<RoleBinding>(e =>
        {
            // Refers to neither role nor subject by a foreign key: built-in roles have no row, and subjects are of several tables.
            e.ToTable("role_bindings");
            e.HasIndex(b => new { b.SubjectId, b.SubjectKind });
            e.HasIndex(b => new { b.OrganisationId, b.RoleId });
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, b => b.OrganisationId == OrganisationId && !LibraryOnly);
        });
        modelBuilder.Entity<SigningKey>(e =>
        {
            e.ToTable("signing_keys");
            e.HasIndex(k => k.OrganisationId);
            BelongsToOrganisation(e);
            e.HasQueryFilter(TenantFilter, k => k.OrganisationId == OrganisationId && !LibraryOnly);
        });
    }
}
