namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>When a delivery that failed is tried again: soon at first, then over days (Standard Webhooks, "Deliverability and reliability").</summary>
internal static class RetrySchedule
{
    /// <summary>The pauses after the first attempt, the second and so on; after the last attempt it is dead.</summary>
    public static readonly IReadOnlyList<TimeSpan> Default =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(3),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(24), TimeSpan.FromHours(24),
    ];

    /// <summary>A receiver does not put us off for longer.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    /// <summary>The pause after an attempt, or null after the last one.</summary>
    /// <param name="schedule">The pauses.</param>
    /// <param name="attempts">How many attempts were made.</param>
    /// <param name="retryAfter">What the receiver asks for; it makes a pause longer, never shorter.</param>
    /// <param name="random">From 0 to 1: pauses differ by a fifth up and down, so that what failed together does not come back together.</param>
    public static TimeSpan? After(IReadOnlyList<TimeSpan> schedule, int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > schedule.Count)
            return null;
        var pause = schedule[attempts - 1] * (0.8 + 0.4 * random);
        var asked = retryAfter is { } after ? after < LongestRetryAfter ? after : LongestRetryAfter : TimeSpan.Zero;
        return asked > pause ? asked : pause;
    }

    /// <summary>How long a receiver that failed so often in a row is left in peace before one message is tried on it.</summary>
    /// <param name="failures">How many attempts in a row failed.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan ProbePause(int failures, double random)
    {
        var seconds = Math.Min(LongestProbePause.TotalSeconds, Math.Pow(2, Math.Max(0, failures - Receiver.FailuresOfAnOutage)));
        return TimeSpan.FromSeconds(seconds * (0.8 + 0.2 * random));
    }

    /// <summary>How late at most a receiver is noticed that is back.</summary>
    private static readonly TimeSpan LongestProbePause = TimeSpan.FromSeconds(60);
}
