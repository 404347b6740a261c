using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>A path of ours, made from a path template of the source.</summary>
/// <param name="Path">With <c>{{ param.name }}</c> for each placeholder.</param>
/// <param name="Placeholders">The names, each once, in their order.</param>
internal sealed record PathTemplate(string Path, IReadOnlyList<string> Placeholders)
{
    /// <param name="template">The key under <c>paths</c>.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="declared">The names of the path parameters that are declared for it.</param>
    /// <param name="log">Takes remarks.</param>
    public static PathTemplate Read(string template, SourceNode at, HashSet<string> declared, MessageLog log)
    {
        var path = template;
        if (path.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash)
        {
            log.Add(PathRemarks.Fragment, at, template);
            path = path[..hash];
        }
        if (path.Trim() is var trimmed && trimmed != path)
        {
            log.Add(PathRemarks.Blank, at, template);
            path = trimmed;
        }
        path = WithBraces(path, declared, at, log);
        if (!path.StartsWith('/'))
        {
            log.Add(PathRemarks.NoSlash, at, template);
            path = "/" + path;
        }
        var placeholders = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rewritten = Template.Rewrite(path, Replace, out var isBalanced);
        if (!isBalanced) log.Add(PathRemarks.LoneBrace, at, template);
        return new(rewritten, placeholders);

        string Replace(string expression)
        {
            var name = NameOf(expression, declared);
            if (name != expression) log.Add(PathRemarks.OddPlaceholder, at, $"{expression} as {name}");
            if (seen.Add(name)) placeholders.Add(name);
            return $"{{{{ param.{name} }}}}";
        }
    }

    /// <summary>OpenAPI has plain names only; operators and modifiers of RFC 6570 are cut off where no parameter is called so.</summary>
    private static string NameOf(string expression, HashSet<string> declared)
    {
        if (declared.Contains(expression)) return expression;
        var name = expression.TrimStart('+', '#', '.', '/', ';', '?', '&').TrimEnd('*');
        // RFC 6570 and web frameworks put a length or a pattern behind a colon, Google's templates one behind an equals sign.
        if (name.AsSpan().IndexOfAny(':', '=') is > 0 and var end && !declared.Contains(name)) name = name[..end];
        return name.Length > 0 ? name : "parameter";
    }

    /// <summary>Segments such as <c>:id</c> or <c>&lt;id&gt;</c> are placeholders of web frameworks, where a parameter is called so.</summary>
    private static string WithBraces(string path, HashSet<string> declared, SourceNode at, MessageLog log)
    {
        if (path.AsSpan().IndexOfAny(':', '<') < 0 || path.Contains('{', StringComparison.Ordinal)) return path;
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var name = segments[i] switch
            {
                [':', .. var rest] => rest,
                ['<', .. var rest, '>'] => rest,
                _ => "",
            };
            if (!declared.Contains(name)) continue;
            log.Add(PathRemarks.OddPlaceholder, at, $"{segments[i]} as {name}");
            segments[i] = "{" + name + "}";
        }
        return string.Join('/', segments);
    }
}
