using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Patchbay.Importing.Schemas;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>Schemas that somebody wrote, held against the rules of their dialect.</summary>
public sealed class GivenSchemaTests
{
    private const string Draft07 = "http://json-schema.org/draft-07/schema#";
    private const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>Keywords that are checked here, with values that are right or wrong for one or another.</summary>
    private static readonly string[] Keywords =
    [
        "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minLength", "maxItems", "uniqueItems", "required", "properties", "patternProperties",
        "additionalProperties", "items", "contains", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "title", "description", "default", "examples", "readOnly",
        "format", "propertyNames", "definitions", "$comment", "contentEncoding", "minProperties",
    ];

    private static readonly string[] Since202012 = ["prefixItems", "dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems", "contentSchema", "minContains", "deprecated", "$defs"];

    private static readonly string[] Values =
    [
        "1", "0", "-1", "1.0", "1.5", "true", "false", "null", "\"string\"", "\"integer\"", "\"x\"", "[]", "{}", "[\"string\"]", "[\"string\",\"string\"]", "[\"a\",\"b\"]",
        "[{}]", "[true]", "[1]", "{\"a\":{}}", "{\"a\":1}", "{\"a\":true}", "{\"a\":[\"b\"]}", "{\"a\":[1]}", "[[]]", "1e400",
    ];

    [Theory]
    [InlineData("""{"type":"strnig"}""", "/type")]
    [InlineData("""{"type":["string","string"]}""", "/type/1")]
    [InlineData("""{"properties":{"a":{"minLength":-1},"b":{"required":"x"}}}""", "/properties/a/minLength", "/properties/b/required")]
    [InlineData("""{"items":[{}]}""", "/items")]
    [InlineData("""{"allOf":[]}""", "/allOf")]
    [InlineData("""{"pattern":"("}""", "/pattern")]
    [InlineData("""{"patternProperties":{"(":{}}}""", "/patternProperties/(")]
    [InlineData("""{"$defs":{"a":{"$id":"https://a.example/x"}}}""", "/$defs/a/$id")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#"}""", "/$schema")]
    [InlineData("""{"properties":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "/properties/b/$anchor")]
    [InlineData("""{"$anchor":"1x"}""", "/$anchor")]
    [InlineData("""[]""", "")]
    [InlineData("""1""", "")]
    public void Every_fault_of_a_schema_is_named_with_its_place(string schema, params string[] pointers)
    {
        var given = GivenSchema.Read(SchemaForm.Json, schema, TestContext.Current.CancellationToken);

        Assert.Equal(pointers, given.Faults.Select(fault => fault.Pointer));
        Assert.All(given.Faults, fault => Assert.True(fault.Line > 0));
    }

    [Theory]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{/* c */}")]
    [InlineData("{\"title\":\"\\ud800\"}")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void Json_that_is_not_quite_json_is_refused(string schema) =>
        Assert.NotEmpty(GivenSchema.Read(SchemaForm.Json, schema, TestContext.Current.CancellationToken).Faults);

    [Theory]
    [InlineData("a: 1\na: 2")]
    [InlineData("{}\n---\n{}")]
    [InlineData("a: &a [*a]")]
    [InlineData("a: *b")]
    [InlineData("? [x]\n: 1")]
    [InlineData("a: 'x")]
    public void Yaml_that_could_mean_two_things_is_refused(string schema) =>
        Assert.NotEmpty(GivenSchema.Read(SchemaForm.Yaml, schema, TestContext.Current.CancellationToken).Faults);

    [Theory]
    [InlineData(Draft202012)]
    [InlineData(Draft07)]
    public void What_is_taken_for_valid_is_what_the_meta_schema_takes_for_valid(string dialect)
    {
        // That an enum has values, each once, is a recommendation in both dialects; the validator's meta-schema of draft-07 asks for it.
        string[] keywords = dialect == Draft202012 ? [.. Keywords, .. Since202012] : [.. Keywords.Except(["enum"])];
        var meta = dialect == Draft202012 ? MetaSchemas.Draft202012 : MetaSchemas.Draft7;
        var checkedSchemas = 0;
        foreach (var keyword in keywords)
        {
            foreach (var value in Values.Where(value => value != "1e400" || keyword is "const" or "default"))
            {
                foreach (var text in (string[])[$$"""{"$schema":"{{dialect}}","{{keyword}}":{{value}}}""", $$$"""{"$schema":"{{{dialect}}}","properties":{"p":{"{{{keyword}}}":{{{value}}} } } }"""])
                {
                    using var document = JsonDocument.Parse(text);
                    var expected = meta.Evaluate(document.RootElement).IsValid;
                    var faults = GivenSchema.Read(SchemaForm.Json, text, TestContext.Current.CancellationToken).Faults;
                    Assert.True(expected == (faults.Count == 0), $"{text} is {(expected ? "valid" : "not valid")}, but {string.Join("; ", faults)}");
                    checkedSchemas++;
                }
            }
        }

        Assert.True(checkedSchemas > 1000);
    }

    [Fact]
    public void A_schema_is_kept_as_compact_json_that_names_its_dialect_whatever_it_was_written_in()
    {
        var yaml = Text(SchemaForm.Yaml, "# a comment\ntype: object\nproperties:\n  born: {type: string, format: date}\n  n: {maximum: 0x10}\n");
        var json = Text(SchemaForm.Json, """{ "type" : "object", "properties": { "born": {"type":"string","format":"date"}, "n": {"maximum":16} } }""");

        Assert.Equal(json, yaml);
        Assert.Equal("""{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"born":{"type":"string","format":"date"},"n":{"maximum":16}}}""", json);
        Assert.Equal(json, Text(SchemaForm.Json, json));
        Assert.Equal("true", Text(SchemaForm.Yaml, "true"));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(1000)]
    [InlineData(65)]
    public void Deep_nesting_is_refused_before_anything_walks_it(int depth)
    {
        string[] texts =
        [
            string.Concat(Enumerable.Repeat("{\"not\":", depth)) + "true" + new string('}', depth),
            "{\"const\":" + new string('[', depth) + new string(']', depth) + "}",
        ];
        foreach (var text in texts)
        {
            Assert.NotEmpty(GivenSchema.Read(SchemaForm.Json, text, TestContext.Current.CancellationToken).Faults);
            Assert.NotEmpty(GivenSchema.Read(SchemaForm.Yaml, text, TestContext.Current.CancellationToken).Faults);
        }
    }

    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        var bomb = "a0: &a0 {type: string}\n" + string.Concat(Enumerable.Range(1, 30).Select(i => string.Create(CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n")));

        Assert.NotEmpty(GivenSchema.Read(SchemaForm.Yaml, bomb, TestContext.Current.CancellationToken).Faults);
    }

    private static string Text(SchemaForm form, string schema)
    {
        var given = GivenSchema.Read(form, schema, TestContext.Current.CancellationToken);
        Assert.Empty(given.Faults);
        var set = new DefinitionSet(new Uri("https://p.example/s/"));
        set.Give("It", given);
        Assert.Empty(set.Wanted());
        Assert.Empty(set.Faults());
        var text = set.TextOf("It");
        Assert.NotNull(JsonNode.Parse(text));
        return text;
    }
}
