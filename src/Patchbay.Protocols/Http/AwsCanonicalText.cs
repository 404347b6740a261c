using System.Buffers;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>Path, query and header values in the one form in which AWS Signature Version 4 signs them. Nothing of it goes over the wire.</summary>
internal static class AwsCanonicalText
{
    // RFC 3986, 2.3. Everything else is encoded, in upper case.
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>A path as it is signed.</summary>
    /// <param name="path">The raw path. It has no dot segments: <see cref="RawTarget"/> refuses them.</param>
    /// <param name="normalised">
    /// Whether slashes in a row are one and each raw byte, the percent sign among them, is encoded again; otherwise the path's bytes are, once.
    /// </param>
    public static string Path(string path, bool normalised)
    {
        var result = new StringBuilder(path.Length);
        if (!normalised)
        {
            AppendEncoded(result, Decoded(path, plusIsSpace: false), keepsSlash: true);
            return result.ToString();
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan(range);
            if (segment.IsEmpty) continue;
            result.Append('/');
            AppendEncoded(result, Encoding.Latin1.GetBytes(segment.ToString()), keepsSlash: false);
        }

        if (result.Length == 0 || path.EndsWith('/')) result.Append('/');
        return result.ToString();
    }

    /// <summary>
    /// A query as it is signed: each name and value encoded anew, sorted by name and then by value. A plus sign stands for a space, as the
    /// services read it.
    /// </summary>
    /// <param name="query">The raw query, or null.</param>
    public static string Query(string? query)
    {
        if (string.IsNullOrEmpty(query)) return string.Empty;
        var parameters = new List<(string Name, string Value)>();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var parameter = query.AsSpan(range);
            if (parameter.IsEmpty) continue;
            var mark = parameter.IndexOf('=');
            parameters.Add(mark < 0 ? (Encoded(parameter), string.Empty) : (Encoded(parameter[..mark]), Encoded(parameter[(mark + 1)..])));
        }

        parameters.Sort(static (left, right) =>
            string.CompareOrdinal(left.Name, right.Name) is not 0 and var order ? order : string.CompareOrdinal(left.Value, right.Value));
        return string.Join('&', parameters.Select(parameter => $"{parameter.Name}={parameter.Value}"));
    }

    /// <summary>A header's value as it is signed: without space around it, spaces in a row as one.</summary>
    public static string HeaderValue(string value)
    {
        var trimmed = value.Trim(' ');
        if (!trimmed.Contains("  ", StringComparison.Ordinal)) return trimmed;
        var result = new StringBuilder(trimmed.Length);
        foreach (var character in trimmed)
        {
            if (character != ' ' || result[^1] != ' ') result.Append(character);
        }

        return result.ToString();
    }

    private static string Encoded(ReadOnlySpan<char> raw)
    {
        var result = new StringBuilder(raw.Length);
        AppendEncoded(result, Decoded(raw, plusIsSpace: true), keepsSlash: false);
        return result.ToString();
    }

    private static byte[] Decoded(ReadOnlySpan<char> raw, bool plusIsSpace)
    {
        var bytes = new byte[raw.Length];
        var length = 0;
        for (var index = 0; index < raw.Length; index++)
        {
            var character = raw[index];
            if (character == '%' && index + 2 < raw.Length && char.IsAsciiHexDigit(raw[index + 1]) && char.IsAsciiHexDigit(raw[index + 2]))
            {
                bytes[length++] = (byte)((Value(raw[index + 1]) << 4) | Value(raw[index + 2]));
                index += 2;
            }
            else
            {
                bytes[length++] = (byte)(character == '+' && plusIsSpace ? ' ' : character);
            }
        }

        return bytes[..length];

        static int Value(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
    }

    private static void AppendEncoded(StringBuilder result, byte[] bytes, bool keepsSlash)
    {
        foreach (var value in bytes)
        {
            if (Unreserved.Contains((char)value) || (keepsSlash && value == '/')) result.Append((char)value);
            else result.Append('%').Append(value.ToString("X2", null));
        }
    }
}
