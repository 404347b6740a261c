using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Patchbay.Importing.Tree;

/// <summary>
/// The core schema of YAML 1.2 (section 10.3.2), which OpenAPI asks for: <c>yes</c>, <c>on</c> and dates are strings.
/// Infinity and not-a-number, which JSON cannot hold, are strings too.
/// </summary>
internal static class YamlScalars
{
    /// <summary>Longer digits are text to everybody; converting them from another base would take quadratic time.</summary>
    private const int LongestNumber = 128;

    public static SourceKind KindOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => SourceKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => SourceKind.Boolean,
        _ => plain.Length <= LongestNumber && (DecimalParts.TryRead(plain, out _) || IsHexadecimal(plain) || IsOctal(plain))
            ? SourceKind.Number
            : SourceKind.String,
    };

    /// <summary>The JSON form of a number of either format; text that is a JSON number already stays as it stood.</summary>
    public static string ToJsonNumber(string number)
    {
        if (IsHexadecimal(number))
            return BigInteger.Parse("0" + number[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        if (IsOctal(number))
            return number[2..].Aggregate(BigInteger.Zero, (value, digit) => (value * 8) + (digit - '0')).ToString(CultureInfo.InvariantCulture);
        return DecimalParts.TryRead(number, out var parts) ? parts.ToJson(number) : "0";
    }

    /// <summary>Whether a string reads as a JSON number, apart from the liberties that YAML takes with it.</summary>
    public static bool IsDecimal(string text) => text.Length <= LongestNumber && DecimalParts.TryRead(text, out _);

    private static bool IsHexadecimal(string text) => text.Length > 2 && text.StartsWith("0x", StringComparison.Ordinal) && text.Skip(2).All(char.IsAsciiHexDigit);

    private static bool IsOctal(string text) =>
        text.Length > 2 && text.StartsWith("0o", StringComparison.Ordinal) && text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0;

    /// <summary><c>[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?</c>, cut into its parts.</summary>
    private sealed record DecimalParts(Range Whole, Range Fraction, Range Exponent)
    {
        public static bool TryRead(string text, [NotNullWhen(true)] out DecimalParts? parts)
        {
            var at = text is ['-' or '+', ..] ? 1 : 0;
            var whole = at..SkipDigits(text, at);
            at = whole.End.Value;
            var fraction = at..at;
            if (at < text.Length && text[at] == '.')
            {
                fraction = (at + 1)..SkipDigits(text, at + 1);
                at = fraction.End.Value;
            }
            var exponent = at..text.Length;
            var hasDigits = !whole.Start.Equals(whole.End) || !fraction.Start.Equals(fraction.End);
            parts = hasDigits && IsExponent(text.AsSpan(at)) ? new(whole, fraction, exponent) : null;
            return parts is not null;
        }

        public string ToJson(string text)
        {
            var whole = text[Whole].TrimStart('0');
            var fraction = text[Fraction];
            var json = (text[0] == '-' ? "-" : "") + (whole.Length > 0 ? whole : "0") + (fraction.Length > 0 ? "." + fraction : "") + text[Exponent];
            return json == text ? text : json;
        }

        private static int SkipDigits(string text, int from)
        {
            while (from < text.Length && char.IsAsciiDigit(text[from])) from++;
            return from;
        }

        private static bool IsExponent(ReadOnlySpan<char> text)
        {
            if (text.IsEmpty) return true;
            if (text[0] is not ('e' or 'E')) return false;
            var digits = text[1..];
            if (digits is ['-' or '+', ..]) digits = digits[1..];
            return !digits.IsEmpty && digits.IndexOfAnyExceptInRange('0', '9') < 0;
        }
    }
}
