using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Request Body Objects and the content of responses (OpenAPI 3, sections "Request Body Object" and "Media Type Object").</summary>
internal sealed class BodyReader(ImportContext context)
{
    /// <summary>A body has few media types; comparing each with all others must not become the work of a hostile one.</summary>
    private const int MostCompared = 16;

    /// <summary>The fields of a Media Type Object that have a place in a link.</summary>
    private static readonly string[] Described = ["schema", "itemSchema", "example", "examples", "encoding", "prefixEncoding", "itemEncoding", "$ref"];

    /// <summary>The schemas that were made of items, so that a shared media type has one definition.</summary>
    private readonly Dictionary<SourceObject, SourceObject> _sequences = new(ReferenceEqualityComparer.Instance);

    /// <summary>The definitions of schemas that say the same as an earlier one of the same body: shared bodies are not compared again.</summary>
    private readonly Dictionary<SourceNode, Definition> _equalTo = new(ReferenceEqualityComparer.Instance);

    private readonly ExampleReader _examples = new(context);
    private readonly EncodingReader _encodings = new(context);

    /// <param name="node">A Request Body Object or a reference to one.</param>
    /// <param name="operationName">Names the definition of a schema that has no name.</param>
    public BodyContent? ReadRequest(SourceNode node, string operationName)
    {
        if (context.References.Follow(node) is not { } resolved) return null;
        context.Carried.Add(resolved.Object);
        var content = context.Fields.Object(resolved.Object, "content") ?? ContentInPlace(resolved.Object);
        if (content is null) context.Log.Add(BodyRemarks.NoContent, resolved.Object);
        return new()
        {
            Required = context.Fields.Flag(resolved.Object, "required"),
            Description = resolved.Description ?? context.Fields.Text(resolved.Object, "description"),
            Definitions = ReadContent(content, (resolved.ComponentName ?? operationName) + "_request"),
            Source = context.Json.Keep(resolved.Object, name => !IsDescribed(name, isInPlace: content is not null && !resolved.Object.Has("content"))),
        };
    }

    private static bool IsDescribed(string name, bool isInPlace) => name is "content" or "required" or "description" or "$ref"
        || (isInPlace && (name is "schema" or "example" or "examples" || name.Contains('/', StringComparison.Ordinal)));

    /// <summary>What a body or response holds where its content should be: media types, or the schema of one.</summary>
    public SourceObject? ContentInPlace(SourceObject holder)
    {
        if (holder.Has("content")) return null;
        var mediaTypes = holder.Members.Where(member => member.Name.Contains('/', StringComparison.Ordinal) && member.Value is SourceObject).ToArray();
        if (mediaTypes.Length == 0)
        {
            if (holder.Find("schema") is not { Kind: not SourceKind.Null }) return null;
            mediaTypes = [new("application/json", MadeOf(holder, [.. holder.Members.Where(member => member.Name is "schema" or "example" or "examples")]))];
        }
        context.Log.Add(BodyRemarks.ContentInPlace, holder);
        return MadeOf(holder, mediaTypes);
    }

