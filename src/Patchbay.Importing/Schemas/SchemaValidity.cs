using System.Globalization;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// Holds a schema against the rules of its dialect, JSON Schema 2020-12 or draft-07, and finds every fault with its place, in one pass
/// over the document. It asks what the dialect's meta-schema asks, and besides that patterns can be compiled.
/// </summary>
internal sealed class SchemaValidity(SchemaDocument document, Action<SourceNode, string> fault)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "null", "number", "object", "string"];

    private readonly PatternCheck _patterns = new();
    private readonly HashSet<string> _anchors = new(StringComparer.Ordinal);

    public void Check()
    {
        if (SchemaDocument.DialectOf(document.Root) is { } dialect && dialect is not (SchemaDocument.Draft202012 or SchemaDocument.Draft07))
        {
            fault(((SourceObject)document.Root).Find("$schema")!,
                $"names a dialect that is not known here: write \"{SchemaDocument.Draft202012}\" or \"{SchemaDocument.Draft07}#\"");
        }
        if (!IsSchema(document.Root)) fault(document.Root, "must be a schema: an object, true or false");
        foreach (var schema in document.Schemas)
        {
            foreach (var (keyword, value) in schema.Members.Where(member => document.Knows(member.Name)))
                CheckKeyword(keyword, value, schema == document.Root);
        }
    }

    private void CheckKeyword(string keyword, SourceNode value, bool isRoot)
    {
        switch (keyword)
        {
            case "$schema" when !isRoot || value.Kind != SourceKind.String:
                fault(value, "names the dialect, as a string at the root of the schema only");
                return;
            case "$id" when !isRoot || value is not SourceScalar { Kind: SourceKind.String } id || id.Text.TrimEnd('#').Contains('#', StringComparison.Ordinal):
                fault(value, "must be an address without fragment, at the root of the schema only; give a schema with an address of its own a definition of its own");
                return;
            case "examples":
                Expect(value is SourceArray, value, "must be an array");
                return;
            case "multipleOf":
                Expect(NumberOf(value) is > 0, value, "must be a number above 0");
                return;
            case "exclusiveMinimum" or "exclusiveMaximum":
                Expect(value.Kind == SourceKind.Number, value, "must be a number");
                return;
            case "divisibleBy" or "$recursiveAnchor" or "$vocabulary" or "example" or "nullable" or "discriminator":
                return;
            case "items" when value is SourceArray tuple:
                Expect(document.IsDraft07, value, "must be a schema; an array of schemas is named prefixItems in this dialect");
                if (document.IsDraft07) CheckList(tuple, mayBeEmpty: false);
                return;
        }
        CheckKind(SchemaKeywords.ValueOf(keyword), keyword, value);
    }

    private void CheckKind(KeywordValue kind, string keyword, SourceNode value)
    {
        switch (kind)
        {
            case KeywordValue.Text or KeywordValue.TextAnnotation or KeywordValue.Reference or KeywordValue.DynamicReference:
                Expect(value.Kind == SourceKind.String, value, "must be a string");
                break;
            case KeywordValue.Flag or KeywordValue.FlagAnnotation:
                Expect(value.Kind == SourceKind.Boolean, value, "must be true or false");
                break;
            case KeywordValue.Number:
                Expect(value.Kind == SourceKind.Number, value, "must be a number");
                break;
            case KeywordValue.Count:
                Expect(NumberOf(value) is { } count && count >= 0 && count == Math.Floor(count), value, "must be a whole number from 0");
                break;
            case KeywordValue.Pattern:
                Expect(value is SourceScalar { Kind: SourceKind.String } pattern && _patterns.IsUsable(pattern.Text), value, "must be a regular expression");
                break;
            case KeywordValue.Type:
                CheckType(value);
                break;
            case KeywordValue.Enum:
                Expect(value is SourceArray, value, "must be an array of values");
                break;
            case KeywordValue.RequiredNames:
                CheckNames(value);
                break;
            case KeywordValue.Anchor:
                Expect(value is SourceScalar { Kind: SourceKind.String } text && SchemaWriter.IsAnchorName(text.Text), value, "must begin with a letter or _, and have letters, digits, -, . and _ only");
                Expect(value is not SourceScalar anchor || _anchors.Add(anchor.Text), value, "stands twice");
                break;
            case KeywordValue.NamesByName when value is SourceObject map:
                foreach (var (_, names) in map.Members) CheckNames(names);
                break;
            case KeywordValue.Dependencies when value is SourceObject map:
                foreach (var (_, dependency) in map.Members)
                {
                    if (dependency is SourceArray) CheckNames(dependency);
                    else ExpectSchema(dependency);
                }
                break;
            case KeywordValue.Schema or KeywordValue.Items or KeywordValue.AdditionalItems:
                ExpectSchema(value);
                break;
            case KeywordValue.SchemaList when value is SourceArray list:
                CheckList(list, mayBeEmpty: false);
                break;
            case KeywordValue.SchemaMap or KeywordValue.PatternMap when value is SourceObject map:
                foreach (var (name, schema) in map.Members)
                {
                    ExpectSchema(schema);
                    Expect(kind != KeywordValue.PatternMap || _patterns.IsUsable(name), schema, $"stands under \"{Shortened(name)}\", which must be a regular expression");
                }
                break;
            case KeywordValue.NamesByName or KeywordValue.Dependencies or KeywordValue.SchemaMap or KeywordValue.PatternMap:
                fault(value, $"must be an object ({keyword})");
                break;
            case KeywordValue.SchemaList:
                fault(value, "must be an array of schemas");
                break;
        }
    }

    private void CheckType(SourceNode value)
    {
        if (value is SourceArray list)
        {
            Expect(list.Items.Length > 0, value, "must name at least one type");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in list.Items) Expect(IsType(item) && seen.Add(((SourceScalar)item).Text), item, $"must be one of {string.Join(", ", Types)}, each once");
        }
        else
        {
            Expect(IsType(value), value, $"must be one of {string.Join(", ", Types)}, or an array of these");
        }
    }

    private void CheckNames(SourceNode value)
    {
        if (value is not SourceArray list)
        {
            fault(value, "must be an array of names");
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
            Expect(item is SourceScalar { Kind: SourceKind.String } name && seen.Add(name.Text), item, "must be a name, each once");
    }

    private void CheckList(SourceArray list, bool mayBeEmpty)
    {
        Expect(mayBeEmpty || list.Items.Length > 0, list, "must hold at least one schema");
        foreach (var item in list.Items) ExpectSchema(item);
    }

    private void ExpectSchema(SourceNode value) => Expect(IsSchema(value), value, "must be a schema: an object, true or false");

    private void Expect(bool holds, SourceNode at, string message)
    {
        if (!holds) fault(at, message);
    }

    private static bool IsType(SourceNode value) => value is SourceScalar { Kind: SourceKind.String } type && Types.Contains(type.Text);

    private static bool IsSchema(SourceNode value) => value.Kind is SourceKind.Object or SourceKind.Boolean;

    private static double? NumberOf(SourceNode value) =>
        value is SourceScalar { Kind: SourceKind.Number } number
        && double.TryParse(YamlScalars.ToJsonNumber(number.Text), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    private static string Shortened(string name) => name.Length > 100 ? name[..100] + "…" : name;
}
