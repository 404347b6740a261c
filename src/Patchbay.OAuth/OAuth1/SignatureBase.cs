using System.Globalization;
using System.Text;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.OAuth1;

/// <summary>
/// The text that is signed (RFC 5849, 3.4.1). Query and body are taken apart byte by byte: what is not UTF-8, or not encoded properly,
/// still comes out as the server sees it.
/// </summary>
internal static class SignatureBase
{
    public static string Of(string method, Uri uri, string? form, IEnumerable<Parameter> protocol)
    {
        var pairs = protocol
            .Select(parameter => (Name: FormText.Encode(parameter.Name), Value: FormText.Encode(parameter.Value)))
            .Concat(Pairs(uri.Query.TrimStart('?')))
            .Concat(Pairs(form ?? ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}");
        return $"{method.ToUpperInvariant()}&{FormText.Encode(BaseUri(uri))}&{FormText.Encode(string.Join('&', pairs))}";
    }

    // Host in small letters, no port where it is the scheme's own, no query (RFC 5849, 3.4.1.2).
    private static string BaseUri(Uri uri)
    {
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        var port = uri.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{uri.Port}");
        return $"{uri.Scheme}://{host.ToLowerInvariant()}{port}{(uri.AbsolutePath.Length == 0 ? "/" : uri.AbsolutePath)}";
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text)
    {
        foreach (var pair in text.Split('&'))
        {
            if (pair.Length == 0) continue;
            var mark = pair.IndexOf('=', StringComparison.Ordinal);
            yield return (Recode(mark < 0 ? pair : pair.AsSpan(0, mark)), Recode(mark < 0 ? "" : pair.AsSpan(mark + 1)));
        }
    }

    /// <summary>Decodes a form's encoding and encodes the bytes again as RFC 5849, 3.6 has it.</summary>
    private static string Recode(ReadOnlySpan<char> text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var recoded = new StringBuilder(bytes.Length);
        for (var index = 0; index < bytes.Length; index++)
        {
            var value = bytes[index];
            if (value == '+') value = (byte)' ';
            else if (value == '%' && index + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[index + 1]) && char.IsAsciiHexDigit((char)bytes[index + 2]))
            {
                value = byte.Parse(bytes.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                index += 2;
            }

            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~') recoded.Append((char)value);
            else recoded.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return recoded.ToString();
    }
}
