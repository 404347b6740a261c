using System.Security.Cryptography;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>
/// How long to wait before a further attempt: a random time from nothing to a bound that doubles with each attempt ("full jitter"), so that
/// those who failed together do not come back together.
/// </summary>
public static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>The wait before an attempt.</summary>
    /// <param name="failed">How many attempts have failed, one at least.</param>
    /// <param name="advised">How long the other side asks to wait; then a little is added, at random, and never taken away.</param>
    public static TimeSpan Before(int failed, TimeSpan? advised)
    {
        var bound = Bound(failed);
        var share = RandomNumberGenerator.GetInt32(1001) / 1000.0;
        return advised is { } least ? least + (First * share) : bound * share;
    }

    /// <summary>The bound of the wait where the other side says nothing.</summary>
    /// <param name="failed">How many attempts have failed, one at least.</param>
    public static TimeSpan Bound(int failed)
    {
        var bound = First * Math.Pow(2, Math.Clamp(failed - 1, 0, 16));
        return bound < Longest ? bound : Longest;
    }
}
