namespace Patchbay.Platform.Integrations;

/// <summary>That events which a trigger tells of an activated user's connection go to a subscription, with the activation in them.</summary>
internal sealed class IntegrationEvent : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid IntegrationId { get; init; }

    /// <summary>By which users connect with what tells of the events.</summary>
    public required Ulid TemplateId { get; init; }

    public required string TriggerName { get; init; }
    public required Ulid SubscriptionId { get; init; }
}
