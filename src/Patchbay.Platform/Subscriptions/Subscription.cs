using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions;

/// <summary>
/// That events go to a URL. It refers to what it listens to by ids without foreign keys: where a connection goes, what it told us before is
/// still delivered.
/// </summary>
internal sealed class Subscription : IOwned
{
    /// <summary>How many keys sign at once: each makes every message longer.</summary>
    public const int MostKeys = 5;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>Whose events.</summary>
    public required Ulid ConnectorId { get; set; }

    /// <summary>Of which connection; null for every one of the connector.</summary>
    public Ulid? ConnectionId { get; set; }

    /// <summary>Of which trigger; null for every one.</summary>
    public string? TriggerName { get; set; }

    /// <summary>Of which version, which thereby is in use; null for any.</summary>
    public string? VersionName { get; set; }

    public required string Name { get; set; }
    public required string Url { get; set; }

    /// <summary>A JMESPath expression over the message; null to send all.</summary>
    public string? Filter { get; set; }

    /// <summary>Whether it gets only what integrations send to it, and listens to nothing by itself.</summary>
    public bool ActivationsOnly { get; set; }

    /// <summary>Whether events of one connection go one after the other, in the order in which they came.</summary>
    public required bool Ordered { get; set; }

    /// <summary>What of the signing keys is no secret, in the order in which they sign.</summary>
    public required List<SigningKey> Keys { get; set; }

    /// <summary>The signing keys, sealed by the vault: <see cref="SigningSecrets"/>.</summary>
    public byte[]? Secret { get; set; }

    public SubscriptionState State { get; set; }

    /// <summary>Why the server disabled it; null where its owner did.</summary>
    public string? DisabledReason { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Whether an event is one of those that it asks for, but for its filter.</summary>
    public bool ListensTo(EventHead received) =>
        !ActivationsOnly && ConnectorId == received.ConnectorId && (ConnectionId is null || ConnectionId == received.ConnectionId)
        && (TriggerName is null || TriggerName == received.TriggerName) && (VersionName is null || VersionName == received.VersionName);
}

/// <summary>Whether a subscription sends.</summary>
internal enum SubscriptionState
{
    /// <summary>It sends.</summary>
    Enabled = 0,

    /// <summary>Its events wait.</summary>
    Disabled = 1,
}

/// <summary>A key that a subscription signs with, without its secret.</summary>
/// <param name="Id">The key.</param>
/// <param name="Kind">How it signs.</param>
/// <param name="PublicKey">What the receiver verifies with, where that is no secret.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="EndsAt">When it stops to sign; null for the one that stays.</param>
internal sealed record SigningKey(Ulid Id, WebhookKeyKind Kind, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt)
{
    /// <summary>Whether it signs at a time.</summary>
    public bool SignsAt(DateTimeOffset now) => EndsAt is null || EndsAt > now;
}

/// <summary>
/// How it goes with a subscription, and which node sends for it. Apart from the subscription, which its owner changes and whose entity tag
/// must not move with every message.
/// </summary>
internal sealed class SubscriptionHealth : IOwned
{
    /// <summary>The subscription.</summary>
    public required Ulid Id { get; init; }

    public required Ulid OrganisationId { get; init; }

    /// <summary>The node that sends; it alone does until the lease ends.</summary>
    public string? LeaseHolder { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>How many attempts failed since the last that did not.</summary>
    public int ConsecutiveFailures { get; set; }

    /// <summary>When the first of them failed.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    public DateTimeOffset? LastSuccessAt { get; set; }
    public DateTimeOffset? LastFailureAt { get; set; }

    /// <summary>What the last failure was.</summary>
    public string? LastError { get; set; }
}
