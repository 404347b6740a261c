using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Makes a base URL of <c>schemes</c>, <c>host</c> and <c>basePath</c> (Swagger 2.0, section "Swagger Object").</summary>
internal sealed class SwaggerServerReader(ImportContext context)
{
    public ServerReading Read()
    {
        var root = context.Root;
        var source = context.Options.SourceUrl is { IsAbsoluteUri: true, Scheme: "http" or "https" } url ? url : null;
        var basePath = context.Fields.Text(root, "basePath")?.Trim() ?? "";
        if (basePath.Length > 0 && !basePath.StartsWith('/')) basePath = "/" + basePath;
        var host = ReadHost() ?? source?.Authority;
        if (host is null)
        {
            context.Log.Warn("The description names no host, and where it came from is not known; the base URL is its path alone", root);
            return WithVariables(basePath);
        }
        return WithVariables($"{ReadScheme(source)}://{host}{basePath}");
    }

    private string? ReadHost()
    {
        if (context.Fields.Text(context.Root, "host")?.Trim() is not { Length: > 0 } host) return null;
        if (host.IndexOf("://", StringComparison.Ordinal) is not (>= 0 and var scheme)) return host.TrimEnd('/');
        context.Log.Warn("The host has a scheme, which stands elsewhere; it was cut off", context.Root.Find("host")!, host);
        return host[(scheme + 3)..].TrimEnd('/');
    }

    private string ReadScheme(Uri? source)
    {
        var schemes = context.Fields.Items(context.Root, "schemes").OfType<SourceScalar>().Select(scheme => scheme.Text.ToLowerInvariant()).ToList();
        var chosen = schemes.Contains("https", StringComparer.Ordinal) ? "https" : schemes.Find(scheme => scheme == "http");
        if (schemes.Exists(scheme => scheme is not ("http" or "https")))
            context.Log.Warn("A scheme is neither http nor https; it was left out", context.Root.Find("schemes")!);
        else if (schemes.Count > 1)
            context.Log.Info("A connector has one base URL; of several schemes https was taken", context.Root.Find("schemes")!);
        return chosen ?? source?.Scheme ?? "https";
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
            context.Log.Warn("Host or path hold a placeholder; a variable with an empty default was added", context.Root.Find("host") ?? context.Root, name);
            if (used.Add(name)) variables.Add(new(name, ""));
            return $"{{{{ conn.{name} }}}}";
        }
    }
}
