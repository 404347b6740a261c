using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Protocols.Incoming;

/// <summary>What of a request a signature covers.</summary>
internal enum SignedPartKind
{
    Literal,
    Body,
    Url,
    Method,
    Path,
    Target,
    Query,
    Timestamp,
    Form,
    Header,
    QueryParameter,
    Element,
}

/// <summary>A part of what is signed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">The literal itself, or the name of what is meant.</param>
internal readonly record struct SignedPart(SignedPartKind Kind, string Text = "")
{
    /// <summary>Reads the name of a part, as it stands between braces.</summary>
    public static SignedPart? Parse(string text)
    {
        var mark = text.IndexOf(':', StringComparison.Ordinal);
        var name = mark < 0 ? string.Empty : text[(mark + 1)..];
        return (mark < 0 ? text : text[..mark]) switch
        {
            "body" when mark < 0 => new SignedPart(SignedPartKind.Body),
            "url" when mark < 0 => new SignedPart(SignedPartKind.Url),
            "method" when mark < 0 => new SignedPart(SignedPartKind.Method),
            "path" when mark < 0 => new SignedPart(SignedPartKind.Path),
            "target" when mark < 0 => new SignedPart(SignedPartKind.Target),
            "query" when mark < 0 => new SignedPart(SignedPartKind.Query),
            "timestamp" when mark < 0 => new SignedPart(SignedPartKind.Timestamp),
            "form" when mark < 0 => new SignedPart(SignedPartKind.Form),
            "header" when Http.HeaderText.IsToken(name) => new SignedPart(SignedPartKind.Header, name),
            "query" when name.Length > 0 => new SignedPart(SignedPartKind.QueryParameter, name),
            "element" when name.Length > 0 => new SignedPart(SignedPartKind.Element, name),
            _ => null,
        };
    }
}

/// <summary>The text that a signature covers, as parts of the request in a fixed order.</summary>
internal sealed class SignedText
{
    /// <summary>How long the template may be, in characters.</summary>
    public const int MaxLength = 500;

    private readonly SignedPart[] _parts;

    private SignedText(IEnumerable<SignedPart> parts) => _parts = [.. parts];

    public IReadOnlyList<SignedPart> Parts => _parts;

    /// <summary>Reads a template such as <c>v0:{timestamp}:{body}</c>.</summary>
    public static Outcome<SignedText> Parse(string template, string subject)
    {
        if (template.Length > MaxLength) return Outcome.Of<SignedText>(FaultKind.TooLong, subject, $"The template is longer than {MaxLength} characters.");
        var parts = new List<SignedPart>();
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('{');
            if (open != 0)
            {
                parts.Add(new SignedPart(SignedPartKind.Literal, (open < 0 ? rest : rest[..open]).ToString()));
                rest = open < 0 ? [] : rest[open..];
                continue;
            }

            var close = rest.IndexOf('}');
            if (close < 0 || SignedPart.Parse(rest[1..close].ToString()) is not { } part)
            {
                return Outcome.Of<SignedText>(FaultKind.Malformed, subject,
                    "What stands between braces is none of body, url, method, path, target, query, timestamp, form, header:NAME, query:NAME and element:NAME.");
            }

            parts.Add(part);
            rest = rest[(close + 1)..];
        }

        return parts.Exists(p => p.Kind != SignedPartKind.Literal)
            ? Outcome.Of(new SignedText(parts))
            : Outcome.Of<SignedText>(FaultKind.UnfitValue, subject, "Nothing of the request is signed.");
    }

    /// <summary>The same for parts that follow each other.</summary>
    public static Outcome<SignedText> Of(IReadOnlyList<string> names, string joiner, string subject)
    {
        var parts = new List<SignedPart>();
        foreach (var name in names)
        {
            if (SignedPart.Parse(name) is not { } part)
                return Outcome.Of<SignedText>(FaultKind.Malformed, subject, $"There is no part of a request that is called '{name}'.");
            if (parts.Count > 0 && joiner.Length > 0) parts.Add(new SignedPart(SignedPartKind.Literal, joiner));
            parts.Add(part);
        }

        return parts.Count > 0 ? Outcome.Of(new SignedText(parts)) : Outcome.Of<SignedText>(FaultKind.UnfitValue, subject, "Nothing of the request is signed.");
    }

    public bool Covers(SignedPartKind kind) => Array.Exists(_parts, p => p.Kind == kind);

    public bool Covers(SignedPart part) => Array.Exists(_parts, p => p.Kind == part.Kind && p.Text.Equals(part.Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Feeds what is signed to a digest.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="request">The request.</param>
    /// <param name="covered">Its path and query without the signature's own parameter, where it has one.</param>
    /// <param name="timestamp">The time of signing as it was sent.</param>
    /// <param name="element">Elements of the signature's header.</param>
    public void Feed(IncrementalHash digest, IncomingRequest request, (string Target, string? Query) covered, string timestamp, Func<string, string?> element)
    {
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case SignedPartKind.Body:
                    digest.AppendData(request.Body.Span);
                    break;
                case SignedPartKind.Form:
                    Append(digest, FormOf(request), Encoding.UTF8);
                    break;
                case SignedPartKind.Literal:
                    Append(digest, part.Text, Encoding.UTF8);
                    break;
                case SignedPartKind.QueryParameter:
                    Append(digest, FormText.Single(request.Query, part.Text) ?? string.Empty, Encoding.UTF8);
                    break;
                default:
                    // What went over the wire has a character for each byte.
                    Append(digest, TextOf(part, request, covered, timestamp, element), Encoding.Latin1);
                    break;
            }
        }
    }

    private static string TextOf(SignedPart part, IncomingRequest request, (string Target, string? Query) covered, string timestamp, Func<string, string?> element)
    {
        return part.Kind switch
        {
            SignedPartKind.Url => request.Root + covered.Target,
            SignedPartKind.Target => covered.Target,
            SignedPartKind.Query => covered.Query ?? string.Empty,
            SignedPartKind.Path => request.Path,
            SignedPartKind.Method => request.Method,
            SignedPartKind.Timestamp => timestamp,
            SignedPartKind.Element => element(part.Text) ?? string.Empty,
            _ => request.Header(part.Text) ?? string.Empty,
        };
    }

    /// <summary>The parameters of a form, sorted by their names, each name followed by its value, and nothing between: several values of a name once each, sorted.</summary>
    private static string FormOf(IncomingRequest request) => request.Form is not { } form ? string.Empty : string.Concat(
        FormText.Parameters(form).Distinct().OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => p.Name + p.Value));

    private static void Append(IncrementalHash digest, string text, Encoding encoding)
    {
        if (text.Length == 0) return;
        Span<byte> small = stackalloc byte[512];
        if (encoding.GetMaxByteCount(text.Length) <= small.Length)
            digest.AppendData(small[..encoding.GetBytes(text, small)]);
        else
            digest.AppendData(encoding.GetBytes(text));
    }
}
