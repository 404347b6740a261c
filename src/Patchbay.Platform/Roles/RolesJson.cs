using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>One thing that a role allows.</summary>
internal sealed record PermissionJson
{
    /// <summary>Its name, such as connector.read.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    public static PermissionJson Of(Permission permission) => new() { Id = Permissions.IdOf(permission), Description = Permissions.DescriptionOf(permission) };
}

/// <summary>A set of permissions with a name.</summary>
internal sealed record RoleJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the organisation.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<PermissionJson> Permissions { get; init; }

    /// <summary>What it can be bound to.</summary>
    public required IReadOnlyList<RoleScope> Scopes { get; init; }

    /// <summary>Ours: whether every organisation has it and nobody can change it.</summary>
    public required bool BuiltIn { get; init; }

    public static RoleJson Of(BuiltInRole role) => new()
    {
        Id = role.Id, Name = role.Name, Permissions = [.. role.Permissions.Listed.Select(PermissionJson.Of)], Scopes = Enum.GetValues<RoleScope>(), BuiltIn = true,
    };

    /// <summary>A built-in role as published clients read it: they know no permission of ours, but for those that somebody put into a role of their own.</summary>
    public static RoleJson Published(BuiltInRole role) => Of(role) with
    {
        Permissions = [.. role.Permissions.Listed.Where(p => Http.Permissions.Published.Covers(PermissionSet.Of(p))).Select(PermissionJson.Of)],
    };

    public static RoleJson Of(Role role) => new()
    {
        Id = role.Id, Name = role.Name, Permissions = [.. role.Set.Listed.Select(PermissionJson.Of)], Scopes = role.Scopes, BuiltIn = false,
    };
}

/// <summary>A role to be made or put in the place of another.</summary>
internal sealed record RoleChangeJson
{
    [MinLength(1), MaxLength(100)]
    public required string Name { get; init; }

    /// <summary>Names of permissions, such as connector.read. Nobody can put in what they may not do themselves.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>What it can be bound to; the organisation unless given.</summary>
    public IReadOnlyList<RoleScope>? Scopes { get; init; }
}

/// <summary>The roles of an organisation: the built-in ones, then its own by name.</summary>
internal sealed record RolesJson
{
    public required IReadOnlyList<RoleJson> Roles { get; init; }
}
