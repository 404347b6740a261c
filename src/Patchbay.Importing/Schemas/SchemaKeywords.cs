using System.Collections.Frozen;

namespace Patchbay.Importing.Schemas;

/// <summary>What a keyword's value has to be.</summary>
internal enum KeywordValue
{
    /// <summary>Anything: unknown keywords, extensions and data.</summary>
    Any,

    /// <summary>Anything, but only annotates.</summary>
    Annotation,
    Text,
    TextAnnotation,
    FlagAnnotation,
    Flag,
    Type,
    Enum,
    Number,
    PositiveNumber,
    ExclusiveBound,
    Count,
    Pattern,
    RequiredNames,
    NamesByName,
    Dependencies,
    Schema,
    SchemaList,
    SchemaMap,
    PatternMap,
    Items,
    AdditionalItems,
    Reference,
    DynamicReference,
    Anchor,
    Example,
    Examples,
    Discriminator,

    /// <summary>Says something about the schema that is said otherwise in the result, or nothing at all.</summary>
    Consumed,
}

/// <summary>
/// The keywords of JSON Schema 2020-12, of the drafts that Swagger and OpenAPI 3.0 took over, and of OpenAPI itself.
/// </summary>
internal static class SchemaKeywords
{
    private static readonly FrozenDictionary<string, KeywordValue> Values = new Dictionary<string, KeywordValue>(StringComparer.Ordinal)
    {
        ["$schema"] = KeywordValue.Consumed,
        ["$vocabulary"] = KeywordValue.Consumed,
        ["$id"] = KeywordValue.Consumed,
        ["$recursiveAnchor"] = KeywordValue.Consumed,
        ["$ref"] = KeywordValue.Reference,
        ["$recursiveRef"] = KeywordValue.Reference,
        ["$dynamicRef"] = KeywordValue.DynamicReference,
        ["$anchor"] = KeywordValue.Anchor,
        ["$dynamicAnchor"] = KeywordValue.Anchor,
        ["$defs"] = KeywordValue.SchemaMap,
        ["definitions"] = KeywordValue.SchemaMap,
        ["$comment"] = KeywordValue.TextAnnotation,
        ["title"] = KeywordValue.TextAnnotation,
        ["description"] = KeywordValue.TextAnnotation,
        ["default"] = KeywordValue.Annotation,
        ["example"] = KeywordValue.Example,
        ["examples"] = KeywordValue.Examples,
        ["deprecated"] = KeywordValue.FlagAnnotation,
        ["readOnly"] = KeywordValue.FlagAnnotation,
        ["writeOnly"] = KeywordValue.FlagAnnotation,
        ["externalDocs"] = KeywordValue.Annotation,
        ["xml"] = KeywordValue.Annotation,
        ["discriminator"] = KeywordValue.Discriminator,
        ["nullable"] = KeywordValue.Consumed,
        ["collectionFormat"] = KeywordValue.Annotation,
        ["type"] = KeywordValue.Type,
        ["format"] = KeywordValue.Text,
        ["contentEncoding"] = KeywordValue.Text,
        ["contentMediaType"] = KeywordValue.Text,
        ["enum"] = KeywordValue.Enum,
        ["const"] = KeywordValue.Any,
        ["multipleOf"] = KeywordValue.PositiveNumber,
        ["divisibleBy"] = KeywordValue.PositiveNumber,
        ["maximum"] = KeywordValue.Number,
        ["minimum"] = KeywordValue.Number,
        ["exclusiveMaximum"] = KeywordValue.ExclusiveBound,
        ["exclusiveMinimum"] = KeywordValue.ExclusiveBound,
        ["maxLength"] = KeywordValue.Count,
        ["minLength"] = KeywordValue.Count,
        ["maxItems"] = KeywordValue.Count,
        ["minItems"] = KeywordValue.Count,
        ["maxContains"] = KeywordValue.Count,
        ["minContains"] = KeywordValue.Count,
        ["maxProperties"] = KeywordValue.Count,
        ["minProperties"] = KeywordValue.Count,
        ["uniqueItems"] = KeywordValue.Flag,
        ["pattern"] = KeywordValue.Pattern,
        ["required"] = KeywordValue.RequiredNames,
        ["dependentRequired"] = KeywordValue.NamesByName,
        ["dependencies"] = KeywordValue.Dependencies,
        ["properties"] = KeywordValue.SchemaMap,
        ["patternProperties"] = KeywordValue.PatternMap,
        ["dependentSchemas"] = KeywordValue.SchemaMap,
        ["allOf"] = KeywordValue.SchemaList,
        ["anyOf"] = KeywordValue.SchemaList,
        ["oneOf"] = KeywordValue.SchemaList,
        ["prefixItems"] = KeywordValue.SchemaList,
        ["items"] = KeywordValue.Items,
        ["additionalItems"] = KeywordValue.AdditionalItems,
        ["additionalProperties"] = KeywordValue.Schema,
        ["unevaluatedItems"] = KeywordValue.Schema,
        ["unevaluatedProperties"] = KeywordValue.Schema,
        ["propertyNames"] = KeywordValue.Schema,
        ["contains"] = KeywordValue.Schema,
        ["contentSchema"] = KeywordValue.Schema,
        ["not"] = KeywordValue.Schema,
        ["if"] = KeywordValue.Schema,
        ["then"] = KeywordValue.Schema,
        ["else"] = KeywordValue.Schema,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static KeywordValue ValueOf(string keyword) => Values.GetValueOrDefault(keyword, KeywordValue.Annotation);

    public static bool IsKnown(string keyword) => Values.ContainsKey(keyword) || JsonCopier.IsExtension(keyword);

    /// <summary>Whether a keyword refuses no value, so that it may move out of a schema or stand beside a reference.</summary>
    public static bool IsAnnotation(string keyword) => ValueOf(keyword) is
        KeywordValue.Annotation or KeywordValue.TextAnnotation or KeywordValue.FlagAnnotation or KeywordValue.Example
        or KeywordValue.Examples or KeywordValue.Discriminator or KeywordValue.Consumed;
}
