using System.Buffers;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>The five parts of a URL as they stand in its text. Port and query are null where their mark is missing.</summary>
internal readonly record struct UrlParts(string Scheme, string Host, string? Port, string Path, string? Query);

/// <summary>Takes the text of a URL apart, and brings the text of its parts into the form that goes over the wire.</summary>
internal static class UrlText
{
    /// <summary>In characters, after expansion; request lines beyond it are refused by nearly every server.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    private static readonly SearchValues<char> QueryCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Takes a URL apart at its delimiters, without judging the parts.</summary>
    public static Fault? Split(string text, out UrlParts parts)
    {
        parts = default;
        var mark = text.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0) return Malformed("scheme", "The URL does not begin with http:// or https://.");
        var rest = text.AsSpan(mark + 3);

        var end = rest.IndexOfAny("/?#\\");
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Contains('@')) return Malformed("host", "The URL has a user name in it; credentials belong to the connection.");
        if (end >= 0 && rest[end] == '\\') return Malformed("host", "The URL has a backslash in it.");

        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : Math.Max(authority.IndexOf(':'), 0);
        if (hostEnd == 0) hostEnd = authority.Length;
        if (hostEnd < authority.Length && authority[hostEnd] != ':') return Malformed("host", "The URL's host is not one.");
        var port = hostEnd < authority.Length ? authority[(hostEnd + 1)..].ToString() : null;

        if (SplitPath(end < 0 ? string.Empty : rest[end..].ToString(), out var path, out var query) is { } fault) return fault;
        parts = new UrlParts(text[..mark], authority[..hostEnd].ToString(), port, path, query);
        return null;
    }

    /// <summary>Takes a path with an optional query apart.</summary>
    public static Fault? SplitPath(string text, out string path, out string? query)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        (path, query) = mark < 0 ? (text, null) : (text[..mark], text[(mark + 1)..]);
        return text.Contains('#', StringComparison.Ordinal) ? Malformed("fragment", "The URL has a fragment, which is never sent.") : null;
    }

    /// <summary>Encodes what must not stand in a path (RFC 3986, 3.3) and leaves alone what is encoded already.</summary>
    public static void AppendPath(StringBuilder builder, ReadOnlySpan<char> literal) => Append(builder, literal, PathCharacters);

    /// <summary>Encodes what must not stand in a query (RFC 3986, 3.4) and leaves alone what is encoded already.</summary>
    public static void AppendQuery(StringBuilder builder, ReadOnlySpan<char> literal) => Append(builder, literal, QueryCharacters);

    public static string Path(string literal) => Encoded(literal, PathCharacters);

    public static string Query(string literal) => Encoded(literal, QueryCharacters);

    private static string Encoded(string literal, SearchValues<char> allowed)
    {
        if (!literal.AsSpan().ContainsAnyExcept(allowed)) return literal;
        var builder = new StringBuilder();
        Append(builder, literal, allowed);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, ReadOnlySpan<char> literal, SearchValues<char> allowed)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!literal.IsEmpty)
        {
            var plain = literal.IndexOfAnyExcept(allowed);
            builder.Append(plain < 0 ? literal : literal[..plain]);
            if (plain < 0) return;
            literal = literal[plain..];
            if (literal[0] == '%' && literal.Length > 2 && !literal[1..3].ContainsAnyExcept(HexDigits))
            {
                builder.Append(literal[..3]);
                literal = literal[3..];
                continue;
            }

            _ = Rune.DecodeFromUtf16(literal, out var rune, out var consumed);
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)]) builder.Append('%').Append(value.ToString("X2", null));
            literal = literal[consumed..];
        }
    }

    private static Fault Malformed(string subject, string message) => new(FaultKind.Malformed, subject, message);
}
