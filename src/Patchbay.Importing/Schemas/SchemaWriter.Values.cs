using System.Globalization;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <content>Keywords that hold plain values.</content>
internal sealed partial class SchemaWriter
{
    private void WriteText(string keyword, SourceNode value)
    {
        if (value is not SourceScalar scalar)
        {
            Leave(keyword, value);
            return;
        }
        if (scalar.Kind != SourceKind.String) Mended(keyword, value, "a string");
        json.WriteString(keyword, scalar.Text);
    }

    private void WriteFlag(string keyword, SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.String, Text: "true" or "false" })
            Mended(keyword, value, "a boolean");
        else if (value.Kind != SourceKind.Boolean)
        {
            Leave(keyword, value);
            return;
        }
        json.WriteBoolean(keyword, value is SourceScalar { IsTrue: true } or SourceScalar { Text: "true" });
    }

    /// <summary><c>minimum</c> or <c>maximum</c>, which a boolean beside it makes exclusive up to draft 5.</summary>
    private void WriteBound(SourceObject schema, string keyword, SourceNode value)
    {
        if (NumberOf(keyword, value) is not { } number) return;
        var exclusive = keyword == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
        var name = schema.Find(exclusive) is SourceScalar { Kind: SourceKind.Boolean, IsTrue: true } ? exclusive : keyword;
        WriteNumber(name, number);
    }

    private void WriteExclusiveBound(SourceObject schema, string keyword, SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.Boolean } flag)
        {
            var bound = keyword == "exclusiveMinimum" ? "minimum" : "maximum";
            if (flag.IsTrue && schema.Find(bound) is not SourceScalar { Kind: SourceKind.Number or SourceKind.String }) Leave(keyword, value);
            if (context.Dialect == SchemaDialect.OpenApi31)
                Log.Add(SchemaRemarks.BooleanBound, value);
        }
        else if (NumberOf(keyword, value) is { } number)
        {
            if (context.Dialect != SchemaDialect.OpenApi31)
                Log.Add(SchemaRemarks.NumericBound, value);
            WriteNumber(keyword, number);
        }
    }

    private void WriteMultipleOf(SourceObject schema, string keyword, SourceNode value)
    {
        if (keyword == "divisibleBy" && schema.Has("multipleOf")) return;
        if (NumberOf(keyword, value) is not { } number) return;
        var mantissa = number.AsSpan(0, number.AsSpan().IndexOfAny('e', 'E') is >= 0 and var exponent ? exponent : number.Length);
        if (mantissa[0] == '-' || mantissa.IndexOfAnyInRange('1', '9') < 0)
            Leave(keyword, value);
        else
            WriteNumber("multipleOf", number);
    }

    private void WriteCount(string keyword, SourceNode value)
    {
        if (NumberOf(keyword, value) is not { } number) return;
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            json.WriteNumber(keyword, count);
        else if (decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && exact >= 0 && exact == decimal.Truncate(exact))
            WriteLargeCount(keyword, value, exact);
        else
            Leave(keyword, value);
    }

    /// <summary>No text or array of ours has more than 2^31 - 1 elements, and validators count in that type: a larger bound says nothing.</summary>
    private void WriteLargeCount(string keyword, SourceNode value, decimal count)
    {
        if (count <= int.MaxValue)
            json.WriteNumber(keyword, (int)count);
        else if (keyword.StartsWith("max", StringComparison.Ordinal))
            Log.Add(SchemaRemarks.BoundBeyondReach, value, keyword);
        else
            json.WriteNumber(keyword, int.MaxValue);
    }

    private void WritePattern(SourceObject schema, string keyword, SourceNode value)
    {
        if (value is not SourceScalar scalar)
        {
            Leave(keyword, value);
        }
        else if (patterns.IsUsable(scalar.Text))
        {
            WriteText(keyword, value);
        }
        else
        {
            Log.Add(SchemaRemarks.Pattern, value, scalar.Text);
            if (!schema.Has("x-pattern")) json.WriteString("x-pattern", scalar.Text);
        }
    }

    private void WriteType(SourceObject schema, SourceNode value)
    {
        var types = new List<string>();
        foreach (var item in value is SourceArray list ? list.Items : [value])
        {
            if (SchemaTypes.Read(item) is not { } reading)
            {
                // "any", null and an empty type say that there is no limit.
                if (item.Kind != SourceKind.Null && item is not SourceScalar { Text: "any" or "" }) Leave("type", item);
                else Mended("type", item, "any type");
                if (value is SourceArray && item.Kind == SourceKind.Null) types.Add("null");
                continue;
            }
            var word = ((SourceScalar)item).Text;
            var isOfDialect = word == reading.Type || (word == "file" && context.Dialect == SchemaDialect.Swagger20);
            if (!isOfDialect) Mended("type", item, reading.Type);
            if (!types.Contains(reading.Type)) types.Add(reading.Type);
            if (reading.Format is { } format && !schema.Has("format")) json.WriteString("format", format);
        }
        if (value is SourceArray && context.Dialect != SchemaDialect.OpenApi31)
            Log.Add(SchemaRemarks.TypeList, value);
        if (types.Count == 0) return;

        var shape = context.Schemas.Shape;
        if (shape.IsNullable(schema) && !shape.IsWrappedForNull(schema) && !types.Contains("null")) types.Add("null");
        if (types.Count == 1)
            json.WriteString("type", types[0]);
        else
            WriteNames("type", types);
    }

    private void WriteEnum(SourceObject schema, SourceNode value)
    {
        if (value is SourceScalar) Mended("enum", value, "a list of one");
        SourceNode[] items = value switch { SourceArray list => list.Items, SourceScalar => [value], _ => [] };
        if (items.Length == 0)
        {
            Leave("enum", value);
            return;
        }
        var shape = context.Schemas.Shape;
        var only = SchemaTypes.OnlyScalarType(schema);
        var seen = new HashSet<(SourceKind, string)>();
        json.WriteStartArray("enum");
        foreach (var item in items)
        {
            var written = item is SourceScalar scalar ? FitToType(scalar, only) : item;
            if (written is SourceScalar known && !seen.Add((known.Kind, known.Text)))
                Log.Add(SchemaRemarks.RepeatedValue, item, known.Text);
            else
                context.Json.Write(json, written);
        }
        if (shape.IsNullable(schema) && !shape.IsWrappedForNull(schema) && !items.Any(item => item.Kind == SourceKind.Null)) json.WriteNullValue();
        json.WriteEndArray();
    }

    /// <summary>YAML reads an unquoted <c>1</c> or <c>true</c> in an enumeration of strings as something that no string can equal.</summary>
    private SourceScalar FitToType(SourceScalar value, string? type)
    {
        if (type == "string" && (value.Kind is SourceKind.Number or SourceKind.Boolean))
        {
            Mended("enum", value, "a string");
            return new SourceScalar(SourceKind.String, value.Text, value.Line, value.Column) { Origin = value };
        }
        if (type is "integer" or "number" && value.Kind == SourceKind.String && YamlScalars.IsDecimal(value.Text))
        {
            Mended("enum", value, "a number");
            return new SourceScalar(SourceKind.Number, value.Text, value.Line, value.Column) { Origin = value };
        }
        return value;
    }

    /// <summary>
    /// The required names of an object: its own, and those of properties that are marked themselves, as draft 3 had it.
    /// </summary>
    private void WriteRequired(SourceObject schema, SourceNode? own)
    {
        var names = new List<string>();
        if (own is not null && !IsRequiredMark("required", own))
            names.AddRange(NamesOf("required", own));
        else if (own is not null && !IsProperty(schema))
            Leave("required", own);
        if (schema.Find("properties") is SourceObject properties)
        {
            foreach (var (name, property) in properties.Members)
            {
                if (property is not SourceObject holder || holder.Find("required") is not { } mark || !IsRequiredMark("required", mark)) continue;
                Log.Add(SchemaRemarks.RequiredMark, mark, name);
                if (mark is SourceScalar { IsTrue: true } or SourceScalar { Text: "true" }) names.Add(name);
            }
        }
        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count > 0) WriteNames("required", distinct);
    }

    private static bool IsRequiredMark(string keyword, SourceNode value) =>
        keyword == "required" && value is SourceScalar { Kind: SourceKind.Boolean } or SourceScalar { Kind: SourceKind.String, Text: "true" or "false" };

    private static bool IsProperty(SourceObject schema) =>
        schema.Parent is { Parent: SourceObject holder } map && ReferenceEquals(holder.Find("properties"), map);

    private List<string> NamesOf(string keyword, SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.String } single)
        {
            Mended(keyword, value, "a list of one");
            return [single.Text];
        }
        if (value is not SourceArray list)
        {
            Leave(keyword, value);
            return [];
        }
        var names = new List<string>();
        foreach (var item in list.Items)
        {
            if (item is not SourceScalar { Kind: not SourceKind.Null } name)
                Leave(keyword, item);
            else
                names.Add(name.Text);
        }
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private void WriteNames(string keyword, List<string> names)
    {
        json.WriteStartArray(keyword);
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private void WriteExamples(SourceObject schema, string keyword, SourceNode value)
    {
        var single = schema.Find("example");
        var several = schema.Find("examples");
        var isReadable = several is SourceArray or SourceObject;
        if (keyword == "examples" && !isReadable) Leave(keyword, value);
        // Both are written together, at the place of the first that can be read.
        var first = schema.Members.First(member => member.Name == "example" || (member.Name == "examples" && (isReadable || single is null))).Name;
        if (first != keyword || (single is null && !isReadable)) return;
        json.WriteStartArray("examples");
        if (single is not null) context.Json.Write(json, single);
        if (several is SourceArray list)
        {
            foreach (var item in list.Items) context.Json.Write(json, item);
        }
        else if (several is SourceObject named)
        {
            // OpenAPI's form for media types and parameters, which schemas do not have.
            Mended("examples", named, "a list");
            foreach (var member in named.Members)
                context.Json.Write(json, (member.Value as SourceObject)?.Find("value") ?? member.Value);
        }
        json.WriteEndArray();
    }

    /// <summary>The text of a JSON number, which may be too large for any type of ours.</summary>
    private string? NumberOf(string keyword, SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.Number } number) return YamlScalars.ToJsonNumber(number.Text);
        if (value is SourceScalar { Kind: SourceKind.String } quoted && YamlScalars.IsDecimal(quoted.Text))
        {
            Mended(keyword, value, "a number");
            return YamlScalars.ToJsonNumber(quoted.Text);
        }
        Leave(keyword, value);
        return null;
    }

    private void WriteNumber(string keyword, string number)
    {
        json.WritePropertyName(keyword);
        json.WriteRawValue(number, skipInputValidation: true);
    }
}
