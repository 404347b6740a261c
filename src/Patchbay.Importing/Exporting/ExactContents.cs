using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Exporting;

/// <summary>
/// Contents that a description of ours would not be read back to: each stands whole in an extension of the document, with the hash of what
/// the description says in its place. Who edits the description changes that hash; then the edit counts, not what stands here.
/// </summary>
internal static class ExactContents
{
    public const string Field = KeptFacts.Ours + "contents";

    /// <summary>How deep a content nests: its own structure around data that may be as deep as all data of ours.</summary>
    private const int Deepest = JsonCopier.DeepestOutput + 8;

    /// <summary>What clients write may be deeper than what an importer makes.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>What has to be said of the difference between two contents; null where there is none.</summary>
    public static JsonObject? Of(ConnectorContents wanted, ConnectorContents read)
    {
        var exact = new JsonObject();
        Add("actions", Differences(wanted.Actions, read.Actions, action => action.Name));
        Add("triggers", Differences(wanted.Triggers, read.Triggers, trigger => trigger.Name));
        Add("definitions", Differences(wanted.Definitions.Select(WithoutReferences), read.Definitions.Select(WithoutReferences), definition => definition.Name));
        return exact.Count > 0 ? exact : null;

        void Add(string kind, JsonObject differences)
        {
            if (differences.Count > 0) exact[kind] = differences;
        }
    }

    /// <summary>The connector with the contents that its description says exactly.</summary>
    public static ImportedConnector Apply(ImportContext context, ImportedConnector connector)
    {
        if (context.Fields.Object(context.Root, Field) is not { } exact) return connector;
        var contents = connector.Contents;
        var actions = Merge(context, exact, "actions", contents.Actions, action => action.Name, ContentRules.FaultsOf);
        var triggers = Merge(context, exact, "triggers", contents.Triggers, trigger => trigger.Name, ContentRules.FaultsOf);
        var definitions = Merge(context, exact, "definitions", [.. contents.Definitions.Select(WithoutReferences)], definition => definition.Name, ContentRules.FaultsOf);
        var merged = new List<DefinitionContent>(definitions.Count);
        var before = contents.Definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            var isOurs = before.TryGetValue(definition.Name, out var read) && WithoutReferences(read) == definition;
            merged.Add(isOurs ? read! : definition with { References = DefinitionReferences.Of(definition) });
        }
        if (!merged.TrueForAll(definition => before.GetValueOrDefault(definition.Name) == definition) && DefinitionCheck.FaultOf(merged, context.Cancellation) is { } fault)
        {
            context.Log.Add(ExactRemarks.Unsound, exact, fault);
            merged = [.. contents.Definitions];
        }
        return connector with { Contents = new(actions, triggers, merged) };
    }

    private static JsonObject Differences<T>(IEnumerable<T> wanted, IEnumerable<T> read, Func<T, string> nameOf)
    {
        var differences = new JsonObject();
        var there = read.ToDictionary(nameOf, content => ContentJson.ToBytes(content), StringComparer.Ordinal);
        foreach (var content in wanted)
        {
            var bytes = ContentJson.ToBytes(content);
            if (!there.Remove(nameOf(content), out var known) || !bytes.AsSpan().SequenceEqual(known))
                differences[nameOf(content)] = Entry(known, JsonNode.Parse(bytes, documentOptions: Deep));
        }
        foreach (var (name, bytes) in there) differences[name] = Entry(bytes, null);
        return differences;
    }

    private static JsonObject Entry(byte[]? read, JsonNode? content)
    {
        var entry = new JsonObject();
        if (read is not null) entry["reads"] = Convert.ToHexStringLower(SHA256.HashData(read));
        if (content is not null) entry["content"] = content;
        return entry;
    }

    private static List<T> Merge<T>(
        ImportContext context, SourceObject exact, string kind, IReadOnlyList<T> read, Func<T, string> nameOf, Func<T, IEnumerable<string>> faultsOf)
        where T : class
    {
        var merged = new List<T?>(read);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < read.Count; i++) places.TryAdd(nameOf(read[i]), i);
        foreach (var (name, node) in context.Fields.Object(exact, kind)?.Members ?? [])
        {
            if (context.IsExhausted) break;
            var at = places.GetValueOrDefault(name, -1);
            var hash = at < 0 ? null : Convert.ToHexStringLower(SHA256.HashData(ContentJson.ToBytes(read[at])));
            if (node is not SourceObject entry || entry.FindString("reads") != hash)
            {
                context.Log.Add(ExactRemarks.Edited, node, name);
                continue;
            }
            if (entry.Find("content") is not { } stated)
            {
                if (at >= 0) merged[at] = null;
                continue;
            }
            if (Parse<T>(context, stated) is not { } content || nameOf(content) != name || faultsOf(content).Any())
                context.Log.Add(ExactRemarks.Unreadable, node, name);
            else if (at >= 0) merged[at] = content;
            else merged.Add(content);
        }
        return [.. merged.OfType<T>()];
    }

    private static T? Parse<T>(ImportContext context, SourceNode stated)
        where T : class
    {
        var node = context.Json.ToNode(json => context.Json.Write(json, stated, Deepest));
        try
        {
            return node.Deserialize<T>(ContentJson.Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DefinitionContent WithoutReferences(DefinitionContent definition) => definition with { References = [] };
}
