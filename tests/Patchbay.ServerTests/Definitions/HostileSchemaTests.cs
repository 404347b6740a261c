using System.Diagnostics;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Definitions;

/// <summary>Schemas that are meant to do harm: each is answered in a bounded time, and the server lives on.</summary>
public sealed class HostileSchemaTests(Hosts hosts)
{
    private const string Json = "application/schema+json";
    private const string Yaml = "application/schema+yaml";
    private const string Xml = "application/xml";

    [Theory, EachDatabase]
    public async Task Hostile_schemas_are_refused_or_kept_and_the_server_lives_on(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var slowest = TimeSpan.Zero;
        foreach (var (index, (type, contents)) in Single().Select(s => (s.Type, Contents: (string[])[s.Content])).Concat(Several()).Index())
        {
            var definitions = contents.Select((content, i) => Draft.Definition(FormattableString.Invariant($"S{i}"), content, type, type == Xml ? "application/xml" : "application/json"));
            var began = Stopwatch.GetTimestamp();
            var answer = await draft.PostAsync("definitions", new { definitions });
            var took = Stopwatch.GetElapsedTime(began);
            Assert.True(answer.Status is 201 or 400 or 413, $"{index}: {answer}");
            if (answer.Status != 201)
                answer.ExpectErrorShape();
            // Others may use the machine at the same time.
            Assert.True(took < TimeSpan.FromSeconds(Counts.Of(20, 5)), $"{index} ({contents[0][..Math.Min(60, contents[0].Length)]}) took {took}");
            slowest = took > slowest ? took : slowest;
            (await draft.DeleteAsync("definitions?force=true", new { all = true })).Expect(204);
        }

        Assert.Empty(draft.Tenant.Host.Log.Errors);
        TestContext.Current.TestOutputHelper?.WriteLine($"the slowest took {slowest}");
    }

