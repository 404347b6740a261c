using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Makes a base URL of <c>schemes</c>, <c>host</c> and <c>basePath</c> (Swagger 2.0, section "Swagger Object").</summary>
internal sealed class SwaggerServerReader(ImportContext context)
{
    private const string ParameterizedHost = "x-ms-parameterized-host";

    /// <summary>The base of all paths: the host, or servers as OpenAPI 3 has them.</summary>
    /// <param name="paths">The Path Item Objects.</param>
    public ServerReading Read(IReadOnlyList<SourceObject> paths)
    {
        if (context.Root.Has("host") || context.Root.Has(ParameterizedHost) || !context.Root.Has("servers")) return ReadHost();
        context.Log.Add(DocumentRemarks.PlaceOfOtherVersion, context.Root.Find("servers")!, "servers");
        return new ServerReader(context).ReadBase(paths);
    }

    /// <summary>The base URL of <c>schemes</c>, <c>host</c> and <c>basePath</c>.</summary>
    public ServerReading ReadHost()
    {
        var root = context.Root;
        var source = context.BaseUrl is { IsAbsoluteUri: true, Scheme: "http" or "https" } url ? url : null;
        var basePath = context.Fields.Text(root, "basePath")?.Trim() ?? "";
        if (basePath.Contains("://", StringComparison.Ordinal))
        {
            context.Log.Add(ServerRemarks.PathWithUrl, root.Find("basePath")!, basePath);
            return WithVariables(basePath);
        }
        if (basePath.Length > 0 && !basePath.StartsWith('/'))
        {
            context.Log.Add(ServerRemarks.PathWithoutSlash, root.Find("basePath")!, basePath);
            basePath = "/" + basePath;
        }
        if (ReadParameterizedHost(source) is { } template) return WithVariables(template + basePath);
        string? stated = null;
        var host = HostOf(ref stated) ?? source?.Authority;
        if (host is null)
        {
            context.Log.Add(ServerRemarks.NoHost, root);
            return WithVariables(basePath);
        }
        return WithVariables($"{ReadScheme(source, stated)}://{host}{basePath}");
    }

    /// <summary>Azure's way to say that the host is up to the client.</summary>
    private string? ReadParameterizedHost(Uri? source)
    {
        if (context.Root.Find(ParameterizedHost) is not SourceObject host || context.Fields.Text(host, "hostTemplate")?.Trim() is not { Length: > 0 } template) return null;
        context.Log.Add(ServerRemarks.HostTemplate, host, template);
        var hasScheme = template.Contains("://", StringComparison.Ordinal) || (host.Has("useSchemePrefix") && !context.Fields.Flag(host, "useSchemePrefix"));
        return hasScheme ? template.TrimEnd('/') : $"{ReadScheme(source, stated: null)}://{template.TrimEnd('/')}";
    }

    private string? HostOf(ref string? scheme)
    {
        if (context.Fields.Text(context.Root, "host")?.Trim() is not { Length: > 0 } host) return null;
        if (host.IndexOf("://", StringComparison.Ordinal) is not (>= 0 and var end)) return host.Trim('/');
        context.Log.Add(ServerRemarks.HostWithScheme, context.Root.Find("host")!, host);
        scheme = host[..end].ToLowerInvariant();
        return host[(end + 3)..].TrimEnd('/');
    }

    /// <param name="source">Where the description came from.</param>
    /// <param name="stated">The scheme that the host has, by mistake.</param>
    private string ReadScheme(Uri? source, string? stated)
    {
        IReadOnlyList<SourceNode> items = context.Root.Find("schemes") is SourceScalar { Kind: SourceKind.String } single ? [single] : context.Fields.Items(context.Root, "schemes");
        var schemes = items.OfType<SourceScalar>().Select(scheme => scheme.Text.Trim().TrimEnd('/', ':').ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList();
        var chosen = schemes.Contains("https", StringComparer.Ordinal) ? "https" : schemes.Find(scheme => scheme == "http");
        if (schemes.Exists(scheme => scheme is not ("http" or "https")))
            context.Log.Add(ServerRemarks.OtherScheme, context.Root.Find("schemes")!);
        else if (schemes.Count > 1)
            context.Log.Add(ServerRemarks.SeveralSchemes, context.Root.Find("schemes")!);
        return chosen ?? (stated is "http" or "https" ? stated : source?.Scheme ?? "https");
    }

    /// <summary>The specification has no placeholders here, but they are written, and mean one thing only.</summary>
    private ServerReading WithVariables(string url)
    {
        var variables = new List<ImportedVariable>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var template = Template.Rewrite(url, Replace, out _);
        return new(template.TrimEnd('/'), variables);

        string Replace(string name)
        {
            context.Log.Add(ServerRemarks.PlaceholderInHost, context.Root.Find("host") ?? context.Root, name);
            if (used.Add(name)) variables.Add(new(name, ""));
            return $"{{{{ conn.{name} }}}}";
        }
    }
}
