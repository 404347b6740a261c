namespace Patchbay.Authorizing.Faults;

/// <summary>A token request that waits for the test.</summary>
public sealed class HeldTokenRequest
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HeldTokenRequest(bool beforeProcessing) => Fault = new HoldFault(this, beforeProcessing);

    /// <summary>Completes when the request has come to the point where it is held.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Completes when it was released and the server has done with it: processed it, and answered whoever still listens.</summary>
    public Task Finished => _finished.Task;

    internal TokenFault Fault { get; }

    /// <summary>Lets it go on, now or when it arrives. May be called more than once.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Waits to be released.</summary>
    /// <returns>Whether it was: the server may stop before.</returns>
    private async Task<bool> HoldAsync(CancellationToken stopping)
    {
        _arrived.TrySetResult();
        try
        {
            await _released.Task.WaitAsync(stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Holds a request. That the client goes away releases nothing: a provider that has read a request processes it, whoever still listens.
    /// </summary>
    private sealed class HoldFault(HeldTokenRequest held, bool beforeProcessing) : TokenFault
    {
        internal override Task<bool> EndsBeforeProcessingAsync(FaultyExchange exchange) => beforeProcessing ? EndsAsync(exchange) : Task.FromResult(false);

        internal override Task<bool> EndsBeforeAnswerAsync(FaultyExchange exchange) => beforeProcessing ? Task.FromResult(false) : EndsAsync(exchange);

        internal override void Finish() => held._finished.TrySetResult();

        private async Task<bool> EndsAsync(FaultyExchange exchange)
        {
            if (await held.HoldAsync(exchange.Stopping))
                return false;
            exchange.Context.Abort();
            return true;
        }
    }
}
