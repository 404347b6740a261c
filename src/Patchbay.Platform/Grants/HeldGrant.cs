using Patchbay.OAuth.Refreshing;

namespace Patchbay.Platform.Grants;

/// <summary>Which grant is meant, and in which state of its credential.</summary>
/// <param name="CredentialId">The credential.</param>
/// <param name="OrganisationId">Its organisation.</param>
/// <param name="Stamp">When the credential was last changed by its owner: what a process remembers from before does not count after.</param>
internal sealed record GrantKey(Ulid CredentialId, Ulid OrganisationId, DateTimeOffset Stamp);

/// <summary>A grant as this process remembers it: durable already, and in the clear.</summary>
internal sealed record HeldGrant(GrantKey Key, long Version, GrantTokens Tokens, DateTimeOffset ObtainedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>When to renew it ahead of expiry, once it is used; null where it is not known to expire.</summary>
    public required DateTimeOffset? RenewAt { get; init; }

    /// <summary>Whether it was obtained because the API had called the one before expired.</summary>
    public bool Reactive { get; init; }

    public bool IsUsable(DateTimeOffset now) => !RefreshSchedule.IsExpired(ObtainedAt, ExpiresAt, now);

    /// <summary>Which grant it is, never a token.</summary>
    public override string ToString() => $"{nameof(HeldGrant)} ({Key.CredentialId}, version {Version})";
}
