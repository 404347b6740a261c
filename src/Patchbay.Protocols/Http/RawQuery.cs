using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>Edits of a raw query that leave every other byte alone. Parameters end at <c>&amp;</c> only.</summary>
public static class RawQuery
{
    /// <summary>Whether a query has a parameter of a name.</summary>
    /// <param name="query">The raw query without question mark, or null.</param>
    /// <param name="name">The name, not encoded; it is compared with what the raw names decode to.</param>
    public static bool Has(string? query, string name)
    {
        if (query is null) return false;
        foreach (var range in query.AsSpan().Split('&'))
        {
            if (IsNamed(query.AsSpan(range), name)) return true;
        }

        return false;
    }

    /// <summary>Takes out every parameter of a name, with one <c>&amp;</c> beside it.</summary>
    /// <param name="query">The raw query without question mark, or null.</param>
    /// <param name="name">The name, not encoded.</param>
    /// <returns>The rest; the same text where nothing was taken out, null where nothing is left.</returns>
    public static string? Remove(string? query, string name)
    {
        if (query is null || !Has(query, name)) return query;
        var rest = new StringBuilder(query.Length);
        var first = true;
        foreach (var range in query.AsSpan().Split('&'))
        {
            var parameter = query.AsSpan(range);
            if (IsNamed(parameter, name)) continue;
            if (!first) rest.Append('&');
            first = false;
            rest.Append(parameter);
        }

        return first ? null : rest.ToString();
    }

    /// <summary>Takes out every parameter of a name and adds one with a new value at the end.</summary>
    /// <param name="query">The raw query without question mark, or null.</param>
    /// <param name="name">The name, not encoded.</param>
    /// <param name="value">The value, not encoded.</param>
    public static string Set(string? query, string name, string value) => Set(query, name, Pair(name, value).AsSpan());

    internal static string Pair(string name, string value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    internal static string Set(string? query, string name, ReadOnlySpan<char> pair) =>
        Remove(query, name) is { Length: > 0 } rest ? string.Concat(rest, "&", pair) : pair.ToString();

    private static bool IsNamed(ReadOnlySpan<char> parameter, string name)
    {
        var mark = parameter.IndexOf('=');
        var raw = mark < 0 ? parameter : parameter[..mark];
        if (!raw.ContainsAny('%', '+')) return raw.SequenceEqual(name);
        return string.Equals(Uri.UnescapeDataString(raw.ToString().Replace('+', ' ')), name, StringComparison.Ordinal);
    }
}
