namespace Patchbay.Importing.Messages;

/// <summary>Something that an import may say: a fixed text, so that the same remark in many places is one message.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Text">What is wrong and what was done about it.</param>
internal sealed record Remark(DescriptionPart Part, RemarkOutcome Outcome, ImportSeverity Severity, string Text)
{
    /// <summary>Whether the fidelity report alone says it, and no message does.</summary>
    public bool IsInReportOnly { get; init; }

    /// <summary>Nothing was lost.</summary>
    public static Remark Noted(DescriptionPart part, string text) => new(part, RemarkOutcome.Kept, ImportSeverity.Info, text);

    /// <summary>Something was approximated, assumed or repaired.</summary>
    public static Remark Mended(DescriptionPart part, string text) => new(part, RemarkOutcome.Approximated, ImportSeverity.Warning, text);

    /// <summary>Something was lost.</summary>
    public static Remark LeftOut(DescriptionPart part, string text) => new(part, RemarkOutcome.LeftOut, ImportSeverity.Warning, text);

    /// <summary>Something was left out because it means nothing, or nothing that anybody would miss.</summary>
    public static Remark LeftOutByRule(DescriptionPart part, string text) => new(part, RemarkOutcome.LeftOut, ImportSeverity.Info, text);
}

/// <summary>What became of a part of the source.</summary>
internal enum RemarkOutcome
{
    Kept,
    Approximated,
    LeftOut,
}
