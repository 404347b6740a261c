namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>Why a named call is not answered with an outcome.</summary>
internal static class IdempotencyFailures
{
    /// <summary>422, as the draft has it (section 2.7).</summary>
    public static readonly Failure Reused = new(FailureKind.Unprocessable, "idempotency_key_reused",
        "The Idempotency-Key was used for another request to this action. Send a new key with a new request.");

    public static readonly Failure InUse = new(FailureKind.Conflict, "idempotency_key_in_use",
        "The call with this Idempotency-Key still runs. Ask again later, with the same key, for its outcome.");

    public static readonly Failure NotKept = new(FailureKind.Conflict, "outcome_not_kept",
        "The call with this Idempotency-Key was made, and not again. Its outcome was streamed or larger than 1 MB, so it was not kept.");

    public static readonly Failure Unknown = new(FailureKind.Conflict, "outcome_unknown",
        "The call with this Idempotency-Key was interrupted. Whether it reached the API is not known: look there before you send it with a new key.");
}
