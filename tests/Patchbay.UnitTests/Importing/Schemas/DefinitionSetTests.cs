using System.Globalization;
using System.Text.Json;
using Json.Schema;
using Patchbay.Importing.Schemas;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>References among schemas. Whatever the set lets pass is given to a validator, which would not survive endless ones.</summary>
public sealed class DefinitionSetTests
{
    private const string Root = "https://p.example/api/connect/v1/o/1/schemas/2/1.0%20beta/";

    [Theory]
    [InlineData("""{"$ref":"B.json"}""", """{"$ref":"B.json"}""")]
    [InlineData("""{"$ref":"./B.json#/properties/x"}""", """{"$ref":"B.json#/properties/x"}""")]
    [InlineData("""{"$ref":"#/$defs/B"}""", """{"$ref":"B.json"}""")]
    [InlineData("""{"$ref":"#/$defs/B/properties/x"}""", """{"$ref":"B.json#/properties/x"}""")]
    [InlineData("""{"$ref":"https://p.example/api/connect/v1/o/1/schemas/2/1.0%20beta/B.json#/properties/x"}""", """{"$ref":"B.json#/properties/x"}""")]
    [InlineData("""{"$ref":"https://b.example/b"}""", """{"$ref":"B.json"}""")]
    [InlineData("""{"$id":"https://b.example/a","$ref":"b#/properties/x"}""", """{"$ref":"B.json#/properties/x"}""")]
    [InlineData("""{"$id":"https://b.example/a","$ref":"B.json"}""", """{"$ref":"B.json"}""")]
    [InlineData("""{"$ref":"B.json#named"}""", """{"$ref":"B.json#named"}""")]
    [InlineData("""{"$defs":{"B":{"type":"null"}},"$ref":"#/$defs/B"}""", """{"$defs":{"B":{"type":"null"}},"$ref":"#/$defs/B"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#"}}}""", """{"properties":{"a":{"$ref":"#"}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"A.json"}}}""", """{"properties":{"a":{"$ref":"A.json"}}}""")]
    [InlineData("""{"const":{"$ref":"nowhere"}}""", """{"const":{"$ref":"nowhere"}}""")]
    [InlineData("""{"discriminator":{"propertyName":"k","mapping":{"b":"#/$defs/B","c":"Cat"}}}""", """{"discriminator":{"propertyName":"k","mapping":{"b":"B.json","c":"Cat"}}}""")]
    public void A_reference_is_kept_as_a_relative_name(string given, string kept)
    {
        var set = Set(("A", given), ("B", """{"$id":"https://b.example/b","$anchor":"named","properties":{"x":{"type":"string"}}}"""));

        Assert.Empty(set.Faults());
        Assert.Equal("""{"$schema":"https://json-schema.org/draft/2020-12/schema",""" + kept[1..], set.TextOf("A"));
        AssertUsable(set, "A", "B");
    }

