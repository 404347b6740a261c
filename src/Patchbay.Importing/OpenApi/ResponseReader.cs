using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Responses Objects: the keys, which both front ends have alike. What a response holds is read by either.</summary>
/// <param name="context">The import.</param>
/// <param name="readContent">Reads all of a Response Object but its status and description, given what names its definitions.</param>
internal sealed class ResponseReader(ImportContext context, Func<SourceObject, string, ResponseContent> readContent)
{
    private const int Overhead = 64;

    /// <param name="operation">An Operation Object.</param>
    /// <param name="operationName">Names the definitions of schemas that have no name.</param>
    /// <returns>At least one response.</returns>
    public List<ResponseContent> Read(SourceObject operation, string operationName)
    {
        var read = new List<ResponseContent>();
        var seen = new HashSet<ResponseKey>();
        foreach (var (key, node) in context.Fields.Object(operation, "responses")?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            if (JsonCopier.IsExtension(key)) continue;
            var status = ResponseKey.Read(key, out var isOdd);
            if (status is null)
                context.Log.Add(ResponseRemarks.NoStatus, node, key);
            else if (!seen.Add(status))
                context.Log.Add(ResponseRemarks.SameStatus, node, key);
            else
            {
                if (isOdd) context.Log.Add(ResponseRemarks.OddStatus, node, $"{key} as {status.Suffix}");
                read.Add(ReadResponse(status, node, operationName) with { Status = status.Status, StatusRange = status.Range });
            }
        }
        if (read.Count > 0) return read;
        context.Log.Add(ResponseRemarks.NoResponses, operation);
        return [new()];
    }

    private ResponseContent ReadResponse(ResponseKey key, SourceNode node, string operationName)
    {
        // The status is known even where the rest is not.
        if (node is SourceScalar scalar)
        {
            context.Carried.Add(scalar);
            if (scalar.Kind == SourceKind.Null) return new();
            context.Log.Add(ResponseRemarks.DescriptionOnly, scalar);
            context.Charge(Overhead + scalar.Text.Length);
            return new() { Description = scalar.Text };
        }
        if (context.References.Follow(node) is not { } resolved) return new();
        context.Carried.Add(resolved.Object);
        var description = resolved.Description ?? context.Fields.Text(resolved.Object, "description");
        if (resolved.Object.Has(KeptFacts.Undescribed)) description = null;
        else if (description is null && context.Version != SpecificationVersion.OpenApi32) context.Log.Add(ResponseRemarks.NoDescription, resolved.Object);
        context.Charge(Overhead + (description?.Length ?? 0));
        var suggestedName = resolved.ComponentName is { } component ? component + "_response" : $"{operationName}_response_{key.Suffix}";
        return readContent(resolved.Object, suggestedName) with { Description = description };
    }
}
