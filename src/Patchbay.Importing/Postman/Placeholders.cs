using System.Text;

namespace Patchbay.Importing.Postman;

/// <summary>Texts with variables as Postman writes them: <c>{{name}}</c>.</summary>
internal static class Placeholders
{
    /// <summary>Replaces each variable; braces without partner stay.</summary>
    public static string Rewrite(string text, Func<string, string> replace)
    {
        if (!text.Contains("{{", StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (start, length, name) in In(text))
        {
            result.Append(text, at, start - at).Append(replace(name));
            at = start + length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Where the variables stand, and their names.</summary>
    public static IEnumerable<(int Start, int Length, string Name)> In(string text)
    {
        for (var at = 0; text.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open;)
        {
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) yield break;
            // Of several braces the innermost belong together.
            open = text.LastIndexOf("{{", close, close - open, StringComparison.Ordinal) is >= 0 and var inner ? inner : open;
            if (text[(open + 2)..close].Trim() is { Length: > 0 } name && !name.Contains('}', StringComparison.Ordinal)) yield return (open, close + 2 - open, name);
            at = close + 2;
        }
    }

    public static bool AreIn(string text) => In(text).Any();

    /// <summary>Whether a text is nothing but one variable.</summary>
    public static bool IsOne(string text) => In(text).FirstOrDefault() is { Name: not null } only && only.Length == text.Trim().Length;

    /// <summary>Splits a text at a character that stands in no variable.</summary>
    public static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        for (var at = IndexOf(text, separator, 0); at >= 0; at = IndexOf(text, separator, start))
        {
            parts.Add(text[start..at]);
            start = at + 1;
        }
        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>Where a character first stands outside of variables; -1 for nowhere.</summary>
    public static int IndexOf(string text, char sought, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '{' && i + 1 < text.Length && text[i + 1] == '{' && text.IndexOf("}}", i, StringComparison.Ordinal) is > 0 and var close)
                i = close + 1;
            else if (text[i] == sought)
                return i;
        }
        return -1;
    }
}
