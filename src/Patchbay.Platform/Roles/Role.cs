using System.Text.Json.Serialization;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>A set of permissions with a name, which an organisation made for itself.</summary>
internal sealed class Role : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>Unique in the organisation, and none of a built-in role.</summary>
    public required string Name { get; set; }

    /// <summary>The names of its permissions.</summary>
    public required List<string> Permissions { get; set; }

    /// <summary>What it can be bound to.</summary>
    public required List<RoleScope> Scopes { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Its permissions; a name that is not known any more gives nothing.</summary>
    public PermissionSet Set => PermissionSet.Of([.. Permissions.Select(Http.Permissions.Find).OfType<Permission>()]);
}

/// <summary>What a role is bound to: it holds there, and in all that belongs to it.</summary>
internal enum RoleScope
{
    [JsonStringEnumMemberName("organisation")]
    Organisation = 0,

    [JsonStringEnumMemberName("switchboard")]
    Switchboard = 1,

    [JsonStringEnumMemberName("connection")]
    Connection = 2,

    [JsonStringEnumMemberName("hub")]
    Hub = 3,
}

/// <summary>Who has a role.</summary>
internal enum RoleSubject
{
    ApiKey = 0,
    ServiceAccount = 1,
    Member = 2,
    Group = 3,

    /// <summary>Nobody yet: who accepts it will have the role.</summary>
    Invitation = 4,
}

/// <summary>One resource that a role can be bound to.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">Its id.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct BoundResource(RoleScope Type, Ulid Id);

/// <summary>That somebody has a role, and where.</summary>
internal sealed class RoleBinding : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required RoleSubject SubjectKind { get; init; }
    public required Ulid SubjectId { get; init; }

    /// <summary>A built-in role, or one of the organisation's own.</summary>
    public required Ulid RoleId { get; init; }

    public required RoleScope ResourceType { get; init; }
    public required Ulid ResourceId { get; init; }
}
