namespace Patchbay.Protocols.Http.Actions;

/// <summary>Reads the header <c>Link</c> (RFC 8288).</summary>
public static class LinkHeader
{
    private const int MostLinks = 100;

    /// <summary>The target of the first link of a relation.</summary>
    /// <param name="value">The header's value, several joined by commas.</param>
    /// <param name="relation">The relation, such as <c>next</c>; case does not matter.</param>
    /// <returns>The URI reference as it stands, or null.</returns>
    public static string? Find(string? value, string relation)
    {
        var rest = (value ?? string.Empty).AsSpan();
        for (var count = 0; count < MostLinks; count++)
        {
            var open = rest.IndexOf('<');
            if (open < 0) return null;
            rest = rest[(open + 1)..];
            var close = rest.IndexOf('>');
            if (close < 0) return null;
            var target = rest[..close].Trim().ToString();
            rest = rest[(close + 1)..];
            var (relations, read) = RelationsOf(rest);
            if (relations?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(relation, StringComparer.OrdinalIgnoreCase) == true) return target;
            rest = rest[read..];
        }

        return null;
    }

    /// <summary>The parameter <c>rel</c>, the first of them, among a link's parameters, and where these end.</summary>
    private static (string? Relations, int Read) RelationsOf(ReadOnlySpan<char> parameters)
    {
        string? relations = null;
        var at = 0;
        while (at < parameters.Length)
        {
            var character = parameters[at];
            if (character == ',') return (relations, at + 1);
            if (character != ';')
            {
                at++;
                continue;
            }

            at++;
            var end = at;
            while (end < parameters.Length && parameters[end] is not ('=' or ';' or ',')) end++;
            var name = parameters[at..end].Trim();
            at = end;
            if (end >= parameters.Length || parameters[end] != '=') continue;
            var value = ReadValue(parameters, ref at);
            if (relations is null && name.Equals("rel", StringComparison.OrdinalIgnoreCase)) relations = value;
        }

        return (relations, parameters.Length);
    }

    /// <summary>A token or a quoted text behind an equals sign.</summary>
    private static string ReadValue(ReadOnlySpan<char> text, ref int at)
    {
        at++;
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        var start = at;
        if (at >= text.Length || text[at] != '"')
        {
            while (at < text.Length && text[at] is not (';' or ',')) at++;
            return text[start..at].Trim().ToString();
        }

        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }

        at = Math.Min(at + 1, text.Length);
        return value.ToString();
    }
}
