namespace Patchbay.Platform.Http;

/// <summary>Where a page stands in its list.</summary>
internal abstract record PageInfoJson
{
    /// <summary>How many items the whole list has.</summary>
    public required int TotalCount { get; init; }

    /// <summary>The cursor for <c>after</c> that gives the next page; left out on the last.</summary>
    public string? Next { get; init; }

    /// <summary>The cursor for <c>before</c> that gives the page before; left out on the first.</summary>
    public string? Prev { get; init; }
}
