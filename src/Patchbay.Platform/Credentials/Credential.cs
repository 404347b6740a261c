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

    /// <summary>When its owner wants it deleted.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>What failed when it was last checked: null where it never was, empty where it is valid.</summary>
    public List<string>? Errors { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt
    {
        get;
        set
        {
            field = value;
            Revision++;
        }
    }

    /// <summary>Rises with every change by its owner, also with one of the secret alone.</summary>
    public long Revision { get; private set; }
}
