using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>A version of a connector: a draft while <c>publishedAt</c> is null, immutable afterwards.</summary>
internal sealed record ConnectorVersionJson : IStateBehind
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the connector; any text but the reserved words latest and default.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string Name { get; init; }

    [MaxLength(ConnectorVersion.MaxDescriptionLength)]
    public string? Description { get; init; }

    /// <summary>Whether it is the published version with the newest <c>publishedAt</c>.</summary>
    public required bool IsLatest { get; init; }

    /// <summary>Whether it was marked as the version that <c>default</c> stands for.</summary>
    public required bool IsDefault { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it, or anything in it, was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never), NullAllowed]
    public required DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Remarks on how it was made, such as what an import could not carry over.</summary>
    [MaxLength(ConnectorVersion.MaxMessages)]
    public IReadOnlyList<MessageJson>? Messages { get; init; }

    /// <summary>The published library version that it was imported from (ours).</summary>
    public VersionSourceJson? Source { get; init; }

    [JsonIgnore]
    public string StateBehind { get; init; } = "";

    public static ConnectorVersionJson Of(ConnectorVersion version, bool isLatest) => new()
    {
        Id = version.Id,
        Name = version.Name,
        Description = version.Description,
        IsLatest = isLatest,
        IsDefault = version.IsDefault,
        CreatedAt = version.CreatedAt,
        UpdatedAt = version.UpdatedAt,
        PublishedAt = version.PublishedAt,
        Messages = version.Messages is null ? null : JsonSerializer.Deserialize<IReadOnlyList<MessageJson>>(version.Messages, ApiJson.Options),
        Source = version.SourceVersionId is { } source
            ? new VersionSourceJson { Id = source, Name = version.SourceVersionName!, ContentHash = Convert.ToHexStringLower(version.SourceContentHash!) }
            : null,
        StateBehind = version.Revision.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>From which version a version was imported.</summary>
internal sealed record VersionSourceJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 over the contents of the source, in hexadecimal.</summary>
    public required string ContentHash { get; init; }
}

/// <summary>Versions of a connector, a page of them.</summary>
internal sealed record ConnectorVersionsPageJson : PageInfoJson
{
    public required IReadOnlyList<ConnectorVersionJson> Items { get; init; }
}

/// <summary>A new version.</summary>
internal sealed record ConnectorVersionCreateJson
{
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string Name { get; init; }

    /// <summary>The version whose contents it begins with; latest and default are understood. Left out, it begins empty.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public string? FromVersion { get; init; }
}

/// <summary>A version after it was published.</summary>
internal sealed record PublishConnectorResponseJson
{
    public required ConnectorVersionJson Version { get; init; }
}

/// <summary>A version after it was unpublished.</summary>
internal sealed record UnpublishConnectorResponseJson
{
    public required ConnectorVersionJson Version { get; init; }
}
