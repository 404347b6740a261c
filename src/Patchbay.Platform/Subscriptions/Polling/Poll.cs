namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>A trigger that asks: an action that runs on a schedule, and whose new items become events.</summary>
internal sealed class Poll : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }

    /// <summary>Unique in the connection; events have it in the place of a trigger's name.</summary>
    public required string Name { get; set; }

    /// <summary>The name of a version, <c>latest</c> or <c>default</c>.</summary>
    public required string VersionSelector { get; set; }

    public required string ActionName { get; set; }

    /// <summary>What the action is called with, as JSON.</summary>
    public string? Parameters { get; set; }

    /// <summary>A cron expression of five or six fields.</summary>
    public required string Schedule { get; set; }

    /// <summary>The IANA name of the time zone of the schedule.</summary>
    public required string TimeZone { get; set; }

    /// <summary>A JMESPath expression that finds the items in the answer's body.</summary>
    public required string Items { get; set; }

    /// <summary>A JMESPath expression that gives an item's id; null to tell items by all that they hold.</summary>
    public string? ItemId { get; set; }

    /// <summary>A JMESPath expression that gives the next cursor out of the answer's body; null for none.</summary>
    public string? Cursor { get; set; }

    /// <summary>The parameter that the cursor goes into.</summary>
    public string? CursorParameter { get; set; }

    /// <summary>What the next run goes on from, and the key of the hashes by which items are known, sealed by the vault: <see cref="PollMemory"/>.</summary>
    public byte[]? Secret { get; set; }

    public bool Enabled { get; set; }

    /// <summary>When it runs next; null while it is disabled, or where its schedule has no next time.</summary>
    public DateTimeOffset? NextRunAt { get; set; }

    public DateTimeOffset? LastRunAt { get; set; }

    /// <summary>How many events the last run that succeeded made.</summary>
    public int LastEvents { get; set; }

    /// <summary>Why the last run failed; null where it did not.</summary>
    public string? LastError { get; set; }

    public int ConsecutiveFailures { get; set; }

    /// <summary>Rises when a run is begun and when its owner changes it, so that a run that was overtaken stores nothing.</summary>
    public long Fence { get; set; }

    /// <summary>Until when a run has it.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
