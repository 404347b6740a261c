namespace Patchbay.Platform.Integrations;

/// <summary>Something that end users of a hub can activate.</summary>
internal sealed class Integration : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid HubId { get; init; }
    public required string Name { get; set; }
    public string? Summary { get; set; }
    public required string Description { get; set; }
    public string? ImageUrl { get; set; }

    /// <summary>The JSON Schema of what users set when they activate; null for nothing.</summary>
    public string? VariablesSchema { get; set; }

    /// <summary>Since when users can activate it; null where they cannot.</summary>
    public DateTimeOffset? DeployedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public List<ConnectionTemplate> Templates { get; } = [];

    /// <summary>Which events of activated users go where.</summary>
    public List<IntegrationEvent> Events { get; } = [];
}

/// <summary>A connection that users make when they activate: with which connector, and by which config.</summary>
internal sealed class ConnectionTemplate : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid IntegrationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required string AuthSchemeConfigId { get; init; }

    /// <summary>Whether an activation needs it.</summary>
    public required bool IsUsed { get; set; }

    /// <summary>Whether it is the hub's own, which each integration has: users connect with it once.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>The version of the connector that the deployed integration is made for, and which thereby is in use; null for none.</summary>
    public string? VersionName { get; set; }
}
