using System.Text;

namespace Patchbay.Platform.Versions;

/// <summary>Texts of a description as the store can keep them, and as clients can send them back.</summary>
internal static class ImportedText
{
    /// <summary>
    /// The text with U+FFFD in place of what a database's text cannot hold (U+0000, halves of surrogate pairs), cut between characters
    /// where it is longer than the field allows.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The longest that the field takes, in UTF-16 units.</param>
    public static string Keepable(string text, int maxLength = int.MaxValue)
    {
        if (text.Length > maxLength)
            text = text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
        var clean = true;
        foreach (var rune in text.EnumerateRunes())
            clean &= rune.Value != 0 && rune != Rune.ReplacementChar;
        if (clean)
            return text;
        var kept = new StringBuilder(text.Length);
        // The enumeration gives U+FFFD for a half of a pair.
        foreach (var rune in text.EnumerateRunes())
            kept.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return kept.ToString();
    }
}
