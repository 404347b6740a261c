using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Naming;
using Patchbay.Importing.OpenApi;

namespace Patchbay.Importing.Exporting;

/// <summary>An action as an operation of a path.</summary>
/// <param name="Action">The action.</param>
/// <param name="Placeholders">The names in the path's template.</param>
/// <param name="Prefix">What of the action's path is said by a server of the operation's own; empty for none.</param>
/// <param name="KeepsServers">Whether the servers that its source gave it mean the same here.</param>
internal sealed record PlacedAction(ActionContent Action, IReadOnlyList<string> Placeholders, string Prefix, bool KeepsServers);

/// <summary>A path with its operations, by the field that each stands in.</summary>
internal sealed record PlannedPath(string Key)
{
    public List<KeyValuePair<string, PlacedAction>> Operations { get; } = [];
}

/// <summary>
/// Which action stands where under <c>paths</c>. A Path Item Object has one operation for each of eight methods, and paths that differ
/// in the names of their placeholders only are the same path (OpenAPI 3.1, section "Paths Object"). Actions that would meet are told apart
/// by a fragment behind the path, as many published descriptions do it: it is never sent, and our importer drops it.
/// </summary>
internal sealed class PathPlan
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    private readonly string _baseUrl;
    private readonly Dictionary<string, PlannedPath> _bySignature = new(StringComparer.Ordinal);
    private readonly List<PlannedPath> _paths = [];
    private readonly List<string> _unplaced = [];

    public PathPlan(string baseUrl, IEnumerable<ActionContent> actions)
    {
        _baseUrl = baseUrl.TrimEnd('/');
        foreach (var action in actions)
        {
            if (Refusal(action) is { } reason) _unplaced.Add($"The action '{action.Name}' has no place under paths: {reason}");
        }
    }

    /// <summary>The paths, in the order of their first action.</summary>
    public IReadOnlyList<PlannedPath> Paths => _paths;

    /// <summary>Why each of the others is not placed.</summary>
    public IReadOnlyList<string> Unplaced => _unplaced;

    public static string? FieldOf(string method) => Array.Find(Methods, field => field.Equals(method, StringComparison.OrdinalIgnoreCase));

    private string? Refusal(ActionContent action)
    {
        if (FieldOf(action.Method) is not { } field) return $"OpenAPI 3.1 has no operations of the method {action.Method}";
        if (NameRules.Operation(action.Name) != action.Name) return "its name would be changed when it is read";
        var (prefix, keepsServers) = PrefixOf(action);
        var names = new List<string>();
        var key = Template.Rewrite(action.Path[prefix.Length..], expression => Placeholder(expression, names), out _);
        if (!key.StartsWith('/')) key = "/" + key;
        var path = PathOf(key);
        if (path.Key != key || path.Operations.Exists(operation => operation.Key == field)) path = PathOf($"{key}#{action.Name}");
        path.Operations.Add(new(field, new(action, [.. names.Distinct(StringComparer.Ordinal)], prefix, keepsServers)));
        return null;
    }

    /// <summary>The path of the same signature, which may have another key.</summary>
    private PlannedPath PathOf(string key)
    {
        var signature = Template.Rewrite(key, _ => "{}", out _);
        if (_bySignature.TryGetValue(signature, out var path)) return path;
        path = new PlannedPath(key);
        _bySignature.Add(signature, path);
        _paths.Add(path);
        return path;
    }

    private static string Placeholder(string expression, List<string> names)
    {
        var name = expression.StartsWith("param.", StringComparison.Ordinal) ? expression["param.".Length..] : VariableOf(expression);
        names.Add(name);
        return $"{{{name}}}";
    }

    /// <summary>The connection variable of an expression that is no parameter.</summary>
    public static string VariableOf(string expression)
    {
        var name = expression.TrimStart('.');
        return name.StartsWith("conn.", StringComparison.Ordinal) ? name["conn.".Length..] : name;
    }

    /// <summary>
    /// The part of a path that a server of the operation's own says: the importer puts it before the path. That is so where the source
    /// had such a server, and where the path needs a connection variable, of which OpenAPI has none but in servers.
    /// </summary>
    private (string Prefix, bool KeepsServers) PrefixOf(ActionContent action)
    {
        var ofSource = ServerOf(action.Source?["servers"]);
        if (ofSource is not null && _baseUrl.Length > 0 && ofSource.StartsWith(_baseUrl + "/", StringComparison.Ordinal))
        {
            var prefix = ofSource[_baseUrl.Length..];
            if (action.Path.StartsWith(prefix + "/", StringComparison.Ordinal)) return (prefix, true);
        }
        else if (ofSource is not null && !NeedsVariable(action.Path, out _))
        {
            return ("", true);
        }
        return (NeedsVariable(action.Path, out var end) && _baseUrl.Length > 0 && action.Path.StartsWith('/') ? action.Path[..end] : "", false);
    }

    /// <summary>Whether a path has a connection variable, and where the segment of the last one ends.</summary>
    private static bool NeedsVariable(string path, out int end)
    {
        end = 0;
        var hasParameter = false;
        for (var open = path.IndexOf("{{", StringComparison.Ordinal); open >= 0;)
        {
            var close = path.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) break;
            var isParameter = path.AsSpan(open + 2, close - open - 2).Trim().StartsWith("param.");
            hasParameter |= isParameter;
            if (!isParameter)
            {
                // Before a variable there is a parameter: no server can say that.
                if (hasParameter) return false;
                end = path.IndexOf('/', close);
                if (end < 0) return false;
            }
            open = path.IndexOf("{{", close, StringComparison.Ordinal);
        }
        return end > 0;
    }

    /// <summary>The first of some servers as a base URL of ours; null where it is not absolute.</summary>
    private static string? ServerOf(JsonNode? servers)
    {
        if (servers is not JsonArray { Count: > 0 } list || list[0] is not JsonObject server || server["url"] is not JsonValue value || !value.TryGetValue<string>(out var url)) return null;
        return url.Contains("://", StringComparison.Ordinal) ? Template.Rewrite(url.Trim(), name => $"{{{{ conn.{name} }}}}", out _).TrimEnd('/') : null;
    }
}
