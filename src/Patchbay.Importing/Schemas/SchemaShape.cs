using System.Globalization;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// The decisions that move parts of a schema when it is converted. The writer and whoever points into its result ask the same questions here.
/// </summary>
internal sealed class SchemaShape(SchemaDialect dialect)
{
    /// <summary>Combined schemas that are nullable: the null has to be admitted beside them, since it cannot be admitted within.</summary>
    private static readonly string[] Combining = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "const"];

    /// <summary>Pointers that are longer could lead to where the writer stopped.</summary>
    private const int LongestFragment = JsonCopier.DeepestOutput / 2;

    /// <summary>Whether only annotations may stand beside the <c>$ref</c> of this schema, and all else is ignored.</summary>
    public bool IsBareReference(SourceObject schema) => dialect != SchemaDialect.OpenApi31 && schema.FindString("$ref") is not null;

    public bool IsNullable(SourceObject schema)
    {
        return IsTrue(schema.Find("nullable")) || (dialect == SchemaDialect.Swagger20 && IsTrue(schema.Find("x-nullable")));
    }

    /// <summary>Whether the schema becomes <c>anyOf: [schema, null]</c>; its annotations stay outside.</summary>
    public bool IsWrappedForNull(SourceObject schema) => IsNullable(schema) && Combining.Any(schema.Has);

    /// <summary>
    /// The way from a schema to a schema within it, after conversion; null where the result has no such place.
    /// </summary>
    public IReadOnlyList<string>? Map(SourceNode schema, IReadOnlyList<string> way)
    {
        var mapped = new List<string>();
        var node = schema;
        for (var i = 0; i < way.Count; i++)
        {
            if (node is not SourceObject holder || mapped.Count > LongestFragment) return null;
            var keyword = way[i];
            if (IsBareReference(holder) && keyword != "$ref") return null;
            if (IsWrappedForNull(holder)) mapped.AddRange(["anyOf", "0"]);
            var next = i + 1 < way.Count ? way[i + 1] : null;
            switch (SchemaKeywords.ValueOf(keyword), holder.Find(keyword))
            {
                case (KeywordValue.Schema or KeywordValue.Items, SourceObject value):
                    mapped.Add(keyword);
                    node = value;
                    break;
                case (KeywordValue.Items, SourceArray tuple) when ItemAt(tuple, next) is { } item && !holder.Has("prefixItems"):
                    mapped.AddRange(["prefixItems", next!]);
                    node = item;
                    i++;
                    break;
                case (KeywordValue.SchemaList, SourceArray list) when ItemAt(list, next) is { } item:
                    mapped.AddRange([keyword, next!]);
                    node = item;
                    i++;
                    break;
                case (KeywordValue.SchemaMap, SourceObject map) when next is not null && map.Find(next) is { } value:
                    mapped.AddRange([keyword, next]);
                    node = value;
                    i++;
                    break;
                default:
                    return null;
            }
        }
        return node is SourceObject or SourceScalar { Kind: SourceKind.Boolean } ? mapped : null;
    }

    private static bool IsTrue(SourceNode? flag) => flag is SourceScalar { IsTrue: true } or SourceScalar { Kind: SourceKind.String, Text: "true" };

    private static SourceNode? ItemAt(SourceArray array, string? index) =>
        int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < array.Items.Length ? array.Items[at] : null;
}
