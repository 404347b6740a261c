using System.Globalization;
using System.Text;

namespace Patchbay.OAuth.Text;

/// <summary>
/// The form encoding of parameters (RFC 6749, appendix B). A space is written as <c>%20</c>: whoever reads forms reads that as well as
/// <c>+</c>, and whoever reads it as part of a URL does so too.
/// </summary>
internal static class FormText
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxCount = 200;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string text) => Uri.EscapeDataString(text);

    public static string Write(IEnumerable<Parameter> parameters)
    {
        var builder = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (builder.Length > 0) builder.Append('&');
            builder.Append(Encode(name)).Append('=').Append(Encode(value));
        }

        return builder.ToString();
    }

    /// <summary>Reads parameters that a person wrote, in order; a question mark in front is passed over.</summary>
    /// <param name="text">The text; null is none.</param>
    /// <param name="parameters">What it holds.</param>
    /// <returns>Null, or what is wrong with the text.</returns>
    public static string? Read(string? text, out List<Parameter> parameters)
    {
        parameters = [];
        if (string.IsNullOrEmpty(text)) return null;
        if (text.Length > MaxLength) return $"is longer than {MaxLength} characters";
        foreach (var pair in text.TrimStart('?').Split('&'))
        {
            if (pair.Length == 0) continue;
            if (parameters.Count == MaxCount) return $"has more than {MaxCount} parameters";
            var mark = pair.IndexOf('=', StringComparison.Ordinal);
            if (Decode(mark < 0 ? pair : pair[..mark]) is not { } name || Decode(mark < 0 ? "" : pair[(mark + 1)..]) is not { } value)
            {
                return "is not form-encoded: a % is followed by something else than the two digits of a byte of UTF-8";
            }

            if (name.Length == 0) return "has a parameter without a name";
            parameters.Add(new Parameter(name, value));
        }

        return null;
    }

    /// <summary>Decodes a name or a value; null where it is not encoded properly.</summary>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0) return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = 0;
        while (!text.IsEmpty)
        {
            if (text[0] == '%')
            {
                if (text.Length < 3) return null;
                if (!byte.TryParse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count++])) return null;
                text = text[3..];
                continue;
            }

            var plain = text.IndexOf('%') is var mark and >= 0 ? text[..mark] : text;
            var start = count;
            count += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(count));
            bytes.AsSpan(start, count - start).Replace((byte)'+', (byte)' ');
            text = text[plain.Length..];
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
