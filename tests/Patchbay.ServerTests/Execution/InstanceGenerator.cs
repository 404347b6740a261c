using System.Globalization;
using System.Text.Json.Nodes;

namespace Patchbay.ServerTests.Execution;

/// <summary>Makes values that conform to schemas, the same ones for the same seed.</summary>
/// <param name="plain">Says whether a value conforms.</param>
/// <param name="resolve">What a reference leads to.</param>
/// <param name="sent">Whether values are sent to the API: then none is made for fields that are read-only.</param>
/// <param name="seed">The seed.</param>
internal sealed class InstanceGenerator(PlainSchema plain, Func<string, string, (JsonNode? Schema, string Document)> resolve, bool sent, int seed)
{
    private const int Tries = 40;

    private readonly Random _random = new(seed);
    private int _budget;

    /// <summary>A value; undefined where none was found that conforms.</summary>
    public (JsonNode? Value, bool Found) Make(JsonNode? schema, string document)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            _budget = 400;
            // First as full as may be, then with ever less.
            var value = Value(schema, document, 0, richness: 1 - (attempt / (double)Tries));
            if (plain.Accepts(schema, document, value, sent, out _))
                return (value, true);
        }

        return (null, false);
    }

    private JsonNode? Value(JsonNode? schema, string document, int depth, double richness)
    {
        if (schema is not JsonObject holder)
            return JsonValue.Create("any");
        var (merged, at) = Merged(holder, document, 0);
        if (merged["enum"] is JsonArray { Count: > 0 } values)
            return Pick([.. values.Where(v => v is not null)])?.DeepClone();
        if (merged.TryGetPropertyValue("const", out var constant))
            return constant?.DeepClone();
        var types = PlainSchema.Types(merged).Where(t => t != "null").ToList();
        var type = types.Count > 0 ? types[_random.Next(types.Count)] : merged.ContainsKey("properties") || merged["additionalProperties"] is JsonObject ? "object" : merged.ContainsKey("items") ? "array" : "";
        return type switch
        {
            "object" => Object(merged, at, depth, richness),
            "array" => Array(merged, at, depth, richness),
            "integer" or "long" or "int" => JsonValue.Create((long)Number(merged, whole: true)),
            "number" or "float" or "double" => JsonValue.Create(Number(merged, whole: false)),
            "boolean" => JsonValue.Create(_random.Next(2) == 0),
            _ => JsonValue.Create(Text(merged)),
        };
    }

    private JsonObject Object(JsonObject schema, string document, int depth, double richness)
    {
        var made = new JsonObject();
        var properties = schema["properties"] as JsonObject ?? [];
        var required = (schema["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, property) in properties)
        {
            if (property is JsonObject p && PlainSchema.Flag(p, sent ? "readOnly" : "writeOnly"))
                continue;
            var wanted = required.Contains(name) || (depth < 3 && _budget > 0 && _random.NextDouble() < richness * (depth == 0 ? 0.7 : 0.4));
            if (!wanted || --_budget < -200)
                continue;
            made[name] = Value(property, OriginOf(schema, name, document), depth + 1, richness);
        }

        foreach (var name in required.Where(n => !properties.ContainsKey(n)))
            made[name] = Value(schema["additionalProperties"], document, depth + 1, richness);
        for (var i = 0; made.Count < (PlainSchema.Number(schema, "minProperties") ?? 0) && i < 20; i++)
            made[$"extra{i}"] = Value(schema["additionalProperties"], document, depth + 1, richness);
        return made;
    }

    private JsonArray Array(JsonObject schema, string document, int depth, double richness)
    {
        var least = (int)(PlainSchema.Number(schema, "minItems") ?? 0);
        var most = (int)Math.Min(PlainSchema.Number(schema, "maxItems") ?? 1000, 1000);
        var count = Math.Min(most, Math.Max(least, depth < 4 && _budget > 0 ? 1 + _random.Next(2) : 0));
        var made = new JsonArray();
        for (var i = 0; i < count * 5 && made.Count < count; i++)
        {
            _budget--;
            var item = Value(PlainSchema.ItemSchema(schema, made.Count), OriginOf(schema, "items", document), depth + 1, richness);
            if (!PlainSchema.Flag(schema, "uniqueItems") || !made.Any(m => JsonNode.DeepEquals(m, item)))
                made.Add(item);
        }

        return made;
    }

    private double Number(JsonObject schema, bool whole)
    {
        var low = PlainSchema.Number(schema, "minimum") ?? PlainSchema.Number(schema, "exclusiveMinimum") + 1;
        var high = PlainSchema.Number(schema, "maximum") ?? PlainSchema.Number(schema, "exclusiveMaximum") - 1;
        var from = low ?? Math.Min(1, high ?? 1);
        var to = Math.Min(high ?? from + 100, from + 100);
        if (PlainSchema.Number(schema, "multipleOf") is { } factor and > 0)
            return Math.Ceiling(from / factor) * factor;
        var number = from + (_random.NextDouble() * (to - from));
        if (PlainSchema.Flag(schema, "exclusiveMinimum"))
            number = Math.Max(number, from + (whole ? 1 : 0.5));
        return whole ? Math.Ceiling(from) + _random.Next((int)Math.Max(1, Math.Floor(to) - Math.Ceiling(from) + 1)) : Math.Round(number, 2);
    }

    private string Text(JsonObject schema)
    {
        if (schema["pattern"] is JsonValue pattern)
        {
            var expression = pattern.GetValue<string>();
            for (var i = 0; i < 10; i++)
            {
                if (PatternSampler.Sample(expression, _random) is { } sample && PlainSchema.Matches(expression, sample))
                    return sample;
            }
        }

        var text = (schema["format"] is JsonValue format && format.TryGetValue<string>(out var name) ? name : "") switch
        {
            "date-time" => "2026-03-04T05:06:07Z",
            "date" => "2026-03-04",
            "time" => "05:06:07Z",
            "uuid" => "6f8d1a52-3a5f-4c0e-9f57-0d6a1c2b3e4f",
            "email" => "ada@example.com",
            "uri" or "url" => "https://example.com/a",
            "ipv4" => "192.0.2.1",
            "byte" or "binary" => Convert.ToBase64String([1, 2, 3, (byte)_random.Next(256)]),
            _ => Pick(["word", "zwei Wörter & mehr", "a/b?c=d", "7", "ünïcode ✓", "x,y|z", "50%"]),
        };
        var least = (int)(PlainSchema.Number(schema, "minLength") ?? 0);
        var most = (int)Math.Min(PlainSchema.Number(schema, "maxLength") ?? 5000, 5000);
        if (text.Length > most)
            text = "abcdefghijklmnopqrstuvwxyz"[..Math.Min(most, 26)];
        return text.Length < least ? text.PadRight(least, 'x') : text;
    }

    /// <summary>A schema with what it refers to and all that it combines, one alternative of each choice.</summary>
    private (JsonObject Schema, string Document) Merged(JsonObject schema, string document, int depth)
    {
        var merged = new JsonObject();
        if (depth > 20)
            return (merged, document);
        if (PlainSchema.Reference(schema) is { } reference)
        {
            var (target, at) = resolve(reference, document);
            if (target is JsonObject meant)
                (merged, document) = schema.Count == 1 ? Merged(meant, at, depth + 1) : (Merged(meant, at, depth + 1).Schema, at);
        }

        foreach (var (keyword, value) in schema)
        {
            if (keyword is "$ref" or "allOf" or "oneOf" or "anyOf")
                continue;
            Combine(merged, keyword, value, document);
        }

        foreach (var part in (schema["allOf"] as JsonArray ?? []).OfType<JsonObject>())
            Add(merged, Merged(part, document, depth + 1));
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            var parts = (schema[choice] as JsonArray ?? []).OfType<JsonObject>().Where(p => !PlainSchema.Types(p).SequenceEqual(["null"])).ToList();
            if (parts.Count > 0)
                Add(merged, Merged(parts[_random.Next(parts.Count)], document, depth + 1));
        }

        return (merged, document);
    }

    private static void Add(JsonObject merged, (JsonObject Schema, string Document) part)
    {
        foreach (var (keyword, value) in part.Schema)
            Combine(merged, keyword, value, part.Document);
    }

    private static void Combine(JsonObject merged, string keyword, JsonNode? value, string document)
    {
        switch (keyword)
        {
            case "properties" when value is JsonObject properties:
                if (merged["properties"] is not JsonObject all)
                    merged["properties"] = all = [];
                foreach (var (name, property) in properties)
                {
                    all[name] = property?.DeepClone();
                    merged[$"x-origin {name}"] ??= document;
                }

                break;
            case "required" when value is JsonArray names:
                merged["required"] = new JsonArray([.. (merged["required"] as JsonArray ?? []).Concat(names).Select(n => n!.GetValue<string>()).Distinct(StringComparer.Ordinal).Select(n => (JsonNode)n)]);
                break;
            case "items":
                merged["items"] = value?.DeepClone();
                merged["x-origin items"] ??= document;
                break;
            case "enum" when value is JsonArray values && merged["enum"] is JsonArray before:
                merged["enum"] = new JsonArray([.. before.Where(b => values.Any(v => JsonNode.DeepEquals(v, b))).Select(b => b?.DeepClone())]);
                break;
            default:
                merged[keyword] = value?.DeepClone();
                break;
        }
    }

    private static string OriginOf(JsonObject merged, string part, string document) =>
        merged[$"x-origin {part}"] is JsonValue origin ? origin.GetValue<string>() : document;

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}

