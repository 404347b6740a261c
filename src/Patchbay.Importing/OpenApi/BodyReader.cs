using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Request Body Objects and the content of responses (OpenAPI 3, sections "Request Body Object" and "Media Type Object").</summary>
internal sealed class BodyReader(ImportContext context)
{
    /// <summary>A body has few media types; comparing each with all others must not become the work of a hostile one.</summary>
    private const int MostCompared = 16;

    private readonly ExampleReader _examples = new(context);

    /// <param name="node">A Request Body Object or a reference to one.</param>
    /// <param name="operationName">Names the definition of a schema that has no name.</param>
    public BodyContent? ReadRequest(SourceNode node, string operationName)
    {
        if (context.References.Follow(node) is not { } resolved) return null;
        var content = context.Fields.Object(resolved.Object, "content");
        if (content is null) context.Log.Warn("A request body has no content; what may be sent is not known", resolved.Object);
        return new()
        {
            Required = context.Fields.Flag(resolved.Object, "required"),
            Description = resolved.Description ?? context.Fields.Text(resolved.Object, "description"),
            Definitions = ReadContent(content, (resolved.ComponentName ?? operationName) + "_request"),
        };
    }

    /// <summary>One link for each group of media types that have the same schema, encoding and examples.</summary>
    public List<DefinitionLink> ReadContent(SourceObject? content, string suggestedName)
    {
        var links = new List<DefinitionLink>();
        var inline = new List<(SourceNode Schema, Definition Definition)>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, node) in content?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            if (JsonCopier.IsExtension(key)) continue;
            var mediaType = key.Trim();
            if (mediaType.Length == 0 || !seen.Add(mediaType))
            {
                context.Log.Warn("A media type is empty or stands there twice; it was left out", node, key);
                continue;
            }
            if (!mediaType.Contains('/', StringComparison.Ordinal)) context.Log.Warn("A media type is none; it was kept as it stood", node, key);
            AddLink(links, inline, mediaType, node, suggestedName);
        }
        return links;
    }

    /// <summary>Links schemas that are known by media type already, in the same way; null stands for a schema that is missing.</summary>
    public List<DefinitionLink> LinkAll(IEnumerable<(string MediaType, SourceNode? Schema, JsonObject? Examples)> content, string suggestedName)
    {
        var links = new List<DefinitionLink>();
        var inline = new List<(SourceNode Schema, Definition Definition)>();
        foreach (var (mediaType, schema, examples) in content)
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            Add(links, DefinitionOf(schema, mediaType, inline, suggestedName), mediaType, encoding: null, examples);
        }
        return links;
    }

    private void AddLink(
        List<DefinitionLink> links, List<(SourceNode Schema, Definition Definition)> inline, string mediaType, SourceNode node, string suggestedName)
    {
        var holder = node.Kind == SourceKind.Null ? null : context.References.Follow(node)?.Object;
        if (holder is not null) RemarkOtherFields(holder);
        var encoding = holder is not null && context.Fields.Object(holder, "encoding") is { } fields ? context.Json.ToNode(fields) as JsonObject : null;
        var examples = holder is null ? null : _examples.AddTo(null, holder);
        Add(links, DefinitionOf(holder?.Find("schema"), mediaType, inline, suggestedName), mediaType, encoding, examples);
    }

    private static void Add(List<DefinitionLink> links, Definition definition, string mediaType, JsonObject? encoding, JsonObject? examples)
    {
        definition.AddAccept(mediaType);
        var same = links.FindIndex(0, Math.Min(links.Count, MostCompared), link => link.Definition == definition.Name
            && JsonNode.DeepEquals(link.Encoding, encoding) && JsonNode.DeepEquals(link.Examples, examples));
        if (same >= 0)
            links[same] = links[same] with { MediaTypes = [.. links[same].MediaTypes, mediaType] };
        else
            links.Add(new() { Definition = definition.Name, MediaTypes = [mediaType], Encoding = encoding, Examples = examples });
    }

    private void RemarkOtherFields(SourceObject mediaType)
    {
        context.Charge(ImportContext.Step * mediaType.Members.Length);
        foreach (var member in mediaType.Members.Where(member => member.Name is not ("schema" or "example" or "examples" or "encoding")))
            context.Log.Info("A field of a media type has no place in a connector; it was left out", member.Value, member.Name);
    }

    private Definition DefinitionOf(
        SourceNode? stated, string mediaType, List<(SourceNode Schema, Definition Definition)> inline, string suggestedName)
    {
        if (stated is not { Kind: not SourceKind.Null } schema) return context.Definitions.ForMissingSchema(KindOf(mediaType));
        if (IsPlainBinary(schema)) return context.Definitions.ForMissingSchema(BodyKind.Binary);
        if (NamedBy(schema) is { } named) return named;
        var equal = inline.Take(MostCompared).FirstOrDefault(earlier => earlier.Schema.SameAs(schema)).Definition;
        if (equal is not null) return equal;
        var definition = context.Definitions.ForSchema(schema, suggestedName);
        inline.Add((schema, definition));
        return definition;
    }

    /// <summary>The definition that a schema names, if it does nothing else.</summary>
    private Definition? NamedBy(SourceNode schema)
    {
        if (schema is not SourceObject holder || holder.FindString("$ref") is not { } reference) return null;
        var shape = context.Schemas.Shape;
        var isBare = shape.IsBareReference(holder) || holder.Members.All(member => member.Name == "$ref" || SchemaKeywords.IsAnnotation(member.Name));
        if (!isBare || shape.IsWrappedForNull(holder)) return null;
        return context.Schemas.References.Locate(reference, holder) is { Way.Count: 0 } located ? located.Definition : null;
    }

    /// <summary>OpenAPI 3.0's way to say that a body is just bytes.</summary>
    private static bool IsPlainBinary(SourceNode schema) =>
        schema is SourceObject { Members.Length: 2 } holder && holder.FindString("type") == "string" && holder.FindString("format") == "binary";

    private static BodyKind KindOf(string mediaType)
    {
        var word = mediaType.Split(';')[0].Trim().ToLowerInvariant();
        if (word.EndsWith("json", StringComparison.Ordinal) || word.EndsWith("xml", StringComparison.Ordinal) || word.Contains('*', StringComparison.Ordinal)
            || word is "application/x-www-form-urlencoded" || word.StartsWith("multipart/", StringComparison.Ordinal) || word.EndsWith("yaml", StringComparison.Ordinal))
            return BodyKind.Any;
        return word.StartsWith("text/", StringComparison.Ordinal) ? BodyKind.Text : BodyKind.Binary;
    }
}
