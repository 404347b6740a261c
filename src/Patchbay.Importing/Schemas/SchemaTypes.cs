using System.Collections.Frozen;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>A type of JSON Schema that a word of the source stands for.</summary>
/// <param name="Type">One of the seven types.</param>
/// <param name="Format">The format that the word implies besides.</param>
internal sealed record TypeReading(string Type, string? Format = null);

/// <summary>The types of JSON Schema, and what people write in their place.</summary>
internal static class SchemaTypes
{
    private static readonly FrozenDictionary<string, TypeReading> Readings = new Dictionary<string, TypeReading>(StringComparer.OrdinalIgnoreCase)
    {
        ["string"] = new("string"),
        ["number"] = new("number"),
        ["integer"] = new("integer"),
        ["boolean"] = new("boolean"),
        ["array"] = new("array"),
        ["object"] = new("object"),
        ["null"] = new("null"),
        ["file"] = new("string", "binary"),
        ["binary"] = new("string", "binary"),
        ["byte"] = new("string", "byte"),
        ["date"] = new("string", "date"),
        ["datetime"] = new("string", "date-time"),
        ["date-time"] = new("string", "date-time"),
        ["uuid"] = new("string", "uuid"),
        ["guid"] = new("string", "uuid"),
        ["uri"] = new("string", "uri"),
        ["email"] = new("string", "email"),
        ["text"] = new("string"),
        ["str"] = new("string"),
        ["char"] = new("string"),
        ["enum"] = new("string"),
        ["int"] = new("integer"),
        ["int32"] = new("integer", "int32"),
        ["int64"] = new("integer", "int64"),
        ["long"] = new("integer", "int64"),
        ["short"] = new("integer"),
        ["float"] = new("number", "float"),
        ["double"] = new("number", "double"),
        ["decimal"] = new("number"),
        ["numeric"] = new("number"),
        ["bool"] = new("boolean"),
        ["list"] = new("array"),
        ["map"] = new("object"),
        ["dict"] = new("object"),
        ["hash"] = new("object"),
        ["json"] = new("object"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What an item of <c>type</c> stands for; null where that is unknown.</summary>
    public static TypeReading? Read(SourceNode type) =>
        type is SourceScalar { Kind: SourceKind.String } scalar ? Readings.GetValueOrDefault(scalar.Text) : null;

    /// <summary>The scalar type of a schema that has just one, apart from null; else null.</summary>
    public static string? OnlyScalarType(SourceObject schema)
    {
        SourceNode[] declared = schema.Find("type") switch { SourceArray list => list.Items, { } single => [single], null => [] };
        var types = declared.Select(type => Read(type)?.Type).Where(type => type != "null").Distinct(StringComparer.Ordinal).ToList();
        return types is ["string" or "number" or "integer" or "boolean"] ? types[0] : null;
    }
}
