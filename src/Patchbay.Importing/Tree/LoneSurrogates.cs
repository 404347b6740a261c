using System.Globalization;
using System.Text;

namespace Patchbay.Importing.Tree;

/// <summary>
/// JSON may escape half of a surrogate pair (RFC 8259, section 8.2), which <c>Utf8JsonReader</c> refuses to decode by throwing.
/// Such strings are looked for first and decoded here, with U+FFFD for the halves.
/// </summary>
internal static class LoneSurrogates
{
    /// <param name="escaped">The inside of a valid JSON string token.</param>
    public static bool Occur(ReadOnlySpan<byte> escaped) =>
        escaped.IndexOf("\\u"u8) >= 0 && Decode(escaped) is var text && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0
            && Replace(text) != text;

    /// <param name="escaped">The inside of a valid JSON string token.</param>
    public static string Unescape(ReadOnlySpan<byte> escaped) => Replace(Decode(escaped));

    private static string Replace(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune.ToString());
        return result.ToString();
    }

    private static string Decode(ReadOnlySpan<byte> escaped)
    {
        var text = Encoding.UTF8.GetString(escaped);
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }
            i++;
            result.Append(text[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)int.Parse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                var other => other,
            });
            if (text[i] == 'u') i += 4;
        }
        return result.ToString();
    }
}
