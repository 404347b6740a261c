using System.Globalization;
using System.Text.Json;
using Json.Schema;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>
/// Says what is wrong with a value in our words: by paths such as <c>body.items[0].price</c>, with what the schema asks for and never with
/// what the value is.
/// </summary>
/// <param name="value">The value that was checked.</param>
/// <param name="root">What stands before every path.</param>
/// <param name="schemaAt">The schema at an address; null where it cannot be told.</param>
internal sealed class SchemaFaults(JsonElement value, string root, Func<Uri, JsonElement?> schemaAt)
{
    private const int MostFaults = 100;
    private const int LongestList = 300;

    private static readonly HashSet<string> Applicators = new(StringComparer.Ordinal)
    {
        "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames", "items",
        "additionalItems", "prefixItems", "unevaluatedItems", "then", "else", "dependentSchemas", "dependencies", "if",
    };

    /// <summary>Keywords whose members have names of their own.</summary>
    private static readonly HashSet<string> HoldsNames = new(StringComparer.Ordinal) { "properties", "patternProperties", "$defs", "definitions", "dependentSchemas" };

    private readonly List<FieldFault> _faults = [];
    private readonly HashSet<FieldFault> _seen = [];

    public IReadOnlyList<FieldFault> Of(EvaluationResults results) => Of(results, new Place("", ""));

    private List<FieldFault> Of(EvaluationResults results, Place place)
    {
        Collect(results, place);
        return _faults.Count == 0 ? [new(root, "does not conform to its definition")] : _faults;
    }

    private void Collect(EvaluationResults node, Place place)
    {
        if (node.IsValid || _faults.Count >= MostFaults)
            return;
        var location = place.Of(node);
        var parent = node.EvaluationPath.ToString();
        var parts = (node.Details ?? []).ToLookup(d => KeywordOf(parent, d.EvaluationPath.ToString()), StringComparer.Ordinal);
        var schema = node.SchemaLocation is { } at ? schemaAt(at) : null;
        foreach (var keyword in (node.Errors ?? []).Keys.Order(StringComparer.Ordinal))
        {
            // What applies other schemas says only that one of those failed, and that one says how.
            if (!Applicators.Contains(keyword) || !parts[keyword].Any(d => !d.IsValid) || FitsSeveral(keyword, parts))
                AddFault(location, keyword, Member(schema, keyword), node);
        }

        foreach (var group in parts.Where(g => g.Key is not ("if" or "not") && !FitsSeveral(g.Key, parts)))
        {
            var failed = group.Where(d => !d.IsValid).ToList();
            var tuple = group.Key == "items" && Member(schema, "prefixItems") is { ValueKind: JsonValueKind.Array } first ? first.GetArrayLength() : 0;
            if (group.Key is "anyOf" or "oneOf" && failed.Count > 0 && failed.Count == group.Count())
            {
                // The alternative that the value came nearest to is the one that was meant.
                foreach (var fault in failed.Select(d => Trial(d, place)).OrderByDescending(t => t.Depth).ThenBy(t => t.Faults.Count).First().Faults)
                    Add(fault);
            }
            else if (group.Key is not ("anyOf" or "oneOf"))
                failed.ForEach(d => Collect(d, tuple > 0 ? place.Behind(d, location, tuple) : place));
        }
    }

    private static bool FitsSeveral(string keyword, ILookup<string, EvaluationResults> parts) => keyword == "oneOf" && parts["oneOf"].Count(d => d.IsValid) > 1;

    private (IReadOnlyList<FieldFault> Faults, int Depth) Trial(EvaluationResults alternative, Place place)
    {
        var faults = new SchemaFaults(value, root, schemaAt).Of(alternative, place);
        return (faults, faults.Min(f => f.Field.Count(c => c is '.' or '[')));
    }

    private void AddFault(string location, string keyword, JsonElement? constraint, EvaluationResults node)
    {
        var path = PathOf(location);
        if (keyword == "required" && Walk(value, location) is { ValueKind: JsonValueKind.Object } holder && constraint is { ValueKind: JsonValueKind.Array } names)
        {
            foreach (var name in names.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!).Where(n => !holder.TryGetProperty(n, out _)))
                Add(new(path.Length == 0 ? name : $"{path}.{name}", "is required"));
            return;
        }

