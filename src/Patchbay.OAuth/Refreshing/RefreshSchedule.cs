namespace Patchbay.OAuth.Refreshing;

/// <summary>When a token is refreshed. Pure: time and chance come from the caller.</summary>
public static class RefreshSchedule
{
    /// <summary>How long before its end a token is refreshed at the latest, unless it lives less than twice as long.</summary>
    public static readonly TimeSpan LeastAhead = TimeSpan.FromMinutes(1);

    /// <summary>How long before its end a token is no longer sent: a request takes a moment to arrive, and clocks differ.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private const double EarliestShare = 0.2;
    private const double LatestShare = 0.1;

    /// <summary>
    /// When to refresh ahead of expiry: at a random point from 20 % to 10 % of its life before the end, so that tokens which were issued together
    /// are not refreshed together; at least <see cref="LeastAhead"/> before, but never in the first half of its life.
    /// </summary>
    /// <param name="obtainedAt">When the token was asked for.</param>
    /// <param name="expiresAt">When it expires; null where nobody knows.</param>
    /// <param name="chance">From 0 to 1: 0 is the latest point, 1 the earliest.</param>
    /// <returns>The time; null where there is no expiry, so that only the API's answer tells.</returns>
    public static DateTimeOffset? RefreshAt(DateTimeOffset obtainedAt, DateTimeOffset? expiresAt, double chance)
    {
        if (expiresAt is not { } end) return null;
        var life = end - obtainedAt;
        if (life <= TimeSpan.Zero) return end;
        var ahead = life * (LatestShare + ((EarliestShare - LatestShare) * Math.Clamp(chance, 0, 1)));
        var least = LeastAhead < life / 2 ? LeastAhead : life / 2;
        return end - (ahead > least ? ahead : least);
    }

    /// <summary>Whether a token is not to be sent any more.</summary>
    /// <param name="obtainedAt">When the token was asked for.</param>
    /// <param name="expiresAt">When it expires; null where nobody knows.</param>
    /// <param name="now">The time.</param>
    public static bool IsExpired(DateTimeOffset obtainedAt, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt is not { } end) return false;
        var tenth = (end - obtainedAt) / 10;
        return now >= end - (tenth < TimeSpan.Zero ? TimeSpan.Zero : tenth < Margin ? tenth : Margin);
    }
}
