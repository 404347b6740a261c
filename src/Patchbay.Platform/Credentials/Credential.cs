namespace Patchbay.Platform.Credentials;

/// <summary>Who we are at an API. Its secret part is sealed by the vault and is never read back by anyone.</summary>
internal sealed class Credential : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; set; }
    public required string Type { get; set; }

    /// <summary>What may be read, as JSON.</summary>
    public required string PublicData { get; set; }

    /// <summary>The sealed secret part; null where the type has none.</summary>
    public byte[]? Secret { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