    private static SourceObject MadeOf(SourceObject origin, SourceMember[] members) =>
        new(origin.Line, origin.Column) { Members = members, Parent = origin.Parent, Origin = origin };

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
            if (JsonCopier.IsExtension(key) && !key.Contains('/', StringComparison.Ordinal)) continue;
            var mediaType = key.Trim();
            if (mediaType.Length == 0 || !seen.Add(mediaType))
            {
                context.Log.Add(BodyRemarks.RepeatedMediaType, node, key);
                continue;
            }
            if (!mediaType.Contains('/', StringComparison.Ordinal)) context.Log.Add(BodyRemarks.NoMediaType, node, key);
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
            var definition = DefinitionOf(schema, mediaType, inline, suggestedName);
            Add(links, new() { Definition = definition.Name, MediaTypes = [mediaType], Examples = examples }, definition);
        }
        return links;
    }

    private void AddLink(
        List<DefinitionLink> links, List<(SourceNode Schema, Definition Definition)> inline, string mediaType, SourceNode node, string suggestedName)
    {
        var holder = node.Kind == SourceKind.Null ? null : context.References.Follow(node)?.Object;
        context.Carried.Add(holder ?? node);
        var schema = holder is null ? null : SchemaOf(holder);
        var definition = DefinitionOf(schema, mediaType, inline, suggestedName);
        if (holder is null || ReferenceEquals(schema, holder))
        {
            Add(links, new() { Definition = definition.Name, MediaTypes = [mediaType] }, definition);
            return;
        }
        RemarkOtherFields(holder);
        Add(
            links,
            new()
            {
                Definition = definition.Name,
                MediaTypes = [mediaType],
                Encoding = _encodings.ReadByName(holder),
                Examples = _examples.AddTo(null, holder),
                Source = _encodings.ReadByPlace(context.Json.Keep(holder, name => !Described.Contains(name)), holder),
            },
            definition);
    }

    private static void Add(List<DefinitionLink> links, DefinitionLink added, Definition definition)
    {
        definition.AddAccept(added.MediaTypes[0]);
        var same = links.FindIndex(0, Math.Min(links.Count, MostCompared), link => link.Definition == added.Definition
            && JsonNode.DeepEquals(link.Encoding, added.Encoding) && JsonNode.DeepEquals(link.Examples, added.Examples)
            && JsonNode.DeepEquals(link.Source, added.Source));
        if (same >= 0)
            links[same] = links[same] with { MediaTypes = [.. links[same].MediaTypes, .. added.MediaTypes] };
        else
            links.Add(added);
    }

    /// <summary>The schema of a Media Type Object: its own, the array that its items make up, both, or what it is by mistake.</summary>
    private SourceNode? SchemaOf(SourceObject mediaType)
    {
        var schema = mediaType.Find("schema") is { Kind: not SourceKind.Null } stated ? stated : null;
        if (mediaType.Find("itemSchema") is { Kind: not SourceKind.Null } items)
        {
            context.Log.Add(BodyRemarks.Sequence, items);
            if (context.Version != SpecificationVersion.OpenApi32) context.Log.Add(DocumentRemarks.OfLaterVersion, items, "itemSchema");
            if (_sequences.TryGetValue(mediaType, out var known)) return known;
            context.Carried.Add(items);
            if (schema is not null) context.Carried.Add(schema);
            var array = MadeOf(mediaType, [new("type", new SourceScalar(SourceKind.String, "array", items.Line, items.Column) { Origin = items }), new("items", items)]);
            var sequence = schema is null ? array : MadeOf(mediaType, [new("allOf", new SourceArray(items.Line, items.Column) { Items = [schema, array], Origin = mediaType })]);
            _sequences.Add(mediaType, sequence);
            return sequence;
        }
        if (schema is not null || !IsSchema(mediaType)) return schema;
        context.Log.Add(BodyRemarks.SchemaInPlace, mediaType);
        return mediaType;
    }

    /// <summary>Whether what stands in place of a Media Type Object is a schema.</summary>
    private bool IsSchema(SourceObject holder) =>
        context.Definitions.Find(holder) is not null || holder.Has("type") || holder.Has("properties") || holder.Has("allOf") || holder.Has("oneOf") || holder.Has("anyOf");

    private void RemarkOtherFields(SourceObject mediaType)
    {
        context.Charge(ImportContext.Step * mediaType.Members.Length);
        foreach (var member in mediaType.Members.Where(member => !Described.Contains(member.Name) && !JsonCopier.IsExtension(member.Name)))
            context.Log.Add(BodyRemarks.OtherField, member.Value, member.Name);
    }

    private Definition DefinitionOf(
        SourceNode? stated, string mediaType, List<(SourceNode Schema, Definition Definition)> inline, string suggestedName)
    {
        if (stated is not { Kind: not SourceKind.Null } schema) return context.Definitions.ForMissingSchema(KindOf(mediaType));
        context.Carried.Add(schema);
        if (IsPlainBinary(schema)) return context.Definitions.ForMissingSchema(BodyKind.Binary);
        if (NamedBy(schema) is { } named) return named;
        if ((context.Definitions.Find(schema) ?? _equalTo.GetValueOrDefault(schema)) is { } known) return known;
        var equal = inline.Take(MostCompared).FirstOrDefault(earlier => earlier.Schema.SameAs(schema)).Definition;
        if (equal is not null)
        {
            _equalTo.Add(schema, equal);
            return equal;
        }
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
        if (context.Schemas.References.Locate(reference, holder) is not { Way.Count: 0 } located) return null;
        foreach (var annotation in holder.Members.Where(member => member.Name != "$ref" && SchemaKeywords.ValueOf(member.Name) != KeywordValue.Consumed))
            context.Log.Add(BodyRemarks.AnnotatedReference, annotation.Value, annotation.Name);
        return located.Definition;
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