        Add(new(path, MessageOf(keyword, constraint, node)));
    }

    private void Add(FieldFault fault)
    {
        if (_faults.Count < MostFaults && _seen.Add(fault))
            _faults.Add(fault);
    }

    private static string MessageOf(string keyword, JsonElement? constraint, EvaluationResults node) => keyword switch
    {
        "type" => $"must be {TypeWords(constraint)}",
        "enum" => $"must be one of {Listed(constraint)}",
        "const" => $"must be {Listed(constraint)}",
        "minimum" => $"must be {Text(constraint)} or more",
        "maximum" => $"must be {Text(constraint)} or less",
        "exclusiveMinimum" => $"must be more than {Text(constraint)}",
        "exclusiveMaximum" => $"must be less than {Text(constraint)}",
        "multipleOf" => $"must be a multiple of {Text(constraint)}",
        "minLength" => $"must have {Text(constraint)} characters or more",
        "maxLength" => $"must have {Text(constraint)} characters or less",
        "pattern" => $"must match {Text(constraint)}",
        "minItems" => $"must have {Text(constraint)} elements or more",
        "maxItems" => $"must have {Text(constraint)} elements or less",
        "uniqueItems" => "must not have the same element twice",
        "minProperties" => $"must have {Text(constraint)} fields or more",
        "maxProperties" => $"must have {Text(constraint)} fields or less",
        "required" => "lacks a required field",
        "dependentRequired" or "dependentSchemas" or "dependencies" => "lacks a field that another one asks for",
        "contains" or "minContains" or "maxContains" => "has too few or too many elements of the kind that it must have",
        "oneOf" => "fits more than one of its alternatives, or none",
        "anyOf" => "fits none of its alternatives",
        "not" => "is what it must not be",
        "" when node.EvaluationPath.ToString() is var at && (at.EndsWith("/additionalProperties", StringComparison.Ordinal) || at.EndsWith("/unevaluatedProperties", StringComparison.Ordinal)) =>
            "is not a field of this object",
        "" => "must not be there",
        _ => $"does not conform to its definition ({keyword})",
    };

    private static string TypeWords(JsonElement? types)
    {
        var names = types switch
        {
            { ValueKind: JsonValueKind.String } one => [one.GetString()!],
            { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)],
            _ => (List<string>)[],
        };
        return names.Count == 0 ? "of another type" : string.Join(" or ", names.Select(n => n switch
        {
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "an array",
            "object" => "an object",
            "null" => "null",
            _ => "a string",
        }));
    }

    private static string Listed(JsonElement? values)
    {
        var text = values is { ValueKind: JsonValueKind.Array } list ? string.Join(", ", list.EnumerateArray().Select(v => v.GetRawText())) : Text(values);
        return text.Length > LongestList ? text[..LongestList] + "…" : text;
    }

    private static string Text(JsonElement? constraint) => constraint switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Length > LongestList ? "its pattern" : text.GetString()!,
        { } other => other.GetRawText(),
        null => "what its definition says",
    };

    private static JsonElement? Member(JsonElement? schema, string keyword) =>
        schema is { ValueKind: JsonValueKind.Object } holder && keyword.Length > 0 && holder.TryGetProperty(keyword, out var value) ? value : null;

    /// <summary>The keyword by which a part of a schema was applied.</summary>
    private static string KeywordOf(string parent, string child)
    {
        var rest = child.Length > parent.Length && child.StartsWith(parent, StringComparison.Ordinal) ? child[parent.Length..].TrimStart('/') : "";
        var end = rest.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    private string PathOf(string location)
    {
        var path = root;
        var at = (JsonElement?)value;
        foreach (var segment in Segments(location))
        {
            var isIndex = at is { ValueKind: JsonValueKind.Array };
            path = isIndex ? $"{path}[{segment}]" : path.Length == 0 ? segment : $"{path}.{segment}";
            at = at is { } holder ? Step(holder, segment) : null;
        }

        return path.Length > 300 ? path[..300] + "…" : path;
    }

    /// <summary>What stands at a JSON pointer (RFC 6901), or null.</summary>
    public static JsonElement? Walk(JsonElement root, string pointer)
    {
        var at = (JsonElement?)root;
        foreach (var segment in Segments(pointer))
        {
            at = at is { } holder ? Step(holder, segment) : null;
            if (at is null)
                return null;
        }

        return at;
    }

    private static IEnumerable<string> Segments(string pointer) => pointer.Length == 0
        ? []
        : pointer[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    /// <summary>
    /// The schema at a place that JsonSchema.Net 8 tells: behind <c>items</c>, but for a chain of them from the root, it names once more what stands before.
    /// </summary>
    public static JsonElement? SchemaAt(JsonElement root, string place)
    {
        var at = root;
        var isKeyword = true;
        string? before = null;
        var segments = Segments(place).ToList();
        for (var i = 0; i < segments.Count; i++)
        {
            if (Step(at, segments[i]) is not { } next)
                return null;
            var isItems = isKeyword && segments[i] == "items" && next.ValueKind != JsonValueKind.Array;
            if (isItems && before is not null && i + 1 < segments.Count && segments[i + 1] == before)
                i++;
            before = isItems ? before : segments[i];
            isKeyword = !(isKeyword && HoldsNames.Contains(segments[i]));
            at = next;
        }

        return at;
    }

    private static JsonElement? Step(JsonElement holder, string segment) => holder.ValueKind switch
    {
        JsonValueKind.Object when holder.TryGetProperty(segment, out var member) => member,
        JsonValueKind.Array when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < holder.GetArrayLength() => holder[index],
        _ => null,
    };

    /// <summary>Where a value stands by the library, and where it does: it counts the elements behind those of a tuple from 0 again.</summary>
    /// <param name="Told">By the library.</param>
    /// <param name="Real">In the value.</param>
    private readonly record struct Place(string Told, string Real)
    {
        public string Of(EvaluationResults node) => string.Concat(Real, node.InstanceLocation.ToString().AsSpan(Told.Length));

        public Place Behind(EvaluationResults element, string holder, int tuple)
        {
            var told = element.InstanceLocation.ToString();
            return int.TryParse(told.AsSpan(told.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? new(told, string.Create(CultureInfo.InvariantCulture, $"{holder}/{index + tuple}"))
                : this;
        }
    }
}
