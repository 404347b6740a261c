using Patchbay.Importing.Comparing;
using Xunit;
using static Patchbay.UnitTests.Importing.Comparing.SmallApi;

namespace Patchbay.UnitTests.Importing.Comparing;

public sealed class SchemaDifferenceTests
{
    private const ChangeLevel No = ChangeLevel.Compatible;
    private const ChangeLevel Yes = ChangeLevel.Breaking;
    private const ChangeLevel Words = ChangeLevel.Documentation;

    public static TheoryData<string, string, string, ChangeLevel, ChangeLevel> Changes => new()
    {
        // where, before, after, what it means in requests, in responses
        { "/type", """{"type":"number"}""", """{"type":"integer"}""", Yes, No },
        { "/type", """{"type":"integer"}""", """{"type":"number"}""", No, Yes },
        { "/type", """{"type":"string"}""", """{"type":["string","null"]}""", No, Yes },
        { "/type", """{"type":"string"}""", """{"type":"integer"}""", Yes, Yes },
        { "/type", "{}", """{"type":"string"}""", Yes, No },
        { "/enum", """{"enum":["a","b"]}""", """{"enum":["b"]}""", Yes, No },
        { "/enum", """{"enum":["a"]}""", """{"enum":["a",null]}""", No, Yes },
        { "/enum", "{}", """{"enum":["a"]}""", Yes, No },
        { "/minimum", """{"minimum":1}""", """{"minimum":2}""", Yes, No },
        { "/exclusiveMinimum", """{"minimum":1}""", """{"exclusiveMinimum":1}""", Yes, No },
        { "/maximum", """{"maximum":1}""", """{"maximum":2}""", No, Yes },
        { "/maximum", """{"maximum":1}""", "{}", No, Yes },
        { "/maxLength", "{}", """{"maxLength":5}""", Yes, No },
        { "/minItems", """{"minItems":2}""", """{"minItems":1}""", No, Yes },
        { "/minItems", "{}", """{"minItems":0}""", Words, Words },
        { "/pattern", "{}", """{"pattern":"^a"}""", Yes, No },
        { "/pattern", """{"pattern":"^a"}""", """{"pattern":"^[a]"}""", Yes, Yes },
        { "/format", """{"format":"int32"}""", """{"format":"int64"}""", No, Yes },
        { "/multipleOf", """{"multipleOf":2}""", """{"multipleOf":4}""", Yes, No },
        { "/uniqueItems", """{"uniqueItems":true}""", "{}", No, Yes },
        { "/required", """{"properties":{"a":{}}}""", """{"properties":{"a":{}},"required":["a"]}""", Yes, No },
        { "/required", """{"properties":{"a":{}},"required":["a"]}""", """{"properties":{"a":{}}}""", No, Yes },
        { "/required", """{"properties":{"a":{"readOnly":true}}}""", """{"properties":{"a":{"readOnly":true}},"required":["a"]}""", No, No },
        { "/required", """{"properties":{"a":{"writeOnly":true}},"required":["a"]}""", """{"properties":{"a":{"writeOnly":true}}}""", No, No },
        { "/properties/a", """{"properties":{"a":{},"b":{}}}""", """{"properties":{"b":{}}}""", Yes, Yes },
        { "/properties/a", """{"properties":{"a":{"readOnly":true},"b":{}}}""", """{"properties":{"b":{}}}""", No, Yes },
        { "/properties/a", """{"properties":{"b":{}}}""", """{"properties":{"a":{"type":"string"},"b":{}}}""", No, No },
        { "/properties/a", """{"additionalProperties":false}""", """{"additionalProperties":false,"properties":{"a":{}}}""", No, Yes },
        { "/properties/a/type", """{"properties":{"a":{"type":"integer"}}}""", """{"properties":{"a":{"type":"number"}}}""", No, Yes },
        { "/properties/a/readOnly", """{"properties":{"a":{}}}""", """{"properties":{"a":{"readOnly":true}}}""", Yes, No },
        { "/properties/a/writeOnly", """{"properties":{"a":{}}}""", """{"properties":{"a":{"writeOnly":true}}}""", No, Yes },
        { "/additionalProperties", """{"type":"object"}""", """{"type":"object","additionalProperties":false}""", Yes, No },
        { "/items/type", """{"items":{"type":"integer"}}""", """{"items":{"type":"number"}}""", No, Yes },
        { "/anyOf/1", """{"anyOf":[{"type":"string"},{"type":"null"}]}""", """{"anyOf":[{"type":"string"}]}""", Yes, No },
        { "/anyOf/1", """{"$ref":"Other.json"}""", """{"anyOf":[{"$ref":"Other.json"},{"type":"null"}]}""", No, Yes },
        { "/oneOf/0/maxLength", """{"oneOf":[{"type":"string"},{"type":"integer"}]}""", """{"oneOf":[{"type":"string","maxLength":3},{"type":"integer"}]}""", Yes, No },
        { "/allOf/1", """{"allOf":[{"type":"string"}]}""", """{"allOf":[{"type":"string"},{"minLength":1}]}""", Yes, No },
        { "/not/type", """{"not":{"type":"integer"}}""", """{"not":{"type":"number"}}""", Yes, No },
        { "/if", """{"if":{"type":"string"},"then":{"minLength":1}}""", """{"if":{"type":"integer"},"then":{"minLength":1}}""", Yes, Yes },
        { "/title", """{"title":"a"}""", """{"title":"b"}""", Words, Words },
        { "/examples", """{"examples":[1]}""", """{"examples":[2]}""", Words, Words },
        { "/x-note", """{"x-note":1}""", """{"x-note":2}""", Words, Words },
        { "/unheardOf", """{"unheardOf":1}""", """{"unheardOf":2}""", Yes, Yes },
        { "/properties/a/$ref", """{"properties":{"a":{"$ref":"Other.json"}}}""", """{"properties":{"a":{"$ref":"Nothing.json"}}}""", Yes, Yes },
        { "/properties/a/maxLength", """{"properties":{"a":{"$ref":"Other.json"}}}""", """{"properties":{"a":{"type":"string","maxLength":4}}}""", Yes, No },
        { "/$defs/x/type", """{"$ref":"#/$defs/x","$defs":{"x":{"type":"integer"}}}""", """{"$ref":"#/$defs/x","$defs":{"x":{"type":"number"}}}""", No, Yes },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_change_of_a_schema_is_judged_for_either_way(string field, string before, string after, ChangeLevel inRequests, ChangeLevel inResponses)
    {
        Assert.Equal(("/schema" + field, inRequests), Judged(before, after, sent: true));
        Assert.Equal(("/schema" + field, inResponses), Judged(before, after, sent: false));
    }

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"Other.json"}]}""", """{"$ref":"Other.json"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"Other.json"}}}""", """{"properties":{"a":{"type":"string"}}}""")]
    [InlineData("""{"minimum":1.0}""", """{"minimum":1}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", """{"anyOf":[{"type":"null"},{"type":"string"}]}""")]
    public void What_says_the_same_is_no_change_of_values(string before, string after)
    {
        Assert.Equal(Words, Judged(before, after, sent: true).Level);
        Assert.Equal(Words, Judged(before, after, sent: false).Level);
    }

    [Fact]
    public void What_is_no_json_schema_cannot_be_told_unless_it_is_the_same()
    {
        Assert.Equal(Yes, Judged("<xs:schema/>", "<xs:schema><xs:element/></xs:schema>", sent: true).Level);
        Assert.Equal(Yes, Judged("{\"type\":", "{}", sent: false).Level);
    }

    [Fact]
    public void Definitions_that_go_round_in_circles_under_new_names_are_compared_once_each()
    {
        const int Count = 400;
        var (before, after) = (Circle("Old", "string"), Circle("New", "string"));
        var difference = Compare(before, after);
        var changed = Compare(before, Circle("New", "integer"));

        Assert.All(difference.Items.Where(i => i.Part.Kind == PartKind.Action), i => Assert.Equal(ChangeLevel.Compatible, i.Level));
        Assert.All(changed.Items.Where(i => i.Part.Kind == PartKind.Action), i => Assert.Equal(ChangeLevel.Breaking, i.Level));

        static Patchbay.Importing.Contents.ConnectorContents Circle(string prefix, string type) => Of([
            .. Enumerable.Range(0, Count).Select(i => AnAction($"get{i}", $"/{i}").Giving($"{prefix}{i}")),
            .. Enumerable.Range(0, Count).Select(i => Schema($"{prefix}{i}", $$"""{"type":"object","properties":{"v":{"type":"{{type}}"},"n":{"$ref":"{{prefix}}{{(i + 1) % Count}}.json"},"m":{"$ref":"{{prefix}}{{i * 7 % Count}}.json"} } }""")),
        ]);
    }

    [Fact]
    public void A_chain_of_references_however_long_is_no_danger()
    {
        const int Count = 20_000;
        var item = Compare(Chain("Old"), Chain("New")).Only(PartKind.Action, "get");

        // Equal, or too much to tell: never a crash.
        Assert.InRange(item.Level, ChangeLevel.Compatible, ChangeLevel.Breaking);

        static Patchbay.Importing.Contents.ConnectorContents Chain(string prefix) => Of([
            AnAction().Giving(prefix + "0"),
            .. Enumerable.Range(0, Count).Select(i => Schema($"{prefix}{i}", i + 1 < Count ? $$"""{"items":{"$ref":"{{prefix}}{{i + 1}}.json"} }""" : """{"type":"string"}""")),
        ]);
    }

    private static (string Field, ChangeLevel Level) Judged(string before, string after, bool sent)
    {
        var action = sent ? AnAction().Sending("S") : AnAction().Giving("S");
        var other = Schema("Other", """{"type":"string"}""");
        var item = Compare(Of(action, Schema("S", before), other), Of(action, Schema("S", after), other)).Only(PartKind.Definition, "S");
        var change = Assert.Single(item.Changes);
        return (change.Field, change.Level);
    }
}
