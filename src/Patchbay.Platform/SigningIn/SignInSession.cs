
namespace Patchbay.Platform.SigningIn;

/// <summary>That somebody has signed in: a person, or the operator. Its token is in a cookie of the server's own pages, or was made there for the APIs; only the hash is here.</summary>
internal sealed class SignInSession
{
    /// <summary>What tokens for the APIs begin with.</summary>
    public const string TokenPrefix = "pbs_";

    /// <summary>How long the pages know who signed in.</summary>
    public static readonly TimeSpan PageLifetime = TimeSpan.FromHours(12);

    /// <summary>How long a token for the APIs holds.</summary>
    public static readonly TimeSpan ApiLifetime = TimeSpan.FromHours(1);

    public required Ulid Id { get; init; }

    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The person; null for the operator.</summary>
    public Ulid? PersonId { get; init; }

    /// <summary>Whether the token is for the APIs. One for the pages opens no API, and one for the APIs no page.</summary>
    public required bool IsForApis { get; init; }

    /// <summary>The page session in which it was made, with which it ends; null for that itself.</summary>
    public Ulid? ParentId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
