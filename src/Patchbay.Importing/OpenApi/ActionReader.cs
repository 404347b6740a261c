using Patchbay.Importing.Contents;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Makes actions of the operations of all paths.</summary>
internal sealed class ActionReader(ImportContext context, IOperationReader operations)
{
    private readonly UniqueNames _names = new();

    public List<(ActionContent Action, SourceObject Operation)> Read(IReadOnlyList<PathOperation> all)
    {
        RemarkEqualTemplates(all);
        // Those that have a name get it, whatever is made up for the others.
        var names = all.Select(NameById).ToList();
        var actions = new List<(ActionContent, SourceObject)>(all.Count);
        for (var i = 0; i < all.Count && !context.IsExhausted; i++)
        {
            var name = names[i] ?? _names.Claim(NameRules.FromMethodAndPath(all[i].Method, all[i].Key) is { Length: > 0 } made ? made : "action");
            actions.Add((ReadAction(all[i], name), all[i].Operation));
        }
        return actions;
    }

    private ActionContent ReadAction(PathOperation source, string name)
    {
        var (operation, pathItem) = (source.Operation, source.PathItem);
        var parts = operations.Read(source, name);
        var summary = context.Fields.Text(operation, "summary") ?? context.Fields.Text(pathItem, "summary");
        var description = context.Fields.Text(operation, "description") ?? context.Fields.Text(pathItem, "description");
        context.Charge(parts.Path.Length + (summary?.Length ?? 0) + (description?.Length ?? 0));
        var kept = parts.Source;
        if (context.Json.Keep(pathItem, JsonCopier.IsExtension) is { } extensions) (kept ??= [])["pathItem"] = extensions;
        return new()
        {
            Name = name,
            Summary = summary,
            Description = description,
            Method = source.Method,
            Path = parts.Path,
            Parameters = parts.Parameters,
            RequestBody = parts.RequestBody,
            Responses = parts.Responses,
            Deprecated = context.Fields.Flag(operation, "deprecated"),
            Source = kept,
        };
    }

    private string? NameById(PathOperation source)
    {
        if (context.Fields.Text(source.Operation, "operationId") is not { Length: > 0 } id) return null;
        var at = source.Operation.Find("operationId")!;
        var fitting = NameRules.Operation(id);
        if (fitting.Length == 0)
        {
            context.Log.Warn("An operationId has nothing that a name can have; the name was made from method and path", at, id);
            return null;
        }
        if (fitting != id) context.Log.Info("An operationId does not fit the rule for names; it was changed", at, $"{id} to {fitting}");
        var name = _names.Claim(fitting);
        if (name != fitting) context.Log.Warn("An operationId is used before; a number was added", at, $"{id} to {name}");
        return name;
    }

    private void RemarkEqualTemplates(IReadOnlyList<PathOperation> all)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in all)
        {
            var shape = Template.Rewrite(source.Key, _ => "{}", out _);
            if (!seen.TryAdd(shape, source.Key) && seen[shape] != source.Key)
                context.Log.Warn("A path differs from an earlier one by the names of its placeholders only; both were kept", source.PathItem, source.Key);
        }
    }
}
