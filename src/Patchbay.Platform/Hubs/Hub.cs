namespace Patchbay.Platform.Hubs;

/// <summary>What a product embeds: integrations for its users, around the connector of the product itself.</summary>
internal sealed class Hub : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; set; }

    /// <summary>The connector of the product.</summary>
    public required Ulid PrimaryConnectorId { get; init; }

    /// <summary>The config by which users connect with it.</summary>
    public required string AuthSchemeConfigId { get; init; }

    /// <summary>Whether it is the organisation's default; one is at most.</summary>
    public bool IsDefault { get; set; }

    /// <summary>When it was deleted: it is not found any more and takes nothing new, and what is under it goes on.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
