using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Members;

/// <summary>What a member is.</summary>
internal enum IdentityType
{
    [JsonStringEnumMemberName("user")]
    User,

    [JsonStringEnumMemberName("service_account")]
    ServiceAccount,
}

/// <summary>A person or a service account of an organisation.</summary>
internal sealed record MemberJson
{
    /// <summary>Whoever is a member of several organisations has one in each.</summary>
    public required Ulid Id { get; init; }

    public required IdentityType IdentityType { get; init; }

    /// <summary>The person, or the client id of the service account.</summary>
    public required string IdentityId { get; init; }

    /// <summary>The mail address where there is no name.</summary>
    public required string Name { get; init; }

    public required string Email { get; init; }

    /// <summary>The address of a picture.</summary>
    public required string Picture { get; init; }

    public required IReadOnlyList<RoleBindingJson> RoleBindings { get; init; }

    /// <summary>Ours: the groups that they are in.</summary>
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }
}

/// <summary>The members of an organisation: people, then service accounts.</summary>
internal sealed record MembersPageJson : PageInfoJson
{
    public required IReadOnlyList<MemberJson> Members { get; init; }
}

/// <summary>What a member or service account is to have.</summary>
internal sealed record MemberChangeJson
{
    /// <summary>All their own roles; those of groups come on top.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<RoleBindingChangeJson> RoleBindings { get; init; }

    /// <summary>All groups that they are in; as they are unless given.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }
}
