namespace Patchbay.Protocols.Http;

/// <summary>A base URL without placeholders: where requests go, and what stands before a caller's path and query.</summary>
public sealed record TargetAddress
{
    private TargetAddress(Origin origin, string pathPrefix, string? query)
    {
        Origin = origin;
        PathPrefix = pathPrefix;
        Query = query;
    }

    /// <summary>Scheme, host and port.</summary>
    public Origin Origin { get; }

    /// <summary>The raw path without a slash at its end: empty, or beginning with one.</summary>
    public string PathPrefix { get; }

    /// <summary>The raw query, which goes before the caller's; null where there is none.</summary>
    public string? Query { get; }

    /// <summary>Reads a base URL.</summary>
    /// <param name="text">An absolute http or https URL without user name and fragment. What must not stand in a path or query is encoded.</param>
    /// <returns>The address, or everything that is wrong with it; the subject is the part of the URL.</returns>
    public static Outcome<TargetAddress> Parse(string text)
    {
        if (text.Length > UrlText.MaxLength) return Outcome.Of<TargetAddress>(FaultKind.TooLong, "url", "The URL is too long.");
        if (UrlText.Split(text, out var parts) is { } fault) return Outcome.Of<TargetAddress>(fault);
        var wire = parts with { Path = UrlText.Path(parts.Path), Query = parts.Query is null ? null : UrlText.Query(parts.Query) };
        return Create(wire);
    }

    /// <summary>The URL, without what callers add.</summary>
    public override string ToString() => Query is null ? $"{Origin}{PathPrefix}" : $"{Origin}{PathPrefix}?{Query}";

    /// <summary>Judges parts whose path and query are in their form for the wire.</summary>
    internal static Outcome<TargetAddress> Create(UrlParts parts)
    {
        var faults = new List<Fault>();
        var scheme = parts.Scheme.ToLowerInvariant();
        if (scheme != Uri.UriSchemeHttp && scheme != Uri.UriSchemeHttps)
        {
            faults.Add(new Fault(FaultKind.Malformed, "scheme", "The URL's scheme is neither http nor https."));
        }

        var port = parts.Port is null ? Origin.DefaultPort(scheme) : Origin.ParsePort(parts.Port);
        if (port is null) faults.Add(new Fault(FaultKind.Malformed, "port", "The URL's port is not a number from 1 to 65535."));
        var origin = Origin.Create(scheme, parts.Host, port ?? 1);
        if (origin is null) faults.Add(new Fault(FaultKind.Malformed, "host", "The URL's host is neither a name nor an address in its plain form."));
        if (DotSegments.Found(parts.Path)) faults.Add(new Fault(FaultKind.DotSegment, "path", "The URL's path has a segment that is . or .. in it."));

        // The check of a place and the connection to it must mean the same host, whatever Uri makes of the text.
        if (faults.Count == 0 && !(Uri.TryCreate(origin!.ToString(), UriKind.Absolute, out var uri) && Origin.Of(uri) == origin))
        {
            faults.Add(new Fault(FaultKind.Malformed, "host", "The URL's host is not a valid name."));
        }

        return faults.Count == 0
            ? Outcome.Of(new TargetAddress(origin!, parts.Path.TrimEnd('/'), parts.Query))
            : Outcome.Of<TargetAddress>(faults);
    }

    internal TargetAddress Extend(string path, string? query) =>
        new(Origin, (PathPrefix + path).TrimEnd('/'), query ?? Query);
}
