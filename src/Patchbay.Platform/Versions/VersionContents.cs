namespace Patchbay.Platform.Versions;

/// <summary>A document, kept once however many versions hold it.</summary>
internal sealed class Content
{
    /// <summary>SHA-256 of <see cref="Body"/>.</summary>
    public required byte[] Hash { get; init; }

    public required byte[] Body { get; init; }
}

/// <summary>A named part of a version.</summary>
internal interface IVersionPart
{
    Ulid Id { get; }
    Ulid VersionId { get; }
    string Name { get; }
}

/// <summary>An action of a version; everything about it but its name stands in its content.</summary>
internal sealed class VersionAction : IVersionPart
{
    public required Ulid Id { get; init; }
    public required Ulid VersionId { get; init; }
    public required string Name { get; set; }
    public required byte[] ContentHash { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A trigger of a version.</summary>
internal sealed class VersionTrigger : IVersionPart
{
    public required Ulid Id { get; init; }
    public required Ulid VersionId { get; init; }
    public required string Name { get; set; }
    public required byte[] ContentHash { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A definition of a version; its content is the schema as text.</summary>
internal sealed class VersionDefinition : IVersionPart
{
    public required Ulid Id { get; init; }
    public required Ulid VersionId { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public List<string> Accept { get; set; } = [];

    /// <summary>The media type of the schema itself.</summary>
    public required string ContentType { get; set; }

    public required byte[] ContentHash { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What refers to a definition.</summary>
internal enum ReferrerKind
{
    Definition = 0,
    Action = 1,
    Trigger = 2,
}

/// <summary>
/// That one part of a version refers to a definition. Both ends are names, not ids, so that copying a version copies these rows as
/// they are.
/// </summary>
internal sealed class DefinitionUse
{
    public required Ulid VersionId { get; init; }
    public required string Definition { get; init; }
    public required ReferrerKind ReferrerKind { get; init; }
    public required string Referrer { get; init; }
}
