using System.Text.Json;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// Writes one schema as JSON Schema 2020-12 that is valid against its meta-schema, whatever the source holds: what is of the
/// wrong kind is mended where its meaning is clear, else left out, and either is said. Keywords keep their order.
/// </summary>
internal sealed partial class SchemaWriter(ImportContext context, PatternCheck patterns, Utf8JsonWriter json)
{
    private readonly HashSet<string> _anchors = new(StringComparer.Ordinal);

    /// <summary>Which keywords of a schema are written: a nullable one that combines others is written in two parts.</summary>
    private enum Part
    {
        Whole,
        Annotations,
        Constraints,
    }

    /// <summary>The names of the definitions that the schema refers to.</summary>
    public SortedSet<string> Referenced { get; } = new(StringComparer.Ordinal);

    private MessageLog Log => context.Log;

    /// <summary>Writes a schema that is a document of its own: an object that names its dialect.</summary>
    public void WriteRoot(SourceNode schema)
    {
        if ((schema as SourceObject ?? OfTypeName(schema)) is { } holder)
        {
            WriteObject(holder, isRoot: true);
            return;
        }
        json.WriteStartObject();
        json.WriteString("$schema", SchemaConverter.Dialect);
        if (BooleanSchema(schema) is false)
        {
            json.WriteStartObject("not");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes a schema in place.</summary>
    public void WriteSchema(SourceNode schema)
    {
        if ((schema as SourceObject ?? OfTypeName(schema)) is not { } holder)
        {
            json.WriteBooleanValue(BooleanSchema(schema));
        }
        else if (json.CurrentDepth >= JsonCopier.DeepestOutput)
        {
            Log.Add(SchemaRemarks.Deep, holder);
            json.WriteBooleanValue(true);
        }
        else
        {
            WriteObject(holder, isRoot: false);
        }
    }

    /// <summary>A schema for the name of a type in place of one.</summary>
    private SourceObject? OfTypeName(SourceNode schema)
    {
        if (schema is not SourceScalar { Kind: SourceKind.String } name || SchemaTypes.Read(name)?.Type != name.Text || name.Text == "null") return null;
        Log.Add(SchemaRemarks.TypeName, schema, name.Text);
        return new(name.Line, name.Column) { Members = [new("type", name)], Parent = name.Parent, Origin = name };
    }

    private bool BooleanSchema(SourceNode schema)
    {
        switch (schema)
        {
            case SourceScalar { Kind: SourceKind.Boolean } boolean:
                return boolean.IsTrue;
            case SourceScalar { Kind: SourceKind.Null }:
                Log.Add(SchemaRemarks.NoValue, schema);
                return true;
            case SourceScalar { Kind: SourceKind.String, Text: "true" or "false" } quoted:
                Log.Add(SchemaRemarks.QuotedBoolean, schema);
                return quoted.Text == "true";
            default:
                Log.Add(SchemaRemarks.IsNone, schema);
                return true;
        }
    }

    private void WriteObject(SourceObject schema, bool isRoot)
    {
        json.WriteStartObject();
        if (isRoot) json.WriteString("$schema", SchemaConverter.Dialect);
        if (context.Schemas.Shape.IsWrappedForNull(schema))
        {
            WriteKeywords(schema, Part.Annotations);
            json.WriteStartArray("anyOf");
            json.WriteStartObject();
            WriteKeywords(schema, Part.Constraints);
            json.WriteEndObject();
            json.WriteStartObject();
            json.WriteString("type", "null");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else
        {
            WriteKeywords(schema, Part.Whole);
        }
        json.WriteEndObject();
    }

    private void WriteKeywords(SourceObject schema, Part part)
    {
        var isBareReference = context.Schemas.Shape.IsBareReference(schema);
        foreach (var (keyword, value) in schema.Members)
        {
            if (context.IsTooMuch(json)) return;
            var isAnnotation = SchemaKeywords.IsAnnotation(keyword);
            if (part == Part.Annotations && !isAnnotation) continue;
            if (part == Part.Constraints && isAnnotation) continue;
            if (isBareReference && !isAnnotation && keyword != "$ref")
            {
                if (!IsRequiredMark(keyword, value))
                    Log.Add(SchemaRemarks.BesideReference, value, keyword);
                continue;
            }
            WriteKeyword(schema, keyword, value);
        }
        if (part != Part.Annotations && !isBareReference && !schema.Has("required")) WriteRequired(schema, own: null);
    }

    private void WriteKeyword(SourceObject schema, string keyword, SourceNode value)
    {
        var kind = SchemaKeywords.ValueOf(keyword);
        if (value.Kind == SourceKind.Null
            && kind is not (KeywordValue.Any or KeywordValue.Annotation or KeywordValue.Example or KeywordValue.Consumed or KeywordValue.Type))
        {
            // YAML leaves a null behind wherever somebody began to write a text.
            if (kind is not (KeywordValue.TextAnnotation or KeywordValue.FlagAnnotation)) Leave(keyword, value);
            return;
        }
        switch (kind)
        {
            case KeywordValue.Any or KeywordValue.Annotation:
                if (!SchemaKeywords.IsKnown(keyword)) Log.Add(SchemaRemarks.UnknownKeyword, value, keyword);
                json.WritePropertyName(keyword);
                context.Json.Write(json, value);
                break;
            case KeywordValue.Text or KeywordValue.TextAnnotation:
                WriteText(keyword, value);
                break;
            case KeywordValue.Flag or KeywordValue.FlagAnnotation:
                WriteFlag(keyword, value);
                break;
            case KeywordValue.Number:
                WriteBound(schema, keyword, value);
                break;
            case KeywordValue.ExclusiveBound:
                WriteExclusiveBound(schema, keyword, value);
                break;
            case KeywordValue.PositiveNumber:
                WriteMultipleOf(schema, keyword, value);
                break;
            case KeywordValue.Count:
                WriteCount(keyword, value);
                break;
            case KeywordValue.Pattern:
                WritePattern(schema, keyword, value);
                break;
            case KeywordValue.Type:
                WriteType(schema, value);
                break;
            case KeywordValue.Enum:
                WriteEnum(schema, value);
                break;
            case KeywordValue.RequiredNames:
                WriteRequired(schema, value);
                break;
            case KeywordValue.Example or KeywordValue.Examples:
                WriteExamples(schema, keyword, value);
                break;
            case KeywordValue.Consumed:
                RemarkConsumed(keyword, value);
                break;
            default:
                WriteStructure(schema, keyword, value, kind);
                break;
        }
    }

    private void WriteStructure(SourceObject schema, string keyword, SourceNode value, KeywordValue kind)
    {
        switch (kind)
        {
            case KeywordValue.Schema:
                json.WritePropertyName(keyword);
                WriteSchema(value);
                break;
            case KeywordValue.SchemaList:
                WriteSchemaList(keyword, value);
                break;
            case KeywordValue.SchemaMap:
                WriteSchemaMap(keyword, value, _ => true);
                break;
            case KeywordValue.PatternMap:
                WriteSchemaMap(keyword, value, patterns.IsUsable);
                break;
            case KeywordValue.Items:
                WriteItems(schema, value);
                break;
            case KeywordValue.AdditionalItems:
                WriteAdditionalItems(schema, value);
                break;
            case KeywordValue.NamesByName:
                WriteNamesByName(keyword, value);
                break;
            case KeywordValue.Dependencies:
                WriteDependencies(schema, value);
                break;
            case KeywordValue.Reference:
                WriteReference(schema, keyword, value);
                break;
            case KeywordValue.DynamicReference:
                WriteDynamicReference(schema, value);
                break;
            case KeywordValue.Anchor:
                WriteAnchor(keyword, value);
                break;
            case KeywordValue.Discriminator:
                WriteDiscriminator(value);
                break;
        }
    }

    private void WriteSchemaList(string keyword, SourceNode value)
    {
        if (value is SourceObject single) Mended(keyword, value, "a list of one");
        SourceNode[] schemas = value switch { SourceArray list => list.Items, SourceObject => [value], _ => [] };
        if (schemas.Length == 0)
        {
            Leave(keyword, value);
            return;
        }
        json.WriteStartArray(keyword);
        foreach (var schema in schemas)
        {
            if (context.IsTooMuch(json)) break;
            WriteSchema(schema);
        }
        json.WriteEndArray();
    }

    private void WriteSchemaMap(string keyword, SourceNode value, Func<string, bool> isUsable)
    {
        if (value is not SourceObject map)
        {
            Leave(keyword, value);
            return;
        }
        json.WriteStartObject(keyword);
        foreach (var (name, schema) in map.Members)
        {
            if (context.IsTooMuch(json)) break;
            if (!isUsable(name))
            {
                Log.Add(SchemaRemarks.PropertyPattern, schema, name);
                continue;
            }
            json.WritePropertyName(name);
            WriteSchema(schema);
        }
        json.WriteEndObject();
    }

    private void WriteItems(SourceObject schema, SourceNode value)
    {
        if (value is not SourceArray tuple)
        {
            json.WritePropertyName("items");
            WriteSchema(value);
        }
        else if (tuple.Items.Length == 0 || schema.Has("prefixItems"))
        {
            Leave("items", value);
        }
        else
        {
            Log.Add(SchemaRemarks.Tuple, value);
            WriteSchemaList("prefixItems", value);
        }
    }

    private void WriteAdditionalItems(SourceObject schema, SourceNode value)
    {
        if (schema.Find("items") is not SourceArray { Items.Length: > 0 } || schema.Has("prefixItems"))
        {
            // Beside a single schema for all items it says nothing.
            Leave("additionalItems", value);
            return;
        }
        json.WritePropertyName("items");
        WriteSchema(value);
    }

    private void WriteNamesByName(string keyword, SourceNode value)
    {
        if (value is not SourceObject map)
        {
            Leave(keyword, value);
            return;
        }
        json.WriteStartObject(keyword);
        foreach (var (name, names) in map.Members) WriteNames(name, NamesOf(name, names));
        json.WriteEndObject();
    }

    /// <summary>Draft 4's <c>dependencies</c> are two keywords now, by what the dependency is.</summary>
    private void WriteDependencies(SourceObject schema, SourceNode value)
    {
        if (value is not SourceObject map || schema.Has("dependentRequired") || schema.Has("dependentSchemas"))
        {
            Leave("dependencies", value);
            return;
        }
        json.WriteStartObject("dependentRequired");
        foreach (var (name, names) in map.Members.Where(member => member.Value is SourceArray or SourceScalar { Kind: SourceKind.String }))
            WriteNames(name, NamesOf(name, names));
        json.WriteEndObject();
        json.WriteStartObject("dependentSchemas");
        foreach (var (name, dependent) in map.Members.Where(member => member.Value is not (SourceArray or SourceScalar { Kind: SourceKind.String })))
        {
            json.WritePropertyName(name);
            WriteSchema(dependent);
        }
        json.WriteEndObject();
    }

    private void RemarkConsumed(string keyword, SourceNode value)
    {
        switch (keyword)
        {
            case "$id":
                Log.Add(SchemaRemarks.Id, value);
                break;
            case "$schema" when value is not SourceScalar { Text: SchemaConverter.Dialect }:
                Log.Add(SchemaRemarks.Dialect, value, (value as SourceScalar)?.Text);
                break;
            case "nullable" when context.Dialect != SchemaDialect.OpenApi30:
                Log.Add(SchemaRemarks.Nullable, value);
                break;
        }
    }

    private void Leave(string keyword, SourceNode value) =>
        Log.Add(SchemaRemarks.KeywordLeftOut, value, value is SourceScalar scalar ? $"{keyword}: {scalar.Text}" : keyword);

    private void Mended(string keyword, SourceNode value, string reading) =>
        Log.Add(SchemaRemarks.KeywordMended, value, $"{keyword}, read as {reading}");
}
