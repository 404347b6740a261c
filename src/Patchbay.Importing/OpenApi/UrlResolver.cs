namespace Patchbay.Importing.OpenApi;

/// <summary>Makes URLs of a description absolute, placeholders in them included, which <see cref="Uri"/> would escape.</summary>
internal static class UrlResolver
{
    /// <summary>The absolute form of a URL or template; null where it is relative and there is no base.</summary>
    /// <param name="url">Absolute, relative or a template such as <c>{{ conn.scheme }}://host</c>.</param>
    /// <param name="source">Where the description came from.</param>
    public static string? Resolve(string url, Uri? source)
    {
        if (url.Contains("://", StringComparison.Ordinal) || url.StartsWith("{{", StringComparison.Ordinal)) return url;
        if (source is not { IsAbsoluteUri: true } || source.Scheme is not ("http" or "https")) return null;
        if (url.StartsWith("//", StringComparison.Ordinal)) return $"{source.Scheme}:{url}";
        var origin = source.GetLeftPart(UriPartial.Authority);
        if (url.StartsWith('/')) return origin + url;
        if (!url.Contains("{{", StringComparison.Ordinal)) return Uri.TryCreate(source, url, out var resolved) ? resolved.AbsoluteUri : null;
        var folder = source.AbsolutePath[..(source.AbsolutePath.LastIndexOf('/') + 1)];
        return origin + folder + url;
    }
}
