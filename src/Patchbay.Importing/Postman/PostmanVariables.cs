using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>The variables of a collection and of its folders. Those that hosts or paths need become connection variables.</summary>
internal sealed class PostmanVariables(ImportContext context, KnownSecrets secrets)
{
    /// <summary>Variables in variables in variables: nobody means more.</summary>
    private const int Deepest = 8;

    private const int MostSteps = 100;
    private const int LongestValue = 4_096;

    private readonly Dictionary<string, (string Value, SourceNode At)> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _used = new(StringComparer.Ordinal);
    private readonly List<ImportedVariable> _connection = [];
    private int _steps;

    /// <summary>What connections need, in the order of its first use.</summary>
    public IReadOnlyList<ImportedVariable> OfConnection => _connection;

    /// <summary>Takes in the variables of the collection, or of a folder, which count everywhere here.</summary>
    public void Read(SourceObject holder)
    {
        foreach (var node in context.Fields.Items(holder, "variable"))
        {
            if (node is not SourceObject variable || (Text(variable, "key") ?? Text(variable, "id")) is not { Length: > 0 } name) continue;
            if (variable.Find("disabled") is SourceScalar { IsTrue: true })
                context.Log.Add(PostmanRemarks.Disabled, variable, name);
            else
                _declared.TryAdd(name.Trim(), (ValueOf(variable, name), variable));
        }
    }

    public bool IsDeclared(string name) => _declared.ContainsKey(name);

    /// <summary>A text with all variables replaced by their values; null where one has none.</summary>
    public string? Expand(string text)
    {
        _steps = 0;
        return Expand(text, depth: 0);
    }

    /// <summary>Replaces variables by placeholders for connection variables.</summary>
    /// <param name="text">Part of a host, or of a path.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="isUrl">Whether a variable at the start stands for scheme and host as well.</param>
    public string ForConnection(string text, SourceNode at, bool isUrl)
    {
        var isFirst = isUrl && text.StartsWith("{{", StringComparison.Ordinal);
        return Placeholders.Rewrite(text, name =>
        {
            Use(name, at, isFirst);
            isFirst = false;
            return $"{{{{ conn.{_used[name]} }}}}";
        });
    }

    /// <summary>Says which variables nothing needed.</summary>
    public void RemarkUnused()
    {
        foreach (var (name, (_, at)) in _declared.Where(variable => !_used.ContainsKey(variable.Key)))
            context.Log.Add(PostmanRemarks.UnusedVariable, at, name);
    }

    private string? Expand(string text, int depth)
    {
        var isComplete = true;
        var expanded = Placeholders.Rewrite(text, name =>
        {
            isComplete &= depth < Deepest && ++_steps <= MostSteps;
            var value = isComplete && _declared.TryGetValue(name, out var variable) && variable.Value.Length > 0 ? Expand(variable.Value, depth + 1) : null;
            isComplete &= value is not null;
            return value ?? "";
        });
        return isComplete && expanded.Length <= LongestValue ? expanded : null;
    }

    private void Use(string name, SourceNode at, bool isUrl)
    {
        if (_used.ContainsKey(name)) return;
        // What Postman makes up by itself begins with a dollar.
        _used.Add(name, name.TrimStart('$') is { Length: > 0 } plain ? plain : "variable");
        if (!_declared.TryGetValue(name, out var variable))
        {
            context.Log.Add(ServerRemarks.VariableAdded, at, name);
            _connection.Add(new(_used[name], ""));
            return;
        }
        var value = Expand(variable.Value);
        if (value is null) context.Log.Add(PostmanRemarks.OpenVariable, variable.At, name);
        value = secrets.Clean(value ?? "", variable.At).Trim();
        if (value.Contains(KnownSecrets.Placeholder, StringComparison.Ordinal)) value = "";
        if (isUrl || value.Contains("://", StringComparison.Ordinal)) value = WithoutUser(value, variable.At);
        if (isUrl && value.Length > 0 && !value.Contains("://", StringComparison.Ordinal))
        {
            context.Log.Add(PostmanRemarks.NoScheme, variable.At, name);
            value = "https://" + value;
        }
        _connection.Add(new(_used[name], isUrl ? value.TrimEnd('/') : value));
    }

    /// <summary>A URL without the user name and password that may stand before its host.</summary>
    public string WithoutUser(string url, SourceNode at)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = url.IndexOfAny(['/', '?', '#'], start) is >= 0 and var slash ? slash : url.Length;
        if (end <= start || url.LastIndexOf('@', end - 1, end - start) is not (>= 0 and var sign)) return url;
        context.Log.Add(PostmanRemarks.UserInUrl, at);
        return url[..start] + url[(sign + 1)..];
    }

    private string ValueOf(SourceObject variable, string name)
    {
        switch (variable.Find("value"))
        {
            case null or SourceScalar { Kind: SourceKind.Null }:
                return "";
            case SourceScalar value when variable.FindString("type") == "secret" || SecretNames.Is(name, isKeySecret: true):
                if (value.Text.Length > 0) context.Log.Add(PostmanRemarks.SecretVariable, variable, name);
                return "";
            case SourceScalar value:
                return value.Text;
            case var other:
                context.Log.Add(PostmanRemarks.VariableIsNoText, other, name);
                return "";
        }
    }

    private static string? Text(SourceObject holder, string field) => (holder.Find(field) as SourceScalar)?.Text;
}
