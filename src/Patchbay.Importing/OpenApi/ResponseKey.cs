using System.Globalization;
using System.Net;

namespace Patchbay.Importing.OpenApi;

/// <summary>What the key of a response says.</summary>
/// <param name="Status">A status code.</param>
/// <param name="Range">A range such as <c>4XX</c>; with neither it is the default response.</param>
internal sealed record ResponseKey(int? Status, string? Range)
{
    public string Suffix => Status?.ToString(CultureInfo.InvariantCulture) ?? Range ?? "default";

    /// <summary>Reads a key; where it is no key of the specification but its meaning is clear, <paramref name="isOdd"/> is set.</summary>
    public static ResponseKey? Read(string key, out bool isOdd)
    {
        isOdd = false;
        if (key == "default") return new(null, null);
        if (key is [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9']) return new(int.Parse(key, CultureInfo.InvariantCulture), null);
        if (key is [>= '1' and <= '5', 'X', 'X']) return new(null, key);

        isOdd = true;
        var word = key.Trim();
        if (word is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X']) return new(null, word.ToUpperInvariant());
        if (word is [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9'] or [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9', ' ' or '-' or ':' or '_', ..])
            return new(int.Parse(word.AsSpan(0, 3), CultureInfo.InvariantCulture), null);
        if (word.Equals("default", StringComparison.OrdinalIgnoreCase)) return new(null, null);
        return word.All(char.IsAsciiLetter) && Enum.TryParse<HttpStatusCode>(word, ignoreCase: true, out var named) ? new((int)named, null) : null;
    }
}
