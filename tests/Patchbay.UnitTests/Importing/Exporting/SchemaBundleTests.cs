using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Exporting;

public sealed class SchemaBundleTests
{
    public static TheoryData<string> Files { get; } = [.. Corpus.Files("openapi"), .. Corpus.Files("swagger2")];

    [Fact]
    public void What_is_referred_to_stands_in_the_same_document()
    {
        var bundle = Bundle(10_000, """{"properties":{"a":{"$ref":"A.json"},"part":{"$ref":"A.json#/properties/b"}}}""",
            ("A", """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"b":{"$ref":"B.json"},"self":{"$ref":"#"},"inner":{"$ref":"#/properties/b"},"example":{"const":{"$ref":"B.json"}}}}"""),
            ("B", """{"type":"string","$anchor":"here"}"""), ("C", """{"$ref":"B.json#here"}"""));
        Assert.Equal("""{"properties":{"a":{"$ref":"#/$defs/A"},"part":{"$ref":"#/$defs/A/properties/b"}},"$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"},"self":{"$ref":"#/$defs/A"},"inner":{"$ref":"#/$defs/A/properties/b"},"example":{"const":{"$ref":"B.json"}}}},"B":{"type":"string","$anchor":"here"}}}""", bundle);
    }

    [Fact]
    public void What_is_too_large_or_too_deep_or_not_there_takes_anything()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"items\":", 60)) + "true" + new string('}', 60);
        var bundle = Bundle(300, """{"properties":{"a":{"$ref":"A.json"},"large":{"$ref":"Large.json#/properties/x"},"deep":{"$ref":"Deep.json"},"gone":{"$ref":"Gone.json"}}}""",
            ("A", """{"type":"string"}"""), ("Large", $$"""{"description":"{{new string('x', 400)}}"}"""), ("Deep", deep));
        var json = JsonNode.Parse(bundle)!;
        Assert.Equal("#/$defs/Large", (string?)json["properties"]!["large"]!["$ref"]);
        Assert.Equal(["Deep", "Gone", "Large"], json["$defs"]!.AsObject().Where(d => d.Value!["description"] is not null).Select(d => d.Key).Order(StringComparer.Ordinal));
        Assert.True(Valid(json, """{"a":"x","large":1,"deep":[],"gone":null}"""));
        Assert.False(Valid(json, """{"a":1}"""));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_action_of_a_real_description_has_a_schema_that_stands_by_itself(string file)
    {
        var contents = DescriptionImporter.Import(Corpus.Read(file), ImportOptions.Default, TestContext.Current.CancellationToken).Connector!.Contents;
        var definitions = contents.Definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);
        foreach (var action in contents.Actions.Where(a => a.RequestBody is not null).Take(60))
        {
            using var bundle = new SchemaBundle(24 * 1024);
            foreach (var link in action.RequestBody!.Definitions)
                bundle.AddDefinition(link.Definition);
            while (bundle.Missing.Count > 0)
                bundle.Provide(name => definitions.GetValueOrDefault(name));
            var json = JsonNode.Parse(Written(bundle.WriteDefinitions))!;
            Assert.True(Encoding.UTF8.GetByteCount(json.ToJsonString()) < 64 * 1024, $"{action.Name} has {json.ToJsonString().Length} characters");
            AssertResolves(json, json);
            foreach (var link in action.RequestBody.Definitions)
                Assert.NotNull(json["$defs"]![link.Definition]);
        }
    }

    private static void AssertResolves(JsonNode root, JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                    AssertResolves(root, item);
                break;
            case JsonObject holder:
                foreach (var (name, value) in holder)
                {
                    // Data may look like a reference and is none.
                    if (name is "enum" or "const" or "default" or "example" or "examples" || name.StartsWith("x-", StringComparison.Ordinal))
                        continue;
                    if (name == "$ref" && value is JsonValue text && text.TryGetValue<string>(out var reference))
                    {
                        Assert.StartsWith("#/$defs/", reference, StringComparison.Ordinal);
                        var at = root;
                        foreach (var part in reference[2..].Split('/').Select(p => Uri.UnescapeDataString(p).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
                            at = at is JsonArray array ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : at?[part];
                        Assert.True(at is not null, reference);
                    }
                    else
                        AssertResolves(root, value);
                }

                break;
        }
    }

    private static string Bundle(int maxBytes, string schema, params (string Name, string Schema)[] definitions)
    {
        var known = definitions.ToDictionary(d => d.Name, d => new DefinitionContent { Name = d.Name, Accept = [], ContentType = "application/schema+json", Schema = d.Schema }, StringComparer.Ordinal);
        var element = JsonSerializer.SerializeToElement(JsonNode.Parse(schema));
        using var bundle = new SchemaBundle(maxBytes);
        bundle.Add(element);
        while (bundle.Missing.Count > 0)
            bundle.Provide(name => known.GetValueOrDefault(name));
        var whole = JsonNode.Parse(Written(json =>
        {
            json.WritePropertyName("schema");
            bundle.WriteSchema(json, element);
            bundle.WriteDefinitions(json);
        }))!.AsObject();
        var root = whole["schema"]!.DeepClone().AsObject();
        root["$defs"] = whole["$defs"]!.DeepClone();
        return root.ToJsonString(ContentJson.Options);
    }

    private static string Written(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static bool Valid(JsonNode schema, string value) => JsonSchema.FromText(schema.ToJsonString()).Evaluate(JsonSerializer.SerializeToElement(JsonNode.Parse(value))).IsValid;
}
