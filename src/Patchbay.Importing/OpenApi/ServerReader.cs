using System.Text.RegularExpressions;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Swagger;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>A base URL with the variables that it needs.</summary>
internal sealed record ServerReading(string BaseUrl, IReadOnlyList<ImportedVariable> Variables)
{
    /// <summary>The Server Object, where there is one.</summary>
    public SourceObject? Server { get; init; }

    public static ServerReading None { get; } = new("", []);
}

/// <summary>Reads Server Objects (OpenAPI 3, section "Server Object").</summary>
internal sealed partial class ServerReader(ImportContext context)
{
    /// <summary>The base of all paths: the first server of the document, or the one that all paths agree on.</summary>
    /// <param name="paths">The Path Item Objects.</param>
    public ServerReading ReadBase(IReadOnlyList<SourceObject> paths)
    {
        IReadOnlyList<SourceNode> servers = context.Root.Find("servers") is SourceScalar { Kind: SourceKind.String } single
            ? [single]
            : context.Fields.Items(context.Root, "servers");
        if (servers.Count == 0)
        {
            var own = paths.Select(FirstServer).ToList();
            if (own.Count > 0 && own[0] is { } common && own.TrueForAll(common.SameAs))
            {
                context.Log.Add(ServerRemarks.OfAllPaths, common);
                return Read(common);
            }
            if (context.Dialect == SchemaDialect.Swagger20 || context.Fields.Text(context.Root, "host") is not { Length: > 0 }) return ReadDefault();
            context.Log.Add(DocumentRemarks.PlaceOfOtherVersion, context.Root.Find("host")!, "host");
            return new SwaggerServerReader(context).ReadHost();
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

    private static SourceNode? FirstServer(SourceObject holder) => holder.Find("servers") switch
    {
        SourceArray { Items: [var first, ..] } => first,
        SourceObject { Members.Length: > 0 } single => single,
        _ => null,
    };

    private static string? UrlOf(SourceNode server) => (server as SourceObject)?.FindString("url") ?? (server as SourceScalar)?.Text;

    /// <summary>Without servers, the specification has one at "/".</summary>
    private ServerReading ReadDefault()
    {
        if (UrlResolver.Resolve("/", context.BaseUrl) is { } root) return new(root.TrimEnd('/'), []);
        context.Log.Add(ServerRemarks.None, context.Root);
        return ServerReading.None;
    }

    private ServerReading Read(SourceNode server)
    {
        context.Carried.Add(server);
        if (server is SourceScalar { Kind: SourceKind.String } bare)
        {
            // A URL in place of the object that holds it.
            context.Log.Add(ServerRemarks.BareUrl, server, bare.Text);
            server = new SourceObject(bare.Line, bare.Column) { Members = [new("url", bare)], Parent = bare.Parent, Origin = bare };
        }
        if (server is not SourceObject holder || context.Fields.Text(holder, "url") is not { } url)
        {
            context.Log.Add(ServerRemarks.NoUrl, server);
            return ServerReading.None;
        }
        url = WithScheme(url, holder);
        var declared = context.Fields.Object(holder, "variables");
        var variables = new List<ImportedVariable>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var template = Template.Rewrite(url.Trim(), ReadVariable, out var isBalanced);
        if (!isBalanced) context.Log.Add(ServerRemarks.LoneBrace, holder, url);
        foreach (var (name, variable) in declared?.Members ?? [])
        {
            if (!used.Contains(name)) context.Log.Add(ServerRemarks.UnusedVariable, variable, name);
        }
        if (UrlResolver.Resolve(template, context.BaseUrl) is { } absolute) return new(absolute.TrimEnd('/'), variables) { Server = holder };
        context.Log.Add(ServerRemarks.Relative, holder, url);
        return new(template.TrimEnd('/'), variables) { Server = holder };

        string ReadVariable(string name)
        {
            if (used.Add(name)) variables.Add(new(name, ReadDefaultValue(declared?.Find(name), name, holder)));
            return $"{{{{ conn.{name} }}}}";
        }
    }

    private string ReadDefaultValue(SourceNode? variable, string name, SourceObject server)
    {
        if (variable is SourceScalar { Kind: not SourceKind.Null } bare)
        {
            context.Log.Add(ServerRemarks.BareDefault, bare, name);
            context.Carried.Add(bare);
            return bare.Text;
        }
        if (variable is not SourceObject holder)
        {
            context.Log.Add(ServerRemarks.VariableAdded, server, name);
            return "";
        }
        context.Carried.Add(holder);
        var values = context.Fields.Items(holder, "enum");
        if (values.Count > 0) context.Log.Add(ServerRemarks.Choice, holder, name);
        if (context.Fields.Text(holder, "default") is { } value) return value;
        var first = values.Count > 0 && values[0] is SourceScalar choice ? choice.Text : "";
        context.Log.Add(ServerRemarks.NoDefault, holder, name);
        return first;
    }

    /// <summary>A host without a scheme is a relative URL by the letter, and never meant as one.</summary>
    private string WithScheme(string url, SourceObject server)
    {
        if (!HostWithoutScheme().IsMatch(url)) return url;
        context.Log.Add(ServerRemarks.NoScheme, server, url);
        return "https://" + url;
    }

    [GeneratedRegex(@"^\s*[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.(com|net|org|io|dev|app|cloud|eu|[a-z]{2})(:[0-9]{1,5})?(/|\s*$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex HostWithoutScheme();
}
