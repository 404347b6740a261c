using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>Finds the one scalar type that the values of a schema have, looking through references and combinations.</summary>
internal sealed class ScalarTypes(LocalReferences references)
{
    /// <summary>Combinations of combinations can be looked at for ever; whoever hides a scalar so well gets no scalar.</summary>
    private const int MostLooks = 100;

    private int _looks;

    /// <summary><c>string</c>, <c>number</c>, <c>integer</c> or <c>boolean</c>, null values aside; null where there is no single one.</summary>
    public string? TypeOf(SourceNode schema)
    {
        _looks = 0;
        return Look(schema);
    }

    private string? Look(SourceNode schema)
    {
        if (++_looks > MostLooks) return null;
        var meant = references.FollowSchema(schema);
        if (meant is SourceScalar { Kind: SourceKind.String, Text: "string" or "number" or "integer" or "boolean" } name) return name.Text;
        if (meant is not SourceObject holder) return null;
        if (holder.Has("type")) return SchemaTypes.OnlyScalarType(holder);
        if (holder.Find("allOf") is SourceArray all)
            return all.Items.Select(part => Look(part)).FirstOrDefault(type => type is not null);
        if ((holder.Find("anyOf") ?? holder.Find("oneOf")) is SourceArray choice)
            return Common(choice.Items.Where(option => !IsNull(option)).Select(option => Look(option)));
        if (holder.Find("enum") is SourceArray values)
            return Common(values.Items.Where(value => value.Kind != SourceKind.Null).Select(TypeOfValue));
        if (holder.Find("const") is { } constant) return TypeOfValue(constant);
        return holder.Has("properties") || holder.Has("items") || holder.Has("additionalProperties") || holder.Has("$ref") ? null : "string";
    }

    private static string? Common(IEnumerable<string?> types)
    {
        var distinct = types.Distinct(StringComparer.Ordinal).Take(2).ToList();
        return distinct.Count == 1 ? distinct[0] : null;
    }

    private static bool IsNull(SourceNode option) => option is SourceObject holder && holder.FindString("type") == "null";

    private static string? TypeOfValue(SourceNode value) => value.Kind switch
    {
        SourceKind.String => "string",
        SourceKind.Boolean => "boolean",
        SourceKind.Number => ((SourceScalar)value).Text.All(char.IsAsciiDigit) ? "integer" : "number",
        _ => null,
    };
}
