using System.Globalization;
using System.Text;

namespace Patchbay.Importing.Naming;

/// <summary>Makes names of the source fit the rules of ours.</summary>
internal static class NameRules
{
    private const int Longest = 128;
    private const int LongestVersion = 64;

    private static readonly string[] ReservedVersions = ["latest", "default"];

    /// <summary>A name within <c>^[a-zA-Z0-9_\-$]+$</c>; empty where nothing of <paramref name="source"/> is left.</summary>
    public static string Operation(string source) => Fit(source, allowDollar: true);

    /// <summary>A name within <c>^[a-zA-Z0-9_\-]+$</c>; empty where nothing of <paramref name="source"/> is left.</summary>
    public static string Definition(string source) => Fit(source, allowDollar: false);

    /// <summary>The name of an operation that has none, such as <c>get_users_id</c>.</summary>
    public static string FromMethodAndPath(string method, string path)
    {
        var words = path.Split(['/', '{', '}', '?', '&', '=', '.', ',', ' ', '(', ')', '#', '\''], StringSplitOptions.RemoveEmptyEntries);
        return Operation(string.Join('_', words.Prepend(method.ToLowerInvariant())));
    }

    /// <summary>A version name: 1 to 64 characters, no slash, no control character, nothing that is reserved; <c>1</c> where nothing is left.</summary>
    public static string Version(string? source)
    {
        var cleaned = new StringBuilder();
        foreach (var rune in (source ?? "").Trim().EnumerateRunes())
        {
            if (cleaned.Length + rune.Utf16SequenceLength > LongestVersion) break;
            if (Rune.IsControl(rune)) continue;
            cleaned.Append(rune.Value is '/' ? "-" : rune.ToString());
        }
        var name = cleaned.ToString().Trim();
        if (name is "" or "." or "..") return "1";
        return ReservedVersions.Contains(name, StringComparer.OrdinalIgnoreCase) ? "1" : name;
    }

    private static string Fit(string source, bool allowDollar)
    {
        var fitted = new StringBuilder();
        var meaningful = false;
        foreach (var character in source)
        {
            if (fitted.Length == Longest) break;
            var kept = char.IsAsciiLetterOrDigit(character) || character is '_' or '-' || (allowDollar && character == '$');
            meaningful |= kept && character is not ('_' or '-');
            fitted.Append(kept ? character : '_');
        }
        return meaningful ? fitted.ToString() : "";
    }
}

/// <summary>Hands out names that differ, by numbering those that are wanted again.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    public string Claim(string wanted)
    {
        if (_taken.Add(wanted)) return wanted;
        var number = _last.GetValueOrDefault(wanted, 1);
        string numbered;
        do
        {
            number++;
            numbered = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{number}");
        }
        while (!_taken.Add(numbered));
        _last[wanted] = number;
        return numbered;
    }
}
