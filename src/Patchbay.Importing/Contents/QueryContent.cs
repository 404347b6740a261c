using System.Text.Json.Nodes;

namespace Patchbay.Importing.Contents;

/// <summary>A query in SQL that an action runs, in place of an HTTP request.</summary>
public sealed record QueryContent
{
    /// <summary>The query, with parameters as <c>@name</c>.</summary>
    public required string Sql { get; init; }

    /// <summary>The parameters, in the order in which they were given.</summary>
    public IReadOnlyList<QueryParameterContent> Parameters { get; init; } = [];

    /// <summary>Where the data lies, such as <c>EU</c>; null to let the service find out.</summary>
    public string? Location { get; init; }

    /// <summary>Refuse a query that would bill more bytes than this; null for no limit.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Whether a result must not come out of a cache.</summary>
    public bool IgnoresCache { get; init; }
}

/// <summary>A parameter of a query.</summary>
public sealed record QueryParameterContent
{
    /// <summary>The name without <c>@</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required QueryTypeContent Type { get; init; }

    /// <summary>Whether a call must give it; one that need not be given is NULL, or what <see cref="Default"/> says.</summary>
    public bool Required { get; init; }

    /// <summary>The value where a call gives none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>What it means.</summary>
    public string? Description { get; init; }
}

/// <summary>A type of GoogleSQL.</summary>
public sealed record QueryTypeContent
{
    /// <summary>The name in upper case.</summary>
    public required string Name { get; init; }

    /// <summary>What an array holds.</summary>
    public QueryTypeContent? Items { get; init; }

    /// <summary>What a struct holds.</summary>
    public IReadOnlyList<QueryFieldContent>? Fields { get; init; }
}

/// <summary>A field of a struct.</summary>
public sealed record QueryFieldContent
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required QueryTypeContent Type { get; init; }
}
