using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Makes triggers of webhooks (OpenAPI 3.1) and of the callbacks of operations.</summary>
/// <param name="context">The import.</param>
/// <param name="pathItems">Finds operations.</param>
/// <param name="operations">Reads them.</param>
/// <param name="names">The names of triggers, which may come from elsewhere, too.</param>
internal sealed class TriggerReader(ImportContext context, PathItemReader pathItems, OperationReader operations, UniqueNames names)
{
    /// <summary>Callback Objects and operations that are triggers already: they may be shared, and may contain themselves.</summary>
    private readonly HashSet<SourceObject> _read = new(ReferenceEqualityComparer.Instance);

    private readonly List<TriggerContent> _triggers = [];

    public List<TriggerContent> Read(IEnumerable<(ActionContent Action, SourceObject Operation)> actions)
    {
        foreach (var field in (string[])["webhooks", "x-webhooks"])
        {
            if (context.Root.Find(field) is null || context.Fields.Object(context.Root, field) is not { } webhooks) continue;
            if (JsonCopier.IsExtension(field))
                context.Log.Add(PathRemarks.Webhooks, webhooks);
            else if (context.Version is SpecificationVersion.Swagger20 or SpecificationVersion.OpenApi30)
                context.Log.Add(DocumentRemarks.OfLaterVersion, webhooks, field);
            foreach (var (name, pathItem) in pathItems.PathItems(webhooks)) ReadPathItem(name, pathItem, name, origin: null);
        }
        var pending = new Queue<(string Owner, SourceObject Operation)>(actions.Select(action => (action.Action.Name, action.Operation)));
        while (pending.TryDequeue(out var next) && !context.IsExhausted)
        {
            foreach (var nested in ReadCallbacks(next.Owner, next.Operation)) pending.Enqueue(nested);
        }
        return _triggers;
    }

    private List<(string Owner, SourceObject Operation)> ReadCallbacks(string owner, SourceObject operation)
    {
        var read = new List<(string, SourceObject)>();
        foreach (var (name, node) in context.Fields.Object(operation, "callbacks")?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (JsonCopier.IsExtension(name) || context.References.Follow(node) is not { } callback || !IsNew(callback.Object)) continue;
            var extensions = context.Json.KeepExtensions(callback.Object);
            foreach (var (expression, pathItem) in pathItems.PathItems(callback.Object))
            {
                var origin = new JsonObject { ["callbackOf"] = owner, ["expression"] = expression };
                if (extensions is not null) origin["callback"] = extensions.DeepClone();
                read.AddRange(ReadPathItem(expression, pathItem, $"{owner}_{name}", origin));
            }
        }
        return read;
    }

    private List<(string Name, SourceObject Operation)> ReadPathItem(string key, SourceObject pathItem, string suggestedName, JsonObject? origin)
    {
        var read = new List<(string, SourceObject)>();
        foreach (var source in pathItems.Operations(key, pathItem))
        {
            if (!IsNew(source.Operation)) continue;
            var trigger = ReadTrigger(source, suggestedName, origin);
            _triggers.Add(trigger);
            read.Add((trigger.Name, source.Operation));
        }
        return read;
    }

    private bool IsNew(SourceObject part)
    {
        if (_read.Add(part)) return true;
        context.Log.Add(PathRemarks.CallbackIsShared, part);
        return false;
    }

    private TriggerContent ReadTrigger(PathOperation source, string suggestedName, JsonObject? origin)
    {
        var operation = source.Operation;
        var wanted = NameRules.Operation(context.Fields.Text(operation, "operationId") ?? suggestedName);
        var name = names.Claim(wanted.Length > 0 ? wanted : "trigger");
        var parts = operations.ReadTrigger(source, name);
        var kept = parts.Source;
        foreach (var (field, value) in origin ?? []) (kept ??= [])[field] = value?.DeepClone();
        return new()
        {
            Name = name,
            Summary = context.Fields.Text(operation, "summary") ?? context.Fields.Text(source.PathItem, "summary"),
            Description = context.Fields.Text(operation, "description") ?? context.Fields.Text(source.PathItem, "description"),
            Method = source.Method,
            Parameters = parts.Parameters,
            RequestBody = parts.RequestBody,
            Responses = parts.Responses,
            Deprecated = context.Fields.Flag(operation, "deprecated"),
            Source = kept,
        };
    }
}
