
namespace Patchbay.Platform.ServiceAccounts;

/// <summary>An account of an organisation for programs, which get tokens by its client id and secret (RFC 6749, 4.4).</summary>
internal sealed class ServiceAccount : IOwned
{
    public const string SecretPrefix = "pbc_";

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>Unique in the organisation, and never changed.</summary>
    public required string Name { get; init; }

    public required string ClientId { get; init; }

    /// <summary>SHA-256 of the secret, in hexadecimal digits: 256 random bits need no slow hash.</summary>
    public required string SecretHash { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A token that a service account was given.</summary>
internal sealed class ServiceToken : IOwned
{
    public const string Prefix = "pbt_";

    /// <summary>How long a token is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid ServiceAccountId { get; init; }

    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
