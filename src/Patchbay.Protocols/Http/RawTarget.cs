namespace Patchbay.Protocols.Http;

/// <summary>
/// Where one request goes, with path and query in the very bytes that go over the wire. <see cref="Uri"/> would rewrite <c>%2e</c> and
/// <c>%7E</c>; signatures and some servers see the difference.
/// </summary>
public sealed class RawTarget
{
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private RawTarget(Origin origin, string path, string? query)
    {
        Origin = origin;
        Path = path;
        Query = query;
    }

    /// <summary>Scheme, host and port.</summary>
    public Origin Origin { get; }

    /// <summary>The raw path; it begins with a slash.</summary>
    public string Path { get; }

    /// <summary>The raw query without its question mark; null where there is none.</summary>
    public string? Query { get; }

    /// <summary>Puts a caller's path and query behind a base URL without changing a byte of either.</summary>
    /// <param name="address">The base URL, whose query, if it has one, goes before the caller's.</param>
    /// <param name="remainder">What follows in the raw request target: empty, or a path, a query, or both.</param>
    /// <returns>
    /// The target; or <see cref="FaultKind.DotSegment"/>, which could lead out of the base URL's path; or <see cref="FaultKind.Malformed"/> for
    /// characters that no request line holds.
    /// </returns>
    public static Outcome<RawTarget> Join(TargetAddress address, string remainder)
    {
        if (remainder.Length > UrlText.MaxLength) return Outcome.Of<RawTarget>(FaultKind.TooLong, "path", "Path and query are too long.");
        if (remainder.AsSpan().ContainsAnyExceptInRange('!', '~') || remainder.Contains('#', StringComparison.Ordinal))
        {
            return Outcome.Of<RawTarget>(FaultKind.Malformed, "path", "Path or query hold a character that must be encoded there.");
        }

        var mark = remainder.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (remainder, null) : (remainder[..mark], remainder[(mark + 1)..]);
        if (DotSegments.Found(path)) return Outcome.Of<RawTarget>(FaultKind.DotSegment, "path", "The path has a segment that is . or .. in it.");

        var slash = path.Length > 0 ? (path[0] == '/' ? string.Empty : "/") : (address.PathPrefix.Length == 0 ? "/" : string.Empty);
        var joined = address.Query is { Length: > 0 } first ? (query is null ? first : $"{first}&{query}") : query ?? address.Query;
        return Outcome.Of(new RawTarget(address.Origin, string.Concat(address.PathPrefix, slash, path), joined));
    }

    /// <summary>An address for an <see cref="HttpRequestMessage"/>, which sends path and query as they are.</summary>
    public Uri ToUri() => new(ToString(), in Untouched);

    /// <summary>The URL in its raw form. It may hold a credential in its query: not for logs.</summary>
    public override string ToString() => Query is null ? $"{Origin}{Path}" : $"{Origin}{Path}?{Query}";

    /// <summary>Path and query as they stand in a request line.</summary>
    internal string PathAndQuery => Query is null ? Path : $"{Path}?{Query}";

    internal RawTarget WithQuery(string? query) => ReferenceEquals(query, Query) ? this : new RawTarget(Origin, Path, query);
}
