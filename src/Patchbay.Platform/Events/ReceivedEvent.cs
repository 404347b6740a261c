using Patchbay.Vault;

namespace Patchbay.Platform.Events;

/// <summary>
/// Something that an API told us of, as it came. It is history: it stays when its connection, connector or version goes, and goes with its
/// organisation or when it is old.
/// </summary>
internal sealed class ReceivedEvent : IOwned
{
    /// <summary>Rises in the order in which this process took events on: an event that was acknowledged before another came has the smaller id.</summary>
    public required Ulid Id { get; init; }

    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string TriggerName { get; init; }

    /// <summary>The version that the trigger's endpoint led to then.</summary>
    public required string VersionName { get; init; }

    public required EventOrigin Origin { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What came, sealed by the vault.</summary>
    public required byte[] Content { get; init; }

    /// <summary>Which of the organisation's keys the content is sealed with; null where it is damaged.</summary>
    public int? KeyVersion => DataKey.NumberOf(Content);

    /// <summary>
    /// A keyed hash of what tells the event from others of its connection and trigger; null where the trigger names nothing that does. The
    /// store keeps the first of a key only.
    /// </summary>
    public byte[]? DuplicateKey { get; init; }

    /// <summary>Whether the deliveries to its subscribers were made; also where it came when there were none.</summary>
    public bool FannedOut { get; set; }
}

/// <summary>How an event came to us.</summary>
internal enum EventOrigin
{
    /// <summary>The API sent it.</summary>
    Webhook = 0,

    /// <summary>We asked the API on a schedule.</summary>
    Poll = 1,
}
