using System.Globalization;
using System.Text;

namespace Patchbay.OAuth.Text;

/// <summary>Makes what a provider says fit for our messages: one line, short, without the secrets of the request.</summary>
internal sealed class ForeignText
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 300;

    // Shorter ones are in every second word; whoever has such a secret has none.
    private const int ShortestSecret = 4;

    private readonly string[] _secrets;

    /// <param name="secrets">What was sent and must not be repeated.</param>
    public ForeignText(IEnumerable<string> secrets) => _secrets =
    [
        .. secrets
            .Where(secret => secret.Length >= ShortestSecret)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) })
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(secret => secret.Length),
    ];

    /// <summary>Cleans a text; null where nothing is left of it.</summary>
    public string? Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        foreach (var secret in _secrets) text = text.Replace(secret, "[redacted]", StringComparison.OrdinalIgnoreCase);

        var builder = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (builder.Length >= MaxLength)
            {
                builder.Append('…');
                break;
            }

            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (builder.Length > 0 && builder[^1] != ' ') builder.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
            {
                builder.Append(rune.ToString());
            }
        }

        var cleaned = builder.ToString().TrimEnd();
        return cleaned.Length == 0 ? null : cleaned;
    }
}
