namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>How far a call under a key is.</summary>
internal enum OutcomeState
{
    /// <summary>It runs, or ran on a server that is no more: the lease tells which.</summary>
    Running,

    /// <summary>It runs, and its outcome passes through without being kept.</summary>
    Streaming,

    /// <summary>Its outcome is there.</summary>
    Kept,

    /// <summary>It ended, with an outcome that was too large to keep, or that was streamed.</summary>
    NotKept,

    /// <summary>It was interrupted: whether it reached the API nobody knows.</summary>
    Unknown,
}

/// <summary>
/// A call that was named by a key. The row is there, for good, before anything is sent: so there is no moment at which another could send the
/// call once more.
/// </summary>
internal sealed class IdempotentOutcome : IOwned
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The largest outcome that is kept, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>The connection; what came through it goes with it.</summary>
    public required Ulid ConnectionId { get; init; }

    /// <summary>SHA-256 over who calls what under which key: <see cref="OutcomeKey"/>.</summary>
    public required byte[] KeyHash { get; init; }

    public required OutcomeState State { get; set; }

    /// <summary>The fence: it rises when the call is given up, and an outcome is stored only over the version that was claimed.</summary>
    public required long Version { get; set; }

    /// <summary>Which process runs the call.</summary>
    public string? LeaseHolder { get; set; }

    /// <summary>Until when that process is believed to be alive; it moves the time on while it is.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Sealed: the fingerprint of the request, then the outcome where it is kept. A <see cref="KeptText"/>.</summary>
    public required byte[] Outcome { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the key is free again: a day after the call ended.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }
}
