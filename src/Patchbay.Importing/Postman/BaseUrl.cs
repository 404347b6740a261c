using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>The base URL of a collection: what most of its requests begin with.</summary>
internal sealed class BaseUrl
{
    private readonly ImportContext _context;
    private readonly PostmanVariables _variables;
    private readonly string _origin;
    private readonly string? _expanded;

    private BaseUrl(ImportContext context, PostmanVariables variables, string origin, SourceNode? at)
    {
        _context = context;
        _variables = variables;
        _origin = origin;
        _expanded = variables.Expand(origin)?.TrimEnd('/');
        // Before any path asks for a variable, so that the one that stands for the host is known as such.
        Template = at is null ? "" : variables.ForConnection(origin, at, isUrl: true).TrimEnd('/');
    }

    /// <summary>With placeholders of ours.</summary>
    public string Template { get; }

    public static BaseUrl Of(ImportContext context, PostmanVariables variables, IReadOnlyList<PostmanUrl> urls)
    {
        var most = urls.Where(url => url.Origin.Length > 0).GroupBy(url => Plain(url.Origin), StringComparer.Ordinal).MaxBy(group => group.Count());
        if (most is null) context.Log.Add(ServerRemarks.None, context.Root);
        return new(context, variables, most?.First().Origin ?? "", most?.First().At);
    }

    /// <summary>
    /// The segments of a path below the base URL. Where a request goes elsewhere, that is said, and its path is taken alone.
    /// </summary>
    public IReadOnlyList<string> PathOf(PostmanUrl url, string actionName)
    {
        if (url.Origin.Length == 0 || Plain(url.Origin) == Plain(_origin)) return url.Segments;
        if (_expanded is not null && _variables.Expand(url.Origin)?.TrimEnd('/') is { } own && Below(own, url.Segments) is { } below) return below;
        _context.Log.Add(ServerRemarks.OfAction, url.At, $"{actionName}: {url.Origin}");
        return url.Segments;
    }

    /// <summary>What remains of an address below the base, which may begin in its path.</summary>
    private IReadOnlyList<string>? Below(string origin, IReadOnlyList<string> segments)
    {
        if (IsEqual(origin, _expanded!)) return segments;
        if (origin.StartsWith(_expanded + "/", StringComparison.OrdinalIgnoreCase)) return [.. origin[(_expanded!.Length + 1)..].Split('/'), .. segments];
        for (var i = 0; i < segments.Count; i++)
        {
            if (_variables.Expand(segments[i]) is not { } segment) return null;
            origin += "/" + segment;
            if (IsEqual(origin, _expanded!)) return [.. segments.Skip(i + 1)];
            if (origin.Length > _expanded!.Length) return null;
        }
        return null;
    }

    private static bool IsEqual(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    /// <summary>An origin to compare: host names know no capitals, and spaces around a variable's name mean nothing.</summary>
    private static string Plain(string origin) => Placeholders.AreIn(origin) ? Placeholders.Rewrite(origin, name => "{{" + name + "}}") : origin.ToLowerInvariant();
}
