namespace Patchbay.Importing;

/// <summary>How a description is written.</summary>
public enum DescriptionFormat
{
    /// <summary>Found out from the media type, else from the document itself.</summary>
    Unknown,

    /// <summary>JSON (RFC 8259).</summary>
    Json,

    /// <summary>YAML 1.2, core schema.</summary>
    Yaml,
}

/// <summary>What a document is.</summary>
public enum DescriptionKind
{
    /// <summary>What the document says that it is.</summary>
    Unknown,

    /// <summary>A Postman collection, where the document itself names no specification.</summary>
    Postman,
}

/// <summary>What an importer is told about a document, and how much of it it takes.</summary>
public sealed record ImportOptions
{
    /// <summary>The defaults.</summary>
    public static ImportOptions Default { get; } = new();

    /// <summary>The format, where the caller knows it for certain.</summary>
    public DescriptionFormat Format { get; init; }

    /// <summary>What the document is, where it does not say so itself.</summary>
    public DescriptionKind Kind { get; init; }

    /// <summary>The media type under which the document came. Used only where it names JSON or YAML; <c>text/plain</c> says nothing.</summary>
    public string? MediaTypeHint { get; init; }

    /// <summary>Where the document came from: relative URLs in it are resolved against it.</summary>
    public Uri? SourceUrl { get; init; }

    /// <summary>The largest document, and the most that all documents of a description come to, in bytes.</summary>
    public int MaxDocumentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How deep objects and arrays may nest; more than 1,000 is taken for 1,000.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>How many values the document may hold, those that YAML aliases repeat included. A text weighs one more for every 32 characters.</summary>
    public int MaxNodes { get; init; } = 5_000_000;

    /// <summary>How many values YAML aliases may repeat, weighed in the same way.</summary>
    public int MaxAliasExpansions { get; init; } = 500_000;

    /// <summary>How much the definitions, schemas and examples may come to, in bytes of JSON.</summary>
    public long MaxOutputBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How many places of each remark the fidelity report lists; all are counted, whatever this is.</summary>
    public int MaxPlacesInReport { get; init; } = 1_000;
}
