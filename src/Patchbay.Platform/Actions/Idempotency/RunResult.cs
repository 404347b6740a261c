namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>What a run of a named call came to.</summary>
internal abstract record RunResult
{
    private RunResult()
    {
    }

    /// <summary>It ran, well or not: something may have reached the API, so it must not run again.</summary>
    /// <param name="Outcome">What came of it.</param>
    public sealed record Ran(byte[] Outcome) : RunResult
    {
        /// <summary>The type, never what came of it.</summary>
        public override string ToString() => nameof(Ran);
    }

    /// <summary>Nothing was sent, so that the key stays free: the call may be mended and sent again.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record NotSent(Failure Failure) : RunResult;
}

/// <summary>The outcome of a named call.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Replayed">Whether it is that of an earlier call under the key.</param>
internal sealed record NamedOutcome(byte[] Outcome, bool Replayed)
{
    /// <summary>The type, never what came of it.</summary>
    public override string ToString() => nameof(NamedOutcome);
}
