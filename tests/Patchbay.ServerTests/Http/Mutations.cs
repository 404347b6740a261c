using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Http;

/// <summary>
/// Makes bodies that cannot be sound out of one that is, by one fault each. The same seed gives the same bodies; no fault is one that the
/// server could overlook and be right.
/// </summary>
internal sealed class Mutations
{
    private const string Raw = "__raw__";
    private const string Duplicate = "__duplicate__";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is no value of JSON at all, whatever stands in its place.</summary>
    private static readonly string[] NotJson =
        ["NaN", "Infinity", "01", "+1", "0x10", ".5", "1.", "'x'", "undefined", "/* c */ 1", "\"\\x41\"", "\"a\nb\"", "\"open", "[1,]", "{\"a\":1,}", "{a:1}", "True", "\"\\u12\""];

    /// <summary>Strings that no store keeps.</summary>
    private static readonly string[] NotText = ["\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"x\\ud83dx\""];

    private static readonly byte[][] NotUtf8 = [[0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80], [0x80], [0xFE, 0xFF]];

    private readonly JsonObject _sound;
    private readonly IReadOnlyList<string> _required;
    private readonly ILookup<string, string> _enumerations;
    private readonly Random _random;

    public Mutations(DescribedOperation operation, JsonObject sound, int seed)
    {
        _sound = sound;
        _required = [.. operation.RequiredIn(sound).Order(StringComparer.Ordinal)];
        _enumerations = operation.Enumerations();
        _random = new Random(seed);
    }

    /// <summary>The next faulty body, and what is wrong with it.</summary>
    public (string Fault, byte[] Body) Next()
    {
        while (true)
        {
            if (_random.Next(12) switch
            {
                0 => NotWhole(),
                1 => BrokenUtf8(),
                2 => WithoutRequired(),
                3 => UnknownField(),
                4 => DuplicateField(),
                5 => UnknownEnumeration(),
                6 => InPlaceOf("null", (node, _) => node is null ? null : "null"),
                7 => InPlaceOf("a huge string", (node, _) => node is JsonValue v && v.GetValueKind() == JsonValueKind.String ? $"\"{new string('x', 300_000)}\"" : null),
                8 => InPlaceOf("deep nesting", (_, _) => Nested(Pick([30, 70, 3000, 100_000]))),
                9 => InPlaceOf("no JSON", (_, _) => Pick(NotJson)),
                10 => InPlaceOf("no text", (_, _) => Pick(NotText)),
                _ => InPlaceOf("a wrong type", (node, _) => Pick(OfAnotherType(node))),
            } is { } mutated)
            {
                return mutated;
            }
        }
    }

    private (string, byte[])? NotWhole()
    {
        var text = Text(_sound);
        var whole = Pick(["", " ", "null", "[]", "\"x\"", "1", "true", "{", "}", $"[{text}]", text + "x", text + text, "\0" + text, text[..^1], "<a/>", "a=b",
            text[..(1 + _random.Next(text.Length - 1))]]);
        return _random.Next(10) == 0
            ? ("a body in UTF-16", Encoding.Unicode.GetBytes(text))
            : ($"the body {(whole.Length > 40 ? whole[..40] + "…" : whole)}", Encoding.UTF8.GetBytes(whole));
    }

    private (string, byte[])? BrokenUtf8()
    {
        var body = Encoding.UTF8.GetBytes(Text(_sound));
        var at = _random.Next(body.Length + 1);
        var broken = Pick(NotUtf8);
        return ($"bytes {Convert.ToHexString(broken)} at {at}", [.. body[..at], .. broken, .. body[at..]]);
    }

    private (string, byte[])? WithoutRequired()
    {
        if (_required.Count == 0)
            return null;
        var copy = _sound.DeepClone().AsObject();
        var name = Pick(_required);
        return copy.Remove(name) ? ($"without {name}", Encoding.UTF8.GetBytes(Text(copy))) : null;
    }

