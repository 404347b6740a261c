using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>Where a version came from in the library, and what has been published there since.</summary>
internal sealed record UpstreamJson
{
    /// <summary>The connector that it came from; left out where it did not come from the library.</summary>
    public ConnectorSourceJson? Connector { get; init; }

    /// <summary>The version that was last imported or merged.</summary>
    public VersionSourceJson? Merged { get; init; }

    /// <summary>Whether that connector is in the library now.</summary>
    public required bool Available { get; init; }

    /// <summary>The versions that were published there since, the newest first.</summary>
    public required IReadOnlyList<UpstreamVersionJson> Versions { get; init; }
}

/// <summary>A newer version of the library's connector.</summary>
internal sealed record UpstreamVersionJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>SHA-256 over the contents, in hexadecimal.</summary>
    public required string ContentHash { get; init; }
}

/// <summary>What a choice in a merge is about.</summary>
internal enum MergeSubject
{
    [JsonStringEnumMemberName("action")]
    Action,

    [JsonStringEnumMemberName("trigger")]
    Trigger,

    [JsonStringEnumMemberName("definition")]
    Definition,

    [JsonStringEnumMemberName("base-url")]
    BaseUrl,

    [JsonStringEnumMemberName("allowed-hosts")]
    AllowedHosts,

    [JsonStringEnumMemberName("auth-scheme-config")]
    AuthSchemeConfig,

    [JsonStringEnumMemberName("connection-variable")]
    ConnectionVariable,
}

/// <summary>A side of a merge.</summary>
internal enum MergeTake
{
    [JsonStringEnumMemberName("own")]
    Own,

    [JsonStringEnumMemberName("upstream")]
    Upstream,

    [JsonStringEnumMemberName("base")]
    Base,
}

/// <summary>A merge of a newer version of the library's connector into a draft.</summary>
internal sealed record MergeUpstreamVersionJson
{
    /// <summary>The published version to merge, by name, latest or default.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string UpstreamVersion { get; init; }

    /// <summary>What is chosen for what cannot be merged, and what of the upstream connector's settings is taken over.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<MergeResolutionJson>? Resolutions { get; init; }

    /// <summary>Whether nothing is written, and the answer says what would be.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>
/// A choice. For an action, trigger or definition it says whose it is to be, as a whole or in one field in conflict. A setting of the connector stays
/// as it is unless upstream is taken: that leads credentials elsewhere.
/// </summary>
internal sealed record MergeResolutionJson
{
    public required MergeSubject Kind { get; init; }

    /// <summary>The part's name, the config's id or the variable's name; left out for the base URL and the allowed hosts.</summary>
    [MaxLength(1024)]
    public string? Name { get; init; }

    /// <summary>The pointer of a field in conflict; left out for the part as a whole.</summary>
    public string? Field { get; init; }

    public required MergeTake Take { get; init; }
}

/// <summary>Why a part waits for a choice.</summary>
internal enum MergeConflictKind
{
    [JsonStringEnumMemberName("both-changed")]
    BothChanged,

    [JsonStringEnumMemberName("both-added")]
    BothAdded,

    [JsonStringEnumMemberName("deleted-here")]
    DeletedHere,

    [JsonStringEnumMemberName("deleted-upstream")]
    DeletedUpstream,

    [JsonStringEnumMemberName("still-referred")]
    StillReferred,
}

/// <summary>A part that cannot be merged without a choice.</summary>
internal sealed record MergeConflictJson
{
    public required VersionPartKind Kind { get; init; }
    public required string Name { get; init; }
    public required MergeConflictKind Reason { get; init; }

    /// <summary>The fields in question, with what stands there on each side.</summary>
    public required IReadOnlyList<FieldConflictJson> Fields { get; init; }

    /// <summary>What stays and refers to a definition that would go.</summary>
    public IReadOnlyList<ReferrerJson>? ReferredBy { get; init; }
}

/// <summary>A field that both sides changed.</summary>
internal sealed record FieldConflictJson
{
    /// <summary>JSON pointer into the part; empty for all of it.</summary>
    public required string Field { get; init; }

    /// <summary>What was imported; left out for nothing. What is very long is cut, and then a string.</summary>
    public JsonNode? Base { get; init; }

    /// <summary>What the draft has.</summary>
    public JsonNode? Own { get; init; }

    /// <summary>What the newer version has.</summary>
    public JsonNode? Upstream { get; init; }
}

/// <summary>A part that refers to a definition.</summary>
internal sealed record ReferrerJson(VersionPartKind Kind, string Name);

/// <summary>What a merge did, or would do.</summary>
internal sealed record MergeUpstreamResultJson
{
    /// <summary>The draft afterwards; as it is, where nothing was written.</summary>
    public required ConnectorVersionJson Version { get; init; }

    /// <summary>How the draft differs from what it was before.</summary>
    public required VersionDifferenceJson Difference { get; init; }

    /// <summary>What the upstream connector changed in its settings since the last import or merge.</summary>
    public required IReadOnlyList<ConnectorDifferenceJson> Connector { get; init; }

    /// <summary>Every place that credentials of the connector can go to afterwards, and any code that came along.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    public required IReadOnlyList<MessageJson> Messages { get; init; }
}

/// <summary>Why a merge did not happen.</summary>
internal sealed record MergeUpstreamErrorJson
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public IReadOnlyList<ErrorFieldJson>? Fields { get; init; }
    public string? Details { get; init; }

    /// <summary>All that waits for a choice.</summary>
    public IReadOnlyList<MergeConflictJson>? Conflicts { get; init; }

    /// <summary>What the upstream connector changed in its settings since the last import or merge.</summary>
    public IReadOnlyList<ConnectorDifferenceJson>? Connector { get; init; }

    /// <summary>Every place that credentials of the connector could go to, and any code that came along.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }
}
