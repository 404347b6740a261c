using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Events;

/// <summary>Something that an API told us of.</summary>
internal record EventSummaryJson
{
    /// <summary>Also the webhook-id of the messages that subscribers get of it.</summary>
    public required Ulid Id { get; init; }

    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }

    /// <summary>The trigger, or the poll.</summary>
    public required string TriggerName { get; init; }

    /// <summary>The version that the trigger's endpoint led to then.</summary>
    public required string Version { get; init; }

    public required EventOriginJson Origin { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What became of it.</summary>
    public required EventDeliveryCountsJson DeliveryCounts { get; init; }
}

/// <summary>An event with what came and what became of it.</summary>
internal sealed record EventJson : EventSummaryJson
{
    /// <summary>What subscribers are sent: type, timestamp, and in data what came, with [verified] in the place of what proved its sender.</summary>
    public required JsonElement Message { get; init; }

    /// <summary>Its deliveries, the newest first; 100 at most.</summary>
    public required IReadOnlyList<EventDeliveryJson> Deliveries { get; init; }
}

/// <summary>How many deliveries of an event are in which state.</summary>
internal sealed record EventDeliveryCountsJson
{
    public required int Pending { get; init; }
    public required int Delivered { get; init; }
    public required int Dead { get; init; }
}

/// <summary>That an event is to reach a subscription.</summary>
internal sealed record EventDeliveryJson
{
    public required Ulid Id { get; init; }
    public required Ulid SubscriptionId { get; init; }
    public required DeliveryStateJson State { get; init; }

    /// <summary>When it is tried next, while it waits.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The activation that it is for; left out where an integration had no part in it.</summary>
    public Ulid? ActivationId { get; init; }

    /// <summary>Whether a replay asked for it.</summary>
    public required bool Replay { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its attempts, the newest first; 50 at most.</summary>
    public required IReadOnlyList<EventAttemptJson> Attempts { get; init; }
}

/// <summary>One try of a delivery.</summary>
internal sealed record EventAttemptJson
{
    public required DateTimeOffset At { get; init; }
    public required int DurationMs { get; init; }

    /// <summary>The status of the answer; left out where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; left out where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The beginning of an answer that was no success.</summary>
    public string? ResponseExcerpt { get; init; }
}

/// <summary>A page of events.</summary>
internal sealed record EventPageJson : PageInfoJson
{
    public required IReadOnlyList<EventSummaryJson> Events { get; init; }
}

/// <summary>Where to send an event again.</summary>
internal sealed record EventReplayJson
{
    /// <summary>To this subscription, whatever it listens to; to all that listen, where it is left out.</summary>
    public Ulid? SubscriptionId { get; init; }
}

/// <summary>Which events to send again. Fields that are left out do not matter.</summary>
internal sealed record EventReplayManyJson
{
    public Ulid? ConnectorId { get; init; }
    public Ulid? ConnectionId { get; init; }

    [MinLength(1), MaxLength(200)]
    public string? TriggerName { get; init; }

    [MinLength(1), MaxLength(64)]
    public string? Version { get; init; }

    public EventOriginJson? Origin { get; init; }

    /// <summary>Those with such a delivery; dead, to send dead letters again and nothing else.</summary>
    public EventDeliveryFilter? Delivery { get; init; }

    /// <summary>To this subscription only, as far as it listens to them.</summary>
    public Ulid? SubscriptionId { get; init; }

    /// <summary>Those that came at this time or later.</summary>
    public DateTimeOffset? ReceivedAfter { get; init; }

    /// <summary>Those that came before this time.</summary>
    public DateTimeOffset? ReceivedBefore { get; init; }

    /// <summary>Those behind this event: next of the answer before.</summary>
    public Ulid? After { get; init; }
}

/// <summary>What was sent again.</summary>
internal sealed record EventReplayResultJson
{
    /// <summary>How many events were looked at; 1000 at most.</summary>
    public required int Events { get; init; }

    /// <summary>How many deliveries are on their way.</summary>
    public required int Deliveries { get; init; }

    /// <summary>Where there are more: send the request again with this in after.</summary>
    public Ulid? Next { get; init; }
}

/// <summary>How an event came to us.</summary>
internal enum EventOriginJson
{
    [JsonStringEnumMemberName("webhook")]
    Webhook,

    [JsonStringEnumMemberName("poll")]
    Poll,
}

/// <summary>What became of a delivery.</summary>
internal enum DeliveryStateJson
{
    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("delivered")]
    Delivered,

    [JsonStringEnumMemberName("dead")]
    Dead,
}

/// <summary>Events by what became of them.</summary>
internal enum EventDeliveryFilter
{
    /// <summary>With a delivery that waits.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>With a delivery that was accepted.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>With a delivery that was given up.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,

    /// <summary>Without any delivery: nobody listened.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
