using System.Net.Mail;
using System.Text;

namespace Patchbay.Platform.Invitations;

/// <summary>Mail addresses, as far as it matters whose they are.</summary>
internal static class MailAddresses
{
    /// <summary>Whether a text is an address alone: no name, no comment, nothing that could begin a header.</summary>
    public static bool IsOne(string text) =>
        text.Length is > 2 and <= 254 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or '"' or '(' or ')' or ',' or ';' or ':' or '\\' or '[' or ']')
        && text.Count(c => c == '@') == 1 && MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Length > 0;

    /// <summary>Whether two are the same but for the case of ASCII letters: wider folding would make one address of two people's.</summary>
    public static bool AreSame(string a, string b) => string.Equals(a, b, StringComparison.Ordinal) || Ascii.EqualsIgnoreCase(a, b);
}
