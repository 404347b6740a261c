namespace Patchbay.OAuth.Refreshing;

/// <summary>How long to wait before an endpoint that did not answer is asked again. Pure: chance comes from the caller.</summary>
/// <param name="First">The longest wait after the first failure; it doubles with each one.</param>
/// <param name="Longest">What it grows to.</param>
public sealed record RetryBackoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>From one second to ten minutes.</summary>
    public static RetryBackoff Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    /// <summary>
    /// A random time up to a limit that doubles with each failure, so that many who failed together do not come back together. Where the
    /// server said how long to wait, that long and then such a time.
    /// </summary>
    /// <param name="failures">How many there were in a row; at least 1.</param>
    /// <param name="retryAfter">What the server said (<see cref="EndpointFailure.Unavailable.RetryAfter"/>), or null.</param>
    /// <param name="chance">From 0 to 1: 1 is the longest wait.</param>
    public TimeSpan DelayAfter(int failures, TimeSpan? retryAfter, double chance)
    {
        var limit = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 62)));
        return (retryAfter ?? TimeSpan.Zero) + TimeSpan.FromSeconds(limit * Math.Clamp(chance, 0, 1));
    }
}
