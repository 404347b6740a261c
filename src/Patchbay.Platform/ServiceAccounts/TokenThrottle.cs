using System.Collections.Concurrent;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>How often somebody may ask for tokens. Counted on each node by itself.</summary>
internal sealed class TokenThrottle(TimeProvider clock)
{
    /// <summary>How many requests of one address for one client are served in a window, good or bad.</summary>
    public const int Most = 60;

    private const int MostRemembered = 10_000;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (long Since, int Count)> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts a request.</summary>
    /// <param name="who">Who asks, and for which client.</param>
    /// <returns>How long they have to wait; null where they are served.</returns>
    public TimeSpan? WaitOf(string who)
    {
        var now = clock.GetTimestamp();
        if (_counts.Count >= MostRemembered)
        {
            foreach (var (key, old) in _counts)
            {
                if (clock.GetElapsedTime(old.Since, now) >= Window)
                    _counts.TryRemove(key, out _);
            }

            if (_counts.Count >= MostRemembered)
                _counts.Clear();
        }

        var count = _counts.AddOrUpdate(who, _ => (now, 1), (_, had) => clock.GetElapsedTime(had.Since, now) >= Window ? (now, 1) : (had.Since, had.Count + 1));
        return count.Count <= Most ? null : Window - clock.GetElapsedTime(count.Since, now);
    }
}
