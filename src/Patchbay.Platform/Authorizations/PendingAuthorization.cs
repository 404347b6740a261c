namespace Patchbay.Platform.Authorizations;

/// <summary>
/// A user is on the way to the provider and back (RFC 6749, section 4.1). It says what the state that comes back is good for: once, until
/// it expires, for the same caller and the same connector only. The state itself is not stored, only its hash.
/// </summary>
internal sealed class PendingAuthorization : IOwned
{
    public required Ulid Id { get; init; }

    /// <summary>SHA-256 of the state, in hexadecimal digits.</summary>
    public required string StateHash { get; init; }

    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required string AuthSchemeConfigId { get; init; }

    /// <summary>Who asked: see <see cref="Http.Caller.Identity"/>.</summary>
    public required string Caller { get; init; }

    /// <summary>The external id of the end user for whom it was asked; empty for the organisation's own connections.</summary>
    public required string EndUser { get; init; }

    /// <summary>The application that was asked with: the credential that holds it, or its client id where it has no secret.</summary>
    public required string Application { get; init; }

    /// <summary>The redirect URI of the request, which the exchange must repeat.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>The scopes that were asked for.</summary>
    public required List<string> Scopes { get; init; }

    /// <summary>The PKCE verifier, or the secret of a temporary OAuth 1.0a token, sealed; null where there is neither.</summary>
    public byte[]? Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the state was used. It stays for a while, so that a second use is told from a made-up state.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
