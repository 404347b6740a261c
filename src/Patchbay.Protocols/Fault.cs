namespace Patchbay.Protocols;

/// <summary>What kind of thing is wrong with an input.</summary>
public enum FaultKind
{
    /// <summary>A text does not have the form that it must have.</summary>
    Malformed,

    /// <summary>A variable that a template names has no value.</summary>
    MissingVariable,

    /// <summary>A value must not stand where the template would put it.</summary>
    UnfitValue,

    /// <summary>A path has a segment <c>.</c> or <c>..</c>, plain or encoded.</summary>
    DotSegment,

    /// <summary>Something is longer than it may be.</summary>
    TooLong,
}

/// <summary>One thing that is wrong with an input, for a client's eyes: it repeats names, never values.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Subject">What it is about: a variable's name, a part of a URL such as <c>host</c>, an entry such as <c>[2]</c>, a header.</param>
/// <param name="Message">A sentence.</param>
public sealed record Fault(FaultKind Kind, string Subject, string Message);
