using System.Buffers;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>Rules for the text of header fields (RFC 9110, 5.5 and 5.6.2).</summary>
public static class HeaderText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Whether a text can be the name of a field: a token.</summary>
    /// <param name="name">The text.</param>
    public static bool IsToken(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether a text has no control character other than the tab.</summary>
    /// <param name="value">The text.</param>
    public static bool IsOneLine(ReadOnlySpan<char> value)
    {
        foreach (var character in value)
        {
            if (char.IsControl(character) && character != '\t') return false;
        }

        return true;
    }

    /// <summary>
    /// The form in which the clients of <see cref="Outbound.OutboundNetwork"/> send a value: they write one byte for each character, so
    /// characters beyond ASCII are given as those of their UTF-8 bytes.
    /// </summary>
    internal static string ToWire(string value) => Ascii.IsValid(value) ? value : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
}
