namespace Patchbay.Protocols.Http;

/// <summary>A path with placeholders, and a query where it has one: what an action adds to its connector's base URL.</summary>
public sealed class PathTemplate
{
    private readonly TemplatePart _path;
    private readonly TemplatePart? _query;

    private PathTemplate(string path, string? query, IEnumerator<TemplateName> names)
    {
        _path = new TemplatePart(path, names, TemplatePlace.Path);
        _query = query is null ? null : new TemplatePart(query, names, TemplatePlace.Query);
        References = [.. _path.References, .. _query?.References ?? []];
    }

    /// <summary>The placeholders in the order in which they stand.</summary>
    public IReadOnlyList<TemplateReference> References { get; }

    /// <summary>Parses a path.</summary>
    /// <param name="text">Such as <c>/users/{{ param.id }}</c>. What must not stand in a path or query is encoded.</param>
    /// <returns>The template, or what is wrong with it.</returns>
    public static Outcome<PathTemplate> Parse(string text)
    {
        if (TemplateText.Parse(text, "path", out var template) is { } fault) return Outcome.Of<PathTemplate>(fault);
        if (UrlText.SplitPath(template.Marked, out var path, out var query) is { } unfit) return Outcome.Of<PathTemplate>(unfit);
        if (DotSegments.Found(path)) return Outcome.Of<PathTemplate>(DotSegmentInPath);
        using var names = template.Names.GetEnumerator();
        return Outcome.Of(new PathTemplate(path, query, names));
    }

    /// <summary>Puts values in.</summary>
    /// <param name="values">What the placeholders stand for.</param>
    /// <returns>
    /// The raw path and query, to be joined with an address by <see cref="RawTarget.Join"/>, or every value that is missing or does not fit.
    /// </returns>
    public Outcome<string> Expand(TemplateValues values)
    {
        var faults = new List<Fault>();
        var path = _path.Expand(values, faults);
        var query = _query?.Expand(values, faults);
        if (faults.Count > 0) return Outcome.Of<string>(faults);
        if (DotSegments.Found(path)) return Outcome.Of<string>(DotSegmentInPath);
        return Outcome.Of(query is null ? path : $"{path}?{query}");
    }

    private static Fault DotSegmentInPath => new(FaultKind.DotSegment, "path", "The path has a segment that is . or .. in it.");
}
