using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Invitations;

/// <summary>An invitation to become a member. It is deleted when it is accepted.</summary>
internal sealed record InvitationJson
{
    public required Ulid Id { get; init; }
    public required string Email { get; init; }

    /// <summary>What whoever is invited is called; the mail address until they come.</summary>
    public required string Name { get; init; }

    /// <summary>The address of a picture.</summary>
    public required string Picture { get; init; }

    /// <summary>Always false: what is accepted is gone.</summary>
    public required bool Accepted { get; init; }

    public required InviteType InviteType { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Names of the roles that they will have in the whole organisation.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The groups that they will be in.</summary>
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }

    /// <summary>Ours: the link, where no mail went out. It is shown this once: pass it on.</summary>
    public string? Link { get; init; }
}

/// <summary>The invitations of an organisation, the one changed last first.</summary>
internal sealed record InvitationsPageJson : PageInfoJson
{
    public required IReadOnlyList<InvitationJson> Invitations { get; init; }
}

/// <summary>A new invitation.</summary>
internal sealed record InvitationCreateJson
{
    [MaxLength(254)]
    public required string Email { get; init; }

    /// <summary>The page that accepts it: of an allowed origin of the organisation, or of this server.</summary>
    [MaxLength(2000)]
    public required string Url { get; init; }

    /// <summary>The page where they sign in first: of an allowed origin of the organisation, or of this server.</summary>
    [MaxLength(2000)]
    public required string AuthUrl { get; init; }

    public required InviteType InviteType { get; init; }

    /// <summary>Names of roles. Nobody can give a role that allows what they may not do.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Ours: groups that they will be in.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }
}

/// <summary>An invitation to send again.</summary>
internal sealed record InvitationResendJson
{
    /// <summary>The address that was invited.</summary>
    [MaxLength(254)]
    public required string Email { get; init; }

    [MaxLength(2000)]
    public required string Url { get; init; }

    [MaxLength(2000)]
    public required string AuthUrl { get; init; }

    public required InviteType InviteType { get; init; }
}
