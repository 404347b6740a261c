using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>A part of a query.</summary>
/// <param name="Key">The name as sent.</param>
/// <param name="Value">The value; null where there is no <c>=</c>.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Holder">The object that describes it; null where it stands in the text of the URL only.</param>
internal sealed record QueryPart(string Key, string? Value, SourceNode At, SourceObject? Holder);

/// <summary>The URL of a request, taken apart: as text, or as the object that Postman makes of it (collection format 2.1, "url").</summary>
/// <param name="Origin">Scheme, host and port, or the variable that stands for them; empty where there is none. Without trailing slash.</param>
/// <param name="Segments">The segments of the path, without slashes.</param>
/// <param name="Query">The parts of the query.</param>
/// <param name="Variables">What is said of the variables of the path (<c>:id</c>).</param>
/// <param name="At">Where it stands.</param>
internal sealed record PostmanUrl(
    string Origin, IReadOnlyList<string> Segments, IReadOnlyList<QueryPart> Query, IReadOnlyList<SourceObject> Variables, SourceNode At)
{
    /// <summary>Longer ones are none.</summary>
    private const int Longest = 8_192;

    /// <summary>The URL of a request; null where there is none that could be read.</summary>
    public static PostmanUrl? Read(ImportContext context, PostmanVariables variables, SourceNode? url)
    {
        switch (url)
        {
            case SourceScalar { Kind: SourceKind.String } text when text.Text.Trim() is { Length: > 0 and <= Longest } trimmed:
                return FromText(context, variables, trimmed, text);
            case SourceObject holder:
                var stated = FromParts(context, variables, holder) ?? FromRaw(context, variables, holder);
                if (stated is null) return null;
                var query = context.Fields.Items(holder, "query").OfType<SourceObject>().Select(Part).ToList();
                return stated with
                {
                    Query = query.Count > 0 ? query : stated.Query,
                    Variables = [.. context.Fields.Items(holder, "variable").OfType<SourceObject>()],
                };
            default:
                return null;
        }
    }

    private static PostmanUrl? FromRaw(ImportContext context, PostmanVariables variables, SourceObject holder) =>
        context.Fields.Text(holder, "raw")?.Trim() is { Length: > 0 and <= Longest } raw ? FromText(context, variables, raw, holder) : null;

    private static PostmanUrl? FromParts(ImportContext context, PostmanVariables variables, SourceObject holder)
    {
        var host = Joined(holder.Find("host"), ".");
        var path = Pieces(holder.Find("path"));
        if (host.Length == 0 || host.Length > Longest || path.Sum(piece => piece.Length) > Longest) return null;
        var protocol = context.Fields.Text(holder, "protocol") is { Length: > 0 } stated ? stated : SchemeOf(context.Fields.Text(holder, "raw"));
        var port = context.Fields.Text(holder, "port");
        var origin = (string.IsNullOrEmpty(protocol) ? "" : protocol.Trim() + "://") + host.Trim() + (string.IsNullOrEmpty(port) ? "" : ":" + port.Trim());
        if (holder.Has("hash")) context.Log.Add(PostmanRemarks.Fragment, holder);
        return new(Complete(context, variables, origin, holder), path, FromRaw(context, variables, holder)?.Query ?? [], [], holder);
    }

    private static PostmanUrl FromText(ImportContext context, PostmanVariables variables, string text, SourceNode at)
    {
        if (Placeholders.IndexOf(text, '#', 0) is >= 0 and var hash)
        {
            context.Log.Add(PostmanRemarks.Fragment, at);
            text = text[..hash];
        }
        var mark = Placeholders.IndexOf(text, '?', 0);
        var query = mark < 0 ? [] : Placeholders.Split(text[(mark + 1)..], '&').Where(part => part.Length > 0).Select(part => Part(part, at)).ToList();
        if (mark >= 0) text = text[..mark];
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var slash = Placeholders.IndexOf(text, '/', scheme < 0 ? 0 : scheme + 3);
        var origin = slash < 0 ? text : text[..slash];
        var segments = slash < 0 ? [] : Placeholders.Split(text[(slash + 1)..], '/');
        return new(Complete(context, variables, origin, at), segments is [""] ? [] : segments, query, [], at);
    }

    private static string Complete(ImportContext context, PostmanVariables variables, string origin, SourceNode at)
    {
        var complete = variables.WithoutUser(origin.TrimEnd('/'), at);
        if (complete.Length == 0 || complete.Contains("://", StringComparison.Ordinal) || complete.StartsWith("{{", StringComparison.Ordinal)) return complete;
        context.Log.Add(PostmanRemarks.NoScheme, at);
        return "https://" + complete;
    }

    private static string? SchemeOf(string? raw) =>
        raw?.IndexOf("://", StringComparison.Ordinal) is > 0 and var end && !raw.AsSpan(0, end).ContainsAny('{', '/', '?') ? raw[..end].Trim() : null;

    private static QueryPart Part(SourceObject holder) => new((holder.Find("key") as SourceScalar) is { Kind: not SourceKind.Null } key ? key.Text : "",
        (holder.Find("value") as SourceScalar) is { Kind: not SourceKind.Null } value ? value.Text : null, holder, holder);

    private static QueryPart Part(string text, SourceNode at)
    {
        var sign = Placeholders.IndexOf(text, '=', 0);
        return sign < 0 ? new(Decoded(text), null, at, null) : new(Decoded(text[..sign]), Decoded(text[(sign + 1)..]), at, null);
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string Joined(SourceNode? node, string joiner) => string.Join(joiner, Pieces(node));

    /// <summary>Host and path are texts or lists; an item of a path may be an object with the text as its value.</summary>
    private static List<string> Pieces(SourceNode? node) => node switch
    {
        SourceScalar { Kind: SourceKind.String } text when text.Text.Length <= Longest => text.Text.Trim('/') is { Length: > 0 } path ? Placeholders.Split(path, '/') : [],
        SourceArray list => [.. list.Items.Select(item => item switch
        {
            SourceScalar { Kind: not SourceKind.Null } piece => piece.Text,
            SourceObject holder => (holder.Find("value") as SourceScalar)?.Text ?? "",
            _ => "",
        })],
        _ => [],
    };
}