/// <summary>Makes texts that match a regular expression, of the simple kinds that descriptions have.</summary>
internal static class PatternSampler
{
    /// <summary>A text that may match; null for an expression with more in it.</summary>
    public static string? Sample(string pattern, Random random)
    {
        try
        {
            var at = 0;
            var text = Alternatives(pattern, ref at, random, 0);
            return at == pattern.Length ? text : null;
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string Alternatives(string pattern, ref int at, Random random, int depth)
    {
        if (depth > 20)
            throw new FormatException();
        var options = new List<string> { Sequence(pattern, ref at, random, depth) };
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            options.Add(Sequence(pattern, ref at, random, depth));
        }

        return options[random.Next(options.Count)];
    }

    private static string Sequence(string pattern, ref int at, Random random, int depth)
    {
        var text = "";
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var start = at;
            var atom = Atom(pattern, ref at, random, depth);
            var end = at;
            var (least, most) = Quantifier(pattern, ref at);
            var count = least + random.Next(Math.Min(most, least + 3) - least + 1);
            if (count == 1)
            {
                text += atom;
                continue;
            }

            for (var i = 0; i < count; i++)
            {
                var again = start;
                text += Atom(pattern, ref again, random, depth);
                if (again != end)
                    throw new FormatException();
            }
        }

        return text;
    }

