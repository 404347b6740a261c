using System.ComponentModel.DataAnnotations;
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

/// <summary>A schema as text.</summary>
internal sealed record InlineSchemaJson
{
    /// <summary>How long a schema may be, in characters.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The media type of the schema itself: application/schema+json, application/schema+yaml, application/xml, or another word for these.</summary>
    public required string ContentType { get; init; }

    /// <summary>JSON Schema 2020-12 or draft-07, or XML Schema.</summary>
    [MaxLength(MaxLength)]
    public required string Content { get; init; }
}

/// <summary>A new definition.</summary>
internal sealed record DefinitionsCreateDefinitionJson
{
    /// <summary>Unique in the version.</summary>
    [RegularExpression(DefinitionRules.NamePattern), MinLength(1), MaxLength(DefinitionRules.MaxNameLength)]
    public required string Name { get; init; }

    /// <summary>The media types of the data that conforms to it.</summary>
    [MaxLength(DefinitionRules.MaxAccept)]
    public required IReadOnlyList<string> Accept { get; init; }

    [MaxLength(DefinitionRules.MaxDescriptionLength)]
    public string? Description { get; init; }

    public required InlineSchemaJson Schema { get; init; }
}

/// <summary>New definitions, which may refer to each other.</summary>
internal sealed record DefinitionsCreateJson
{
    public required IReadOnlyList<DefinitionsCreateDefinitionJson> Definitions { get; init; }
}

/// <summary>The definitions that a request was about.</summary>
internal sealed record DefinitionsJson
{
    public required IReadOnlyList<DefinitionJson> Definitions { get; init; }
}

/// <summary>What becomes of a definition.</summary>
internal sealed record DefinitionUpdateJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the version. References to the definition follow a new name.</summary>
    [RegularExpression(DefinitionRules.NamePattern), MinLength(1), MaxLength(DefinitionRules.MaxNameLength)]
    public required string Name { get; init; }

    /// <summary>The media types of the data that conforms to it.</summary>
    [MaxLength(DefinitionRules.MaxAccept)]
    public required IReadOnlyList<string> Accept { get; init; }

    [MaxLength(DefinitionRules.MaxDescriptionLength)]
    public string? Description { get; init; }

    /// <summary>Left out, the schema stays.</summary>
    public InlineSchemaJson? Schema { get; init; }
}

/// <summary>Which definitions to delete: some, by their ids and names, or all.</summary>
internal sealed record DefinitionsDeleteJson
{
    [MaxLength(DefinitionRules.MaxDeleted)]
    public IReadOnlyList<Ulid>? Ids { get; init; }

    /// <summary>Of others than those with the ids.</summary>
    [MaxLength(DefinitionRules.MaxDeleted)]
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Instead of ids and names.</summary>
    public bool? All { get; init; }
}

/// <summary>A definition that is not deleted, and why.</summary>
internal sealed record DefinitionsDeletePreconditionFailedDefinitionJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What refers to it and is not to be deleted as well.</summary>
    public required IReadOnlyList<DefinitionReferenceJson> ReferencedBy { get; init; }
}

/// <summary>Why nothing was deleted.</summary>
internal sealed record DefinitionDeletePreconditionFailedJson
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public IReadOnlyList<ErrorFieldJson>? Fields { get; init; }
    public string? Details { get; init; }

    /// <summary>The first definition that is referred to.</summary>
    public required DefinitionsDeletePreconditionFailedDefinitionJson Definition { get; init; }

    /// <summary>All of them (ours).</summary>
    public IReadOnlyList<DefinitionsDeletePreconditionFailedDefinitionJson>? Definitions { get; init; }
}
