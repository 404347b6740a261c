using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads <c>consumes</c> and <c>produces</c>, of which an operation's own replace those of the document.</summary>
internal sealed class SwaggerMediaTypes(ImportContext context)
{
    private readonly Dictionary<string, IReadOnlyList<string>> _ofDocument = new(StringComparer.Ordinal);

    /// <summary>The media types, each once, in their order; empty where nothing is said.</summary>
    public IReadOnlyList<string> Of(SourceObject operation, string field)
    {
        if (operation.Has(field)) return Read(operation, field);
        if (!_ofDocument.TryGetValue(field, out var common))
        {
            common = Read(context.Root, field);
            _ofDocument.Add(field, common);
        }
        return common;
    }

    private List<string> Read(SourceObject holder, string field)
    {
        var read = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<SourceNode> items = holder.Find(field) is SourceScalar { Kind: SourceKind.String } single ? [single] : context.Fields.Items(holder, field);
        foreach (var item in items)
        {
            if (item is SourceScalar { Kind: SourceKind.String } text && text.Text.Trim() is { Length: > 0 } mediaType)
            {
                context.Carried.Add(item);
                if (seen.Add(mediaType)) read.Add(mediaType);
            }
            else
            {
                context.Log.Add(BodyRemarks.MediaTypeIsNoString, item);
            }
        }
        return read;
    }
}
