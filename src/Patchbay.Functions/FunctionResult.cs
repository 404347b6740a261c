using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Functions;

/// <summary>What a run returned, or why it returned nothing.</summary>
public sealed class FunctionResult
{
    private FunctionResult(FunctionAnswer? answer, FunctionFailure? failure)
    {
        Answer = answer;
        Failure = failure;
    }

    /// <summary>What it returned, checked; or null.</summary>
    public FunctionAnswer? Answer { get; }

    /// <summary>Why there is nothing, or null.</summary>
    public FunctionFailure? Failure { get; }

    /// <summary>Whether there is an answer.</summary>
    [MemberNotNullWhen(true, nameof(Answer))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Answer is not null;

    /// <summary>The state, never the answer: it is secret.</summary>
    public override string ToString() => Failure?.Message ?? "Succeeded";

    internal static FunctionResult Of(FunctionAnswer answer) => new(answer, failure: null);

    internal static FunctionResult Of(FunctionFailure failure) => new(answer: null, failure);
}
