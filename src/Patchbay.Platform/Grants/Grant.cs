namespace Patchbay.Platform.Grants;

/// <summary>
/// The token that a credential currently stands for, with the refresh token behind it. One row for each credential that lives by tokens,
/// from the credential's first day to its last.
/// </summary>
internal sealed class Grant : IOwned
{
    /// <summary>The id of the credential.</summary>
    public required Ulid Id { get; init; }

    public required Ulid OrganisationId { get; init; }

    /// <summary>
    /// The fence: it rises with each stored grant, and a new grant is stored only over the version that it was made from. So whoever was
    /// overtaken, by another process or by the owner's change, cannot overwrite what came later.
    /// </summary>
    public required long Version { get; set; }

    /// <summary>The sealed <see cref="GrantTokens"/>; null until there were any.</summary>
    public byte[]? Secret { get; set; }

    public DateTimeOffset? ObtainedAt { get; set; }

    /// <summary>When the access token expires; null where nobody knows.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When to refresh ahead of expiry without anyone asking; null where only use tells.</summary>
    public DateTimeOffset? RenewAt { get; set; }

    /// <summary>Which process asks the provider just now. It keeps others from asking; what keeps the grant whole is the fence.</summary>
    public string? LeaseHolder { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>How often the provider could not be asked, in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Before when the provider is left alone after a failure.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Why the last attempt failed, for people.</summary>
    public string? LastFailure { get; set; }

    /// <summary>Whether the provider has refused for good, so that only the owner can help.</summary>
    public bool Dead { get; set; }
}
