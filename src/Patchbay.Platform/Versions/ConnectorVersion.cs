using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Versions;

/// <summary>A set of actions, triggers and definitions: a draft until it is published, then immutable.</summary>
internal sealed class ConnectorVersion : IOwned
{
    public const string Latest = "latest";
    public const string Default = "default";
    public const int MaxNameLength = 64;
    public const int MaxDescriptionLength = 100_000;
    public const int MaxMessages = 10_000;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public Connector? Connector { get; private set; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public bool IsDefault { get; set; }
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

    /// <summary>Rises with every change to the version or to anything in it, whatever the clock says.</summary>
    public long Revision { get; private set; }
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>Remarks on the version's making, as JSON; null for none.</summary>
    public string? Messages { get; set; }

    /// <summary>The hash over all contents, set when the version is published: from then on they do not change.</summary>
    public byte[]? ContentHash { get; set; }

    /// <summary>The published version that this one was imported from, or null; it may be gone by now.</summary>
    public Ulid? SourceVersionId { get; set; }

    public string? SourceVersionName { get; set; }

    /// <summary>
    /// The source's <see cref="ContentHash"/> when it was imported: what merges of later versions start from. Those contents are the source's while it
    /// is published, and are kept as a <see cref="Library.MergeBase"/> from then on.
    /// </summary>
    public byte[]? SourceContentHash { get; set; }

    /// <summary>What the source's connector said of itself when it was imported, as <see cref="Library.SourceSettings"/>; null for none.</summary>
    public string? SourceSettings { get; set; }

    public bool IsPublished => PublishedAt is not null;

    /// <summary>What is wrong with a name for a new version, or null.</summary>
    public static string? NameFault(string name) => name switch
    {
        { Length: 0 or > MaxNameLength } => $"must have 1 to {MaxNameLength} characters",
        Latest or Default => "is a reserved word; choose another name",
        "." or ".." => "must not be a dot segment",
        _ when name.Contains('/', StringComparison.Ordinal) => "must not contain '/'",
        _ when name.Any(char.IsControl) => "must not contain control characters",
        _ => null,
    };
}
