namespace Patchbay.ServerTests.Hosting;

/// <summary>The system's time, and as much more as a test wants. Timers run by the system's.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _shift));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);
}
