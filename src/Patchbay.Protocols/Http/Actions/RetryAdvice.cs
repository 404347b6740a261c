using System.Globalization;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>What an answer says about asking again.</summary>
/// <param name="IsTransient">Whether the same request may do better later.</param>
/// <param name="IsThrottled">Whether it came too early, so that others through the same connection would as well.</param>
/// <param name="Delay">How long to wait first; null where the answer does not say.</param>
public sealed record RetryAdvice(bool IsTransient, bool IsThrottled, TimeSpan? Delay)
{
    private static readonly RetryAdvice None = new(IsTransient: false, IsThrottled: false, Delay: null);

    // Beyond it a number of seconds is a time: no API asks anybody to wait for thirty years.
    private const double FirstEpoch = 1_000_000_000;
    private const double FirstEpochInMilliseconds = 100_000_000_000;

    private static readonly string[] ResetHeaders = ["X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset"];
    private static readonly string[] RemainingHeaders = ["X-RateLimit-Remaining", "X-Rate-Limit-Remaining", "RateLimit-Remaining"];

    /// <summary>Reads an answer.</summary>
    /// <param name="status">The status.</param>
    /// <param name="header">The value of a header, or null.</param>
    /// <param name="now">The time.</param>
    public static RetryAdvice Of(int status, Func<string, string?> header, DateTimeOffset now)
    {
        var stated = After(header("Retry-After"), now);
        var isExhausted = RemainingHeaders.Any(name => Number(header(name)) == 0) || Structured(header("RateLimit")).Remaining == 0;
        // 403 is what some APIs answer to too many requests, and then they say so.
        var isThrottled = status == 429 || (status == 403 && (stated is not null || isExhausted));
        if (!isThrottled && status is not (408 or 425 or 502 or 503 or 504)) return None;
        return new RetryAdvice(IsTransient: true, isThrottled, stated ?? (isThrottled ? Reset(header, now) : null));
    }

    /// <summary>A number of seconds or a date (RFC 9110, 10.2.3).</summary>
    private static TimeSpan? After(string? value, DateTimeOffset now)
    {
        if (Number(value) is { } seconds) return Seconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? NotNegative(date - now) : null;
    }

    /// <summary>When the limit is lifted, by the headers in use for it; the draft "RateLimit header fields for HTTP" counts in seconds.</summary>
    private static TimeSpan? Reset(Func<string, string?> header, DateTimeOffset now)
    {
        if (Number(header("X-RateLimit-Reset-After")) is { } after) return Seconds(after);
        if (Structured(header("RateLimit")).Reset is { } reset) return Seconds(reset);
        foreach (var name in ResetHeaders)
        {
            if (Number(header(name)) is not { } number) continue;
            return number switch
            {
                >= FirstEpochInMilliseconds => NotNegative(DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Min(number, 253402300799000)) - now),
                >= FirstEpoch => NotNegative(DateTimeOffset.UnixEpoch.AddSeconds(number) - now),
                _ => Seconds(number),
            };
        }

        return null;
    }

    /// <summary><c>"default";r=0;t=30</c>, and <c>limit=10, remaining=0, reset=30</c> of an earlier draft.</summary>
    private static (double? Remaining, double? Reset) Structured(string? value)
    {
        double? remaining = null;
        double? reset = null;
        foreach (var part in (value ?? string.Empty).Split([';', ',']))
        {
            if (part.Split('=', 2) is not [var name, var text]) continue;
            switch (name.Trim())
            {
                case "r" or "remaining":
                    remaining ??= Number(text);
                    break;
                case "t" or "reset":
                    reset ??= Number(text);
                    break;
            }
        }

        return (remaining, reset);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 10 * 365 * 86400d));

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
