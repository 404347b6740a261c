namespace Patchbay.Platform.Activations;

/// <summary>That an end user uses an integration; once each.</summary>
internal sealed class Activation : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid HubId { get; init; }
    public required Ulid IntegrationId { get; init; }
    public required Ulid EndUserId { get; init; }

    /// <summary>What the user set, as a JSON object.</summary>
    public required string Variables { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public List<ActivationConnection> Connections { get; } = [];
}

/// <summary>By which of the user's connections an activation fills a template.</summary>
internal sealed class ActivationConnection
{
    public required Ulid ActivationId { get; init; }
    public required Ulid TemplateId { get; init; }
    public required Ulid ConnectionId { get; init; }
}