    [Theory, EachDatabase]
    public async Task Endless_references_are_refused_however_they_come_about(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("A", """{"$ref":"#"}"""))).ExpectError(400, "invalid_request", "definitions[0].schema.content");
        (await draft.DefineAsync(("A", """{"$ref":"B.json"}"""), ("B", """{"allOf":[{"$ref":"A.json"}]}"""))).ExpectError(400, "invalid_request", "definitions[1].schema.content");

        // By a change, and by one that takes a place which others were left without.
        (await draft.DefineAsync(("Base", "{}"), ("Mid", """{"anyOf":[{"$ref":"Base.json"}]}"""), ("Top", """{"not":{"$ref":"Mid.json"}}"""))).Expect(201);
        (await draft.PutDefinitionAsync("Base", schema: """{"if":{"$ref":"Top.json"}}""")).ExpectError(400, "invalid_request", "schema.content");
        (await draft.PutDefinitionAsync("Base", schema: """{"items":{"$ref":"Top.json"}}""")).Expect(200);
        (await draft.DeleteAsync("definitions/Base?force=true")).Expect(204);
        (await draft.DefineAsync(("Base", """{"$ref":"Top.json"}"""))).ExpectError(400, "invalid_request", "definitions[0].schema.content");
        (await draft.DefineAsync(("Other", """{"$ref":"Top.json"}"""))).Expect(201);
        (await draft.PutDefinitionAsync("Other", "Base")).ExpectError(400, "invalid_request", "schema.content");
        (await draft.DefineAsync(("Base", "{}"))).Expect(201);

        // Through a parameter too.
        var action = Draft.Action("use");
        action["parameters"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
        {
            ["name"] = "q", ["in"] = "query", ["required"] = false, ["type"] = "string", ["schema"] = System.Text.Json.Nodes.JsonNode.Parse("""{"allOf":[{"$ref":"#"}]}"""),
        });
        (await draft.PostAsync("actions", action)).ExpectError(400, "invalid_request", "parameters[0].schema");
    }

    [Theory, EachDatabase]
    public async Task A_chain_does_not_grow_without_end_by_small_changes(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var refused = 0;
        for (var part = 0; part < 4; part++)
        {
            var names = Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"P{part}_{i}")).ToList();
            (await draft.DefineAsync([.. names.Select((name, i) => (name, i == 29 ? "{}" : $$"""{"$ref":"{{names[i + 1]}}.json"}"""))])).Expect(201);
            if (part > 0)
                refused += (await draft.PutDefinitionAsync(FormattableString.Invariant($"P{part - 1}_29"), schema: $$"""{"$ref":"P{{part}}_0.json"}""")).ExpectOneOf(200, 400).Status == 400 ? 1 : 0;
        }

        // The second link would have made the first chain too long, seen from its beginning; the third begins one of its own.
        Assert.Equal(1, refused);
    }

    private static IEnumerable<(string Type, string Content)> Single()
    {
        foreach (var depth in (int[])[64, 500, 100_000])
        {
            yield return (Json, Repeat("{\"not\":", depth) + "true" + new string('}', depth));
            yield return (Json, "{\"default\":" + new string('[', depth) + new string(']', depth) + "}");
            yield return (Yaml, Repeat("{not: ", depth) + "true" + new string('}', depth));
        }

        yield return (Json, "{\"allOf\":[" + Repeat("{\"$ref\":\"#\"},", 100_000) + "{}]}");
        yield return (Json, "{\"properties\":{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => FormattableString.Invariant($"\"p{i}\":{{\"$ref\":\"#/properties/p{(i + 1) % 50_000}\"}}"))) + "}}");
        yield return (Json, "{\"$defs\":{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => FormattableString.Invariant($"\"d{i}\":{{\"$dynamicAnchor\":\"a\",\"items\":{{\"$dynamicRef\":\"#a\"}}}}"))) + "}}");
        yield return (Json, "{\"$defs\":{" + string.Join(',', Enumerable.Range(0, 500).Select(i => FormattableString.Invariant($"\"d{i}\":{{\"$anchor\":\"a{i}\",\"allOf\":[{{\"$ref\":\"#a{i + 1}\"}},{{\"$ref\":\"#a{i + 1}\"}}]}}"))) + ",\"e\":{\"$anchor\":\"a500\"}}}");
        yield return (Json, "{\"enum\":[" + string.Join(',', Enumerable.Range(0, 100_000)) + "]}");
        yield return (Json, "{\"required\":[" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => FormattableString.Invariant($"\"r{i}\""))) + "]}");
        yield return (Json, "{\"$ref\":\"" + new string('a', 1_000_000) + ".json\"}");
        yield return (Json, "{\"$ref\":\"#" + Repeat("/a", 500_000) + "\"}");
        yield return (Json, "{\"$id\":\"https://" + new string('a', 1_000_000) + "\"}");
        yield return (Json, "{\"title\":\"" + new string('x', 3_000_000) + "\"}");
        yield return (Json, "{\"properties\":{\"" + new string('x', 1_000_000) + "\":{\"$ref\":\"nowhere\"}}}");
        yield return (Json, "{\"pattern\":\"" + Repeat("(a+)+", 2000) + "$\"}");
        yield return (Json, "{\"pattern\":\"" + new string('(', 5000) + new string(')', 5000) + "\"}");
        yield return (Json, "{\"maximum\":" + new string('9', 100_000) + "}");
        yield return (Json, "{\"maximum\":1e999999999}");
        yield return (Json, new string(' ', 3_000_000) + "{}");
        yield return (Json, "{\"a\":NaN}");
        yield return (Json, "\"\\ud800\"");
        yield return (Yaml, "a: &a\n  allOf: [*a]\n");
        yield return (Yaml, "a0: &a0 {type: string}\n" + string.Concat(Enumerable.Range(1, 40).Select(i => FormattableString.Invariant($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"))));
        yield return (Yaml, "$ref: '#'\n" + new string('-', 100_000));
        yield return (Yaml, Repeat("- ", 50_000));
        yield return (Yaml, "? {a: b}\n: c");
        yield return (Yaml, "!!python/object/apply:os.system ['id']");
        yield return (Xml, "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + Xsd("<xs:annotation><xs:documentation>&b;</xs:documentation></xs:annotation>"));
        yield return (Xml, "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">" + Xsd(""));
        yield return (Xml, Xsd("<xs:include schemaLocation=\"http://127.0.0.1:1/x.xsd\"/>"));
        yield return (Xml, Xsd("<xs:import schemaLocation=\"file:///etc/passwd\"/>"));
        yield return (Xml, Xsd("<xs:include schemaLocation=\"S0.xsd\"/>"));
        yield return (Xml, Xsd("<xs:complexType name=\"T\"><xs:sequence minOccurs=\"1000000000\" maxOccurs=\"1000000000\"><xs:element name=\"a\"/></xs:sequence></xs:complexType>"));
        yield return (Xml, Xsd(Repeat("<xs:annotation>", 100_000)));
        yield return (Xml, Xsd("<xs:complexType name=\"T0\"/>" + string.Concat(Enumerable.Range(1, 4_900).Select(i =>
            FormattableString.Invariant($"<xs:complexType name=\"T{i}\"><xs:complexContent><xs:extension base=\"T{i - 1}\"/></xs:complexContent></xs:complexType>")))));
        yield return (Xml, Xsd("<xs:simpleType name=\"T\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"" + Repeat("(a+)+", 2000) + "\"/></xs:restriction></xs:simpleType>"));
        yield return (Xml, Xsd("<xs:complexType name=\"T\"><xs:sequence>" + Repeat("<xs:choice><xs:element name=\"a\" minOccurs=\"0\"/><xs:element name=\"b\" minOccurs=\"0\"/></xs:choice>", 900) + "</xs:sequence></xs:complexType>"));
    }

    private static IEnumerable<(string Type, string[] Contents)> Several()
    {
        yield return (Json, [.. Enumerable.Range(0, 1000).Select(i => FormattableString.Invariant($"{{\"$ref\":\"S{(i + 1) % 1000}.json\"}}"))]);
        yield return (Json, [.. Enumerable.Range(0, 1000).Select(i => "{\"allOf\":[" + string.Join(',', Enumerable.Range(0, 100).Select(j => FormattableString.Invariant($"{{\"$ref\":\"#/$defs/S{(i + j + 1) % 1000}\"}}"))) + "]}")]);
        yield return (Json, [.. Enumerable.Range(0, 60).Select(i => i == 59 ? "{}" : FormattableString.Invariant($"{{\"oneOf\":[{{\"$ref\":\"S{i + 1}.json\"}},{{\"$ref\":\"S{i + 1}.json\"}}]}}"))]);
        yield return (Json, ["""{"$dynamicAnchor":"n","allOf":[{"$ref":"S1.json"}]}""", """{"$defs":{"x":{"$dynamicAnchor":"n"}},"allOf":[{"$dynamicRef":"#n"}]}"""]);
        yield return (Json, ["""{"properties":{"a":{"$ref":"S1.json#/properties/a"}}}""", """{"properties":{"a":{"$ref":"S0.json#/properties/a"}}}"""]);
        yield return (Xml, [.. Enumerable.Range(0, 200).Select(i => Xsd(FormattableString.Invariant($"<xs:include schemaLocation=\"S{(i + 1) % 200}.xsd\"/>")))]);
    }

    private static string Xsd(string content) => $"<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">{content}</xs:schema>";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
