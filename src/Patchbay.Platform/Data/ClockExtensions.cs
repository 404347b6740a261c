namespace Patchbay.Platform.Data;

internal static class ClockExtensions
{
    /// <summary>Now, in UTC and whole microseconds: what both databases keep, so that a value compares equal after a round trip.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}
