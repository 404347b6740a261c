using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>One operation with what its path says for all of them.</summary>
/// <param name="Key">The key of the Path Item Object: a path template, a webhook's name or a callback's expression.</param>
/// <param name="Method">In upper case.</param>
/// <param name="Operation">The Operation Object.</param>
/// <param name="PathItem">The Path Item Object that holds the operation.</param>
internal sealed record PathOperation(string Key, string Method, SourceObject Operation, SourceObject PathItem);

/// <summary>Finds the operations of Path Item Objects (OpenAPI 3, section "Path Item Object").</summary>
internal sealed class PathItemReader(ImportContext context)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    /// <summary>What an action can have as its method.</summary>
    private static readonly string[] Sendable = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "CONNECT", "QUERY"];

    private static readonly string[] OtherFields = ["$ref", "summary", "description", "servers", "parameters", "additionalOperations"];

    /// <summary>The Path Item Objects under a key, without extensions; those behind references as well.</summary>
    public IEnumerable<(string Key, SourceObject PathItem)> PathItems(SourceObject holder)
    {
        foreach (var (key, node) in holder.Members)
        {
            context.Charge(ImportContext.Step);
            if (JsonCopier.IsExtension(key) || context.IsExhausted) continue;
            if (node.Kind == SourceKind.Null)
                context.Log.Add(PathRemarks.NoOperations, node, key);
            else if (context.References.Follow(node, mayHoldMore: true) is { } resolved)
                yield return (key, Combine(node, resolved.Object));
        }
    }

    /// <summary>A Path Item Object may hold fields beside its reference; they come before those that it refers to.</summary>
    private static SourceObject Combine(SourceNode node, SourceObject target)
    {
        if (ReferenceEquals(node, target) || node is not SourceObject { Members.Length: > 1 } holder) return target;
        var own = holder.Members.Where(member => member.Name != "$ref");
        return new(holder.Line, holder.Column)
        {
            Members = [.. own, .. target.Members.Where(member => !holder.Has(member.Name))],
            Parent = holder.Parent,
            Origin = holder,
        };
    }

    /// <summary>The operations of a Path Item Object.</summary>
    public IEnumerable<PathOperation> Operations(string key, SourceObject pathItem)
    {
        foreach (var (field, node) in pathItem.Members)
        {
            context.Charge(ImportContext.Step);
            var method = field.ToLowerInvariant();
            if (Methods.Contains(method))
            {
                if (method != field) context.Log.Add(PathRemarks.CapitalMethod, node, field);
                if (method == "query") RemarkLater(node, field);
                if (ReadOperation(node) is { } operation) yield return new(key, method.ToUpperInvariant(), operation, pathItem);
            }
            else if (field == "additionalOperations" && node is SourceObject others)
            {
                RemarkLater(node, field);
                foreach (var (name, other) in others.Members)
                {
                    context.Charge(ImportContext.Step);
                    var sent = name.ToUpperInvariant();
                    if (!Sendable.Contains(sent))
                        context.Log.Add(PathRemarks.OtherMethod, other, name);
                    else if (ReadOperation(other) is { } operation)
                        yield return new(key, sent, operation, pathItem);
                }
            }
            else if (!OtherFields.Contains(field) && !JsonCopier.IsExtension(field))
            {
                context.Log.Add(PathRemarks.UnknownField, node, field);
            }
        }
    }

    private SourceObject? ReadOperation(SourceNode node)
    {
        if (node is SourceObject operation)
        {
            context.Carried.Add(operation);
            return operation;
        }
        if (node.Kind != SourceKind.Null)
        {
            context.Log.Add(PathRemarks.OperationIsNoObject, node);
            return null;
        }
        context.Log.Add(PathRemarks.EmptyOperation, node);
        context.Carried.Add(node);
        return new(node.Line, node.Column) { Parent = node.Parent, Origin = node };
    }

    private void RemarkLater(SourceNode node, string field)
    {
        if (context.Version != SpecificationVersion.OpenApi32) context.Log.Add(DocumentRemarks.OfLaterVersion, node, field);
    }
}
