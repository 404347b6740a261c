using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>A role that every organisation has.</summary>
/// <param name="Id">The same in every organisation and on every server.</param>
/// <param name="Name">Its name.</param>
/// <param name="Permissions">Its permissions.</param>
internal sealed record BuiltInRole(Ulid Id, string Name, PermissionSet Permissions);

/// <summary>The roles that every organisation has.</summary>
internal static class BuiltInRoles
{
    /// <summary>Everything.</summary>
    public static readonly BuiltInRole Owner = new(Ulid.Parse("00000000000000000000000001"), "owner", PermissionSet.Whole);

    /// <summary>Everything but to delete the organisation.</summary>
    public static readonly BuiltInRole Admin = new(Ulid.Parse("00000000000000000000000002"), "admin", new PermissionSet(PermissionSet.Of(Permission.OrganisationDelete).Lacks(PermissionSet.Whole).Bits));

    /// <summary>Builds and runs; neither people nor keys nor the audit.</summary>
    public static readonly BuiltInRole Developer = new(Ulid.Parse("00000000000000000000000003"), "developer", PermissionSet.Of([.. Permissions.All.Where(IsOfDeveloper)]));

    /// <summary>Sees everything but keys and the audit, and changes and uses nothing.</summary>
    public static readonly BuiltInRole Viewer = new(Ulid.Parse("00000000000000000000000004"), "viewer",
        PermissionSet.Of([.. Permissions.All.Where(p => Permissions.IdOf(p).EndsWith(".read", StringComparison.Ordinal) && p is not (Permission.KeyRead or Permission.AuditRead))]));

    public static readonly IReadOnlyList<BuiltInRole> All = [Owner, Admin, Developer, Viewer];

    /// <summary>The role with a name, or null.</summary>
    public static BuiltInRole? Named(string name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>The role with an id, or null.</summary>
    public static BuiltInRole? Find(Ulid id) => All.FirstOrDefault(r => r.Id == id);

    private static bool IsOfDeveloper(Permission permission) => permission is Permission.OrganisationRead or Permission.MembersRead or Permission.RoleRead
        || Permissions.IdOf(permission).Split('.')[0] is "connection" or "hub" or "connector" or "action" or "proxy" or "credential" or "event" or "switchboard";
}
