namespace Patchbay.Importing;

/// <summary>What of a description was carried over, what was approximated and how, and what was left out and why.</summary>
/// <param name="Entries">One for each kind of part that occurred, in the order of <see cref="DescriptionPart"/>.</param>
public sealed record FidelityReport(IReadOnlyList<FidelityEntry> Entries);

/// <summary>What became of one kind of part.</summary>
/// <param name="Part">The kind.</param>
/// <param name="Carried">How many there are in the connector, approximated ones included.</param>
/// <param name="Approximated">How parts were approximated or mended; the places are in the message of the same text.</param>
/// <param name="LeftOut">Why parts were left out; the places are in the message of the same text.</param>
public sealed record FidelityEntry(
    DescriptionPart Part,
    int Carried,
    IReadOnlyList<FidelityRemark> Approximated,
    IReadOnlyList<FidelityRemark> LeftOut);

/// <summary>A remark on parts of one kind.</summary>
/// <param name="Text">As in the message that lists the places.</param>
/// <param name="Count">In how many places it applies.</param>
public sealed record FidelityRemark(string Text, int Count);

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

    /// <summary>A header of a response.</summary>
    ResponseHeader,

    /// <summary>A media type of a body.</summary>
    MediaType,

    /// <summary>A link from a response to another operation, kept as it stood.</summary>
    Link,

    /// <summary>An example or a set of them, kept as it stood.</summary>
    Example,

    /// <summary>A schema: a definition.</summary>
    Schema,

    /// <summary>A reference; counted are the definitions that each definition refers to.</summary>
    Reference,

    /// <summary>A field whose name begins with <c>x-</c>, kept as it stood. Those within schemas are not counted.</summary>
    Extension,
}
