using System.Text.Json.Serialization;

namespace Patchbay.Platform.Invitations;

/// <summary>What an invitation is to.</summary>
internal enum InviteType
{
    [JsonStringEnumMemberName("transfer_ownership")]
    TransferOwnership = 0,

    [JsonStringEnumMemberName("join_organisation")]
    JoinOrganisation = 1,
}

/// <summary>That somebody with a mail address may become a member. It has its roles as bindings, so that none of them is deleted meanwhile; accepted, it is gone.</summary>
internal sealed class Invitation : IOwned
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>How long after its end an invitation is kept, to be sent again.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(60);

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Email { get; init; }
    public required InviteType Type { get; set; }

    /// <summary>SHA-256 of the secret in the link, in hexadecimal digits.</summary>
    public required string SecretHash { get; set; }

    /// <summary>The groups that the person will be in, as far as they are still there.</summary>
    public required List<Ulid> GroupIds { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