    private static string Atom(string pattern, ref int at, Random random, int depth)
    {
        switch (pattern[at])
        {
            case '^' or '$':
                at++;
                return "";
            case '.':
                at++;
                return "a";
            case '(':
                at++;
                if (at < pattern.Length && pattern[at] == '?')
                {
                    if (pattern[at + 1] != ':')
                        throw new FormatException();
                    at += 2;
                }

                var inside = Alternatives(pattern, ref at, random, depth + 1);
                if (pattern[at++] != ')')
                    throw new FormatException();
                return inside;
            case '[':
                return Class(pattern, ref at, random);
            case '\\':
                at += 2;
                return Escaped(pattern[at - 1], random);
            default:
                return pattern[at++].ToString();
        }
    }

    private static string Escaped(char escape, Random random) => escape switch
    {
        'd' => random.Next(10).ToString(CultureInfo.InvariantCulture),
        'w' => "w",
        's' => " ",
        'S' or 'D' or 'W' => escape == 'W' ? "-" : "x",
        'b' or 'B' or 'A' or 'Z' or 'z' => "",
        'p' or 'P' or 'u' or 'x' or 'k' or (>= '1' and <= '9') => throw new FormatException(),
        't' => "\t",
        'n' => "\n",
        'r' => "\r",
        _ => escape.ToString(),
    };

    private static string Class(string pattern, ref int at, Random random)
    {
        at++;
        var negated = pattern[at] == '^';
        if (negated)
            at++;
        var members = new List<char>();
        for (var first = true; first || pattern[at] != ']'; first = false)
        {
            var from = pattern[at++];
            if (from == '\\')
            {
                var escape = pattern[at++];
                if (escape is 'd' or 'w' or 's')
                {
                    members.AddRange(escape switch { 'd' => "0123456789", 'w' => "abcXYZ019_", _ => " " });
                    continue;
                }

                from = Escaped(escape, random)[0];
            }

            if (pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                var to = pattern[at++];
                if (to == '\\')
                    to = pattern[at++];
                for (var c = from; c <= to && members.Count < 500; c++)
                    members.Add(c);
            }
            else
                members.Add(from);
        }

        at++;
        if (!negated)
            return members[random.Next(members.Count)].ToString();
        return "aA0_-. x".First(c => !members.Contains(c)).ToString();
    }

    private static (int Least, int Most) Quantifier(string pattern, ref int at)
    {
        if (at >= pattern.Length)
            return (1, 1);
        var result = (1, 1);
        switch (pattern[at])
        {
            case '*':
                (at, result) = (at + 1, (0, 3));
                break;
            case '+':
                (at, result) = (at + 1, (1, 4));
                break;
            case '?':
                (at, result) = (at + 1, (0, 1));
                break;
            case '{' when pattern.IndexOf('}', at) is var close and > 0 && char.IsAsciiDigit(pattern[at + 1]):
                var parts = pattern[(at + 1)..close].Split(',');
                var least = int.Parse(parts[0], CultureInfo.InvariantCulture);
                result = (least, parts.Length == 1 ? least : parts[1].Length == 0 ? least + 3 : int.Parse(parts[1], CultureInfo.InvariantCulture));
                at = close + 1;
                break;
            default:
                return (1, 1);
        }

        if (at < pattern.Length && pattern[at] is '?' or '+')
            at++;
        return result;
    }
}
