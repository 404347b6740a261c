namespace Patchbay.Platform.Uploads;

/// <summary>
/// A file on its way in: promised, then sent, then taken by the one operation that uses it. The content is kept in the clear: what is made of it
/// is too, and it is gone within minutes.
/// </summary>
internal sealed class Upload : IOwned
{
    /// <summary>How long the file may be sent, and again how long it may be used from then on.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long an upload is still told from a made-up one after it is over.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    /// <summary>SHA-256 of the signature, which only the URL holds.</summary>
    public required byte[] SignatureHash { get; init; }

    /// <summary>The media type that the file must have, without parameters; null for any.</summary>
    public string? ContentType { get; set; }

    /// <summary>The size that the file must have, in bytes; null for any.</summary>
    public long? ContentLength { get; set; }

    /// <summary>The file; null until it is there, and again once it was used.</summary>
    public byte[]? Content { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? ReceivedAt { get; set; }
    public DateTimeOffset? UsedAt { get; set; }
}
