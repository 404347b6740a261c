using System.Buffers;
using System.Text;

namespace Patchbay.OAuth.Text;

/// <summary>
/// Texts with placeholders, <c>{{name}}</c> or <c>{{ name }}</c>. A name has letters, digits, and <c>_ . -</c>. What is put in is not
/// looked through again.
/// </summary>
internal static class PlaceholderText
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static bool HasAny(string text) => text.Contains("{{", StringComparison.Ordinal);

    /// <summary>What is wrong with the placeholders of a text, or null.</summary>
    public static string? WhyMalformed(string text)
    {
        foreach (var part in Split(text))
        {
            if (part.Name is { Length: 0 }) return "has a placeholder that does not end with }} or has no name of letters, digits, and _ . - inside";
        }

        return null;
    }

    /// <summary>Puts values in.</summary>
    /// <param name="text">A text with placeholders.</param>
    /// <param name="valueOf">Gives the value of a name, in the form in which it is put in, or null where there is none.</param>
    /// <param name="field">The field to name in a fault.</param>
    /// <param name="faults">Where each name without a value is reported.</param>
    public static string Expand(string text, Func<string, string?> valueOf, string field, List<OAuthFault> faults)
    {
        if (!HasAny(text)) return text;
        var builder = new StringBuilder();
        foreach (var (literal, name) in Split(text))
        {
            builder.Append(literal);
            if (name is null) continue;
            if (name.Length == 0) faults.Add(new OAuthFault(field, "has a malformed placeholder"));
            else if (valueOf(name) is { } value) builder.Append(value);
            else faults.Add(new OAuthFault(field, $"needs a value for {name}"));
        }

        return builder.ToString();
    }

    /// <summary>Literal text and the name behind it; the name is null at the end, and empty where the placeholder is malformed.</summary>
    public static IEnumerable<(string Literal, string? Name)> Split(string text)
    {
        var start = 0;
        while (true)
        {
            var open = text.IndexOf("{{", start, StringComparison.Ordinal);
            if (open < 0)
            {
                yield return (text[start..], null);
                yield break;
            }

            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            var name = close < 0 ? "" : text[(open + 2)..close].Trim();
            yield return (text[start..open], name.AsSpan().ContainsAnyExcept(NameCharacters) ? "" : name);
            if (close < 0) yield break;
            start = close + 2;
        }
    }
}
