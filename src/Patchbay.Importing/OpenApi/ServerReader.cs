using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>A base URL with the variables that it needs.</summary>
internal sealed record ServerReading(string BaseUrl, IReadOnlyList<ImportedVariable> Variables)
{
    public static ServerReading None { get; } = new("", []);
}

/// <summary>Reads Server Objects (OpenAPI 3, section "Server Object").</summary>
internal sealed class ServerReader(ImportContext context)
{
    /// <summary>The base of all paths: the first server of the document, or the one that all paths agree on.</summary>
    /// <param name="paths">The Path Item Objects.</param>
    public ServerReading ReadBase(IReadOnlyList<SourceObject> paths)
    {
        var servers = context.Fields.Items(context.Root, "servers");
        if (servers.Count == 0)
        {
            var own = paths.Select(FirstServer).ToList();
            if (own.Count > 0 && own[0] is { } common && own.TrueForAll(common.SameAs))
            {
                context.Log.Add(ServerRemarks.OfAllPaths, common);
                return Read(common);
            }
            return ReadDefault();
        }
        for (var i = 1; i < servers.Count; i++)
            context.Log.Add(ServerRemarks.Another, servers[i], UrlOf(servers[i]));
        return Read(servers[0]);
    }

    /// <summary>
    /// Remarks on a server that differs from the base, and gives what has to stand before the paths of its operations: where
    /// it only lies deeper under the same base, the path can say so.
    /// </summary>
    public string ReadOwn(SourceObject holder, ServerReading connector, string actionName)
    {
        if (FirstServer(holder) is not { } server) return "";
        var own = Read(server);
        if (own.BaseUrl == connector.BaseUrl) return "";
        var isCovered = own.Variables.All(connector.Variables.Contains);
        if (isCovered && connector.BaseUrl.Length > 0 && own.BaseUrl.StartsWith(connector.BaseUrl + "/", StringComparison.Ordinal))
        {
            context.Log.Add(ServerRemarks.UnderBase, server, actionName);
            return own.BaseUrl[connector.BaseUrl.Length..];
        }
        context.Log.Add(ServerRemarks.OfAction, server, $"{actionName}: {own.BaseUrl}");
        return "";
    }

    private static SourceNode? FirstServer(SourceObject holder) => holder.Find("servers") is SourceArray { Items: [var first, ..] } ? first : null;

    private static string? UrlOf(SourceNode server) => (server as SourceObject)?.FindString("url");

    /// <summary>Without servers, the specification has one at "/".</summary>
    private ServerReading ReadDefault()
    {
        if (UrlResolver.Resolve("/", context.Options.SourceUrl) is { } root) return new(root.TrimEnd('/'), []);
        context.Log.Add(ServerRemarks.None, context.Root);
        return ServerReading.None;
    }

    private ServerReading Read(SourceNode server)
    {
        if (server is not SourceObject holder || context.Fields.Text(holder, "url") is not { } url)
        {
            context.Log.Add(ServerRemarks.NoUrl, server);
            return ServerReading.None;
        }
        var declared = context.Fields.Object(holder, "variables");
        var variables = new List<ImportedVariable>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var template = Template.Rewrite(url.Trim(), ReadVariable, out var isBalanced);
        if (!isBalanced) context.Log.Add(ServerRemarks.LoneBrace, holder, url);
        foreach (var (name, variable) in declared?.Members ?? [])
        {
            if (!used.Contains(name)) context.Log.Add(ServerRemarks.UnusedVariable, variable, name);
        }
        if (UrlResolver.Resolve(template, context.Options.SourceUrl) is { } absolute) return new(absolute.TrimEnd('/'), variables);
        context.Log.Add(ServerRemarks.Relative, holder, url);
        return new(template.TrimEnd('/'), variables);

        string ReadVariable(string name)
        {
            if (used.Add(name)) variables.Add(new(name, ReadDefaultValue(declared?.Find(name), name, holder)));
            return $"{{{{ conn.{name} }}}}";
        }
    }

    private string ReadDefaultValue(SourceNode? variable, string name, SourceObject server)
    {
        if (variable is not SourceObject holder)
        {
            context.Log.Add(ServerRemarks.VariableAdded, server, name);
            return "";
        }
        var values = context.Fields.Items(holder, "enum");
        if (values.Count > 0) context.Log.Add(ServerRemarks.Choice, holder, name);
        if (context.Fields.Text(holder, "default") is { } value) return value;
        var first = values.Count > 0 && values[0] is SourceScalar choice ? choice.Text : "";
        context.Log.Add(ServerRemarks.NoDefault, holder, name);
        return first;
    }
}