    [Theory]
    [InlineData("""{"$ref":"https://elsewhere.example/Pet.json"}""", "make it a definition of this version")]
    [InlineData("""{"$ref":"https://p.example/api/connect/v1/o/1/schemas/2/2.0/Pet.json"}""", "outside of this version")]
    [InlineData("""{"$ref":"../2.0/Pet.json"}""", "outside of this version")]
    [InlineData("""{"$ref":"Pet"}""", "refer to it as Name.json")]
    [InlineData("""{"$ref":"urn:pet"}""", "refer to it as Name.json")]
    [InlineData("""{"$ref":"Pet.json"}""", "'Pet', and there is no such definition")]
    [InlineData("""{"$ref":"#/$defs/Pet"}""", "there is no schema")]
    [InlineData("""{"$ref":"#/properties"}""", "there is no schema")]
    [InlineData("""{"$ref":"#anchor"}""", "there is no schema")]
    [InlineData("""{"enum":[{"type":"string"}],"items":{"$ref":"#/enum/0"}}""", "there is no schema")]
    public void A_reference_that_leads_nowhere_is_refused_and_says_what_to_do(string schema, string message)
    {
        var faults = Set(("A", schema)).Faults();

        Assert.Contains(message, Assert.Single(faults["A"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"A.json"}""")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"allOf":[{"anyOf":[{"not":{"$ref":"A.json"}}]}]}""")]
    [InlineData("""{"$ref":"#/$defs/x","$defs":{"x":{"$ref":"#/$defs/y"},"y":{"$ref":"#/$defs/x"}}}""")]
    [InlineData("""{"$ref":"#x","$anchor":"x"}""")]
    [InlineData("""{"$dynamicAnchor":"n","allOf":[{"$dynamicRef":"#n"}]}""")]
    [InlineData("""{"if":{"$ref":"#"}}""")]
    [InlineData("""{"dependentSchemas":{"a":{"$ref":"#"}}}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":{"$ref":"#"}}}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#","type":"object"}""")]
    [InlineData("""{"properties":{"a":{"allOf":[{"$ref":"#/properties/a"}]}}}""")]
    [InlineData("""{"type":"object","$ref":"#/anyOf/0","anyOf":[{"$ref":"#"}]}""")]
    public void A_schema_that_leads_back_to_itself_is_refused(string schema)
    {
        var faults = Set(("A", schema)).Faults();

        Assert.Contains("for ever", Assert.Single(faults).Value[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_that_lead_to_each_other_at_once_are_refused_and_by_way_of_a_part_are_not()
    {
        Assert.NotEmpty(Set(("A", """{"$ref":"B.json"}"""), ("B", """{"$ref":"C.json"}"""), ("C", """{"allOf":[{"$ref":"A.json"}]}""")).Faults());
        // Which anchor is meant depends on where checking began.
        Assert.NotEmpty(Set(("A", """{"$dynamicAnchor":"n","allOf":[{"$ref":"B.json"}]}"""), ("B", """{"$defs":{"x":{"$dynamicAnchor":"n"}},"allOf":[{"$dynamicRef":"#n"}]}""")).Faults());

        var sound = Set(("A", """{"properties":{"b":{"$ref":"B.json"}}}"""), ("B", """{"items":{"$ref":"A.json"},"allOf":[{"$ref":"C.json"}]}"""), ("C", """{"additionalProperties":{"$ref":"B.json"}}"""));
        Assert.Empty(sound.Faults());
        Assert.Equal(["B"], sound.ReferencesOf("A"));
        Assert.Equal(["A", "C"], sound.ReferencesOf("B"));
        AssertUsable(sound, "A", "B", "C");
    }

    [Theory]
    [InlineData(300, """{{"$ref":"S{0}.json"}}""")]
    [InlineData(60, """{{"allOf":[{{"$ref":"S{0}.json"}},{{"$ref":"S{0}.json"}}]}}""")]
    public void A_way_that_is_very_long_or_doubles_with_each_step_is_refused(int count, string step)
    {
        var schemas = Enumerable.Range(0, count).Select(i => ($"S{i}", string.Format(CultureInfo.InvariantCulture, step, i + 1))).Append(($"S{count}", "{}"));

        Assert.NotEmpty(Set([.. schemas]).Faults());
    }

    [Fact]
    public void Only_the_texts_that_matter_are_asked_for()
    {
        var set = new DefinitionSet(new Uri(Root));
        set.Give("New", Read("""{"allOf":[{"$ref":"Base.json"}],"properties":{"a":{"$ref":"Far.json#/properties/x"},"b":{"$ref":"Gone.json"}}}"""));
        Assert.Equal(["Base", "Far", "Gone"], set.Names.Order());
        set.Know("Base", isXml: false);
        set.Know("Far", isXml: false);

        Assert.Equal(["Base", "Far", "Gone"], set.Wanted().Order());
        set.Load("Base", """{"allOf":[{"$ref":"Root.json"}],"properties":{"c":{"$ref":"Unread.json"}}}""", isXml: false);
        set.Load("Far", """{"properties":{"x":{"type":"string"}}}""", isXml: false);
        set.Load("Gone", null, isXml: false);
        Assert.Equal(["Root"], set.Wanted());
        set.Load("Root", """{"type":"object"}""", isXml: false);
        Assert.Empty(set.Wanted());

        Assert.Contains("'Gone'", Assert.Single(set.Faults()["New"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_through_definitions_that_were_sound_until_now_is_found()
    {
        var set = new DefinitionSet(new Uri(Root));
        set.Give("Leaf", Read("""{"allOf":[{"$ref":"Base.json"}]}"""));
        set.Know("Base", isXml: false);
        set.Load("Base", """{"anyOf":[{"$ref":"Leaf.json"}]}""", isXml: false);

        Assert.Contains("for ever", set.Faults()["Leaf"][0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_grows_at_its_end_is_seen_from_its_beginning()
    {
        var set = new DefinitionSet(new Uri(Root));
        set.Give("End", Read("""{"$ref":"T0.json"}"""));
        for (var i = 0; i < 50; i++)
            set.Load($"T{i}", i == 49 ? "{}" : $$"""{"$ref":"T{{i + 1}}.json"}""", isXml: false);
        Assert.Empty(set.Wanted());
        Assert.Empty(set.Faults());

        Assert.True(set.Grows("End", "{}"));
        for (var i = 0; i < 50; i++)
            Assert.True(set.AddReferrer($"H{i}", $$"""{"$ref":"{{(i == 0 ? "End" : $"H{i - 1}")}}.json"}"""));
        Assert.NotEmpty(set.Faults());

        var unchanged = Set(("End", """{"properties":{"a":{"$ref":"T0.json"}}}"""), ("T0", "{}"));
        Assert.False(unchanged.Grows("End", """{"properties":{"a":{"$ref":"T0.json"}},"title":"other words"}"""));
        // A place that is new has no referrers yet.
        Assert.False(unchanged.Grows("End", "{}"));
    }

    [Fact]
    public void A_place_that_is_gone_is_missed_by_those_who_refer_to_it()
    {
        var set = new DefinitionSet(new Uri(Root));
        set.Give("A", Read("""{"properties":{"new":{}}}"""));
        Assert.True(set.HasLostPlaces("A", """{"properties":{"old":{}}}"""));
        Assert.False(set.HasLostPlaces("A", """{"properties":{"new":{"type":"string"}}}"""));
        set.Load("R", """{"properties":{"x":{"$ref":"A.json#/properties/old"},"y":{"$ref":"A.json#/properties/new"},"z":{"$ref":"A.json"}}}""", isXml: false);

        Assert.Equal(["/properties/old"], set.LostPlaces("R", "A"));
    }

    [Fact]
    public void References_in_a_stored_text_are_written_anew_and_read_back_to_the_same_text()
    {
        const string Stored = """{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"B.json#/properties/a~1b","properties":{"c":{"$ref":"#/properties/d"},"d":{"const":{"$ref":"B.json"}}},"discriminator":{"mapping":{"x":"B.json"}}}""";

        var absolute = SchemaText.WithReferences(Stored, isXml: false, name => $"{Root}{name}.json");
        Assert.Contains($"\"{Root}B.json#/properties/a~1b\"", absolute, StringComparison.Ordinal);
        Assert.Contains($"\"x\":\"{Root}B.json\"", absolute, StringComparison.Ordinal);
        Assert.Contains("""{"const":{"$ref":"B.json"}}""", absolute, StringComparison.Ordinal);
        var set = Set(("A", absolute), ("B", """{"properties":{"a/b":{}}}"""));
        Assert.Empty(set.Faults());
        Assert.Equal(Stored, set.TextOf("A"));
    }

    private static DefinitionSet Set(params (string Name, string Schema)[] schemas)
    {
        var set = new DefinitionSet(new Uri(Root));
        foreach (var (name, schema) in schemas) set.Give(name, Read(schema));
        foreach (var name in set.Wanted()) set.Load(name, null, isXml: false);
        return set;
    }

    private static GivenSchema Read(string schema)
    {
        var given = GivenSchema.Read(SchemaForm.Json, schema, TestContext.Current.CancellationToken);
        Assert.Empty(given.Faults);
        return given;
    }

    /// <summary>The validator that data will be checked with compiles them, with all references, and can be asked.</summary>
    private static void AssertUsable(DefinitionSet set, params string[] names)
    {
        const string Base = "https://definitions.example/";
        var options = new BuildOptions { SchemaRegistry = new SchemaRegistry() };
        options.SchemaRegistry.Fetch = (address, _) => names.FirstOrDefault(name => address.GetLeftPart(UriPartial.Query) == Base + name + ".json") is { } name
            ? JsonSchema.FromText(set.TextOf(name), options, address) : null;
        using var instance = JsonDocument.Parse("""{"a":{"b":[{"c":{}}]}}""");
        foreach (var name in names)
        {
            var address = new Uri(Base + name + ".json");
            var schema = options.SchemaRegistry.Get(address) as JsonSchema ?? JsonSchema.FromText(set.TextOf(name), options, address);
            _ = schema.Evaluate(instance.RootElement);
        }
    }
}
