namespace Patchbay.Importing;

/// <summary>What of a description was carried over, what was approximated and how, and what was left out and why.</summary>
/// <param name="Entries">One for each kind of part that occurred, in the order of <see cref="DescriptionPart"/>.</param>
/// <remarks>
/// The account closes: of every kind that is counted in the source, all parts were carried over, or stand in the places of what was left out.
/// </remarks>
public sealed record FidelityReport(IReadOnlyList<FidelityEntry> Entries);

/// <summary>What became of one kind of part.</summary>
/// <param name="Part">The kind.</param>
/// <param name="Carried">How many there are in the connector, approximated ones included.</param>
/// <param name="Approximated">How parts were approximated or mended, and where.</param>
/// <param name="LeftOut">Why parts, or something of them, were left out, and where.</param>
public sealed record FidelityEntry(
    DescriptionPart Part,
    int Carried,
    IReadOnlyList<FidelityRemark> Approximated,
    IReadOnlyList<FidelityRemark> LeftOut)
{
    /// <summary>
    /// How many stand in the source, and what became of them. The connector may have more, since what is shared in the source is carried
    /// over for each use, and parts are added where they are missing. Null for kinds that are not counted there.
    /// </summary>
    public SourceCount? Source { get; init; }
}

/// <summary>Parts of one kind in the source, each counted once, however often something refers to it.</summary>
/// <param name="Found">All of them; the sum of the other two.</param>
/// <param name="Carried">Those that came to be in the connector.</param>
/// <param name="LeftOut">Those that did not; each is a place of one of the remarks.</param>
public sealed record SourceCount(int Found, int Carried, int LeftOut);

/// <summary>A remark on parts of one kind.</summary>
/// <param name="Text">As in the message that lists places, where there is one.</param>
/// <param name="Count">In how many places it applies.</param>
public sealed record FidelityRemark(string Text, int Count)
{
    /// <summary>The places in the order in which they came up, up to <see cref="ImportOptions.MaxPlacesInReport"/>.</summary>
    public IReadOnlyList<FidelityPlace> Places { get; init; } = [];

    /// <summary>How many more places there are than <see cref="Places"/> lists.</summary>
    public int Unlisted => Count - Places.Count;
}

/// <summary>Where a remark applies.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the source document; empty for the whole.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Specifics">What is particular about this place, such as a name; else null.</param>
public sealed record FidelityPlace(string Pointer, int Line, int Column, string? Specifics);

/// <summary>The kinds of parts that a description has.</summary>
public enum DescriptionPart
{
    /// <summary>The document as a whole, and fields of no other kind.</summary>
    Document,

    /// <summary>A base URL.</summary>
    Server,

    /// <summary>A variable of a base URL.</summary>
    ServerVariable,

    /// <summary>A security scheme; each flow of OAuth 2.0 counts.</summary>
    SecurityScheme,

    /// <summary>An operation of a path: an action.</summary>
    Operation,

    /// <summary>A webhook, or an operation of a callback: a trigger.</summary>
    Callback,

    /// <summary>A parameter of path, query, headers or cookies.</summary>
    Parameter,

    /// <summary>The body of a request.</summary>
    RequestBody,

    /// <summary>A response.</summary>
    Response,

    /// <summary>A header of a response, or of a part of a form.</summary>
    ResponseHeader,

    /// <summary>A media type of a body.</summary>
    MediaType,

    /// <summary>A link from a response to another operation, kept as it stood.</summary>
    Link,

    /// <summary>An example or a set of them, kept as it stood. Those within schemas are not counted.</summary>
    Example,

    /// <summary>A schema: a definition. In the source those count that have a name, and those of bodies, parameters and headers.</summary>
    Schema,

    /// <summary>A reference; counted are the definitions that each definition refers to.</summary>
    Reference,

    /// <summary>A field whose name begins with <c>x-</c>, kept as it stood. Those within schemas are not counted.</summary>
    Extension,
}
