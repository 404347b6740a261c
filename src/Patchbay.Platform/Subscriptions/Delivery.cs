namespace Patchbay.Platform.Subscriptions;

/// <summary>That an event is to reach a subscription.</summary>
internal sealed class Delivery : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid EventId { get; init; }
    public required Ulid SubscriptionId { get; init; }

    /// <summary>The event's, by which deliveries are ordered.</summary>
    public required Ulid ConnectionId { get; init; }

    /// <summary>
    /// The replay that asked for it, empty for the first time; with event, subscription and activation it is unique, so that a fan-out or a replay that
    /// is repeated after a crash sends nothing twice.
    /// </summary>
    public Ulid Replay { get; init; }

    /// <summary>The activation that it is for, which is in its message; empty where an integration had no part in it.</summary>
    public Ulid ActivationId { get; init; }

    public DeliveryState State { get; set; }

    /// <summary>How often it was tried; it begins anew when a dead one is replayed.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is due, while it is pending.</summary>
    public required DateTimeOffset NextAttemptAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What became of a delivery.</summary>
internal enum DeliveryState
{
    /// <summary>It was not accepted yet.</summary>
    Pending = 0,

    /// <summary>The receiver accepted it.</summary>
    Delivered = 1,

    /// <summary>It was tried as often as it is, and is tried no more: a dead letter.</summary>
    Dead = 2,
}

/// <summary>One try of a delivery.</summary>
internal sealed class DeliveryAttempt : IOwned
{
    /// <summary>Of an error, in characters.</summary>
    public const int LongestError = 500;

    public required Ulid Id { get; init; }
    public required Ulid DeliveryId { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required int DurationMs { get; init; }

    /// <summary>The status of the answer; null where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The beginning of an answer that was no success, sealed by the vault.</summary>
    public byte[]? Excerpt { get; set; }
}
