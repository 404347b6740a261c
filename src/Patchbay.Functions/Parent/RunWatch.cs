namespace Patchbay.Functions.Parent;

/// <summary>
/// Watches one run from outside and ends its process when it uses too much. The kernel's limits on memory and processor time stand behind
/// it: this one is sooner, and knows which limit it was.
/// </summary>
internal sealed class RunWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly ChildProcess _child;
    private readonly FunctionLimits _limits;
    private readonly TimeProvider _time;
    private readonly Task _watching;

    public RunWatch(ChildProcess child, FunctionLimits limits, TimeProvider time)
    {
        _child = child;
        _limits = limits;
        _time = time;
        _watching = WatchAsync(child.CpuTime, time.GetTimestamp());
    }

    /// <summary>Which limit the run came to; null for none.</summary>
    public FunctionFailure? Failure { get; private set; }

    /// <summary>Is cancelled when the run came to a limit, so that its requests end too.</summary>
    public CancellationToken Exceeded => _stop.Token;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(TimeSpan cpuBefore, long started)
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Failure = _time.GetElapsedTime(started) > _limits.Wall ? new FunctionFailure.TimedOut(_limits.Wall)
                    : _child.CpuTime - cpuBefore > _limits.Cpu ? new FunctionFailure.CpuExceeded(_limits.Cpu)
                    : _child.ResidentBytes > _limits.ResidentBytes ? new FunctionFailure.OutOfMemory()
                    : null;
                if (Failure is null) continue;
                _child.Kill();
                await _stop.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
