namespace Patchbay.Protocols.Http.Actions;

/// <summary>What kind of content a media type stands for (RFC 6838; RFC 6839 for suffixes).</summary>
public static class MediaTypes
{
    /// <summary>Fields, each a name and a value, as in a query.</summary>
    public const string Form = "application/x-www-form-urlencoded";

    /// <summary>Fields, each a part with headers of its own (RFC 7578).</summary>
    public const string Multipart = "multipart/form-data";

    private static readonly string[] TextTypes =
    [
        "application/yaml", "application/x-yaml", "application/javascript", "application/ecmascript", "application/graphql", "application/sql", "application/toml",
        "application/x-sh", "application/rtf", "application/jwt", "application/jose", "application/x-pem-file", "application/sparql-query", "application/n-triples",
        "application/n-quads", "application/trig", "application/x-javascript",
    ];

    /// <summary>A media type in small letters and without parameters.</summary>
    /// <param name="mediaType">The type, as a header or a description gives it.</param>
    public static string Essence(string mediaType)
    {
        var end = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? mediaType : mediaType[..end]).Trim().ToLowerInvariant();
    }

    /// <summary>The value of a parameter such as <c>charset</c>, or null.</summary>
    /// <param name="mediaType">The type.</param>
    /// <param name="name">The parameter's name.</param>
    public static string? Parameter(string mediaType, string name)
    {
        foreach (var range in mediaType.AsSpan().Split(';'))
        {
            var parameter = mediaType.AsSpan(range).Trim();
            var mark = parameter.IndexOf('=');
            if (mark > 0 && parameter[..mark].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
                return parameter[(mark + 1)..].Trim().Trim('"').ToString();
        }

        return null;
    }

    /// <summary>Whether content of the type is one JSON value.</summary>
    /// <param name="mediaType">The type.</param>
    public static bool IsJson(string mediaType) =>
        Essence(mediaType) is "application/json" or "text/json" or "text/x-json" or "application/x-json" || Essence(mediaType).EndsWith("+json", StringComparison.Ordinal);

    /// <summary>Whether content of the type is JSON values, one a line.</summary>
    /// <param name="mediaType">The type.</param>
    public static bool IsJsonLines(string mediaType) =>
        Essence(mediaType) is "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/jsonlines";

    /// <summary>Whether content of the type is XML.</summary>
    /// <param name="mediaType">The type.</param>
    public static bool IsXml(string mediaType) =>
        Essence(mediaType) is "application/xml" or "text/xml" || Essence(mediaType).EndsWith("+xml", StringComparison.Ordinal);

    /// <summary>Whether content of the type is text that people can read.</summary>
    /// <param name="mediaType">The type.</param>
    public static bool IsText(string mediaType) =>
        IsXml(mediaType) || Essence(mediaType).StartsWith("text/", StringComparison.Ordinal) || TextTypes.Contains(Essence(mediaType))
        || Essence(mediaType).EndsWith("+yaml", StringComparison.Ordinal) || IsJsonLines(mediaType);

    /// <summary>Whether a type is one of a range such as <c>image/*</c>, or the same, whatever its parameters.</summary>
    /// <param name="mediaType">The type.</param>
    /// <param name="range">The range or type.</param>
    public static bool Matches(string mediaType, string range)
    {
        var (type, wanted) = (Essence(mediaType), Essence(range));
        return wanted is "*/*" or "*" || type == wanted || (wanted.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(wanted[..^1], StringComparison.Ordinal))
            || (wanted.Contains("/*+", StringComparison.Ordinal) && type.StartsWith(wanted[..wanted.IndexOf('*', StringComparison.Ordinal)], StringComparison.Ordinal)
                && type.EndsWith(wanted[(wanted.IndexOf('*', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal));
    }

    /// <summary>Whether a text names several types, as <c>image/*</c> does.</summary>
    /// <param name="mediaType">The text.</param>
    public static bool IsRange(string mediaType) => mediaType.Contains('*', StringComparison.Ordinal);
}
