using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>
/// Makes triggers of <c>x-ms-notification-content</c>, by which connectors of Microsoft's Power Platform say what an API sends to the address
/// that was given to the operation beside it (its <c>x-ms-notification-url</c>).
/// </summary>
internal sealed class NotificationReader(ImportContext context, UniqueNames names)
{
    private const string Field = "x-ms-notification-content";

    private readonly BodyReader _bodies = new(context);

    /// <param name="paths">All paths.</param>
    /// <param name="actions">The actions with the operations that they were made of.</param>
    /// <param name="there">
    /// The triggers so far. One of the name that is due is the very one: so a description looks that was made of a connector, which keeps the
    /// field where it stood.
    /// </param>
    public List<TriggerContent> Read(
        IEnumerable<(string Key, SourceObject PathItem)> paths, IReadOnlyList<(ActionContent Action, SourceObject Operation)> actions, IEnumerable<TriggerContent> there)
    {
        var known = there.Select(trigger => trigger.Name).ToHashSet(StringComparer.Ordinal);
        var owners = actions.ToLookup(action => action.Operation.Parent, action => action.Action.Name);
        var triggers = new List<TriggerContent>();
        var seen = new HashSet<SourceObject>(ReferenceEqualityComparer.Instance);
        foreach (var (key, pathItem) in paths)
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted || pathItem.Find(Field) is not SourceObject content || !seen.Add(content)) continue;
            context.Log.Add(PathRemarks.Notification, content);
            var owner = owners[pathItem.Origin ?? pathItem].FirstOrDefault();
            var wanted = owner is null ? NameRules.FromMethodAndPath("on", key) : NameRules.Operation(owner + "_notification");
            if (!known.Contains(wanted)) triggers.Add(ReadOne(wanted, pathItem, content, owner));
        }
        return triggers;
    }

    private TriggerContent ReadOne(string wanted, SourceObject pathItem, SourceObject content, string? owner)
    {
        var name = names.Claim(wanted.Length > 0 ? wanted : "notification");
        var kept = context.Json.KeepExtensions(pathItem) is { } extensions ? new JsonObject { ["pathItem"] = extensions } : [];
        if (owner is not null) kept["callbackOf"] = owner;
        return new()
        {
            Name = name,
            Description = context.Fields.Text(content, "description"),
            Method = "POST",
            RequestBody = new()
            {
                Required = true,
                Definitions = _bodies.LinkAll([("application/json", content.Find("schema"), null)], name + "_request"),
            },
            Responses = [new()],
            Source = kept,
        };
    }
}
