
namespace Patchbay.Platform.EndUserPages;

/// <summary>
/// An end user's visit to the pages of a hub. It begins with a code in the address, which serves once and is exchanged for a token; of both only
/// the hash is here. The user need not exist yet: they come to be with their first activation.
/// </summary>
internal sealed class PageSession : IOwned
{
    public const string TokenPrefix = "pbu_";

    /// <summary>How long the page may be opened.</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid HubId { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>SHA-256 of the code, in hexadecimal digits; null once it was exchanged.</summary>
    public required string? CodeHash { get; set; }

    public required DateTimeOffset CodeExpiresAt { get; init; }

    /// <summary>SHA-256 of the token, in hexadecimal digits; null until the code was exchanged.</summary>
    public string? TokenHash { get; set; }

    /// <summary>When the token, too, is over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The one integration to show; null for the list.</summary>
    public Ulid? IntegrationId { get; init; }

    public string? Language { get; init; }
    public string? Mode { get; init; }
    public string? ReturnUrl { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
