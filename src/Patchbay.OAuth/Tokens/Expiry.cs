using System.Globalization;
using Patchbay.OAuth.Profiles;

namespace Patchbay.OAuth.Tokens;

/// <summary>Reads when a token expires.</summary>
internal static class Expiry
{
    // What is further away is no expiry; it also keeps the arithmetic within the calendar.
    private const double MaxSeconds = 100d * 365 * 24 * 3600;

    /// <returns>The time; null where none is given, zero or less included, or where it is no number or date.</returns>
    public static DateTimeOffset? Read(string? text, ExpiryUnit unit, DateTimeOffset requestedAt)
    {
        if (text is null) return null;
        if (unit == ExpiryUnit.Rfc3339)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
                && date > DateTimeOffset.UnixEpoch
                    ? date
                    : null;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        var seconds = unit is ExpiryUnit.Milliseconds or ExpiryUnit.UnixMilliseconds ? number / 1000 : number;
        if (!(seconds > 0)) return null;
        var isAbsolute = unit is ExpiryUnit.UnixSeconds or ExpiryUnit.UnixMilliseconds;
        return seconds > MaxSeconds ? null : (isAbsolute ? DateTimeOffset.UnixEpoch : requestedAt).AddSeconds(seconds);
    }
}
