using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>Converts schemas of any dialect to JSON Schema 2020-12.</summary>
internal sealed class SchemaConverter(ImportContext context)
{
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly PatternCheck _patterns = new();

    public SchemaReferences References { get; } = new(context);

    public InPlaceReferences InPlace { get; } = new(
        schema => context.Schemas.References.ReferredBy(schema), schema => context.Schemas.Shape.IsBareReference(schema));

    public SchemaShape Shape { get; } = new(context.Dialect);

    /// <summary>Converts every definition of the catalog, including those that come up on the way.</summary>
    public List<DefinitionContent> ConvertDefinitions()
    {
        var contents = new List<DefinitionContent>();
        for (var i = 0; i < context.Definitions.All.Count && !context.IsExhausted; i++)
            contents.Add(Convert(context.Definitions.All[i]));
        return contents;
    }

    /// <summary>A schema to stand in place, such as a parameter's, without <c>$schema</c>.</summary>
    public JsonNode ConvertInPlace(SourceNode schema)
    {
        context.Carried.Add(schema);
        var converted = context.Json.ToNode(json => new SchemaWriter(context, _patterns, json).WriteSchema(schema));
        return converted ?? new JsonObject();
    }

    private DefinitionContent Convert(Definition definition)
    {
        _buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_buffer, JsonCopier.WriterOptions);
        var writer = new SchemaWriter(context, _patterns, json);
        if (definition.Schema is { } schema)
        {
            context.Carried.Add(schema);
            writer.WriteRoot(schema);
        }
        else
        {
            WriteSubstitute(json, definition.Substitute);
        }
        json.Flush();
        var description = definition.Schema is SourceObject holder ? holder.FindString("description") : null;
        context.Charge(_buffer.WrittenCount + (description?.Length ?? 0));
        return new()
        {
            Name = definition.Name,
            Description = description,
            Accept = definition.Accept,
            ContentType = "application/schema+json",
            Schema = Encoding.UTF8.GetString(_buffer.WrittenSpan),
            References = [.. writer.Referenced],
        };
    }

    private static void WriteSubstitute(Utf8JsonWriter json, BodyKind kind)
    {
        json.WriteStartObject();
        json.WriteString("$schema", Dialect);
        if (kind != BodyKind.Any) json.WriteString("type", "string");
        if (kind == BodyKind.Binary) json.WriteString("format", "binary");
        json.WriteEndObject();
    }
}
