using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Groups;

/// <summary>Members and service accounts of an organisation that have roles together.</summary>
internal sealed class Group : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>Unique in the organisation.</summary>
    public required string Name { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>That a member or a service account is in a group.</summary>
internal sealed class GroupMembership : IOwned
{
    public required Ulid OrganisationId { get; init; }
    public required Ulid GroupId { get; init; }

    /// <summary><see cref="RoleSubject.Member"/> or <see cref="RoleSubject.ServiceAccount"/>.</summary>
    public required RoleSubject SubjectKind { get; init; }

    public required Ulid SubjectId { get; init; }
}
