namespace Patchbay.Platform.Events;

/// <summary>Tells this process that there are new events. What other nodes stored is found by looking, so whoever waits looks now and then too.</summary>
internal sealed class EventSignal(TimeProvider clock)
{
    private TaskCompletionSource _next = New();

    /// <summary>Says that events were stored.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>
    /// The next signal. Take it before looking for events: one that comes between the looking and the waiting is not missed then.
    /// </summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Waits for a signal that was taken by <see cref="Next"/>, but not for long.</summary>
    public async Task WaitAsync(Task signal, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await signal.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
