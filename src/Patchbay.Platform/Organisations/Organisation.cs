namespace Patchbay.Platform.Organisations;

/// <summary>A tenant: everything else belongs to one.</summary>
internal sealed class Organisation
{
    public required Ulid Id { get; init; }
    public required string Slug { get; set; }
    public required string DisplayName { get; set; }

    /// <summary>Who made it: the operator, until people sign in.</summary>
    public required string Owner { get; set; }

    public required Ulid SystemServiceAccountClientId { get; init; }

    /// <summary>The organisation's data key, wrapped by an instance key. Without it no secret of the organisation can be read.</summary>
    public required byte[] WrappedKey { get; set; }

    /// <summary>Which of the organisation's data keys that is. It changes only while nobody is about to store what the key sealed.</summary>
    public int KeyVersion { get; set; } = Vault.DataKey.FirstNumber;

    /// <summary>The data key before that one, wrapped, while some secret may still be sealed with it; else null.</summary>
    public byte[]? RetiredKey { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
