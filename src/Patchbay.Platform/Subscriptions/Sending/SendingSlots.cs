namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// How many messages this node sends at once. A message that is not answered soon leaves its place to the next and goes on in one of the
/// places for slow ones, so that receivers that hang keep nobody waiting who answers.
/// </summary>
internal sealed class SendingSlots(TimeProvider clock) : IDisposable
{
    private const int Quick = 256;
    private const int Slow = 2048;

    /// <summary>How long a message may take before it counts as slow.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _quick = new(Quick, Quick);
    private readonly SemaphoreSlim _slow = new(Slow, Slow);

    /// <summary>Sends, as soon as there is a place.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        await _quick.WaitAsync(cancellationToken);
        var place = _quick;
        try
        {
            var sending = send();
            using var ended = new CancellationTokenSource();
            if (await Task.WhenAny(sending, Task.Delay(Patience, clock, ended.Token)) != sending && await _slow.WaitAsync(TimeSpan.Zero, CancellationToken.None))
            {
                _quick.Release();
                place = _slow;
            }

            await ended.CancelAsync();
            return await sending;
        }
        finally
        {
            place.Release();
        }
    }

    public void Dispose()
    {
        _quick.Dispose();
        _slow.Dispose();
    }
}
