namespace Patchbay.Platform.Events;

/// <summary>An event that is to be stored.</summary>
internal sealed record IncomingEvent
{
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string TriggerName { get; init; }
    public required string VersionName { get; init; }
    public required EventOrigin Origin { get; init; }
    public required EventContent Content { get; init; }

    /// <summary>What tells it from others of its connection and trigger, as <see cref="Events.DuplicateKey"/> makes it; null for nothing.</summary>
    public byte[]? DuplicateKey { get; init; }

    /// <summary>Whose it is; never what came.</summary>
    public override string ToString() => $"{TriggerName} of connection {ConnectionId}";
}

/// <summary>That an event is durable.</summary>
/// <param name="Id">The event; null where one of the same key was stored before, and this one was not.</param>
internal readonly record struct AcceptedEvent(Ulid? Id)
{
    public bool IsDuplicate => Id is null;
}

/// <summary>What became of an event that was to be stored.</summary>
internal enum EventFate
{
    /// <summary>It is durable.</summary>
    Stored = 0,

    /// <summary>One of its key is there already.</summary>
    Duplicate = 1,

    /// <summary>It was sealed with a key that is not in force any more, and was not stored.</summary>
    OutdatedKey = 2,

    /// <summary>Its organisation is not there any more.</summary>
    NoOrganisation = 3,
}
