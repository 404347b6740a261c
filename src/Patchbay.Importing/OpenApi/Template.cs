using System.Text;

namespace Patchbay.Importing.OpenApi;

/// <summary>Text with placeholders in braces: paths and server URLs.</summary>
internal static class Template
{
    /// <summary>Replaces each <c>{name}</c>, and <c>{{name}}</c>, which some write for it. Braces that have no partner stay.</summary>
    /// <param name="text">The template.</param>
    /// <param name="replace">Gives what stands for a placeholder in the result.</param>
    /// <param name="isBalanced">Whether every brace had its partner.</param>
    public static string Rewrite(string text, Func<string, string> replace, out bool isBalanced)
    {
        var result = new StringBuilder(text.Length);
        isBalanced = true;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open < 0) open = text.Length;
            var literal = text.AsSpan(at, open - at);
            if (literal.Contains('}')) isBalanced = false;
            result.Append(literal);
            if (open == text.Length) break;

            var doubled = open + 1 < text.Length && text[open + 1] == '{';
            var start = doubled ? open + 2 : open + 1;
            var close = text.AsSpan(start).IndexOfAny('{', '}') + start;
            if (close < start || text[close] == '{')
            {
                isBalanced = false;
                result.Append(text, open, start - open);
                at = start;
                continue;
            }
            result.Append(replace(text[start..close].Trim()));
            at = doubled && close + 1 < text.Length && text[close + 1] == '}' ? close + 2 : close + 1;
        }
        return result.ToString();
    }
}
