using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.UnitTests.Importing.Accounting;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>
/// Real descriptions, damaged at random: whatever comes of it is imported or refused with where and why, in time and within its memory.
/// The seed of each is its number, so that a failure can be had again.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1" ? 10_000 : 400;

    private static readonly JsonSerializerOptions DeepOptions = new() { MaxDepth = 2_000 };

    /// <summary>Larger ones take their turn seldom.</summary>
    private const int LargestOfMost = 100_000;

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1e999", "12345678901234567890123", "0.1", "\"\"", "\"text\"", "\"a\\u0000b\"", "[]", "{}", "[[]]", "[null]",
        "[{}]", "{\"\":{}}", "{\"$ref\":\"#\"}", "{\"$ref\":\"#/\"}", "{\"$ref\":\"#/paths\"}", "{\"$ref\":\"#/info\"}", "{\"$ref\":\"other.json#/a\"}", "{\"$ref\":5}",
        "{\"allOf\":[{\"$ref\":\"#/components/schemas/Thing\"}]}", "{\"$ref\":\"#/definitions/Thing\"}", "{\"type\":[\"null\"]}", "{\"schema\":{\"$ref\":\"#\"}}",
        "\"#/components/schemas/Thing\"", "\"query\"", "\"object\"", "\"body\"", "\"oauth2\"", "\"3.1.0\"", "\"{x}/{y\"", "[\"application/json\"]",
    ];

    private static readonly string[] Names =
    [
        "$ref", "$id", "$anchor", "$defs", "$dynamicRef", "$self", "type", "items", "allOf", "oneOf", "properties", "required", "enum", "nullable", "schema", "content", "parameters",
        "responses", "requestBody", "callbacks", "examples", "example", "in", "name", "default", "get", "query", "additionalOperations", "servers", "x-a", "", "/", "200", "discriminator",
        "x-ms-notification-content", "x-ms-paths", "itemSchema", "encoding", "headers", "links", "flows", "security", "collectionFormat", "format", "pattern", "additionalProperties",
    ];

    [Fact]
    public void Damage_to_the_structure_of_a_description_has_an_answer()
    {
        foreach (var (document, number) in Documents(seed: 1))
        {
            if (JsonOf(document) is not { } root) continue;
            var random = new Random(number);
            for (var edits = random.Next(1, 6); edits > 0; edits--) Edit(root, random);
            var damaged = JsonSerializer.SerializeToUtf8Bytes(root, DeepOptions);
            var result = Bounded.Import(damaged, string.Create(CultureInfo.InvariantCulture, $"structure {number}"));
            // The validator takes much longer than the importer.
            if (number % 20 == 0 && document.Length < 20_000 && result.Connector is { } connector) DefinitionChecks.AssertSound(connector.Contents);
        }
    }

    [Fact]
    public void Damage_to_the_bytes_of_a_description_has_an_answer()
    {
        foreach (var (document, number) in Documents(seed: 2))
        {
            var random = new Random(number);
            var damaged = document;
            for (var edits = random.Next(1, 6); edits > 0; edits--) damaged = Damage(damaged, random);
            Bounded.Import(damaged, string.Create(CultureInfo.InvariantCulture, $"bytes {number}"));
        }
    }

    /// <summary>Half of the iterations each for structure and bytes; own descriptions always, published ones where they are.</summary>
    private static IEnumerable<(byte[] Document, int Number)> Documents(int seed)
    {
        var own = new[] { SampleDescriptions.OpenApi30, SampleDescriptions.OpenApi31, SampleDescriptions.OpenApi32, SampleDescriptions.Swagger20 }
            .Select(text => Encoding.UTF8.GetBytes(text)).ToList();
        var published = Corpus.Files("swagger2").Concat(Corpus.Files("openapi")).Select(Corpus.Read).ToList();
        var most = own.Concat(published.Where(document => document.Length <= LargestOfMost)).ToList();
        var large = published.Where(document => document.Length > LargestOfMost).ToList();
        for (var i = 0; i < Iterations / 2; i++)
        {
            var number = (i * 2) + seed;
            yield return i % 250 == 249 && large.Count > 0 ? (large[i / 250 % large.Count], number) : (most[i % most.Count], number);
        }
    }

    private static JsonNode? JsonOf(byte[] document)
    {
        var text = Encoding.UTF8.GetString(document).TrimStart('\uFEFF');
        if (!text.StartsWith('{')) text = YamlAsJson(text);
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string YamlAsJson(string yaml)
    {
        var graph = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return new YamlDotNet.Serialization.SerializerBuilder().JsonCompatible().Build().Serialize(graph);
    }

    /// <summary>One edit somewhere: at each level it is as likely to go on into any child as to stop.</summary>
    private static void Edit(JsonNode root, Random random)
    {
        var at = root;
        var depth = random.Next(0, 14);
        while (depth-- > 0 && Children(at).ToList() is { Count: > 0 } children) at = children[random.Next(children.Count)];
        switch (at)
        {
            case JsonObject holder:
                EditObject(holder, random, root);
                break;
            case JsonArray list when list.Count > 0:
                var index = random.Next(list.Count);
                if (random.Next(3) == 0) list.RemoveAt(index);
                else if (random.Next(2) == 0) list.Insert(index, Value(random, root));
                else list.Add(list[index]?.DeepClone());
                break;
        }
    }

    private static void EditObject(JsonObject holder, Random random, JsonNode root)
    {
        var names = holder.Select(member => member.Key).ToList();
        var name = names.Count > 0 ? names[random.Next(names.Count)] : Names[random.Next(Names.Length)];
        switch (random.Next(6))
        {
            case 0:
                holder.Remove(name);
                break;
            case 1:
                holder[name] = Value(random, root);
                break;
            case 2:
                holder[Names[random.Next(Names.Length)]] = Value(random, root);
                break;
            case 3:
                var value = holder[name]?.DeepClone();
                holder.Remove(name);
                holder[Names[random.Next(Names.Length)]] = value;
                break;
            case 4:
                holder[name + random.Next(3).ToString(CultureInfo.InvariantCulture)] = holder[name]?.DeepClone();
                break;
            default:
                holder[name] = Nest(holder[name]?.DeepClone(), random.Next(1, 300));
                break;
        }
    }

    private static JsonNode? Value(Random random, JsonNode root)
    {
        if (random.Next(4) > 0) return JsonNode.Parse(Values[random.Next(Values.Length)]);
        // A part of the description in the place of another.
        var at = root;
        for (var depth = random.Next(2, 9); depth > 0 && Children(at).ToList() is { Count: > 0 } children; depth--) at = children[random.Next(children.Count)];
        return at.DeepClone();
    }

    private static JsonNode? Nest(JsonNode? value, int levels)
    {
        for (; levels > 0; levels--) value = levels % 2 == 0 ? new JsonArray(value) : new JsonObject { ["items"] = value };
        return value;
    }

    private static IEnumerable<JsonNode> Children(JsonNode node) => node switch
    {
        JsonObject holder => holder.Select(member => member.Value).OfType<JsonNode>().Where(value => value is JsonObject or JsonArray),
        JsonArray list => list.OfType<JsonNode>().Where(value => value is JsonObject or JsonArray),
        _ => [],
    };

    private static byte[] Damage(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return bytes;
        var at = random.Next(bytes.Length);
        var length = Math.Min(bytes.Length - at, random.Next(1, random.Next(2) == 0 ? 8 : 2_000));
        switch (random.Next(6))
        {
            case 0:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 1:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 2:
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 3:
                var overwritten = bytes.ToArray();
                random.NextBytes(overwritten.AsSpan(at, Math.Min(length, 8)));
                return overwritten;
            case 4:
                return bytes[..at];
            default:
                var from = random.Next(bytes.Length);
                return [.. bytes[..at], .. bytes[from..Math.Min(bytes.Length, from + length)], .. bytes[at..]];
        }
    }
}
