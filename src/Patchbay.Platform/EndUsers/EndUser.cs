namespace Patchbay.Platform.EndUsers;

/// <summary>A user of the organisation's product, in one hub.</summary>
internal sealed class EndUser : IOwned
{
    /// <summary>The longest external id, in characters.</summary>
    public const int LongestExternalId = 200;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid HubId { get; init; }

    /// <summary>Who they are in the product. Unique in the hub, never changed, and never an organisation's id.</summary>
    public required string ExternalId { get; init; }

    public required string DisplayName { get; set; }

    /// <summary>Their connection with the hub's primary connector, which may come later.</summary>
    public Ulid? PrimaryConnectionId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
