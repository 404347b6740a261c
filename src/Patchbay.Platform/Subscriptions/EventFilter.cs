using System.Collections.Concurrent;

namespace Patchbay.Platform.Subscriptions;

/// <summary>
/// Whether an event goes to a subscription with a filter. What cannot be judged goes: an event too large to be looked at, or one that the
/// expression does not go with, is better sent once too often than lost.
/// </summary>
internal static class EventFilter
{
    private const int MostKept = 1000;

    private static readonly ConcurrentDictionary<string, JsonExpression?> Parsed = new(StringComparer.Ordinal);

    /// <param name="filter">The expression, as it was saved.</param>
    /// <param name="message">The event's message; null where it cannot be looked at.</param>
    public static bool Matches(string filter, byte[]? message)
    {
        if (message is null || Of(filter) is not { } expression)
            return true;
        return expression.ApplyTo(message) is not { } value || JsonExpression.IsTrue(value);
    }

    private static JsonExpression? Of(string filter)
    {
        if (Parsed.TryGetValue(filter, out var known))
            return known;
        var expression = JsonExpression.TryParse(filter, out var parsed, out _) ? parsed : null;
        if (Parsed.Count >= MostKept)
            Parsed.Clear();
        return Parsed[filter] = expression;
    }
}