    private (string, byte[])? UnknownField()
    {
        var copy = _sound.DeepClone();
        var target = Pick([.. Places(copy).Select(p => p.Node).Append(copy).OfType<JsonObject>().Where(o => !IsFree(o))]);
        target["zzUnknown"] = 1;
        return ($"an unknown field at {target.GetPath()}", Encoding.UTF8.GetBytes(Text(copy)));
    }

    private (string, byte[])? DuplicateField()
    {
        var copy = _sound.DeepClone();
        var target = Pick([.. Places(copy).Select(p => p.Node).Append(copy).OfType<JsonObject>().Where(o => o.Count > 0)]);
        var (name, value) = target.ElementAt(_random.Next(target.Count));
        var again = $"{JsonSerializer.Serialize(name)}:{value?.ToJsonString(Plain) ?? "null"}";
        var path = target.GetPath();
        target[Duplicate] = null;
        return ($"{name} twice at {path}", Encoding.UTF8.GetBytes(Text(copy).Replace($"\"{Duplicate}\":null", again, StringComparison.Ordinal)));
    }

    private (string, byte[])? UnknownEnumeration() => InPlaceOf("an unknown word", (node, name) =>
        node is JsonValue v && v.TryGetValue(out string? word) && _enumerations[name].Contains(word)
            ? Pick(["\"no-such-word\"", "\"\"", JsonSerializer.Serialize(word.ToUpperInvariant() + "x"), JsonSerializer.Serialize(word + " ")]) : null);

    /// <summary>Puts something in place of one value.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="replacement">The JSON text for a value of a name, or null where it would be no fault.</param>
    private (string, byte[])? InPlaceOf(string what, Func<JsonNode?, string, string?> replacement)
    {
        var copy = _sound.DeepClone();
        var place = Pick([.. Places(copy)]);
        if (replacement(place.Node, place.Name) is not { } raw)
            return null;
        var path = place.Put(JsonValue.Create(Raw));
        return ($"{what} ({(raw.Length > 40 ? raw[..40] + "…" : raw)}) at {path}", Encoding.UTF8.GetBytes(Text(copy).Replace($"\"{Raw}\"", raw, StringComparison.Ordinal)));
    }

    /// <summary>Every value below a node, but for what stands in fields of free form, of which the id alone counts.</summary>
    private static IEnumerable<Place> Places(JsonNode? node, string name = "") => node switch
    {
        JsonObject o => o.Where(m => !IsFree(o) || m.Key == "id").SelectMany(m => Places(m.Value, m.Key).Prepend(new Place(m.Value, m.Key, o, 0))),
        JsonArray a => a.SelectMany((item, index) => Places(item, name).Prepend(new Place(item, name, a, index))),
        _ => [],
    };

    private static bool IsFree(JsonObject node) => node.Parent is JsonObject parent && parent.Any(m => m.Value == node && RequestBodies.FreeFields.Contains(m.Key));

    private static string[] OfAnotherType(JsonNode? node) => node switch
    {
        JsonObject => ["\"x\"", "1", "[]", "true", "[{}]"],
        JsonArray => ["\"x\"", "1", "{}", "true", "{\"0\":1}"],
        JsonValue v when v.GetValueKind() is JsonValueKind.True or JsonValueKind.False => ["\"true\"", "1", "{}", "[]", "[true]"],
        JsonValue v when v.GetValueKind() == JsonValueKind.String => ["1", "1e999", "-12345678901234567890", "true", "{}", "[]", "[\"x\"]", "{\"value\":\"x\"}"],
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => ["1.5", "\"1\"", "1e999", "{}", "[]", "true"],
        _ => ["1", "\"yesterday\"", "{}", "[]", "false"],
    };

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Text(JsonNode node) => node.ToJsonString(Plain);

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    /// <summary>A value and where it stands.</summary>
    private sealed record Place(JsonNode? Node, string Name, JsonNode Parent, int Index)
    {
        public string Put(JsonNode value)
        {
            if (Parent is JsonArray array)
                array[Index] = value;
            else
                Parent[Name] = value;
            return value.GetPath();
        }
    }
}
