using System.Text.Json.Nodes;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>
/// Copies Encoding Objects as they stood (OpenAPI 3, section "Encoding Object"), except that the headers in them are given in place of references
/// to them, and their schemas refer to definitions.
/// </summary>
internal sealed class EncodingReader(ImportContext context)
{
    /// <summary>Encodings of parts that have parts of their own nest, in practice once or twice.</summary>
    private const int Deepest = 16;

    /// <summary>The encodings of a form's fields; null where there are none.</summary>
    public JsonObject? ReadByName(SourceObject mediaType) =>
        context.Fields.Object(mediaType, "encoding") is { } fields ? ReadMap(fields, 0) : null;

    /// <summary>Adds the encodings of items by their place, which OpenAPI 3.2 has.</summary>
    public JsonObject? ReadByPlace(JsonObject? kept, SourceObject mediaType)
    {
        foreach (var name in (string[])["prefixEncoding", "itemEncoding"])
        {
            if (mediaType.Find(name) is not { Kind: not SourceKind.Null } value) continue;
            if (context.Version != SpecificationVersion.OpenApi32) context.Log.Add(DocumentRemarks.OfLaterVersion, value, name);
            (kept ??= [])[name] = ReadField(name, value, 0);
        }
        return kept;
    }

    private JsonObject ReadMap(SourceObject fields, int depth)
    {
        var read = new JsonObject();
        foreach (var (name, value) in fields.Members)
        {
            if (context.IsExhausted) break;
            read[name] = ReadOne(value, depth);
        }
        return read;
    }

    private JsonNode? ReadOne(SourceNode node, int depth)
    {
        if (node is not SourceObject encoding || depth > Deepest) return context.Json.ToNode(node);
        var read = new JsonObject();
        foreach (var (name, value) in encoding.Members)
        {
            if (context.IsExhausted) break;
            read[name] = ReadField(name, value, depth + 1);
        }
        return read;
    }

    private JsonNode? ReadField(string name, SourceNode value, int depth) => (name, value) switch
    {
        ("headers", SourceObject headers) => ReadHeaders(headers),
        ("encoding", SourceObject fields) => ReadMap(fields, depth),
        ("itemEncoding", SourceObject) => ReadOne(value, depth),
        ("prefixEncoding", SourceArray list) => new JsonArray([.. list.Items.Select(item => ReadOne(item, depth))]),
        _ => context.Json.ToNode(value),
    };

    private JsonObject ReadHeaders(SourceObject headers)
    {
        var read = new JsonObject();
        foreach (var (name, node) in headers.Members)
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted || context.References.Follow(node) is not { } resolved) continue;
            context.Carried.Add(resolved.Object);
            var header = context.Json.Keep(resolved.Object, field => field is not "schema") ?? [];
            if (resolved.Object.Find("schema") is { Kind: not SourceKind.Null } schema) header["schema"] = context.Schemas.ConvertInPlace(schema);
            read[name] = header;
        }
        return read;
    }
}
