using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Groups;

/// <summary>Members and service accounts that have roles together.</summary>
internal sealed record GroupJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required int NumMembers { get; init; }
    public required int NumServiceAccounts { get; init; }
    public required IReadOnlyList<RoleBindingJson> RoleBindings { get; init; }

    /// <summary>Ours: the ids of its members and service accounts.</summary>
    public IReadOnlyList<Ulid>? Members { get; init; }
}

/// <summary>The groups of an organisation, by name.</summary>
internal sealed record GroupsPageJson : PageInfoJson
{
    public required IReadOnlyList<GroupJson> Groups { get; init; }
}

/// <summary>A new group.</summary>
internal sealed record GroupCreateJson
{
    /// <summary>Unique in the organisation.</summary>
    [MinLength(1), MaxLength(100)]
    public required string Name { get; init; }

    /// <summary>Ids of members and service accounts.</summary>
    [MaxLength(1000)]
    public IReadOnlyList<Ulid>? Members { get; init; }

    /// <summary>Names of the roles that it has in the whole organisation.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Roles { get; init; }
}

/// <summary>What a group is to be.</summary>
internal sealed record GroupChangeJson
{
    [MinLength(1), MaxLength(100)]
    public required string Name { get; init; }

    /// <summary>Ids of all its members and service accounts.</summary>
    [MaxLength(1000)]
    public required IReadOnlyList<Ulid> Members { get; init; }

    /// <summary>All its roles.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<RoleBindingChangeJson> RoleBindings { get; init; }
}
