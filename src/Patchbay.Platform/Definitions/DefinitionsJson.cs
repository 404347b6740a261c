using System.Text.Json.Serialization;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Definitions;

/// <summary>A named schema of a version.</summary>
internal sealed record DefinitionJson : IStateBehind
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the version.</summary>
    public required string Name { get; init; }

    /// <summary>The media types of the data that conforms to it.</summary>
    public required IReadOnlyList<string> Accept { get; init; }

    public string? Description { get; init; }

    /// <summary>Where the schema itself is.</summary>
    public required string Url { get; init; }

    /// <summary>What refers to it, where that was asked for.</summary>
    public IReadOnlyList<DefinitionReferenceJson>? ReferencedBy { get; init; }

    [JsonIgnore]
    public string StateBehind { get; init; } = "";
}

/// <summary>What a reference comes from.</summary>
internal enum DefinitionReferenceType
{
    [JsonStringEnumMemberName("definition")]
    Definition,

    [JsonStringEnumMemberName("action")]
    Action,

    [JsonStringEnumMemberName("trigger")]
    Trigger,
}

/// <summary>A reference to a definition.</summary>
internal sealed record DefinitionReferenceJson
{
    public required DefinitionReferenceType Type { get; init; }
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
}

/// <summary>Definitions, a page of them.</summary>
internal sealed record DefinitionPageJson : PageInfoJson
{
    public required IReadOnlyList<DefinitionJson> Definitions { get; init; }
}
