namespace Patchbay.Protocols.Http;

/// <summary>
/// A connector's base URL with placeholders, parsed once and expanded for each connection. What a placeholder stands for is known from its
/// place, so no value can reach beyond it: a value in the host stays in the host, one in the path stays one segment.
/// </summary>
/// <remarks>
/// A template that begins with a placeholder and goes on with <c>/</c>, <c>?</c> or nothing takes the whole start of the URL, scheme and
/// host included, from that one value.
/// </remarks>
public sealed class BaseUrlTemplate
{
    private readonly TemplatePart? _url;
    private readonly TemplatePart? _scheme;
    private readonly TemplatePart? _host;
    private readonly TemplatePart? _port;
    private readonly TemplatePart _path;
    private readonly TemplatePart? _query;
    private TargetAddress? _fixed;

    private BaseUrlTemplate(UrlParts parts, bool whole, IEnumerator<TemplateName> names)
    {
        if (whole)
        {
            _url = new TemplatePart(parts.Host, names, TemplatePlace.Url);
        }
        else
        {
            _scheme = new TemplatePart(parts.Scheme, names, TemplatePlace.Scheme);
            _host = new TemplatePart(parts.Host, names, TemplatePlace.Host);
            _port = parts.Port is null ? null : new TemplatePart(parts.Port, names, TemplatePlace.Port);
        }

        _path = new TemplatePart(parts.Path, names, TemplatePlace.Path);
        _query = parts.Query is null ? null : new TemplatePart(parts.Query, names, TemplatePlace.Query);
        References = [.. new[] { _url, _scheme, _host, _port, _path, _query }.SelectMany(part => part?.References ?? [])];
    }

    /// <summary>The placeholders in the order in which they stand.</summary>
    public IReadOnlyList<TemplateReference> References { get; }

    /// <summary>Parses a base URL.</summary>
    /// <param name="text">Such as <c>https://{{ conn.region }}.example.com/v1</c>.</param>
    /// <returns>
    /// The template, or what is wrong with it whatever the values may be; the subject is the part of the URL. Without placeholders it is
    /// judged like an address (<see cref="TargetAddress.Parse"/>).
    /// </returns>
    public static Outcome<BaseUrlTemplate> Parse(string text)
    {
        if (TemplateText.Parse(text, "url", out var template) is { } fault) return Outcome.Of<BaseUrlTemplate>(fault);
        var marked = template.Marked;
        var whole = marked.StartsWith(TemplateText.Mark) && (marked.Length == 1 || marked[1] is '/' or '?' or '#');
        var parts = default(UrlParts);
        if (whole)
        {
            if (UrlText.SplitPath(marked[1..], out var path, out var query) is { } unfit) return Outcome.Of<BaseUrlTemplate>(unfit);
            parts = new UrlParts(string.Empty, marked[..1], Port: null, path, query);
        }
        else if (UrlText.Split(marked, out parts) is { } unfit)
        {
            return Outcome.Of<BaseUrlTemplate>(unfit);
        }

        using var names = template.Names.GetEnumerator();
        var parsed = new BaseUrlTemplate(parts, whole, names);
        if (!parsed.Probe("1").TryGet(out var probed, out _) && !parsed.Probe("a").TryGet(out probed, out var faults)) return Outcome.Of<BaseUrlTemplate>(faults);
        if (parsed.References.Count == 0) parsed._fixed = probed;
        return Outcome.Of(parsed);
    }

    /// <summary>Puts values in.</summary>
    /// <param name="values">What the placeholders stand for.</param>
    /// <returns>The address, or every value that is missing or does not fit; the subject is its name.</returns>
    public Outcome<TargetAddress> Expand(TemplateValues values)
    {
        if (_fixed is not null) return Outcome.Of(_fixed);
        var faults = new List<Fault>();
        var path = _path.Expand(values, faults);
        var query = _query?.Expand(values, faults);
        if (_url is not null) return ExpandWhole(values, path, query, faults);

        var parts = new UrlParts(_scheme!.Expand(values, faults), _host!.Expand(values, faults), _port?.Expand(values, faults), path, query);
        return faults.Count == 0 ? TargetAddress.Create(parts) : Outcome.Of<TargetAddress>(faults);
    }

    /// <summary>Expands with a host value that makes addresses of numbers, or one that makes names of them: one of the two must fit.</summary>
    private Outcome<TargetAddress> Probe(string host) => TargetAddress.Create(new UrlParts(
        _scheme?.Probe("https") ?? "https", _host?.Probe(host) ?? host, _port?.Probe("1"), _path.Probe("a"), _query?.Probe("a")));

    private Outcome<TargetAddress> ExpandWhole(TemplateValues values, string path, string? query, List<Fault> faults)
    {
        var start = _url!.Expand(values, faults);
        if (faults.Count > 0) return Outcome.Of<TargetAddress>(faults);

        var name = _url.References[0].Name;
        if (!TargetAddress.Parse(start).TryGet(out var address, out var wrong))
        {
            return Outcome.Of<TargetAddress>([.. wrong.Select(fault => new Fault(FaultKind.UnfitValue, name, $"The value of {name} is not a base URL: {fault.Message}"))]);
        }

        if (address.Query is not null) return Outcome.Of<TargetAddress>(FaultKind.UnfitValue, name, $"The value of {name} has a query, which must not stand before a path.");

        return DotSegments.Found(path)
            ? Outcome.Of<TargetAddress>(FaultKind.DotSegment, "path", "The URL's path has a segment that is . or .. in it.")
            : Outcome.Of(address.Extend(path, query));
    }
}
