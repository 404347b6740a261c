using System.Text.RegularExpressions;

namespace Patchbay.Importing.Schemas;

/// <summary>Whether a pattern can be compiled by those who will check data with it. Each pattern is looked at once.</summary>
internal sealed class PatternCheck
{
    /// <summary>Longer ones are not looked at, and not carried over.</summary>
    private const int Longest = 10_000;

    /// <summary>How much is looked at altogether. Compiling costs much more than reading, and a document may be nothing but patterns.</summary>
    private const int MostAltogether = 4_000_000;

    private int _left = MostAltogether;
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    public bool IsUsable(string pattern)
    {
        if (pattern.Length > Longest) return false;
        if (_known.TryGetValue(pattern, out var known)) return known;
        if (pattern.Length > _left) return false;
        _left -= pattern.Length;
        var usable = Compiles(pattern);
        _known.Add(pattern, usable);
        return usable;
    }

    private static bool Compiles(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
