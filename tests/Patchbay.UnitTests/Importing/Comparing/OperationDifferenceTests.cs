using System.Text.Json.Nodes;
using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Xunit;
using static Patchbay.UnitTests.Importing.Comparing.SmallApi;

namespace Patchbay.UnitTests.Importing.Comparing;

public sealed class OperationDifferenceTests
{
    [Fact]
    public void Equal_contents_have_an_empty_difference()
    {
        var contents = Of(AnAction().Giving("Thing"), Trigger(), Schema("Thing", """{"type":"object"}"""));

        Assert.Empty(Compare(contents, contents with { Actions = [.. contents.Actions] }).Items);
    }

    [Fact]
    public void What_is_added_is_compatible_and_what_is_removed_is_breaking()
    {
        var difference = Compare(Of(AnAction("old", "/old"), Trigger("gone")), Of(AnAction("new", "/new"), Trigger("come") with { Method = "PUT" }));

        Assert.Equal(
            [("new", PartChange.Added, ChangeLevel.Compatible), ("old", PartChange.Removed, ChangeLevel.Breaking), ("come", PartChange.Added, ChangeLevel.Compatible), ("gone", PartChange.Removed, ChangeLevel.Breaking)],
            difference.Items.Select(i => (i.Part.Name, i.Change, i.Level)));
        Assert.Equal((2, 2, 2), (difference.Count(PartChange.Added), difference.Count(PartChange.Removed), difference.Breaking));
    }

    [Fact]
    public void An_action_of_the_same_method_and_path_is_renamed_which_breaks_those_who_call_it_by_name()
    {
        var item = Assert.Single(Compare(Of(AnAction("listThings")), Of(AnAction("getThings") with { Summary = "All things" })).Items);

        Assert.Equal((PartChange.Renamed, "getThings", "listThings", ChangeLevel.Breaking), (item.Change, item.Part.Name, item.PreviousName, item.Level));
        Assert.Equal(("/summary", ChangeLevel.Documentation), (item.Changes[0].Field, item.Changes[0].Level));
    }

    [Fact]
    public void A_name_is_not_followed_where_two_could_have_been_it()
    {
        var difference = Compare(Of(AnAction("a"), AnAction("b")), Of(AnAction("c")));

        Assert.DoesNotContain(difference.Items, i => i.Change == PartChange.Renamed);
    }

    [Fact]
    public void The_same_content_under_another_name_is_renamed()
    {
        var difference = Compare(
            Of(Trigger("was"), Schema("Old", """{"type":"object","title":"x"}""")), Of(Trigger("now"), Schema("New", """{"type":"object","title":"x"}""")));

        Assert.Equal([("now", "was", ChangeLevel.Breaking), ("New", "Old", ChangeLevel.Compatible)], difference.Items.Select(i => (i.Part.Name, i.PreviousName!, i.Level)));
    }

    [Fact]
    public void What_is_written_otherwise_and_says_the_same_is_documentation()
    {
        var definition = Compare(Of(Schema("S", """{"type":"object","title":"x"}""")), Of(Schema("S", """{ "title": "x", "type": "object" }"""))).Only(PartKind.Definition, "S");
        var action = AnAction() with { Parameters = [Parameter("a"), Parameter("b")] };
        var reordered = Assert.Single(Compare(Of(action), Of(action with { Parameters = [Parameter("b"), Parameter("a")] })).Items);

        Assert.Equal(ChangeLevel.Documentation, definition.Level);
        Assert.Equal(ChangeLevel.Documentation, reordered.Level);
        Assert.NotNull(Assert.Single(reordered.Changes).Note);
    }

    public static TheoryData<string, string, bool, bool> ParameterChanges => new()
    {
        // field, kind of change, breaking for actions, breaking for triggers
        { "/parameters/query/p", "added optional", false, false },
        { "/parameters/query/p", "added required", true, false },
        { "/parameters/query/p", "removed", true, true },
        { "/parameters/query/p/required", "made required", true, false },
        { "/parameters/query/p/required", "made optional", false, true },
        { "/parameters/query/p/type", "number to integer", true, false },
        { "/parameters/query/p/type", "integer to number", false, true },
        { "/parameters/header/p/in", "moved", true, true },
        { "/parameters/query/p/schema/enum", "enum value removed", true, false },
        { "/parameters/query/p/schema/enum", "enum value added", false, true },
        { "/parameters/query/p/schema/maxLength", "maxLength tightened", true, false },
        { "/parameters/query/p/default", "default changed", true, true },
    };

    [Theory, MemberData(nameof(ParameterChanges))]
    public void A_change_of_a_parameter_is_judged_by_who_sends_it(string field, string change, bool breaksAction, bool breaksTrigger)
    {
        var (before, after) = change switch
        {
            "added optional" => ((ParameterContent?)null, (ParameterContent?)Parameter("p")),
            "added required" => (null, Parameter("p", required: true)),
            "removed" => (Parameter("p"), null),
            "made required" => (Parameter("p"), Parameter("p", required: true)),
            "made optional" => (Parameter("p", required: true), Parameter("p")),
            "number to integer" => (Parameter("p", type: "number"), Parameter("p", type: "integer")),
            "integer to number" => (Parameter("p", type: "integer"), Parameter("p", type: "number")),
            "moved" => (Parameter("p"), Parameter("p", @in: "header")),
            "enum value removed" => (With("""{"type":"string","enum":["a","b"]}"""), With("""{"type":"string","enum":["a"]}""")),
            "enum value added" => (With("""{"type":"string","enum":["a"]}"""), With("""{"type":"string","enum":["b","a"]}""")),
            "maxLength tightened" => (With("""{"type":"string","maxLength":9}"""), With("""{"type":"string","maxLength":5}""")),
            _ => (Parameter("p") with { Default = "a" }, Parameter("p") with { Default = "b" }),
        };
        var action = Assert.Single(Assert.Single(Compare(Of(AnAction() with { Parameters = List(before) }), Of(AnAction() with { Parameters = List(after) })).Items).Changes);
        var trigger = Assert.Single(Assert.Single(Compare(Of(Trigger() with { Parameters = List(before) }), Of(Trigger() with { Parameters = List(after) })).Items).Changes);

        Assert.Equal((field, breaksAction), (action.Field, action.Level == ChangeLevel.Breaking));
        Assert.Equal((field, breaksTrigger), (trigger.Field, trigger.Level == ChangeLevel.Breaking));

        static ParameterContent[] List(ParameterContent? parameter) => parameter is null ? [] : [parameter];
        static ParameterContent With(string schema) => Parameter("p") with { Schema = JsonNode.Parse(schema) };
    }

    [Fact]
    public void Bodies_responses_and_media_types_are_judged_by_who_sends_them()
    {
        Assert.Equal(("/requestBody", ChangeLevel.Breaking), Told(a => a, a => a with { RequestBody = Body("S") }));
        Assert.Equal(("/requestBody", ChangeLevel.Compatible), Told(a => a, a => a with { RequestBody = Body("S", required: false) }));
        Assert.Equal(("/requestBody/required", ChangeLevel.Breaking), Told(a => a with { RequestBody = Body("S", required: false) }, a => a with { RequestBody = Body("S") }));
        Assert.Equal(("/requestBody", ChangeLevel.Breaking), Told(a => a with { RequestBody = Body("S") }, a => a));
        Assert.Equal(("/requestBody/content/text~1xml", ChangeLevel.Breaking),
            Told(a => a with { RequestBody = Body("S") with { Definitions = [Link("S", SmallApi.Json, "text/xml")] } }, a => a with { RequestBody = Body("S") }));
        Assert.Equal(("/responses/404", ChangeLevel.Compatible), Told(a => a, a => a with { Responses = [.. a.Responses, new ResponseContent { Status = 404 }] }));
        Assert.Equal(("/responses/200", ChangeLevel.Breaking), Told(a => a with { Responses = [.. a.Responses, new ResponseContent { StatusRange = "4XX" }] }, a => a with { Responses = [new ResponseContent { StatusRange = "4XX" }] }));
        Assert.Equal(("/responses/200/content/application~1json", ChangeLevel.Breaking), Told(a => a.Giving("S"), a => a));
        Assert.Equal(("/responses/200/headers/X-Rate", ChangeLevel.Breaking),
            Told(a => a with { Responses = [new ResponseContent { Status = 200, Headers = [Parameter("X-Rate", @in: "header")] }] }, a => a));
        Assert.Equal(("/path", ChangeLevel.Breaking), Told(a => a, a => a with { Path = "/other" }));
        Assert.Equal(("/description", ChangeLevel.Documentation), Told(a => a, a => a with { Description = new string('x', 5000) }));
        Assert.Equal(("/deprecated", ChangeLevel.Documentation), Told(a => a, a => a with { Deprecated = true }));
        Assert.Equal(("/source/tags", ChangeLevel.Documentation), Told(a => a, a => a with { Source = new JsonObject { ["tags"] = new JsonArray("x") } }));
        Assert.Equal(("/source/servers", ChangeLevel.Breaking), Told(a => a, a => a with { Source = new JsonObject { ["servers"] = new JsonArray("x") } }));
        Assert.Equal(("/source/unheardOf", ChangeLevel.Breaking), Told(a => a, a => a with { Source = new JsonObject { ["unheardOf"] = 1 } }));

        static (string, ChangeLevel) Told(Func<ActionContent, ActionContent> before, Func<ActionContent, ActionContent> after)
        {
            var change = Assert.Single(Compare(Of(before(AnAction()), Schema("S", "{}")), Of(after(AnAction()), Schema("S", "{}"))).Only(PartKind.Action, "get").Changes);
            Assert.True((change.Before ?? "").Length <= 201 && (change.After ?? "").Length <= 201);
            return (change.Field, change.Level);
        }
    }

    [Fact]
    public void A_change_of_a_definition_reaches_all_that_use_it_the_way_they_use_it()
    {
        var before = Of(AnAction("send", "/send").Sending("Outer"), AnAction("give", "/give").Giving("Outer"), AnAction("other", "/other"),
            Trigger("told") with { RequestBody = Body("Inner") },
            Schema("Outer", """{"properties":{"inner":{"$ref":"Inner.json#/properties/x"},"self":{"$ref":"Outer.json"}}}"""),
            Schema("Inner", """{"type":"object","required":["x"],"properties":{"x":{"type":"string"},"outer":{"$ref":"Outer.json"}}}"""));
        var after = before with
        {
            Definitions = [before.Definitions[0], Schema("Inner", """{"type":"object","properties":{"x":{"type":"string"},"outer":{"$ref":"Outer.json"}}}""")],
        };
        var difference = Compare(before, after);

        Assert.Equal((PartChange.Affected, ChangeLevel.Compatible), Told(difference.Only(PartKind.Action, "send")));
        Assert.Equal((PartChange.Affected, ChangeLevel.Breaking), Told(difference.Only(PartKind.Action, "give")));
        // What the API sends to us is given to those who wait for it.
        Assert.Equal((PartChange.Affected, ChangeLevel.Breaking), Told(difference.Only(PartKind.Trigger, "told")));
        Assert.Equal((PartChange.Changed, ChangeLevel.Breaking), Told(difference.Only(PartKind.Definition, "Inner")));
        Assert.Equal(4, difference.Items.Count);
        Assert.Equal(new ChangedUse("Inner", InRequests: false, ChangeLevel.Breaking), Assert.Single(difference.Only(PartKind.Action, "give").Through));

        static (PartChange, ChangeLevel) Told(DifferenceItem item) => (item.Change, item.Level);
    }

    [Fact]
    public void A_definition_that_nothing_uses_is_in_nobodys_way()
    {
        var difference = Compare(Of(Schema("S", """{"type":"string"}""")), Of(Schema("S", """{"type":"integer"}""")));

        Assert.Equal(ChangeLevel.Compatible, difference.Only(PartKind.Definition, "S").Level);
    }

    [Fact]
    public void A_definition_that_is_gone_breaks_those_who_still_refer_to_it()
    {
        var difference = Compare(Of(AnAction().Giving("S"), Schema("S", "{}")), Of(AnAction().Giving("S")));

        Assert.Equal((PartChange.Affected, ChangeLevel.Breaking), (difference.Only(PartKind.Action, "get").Change, difference.Only(PartKind.Action, "get").Level));
        Assert.Equal(ChangeLevel.Breaking, difference.Only(PartKind.Definition, "S").Level);
    }

    [Fact]
    public void Another_definition_in_the_place_of_one_is_compared_with_it()
    {
        const string Tree = """{"type":"object","properties":{"value":{"type":"string"},"next":{"$ref":"NAME.json"}}}""";
        var old = Schema("Old", Tree.Replace("NAME", "Old", StringComparison.Ordinal));
        var same = Compare(Of(AnAction().Giving("Old"), old), Of(AnAction().Giving("New"), Schema("New", Tree.Replace("NAME", "New", StringComparison.Ordinal))));
        var other = Compare(Of(AnAction().Giving("Old"), old),
            Of(AnAction().Giving("New"), Schema("New", Tree.Replace("NAME", "New", StringComparison.Ordinal).Replace("\"string\"", "[\"string\",\"null\"]", StringComparison.Ordinal))));

        Assert.Equal(ChangeLevel.Compatible, same.Only(PartKind.Action, "get").Level);
        Assert.Equal(ChangeLevel.Breaking, other.Only(PartKind.Action, "get").Level);
        Assert.Contains(other.Only(PartKind.Action, "get").Changes, c => c.Field.EndsWith("/properties/value/type", StringComparison.Ordinal));
    }

    [Fact]
    public void A_definition_that_changed_behind_one_that_was_replaced_is_seen()
    {
        var difference = Compare(
            Of(AnAction().Giving("Old"), Schema("Old", """{"properties":{"a":{"$ref":"Kept.json"}}}"""), Schema("Kept", """{"type":"string"}""")),
            Of(AnAction().Giving("New"), Schema("New", """{"properties":{"a":{"$ref":"Kept.json"}}}"""), Schema("Kept", """{"type":["string","null"]}""")));

        Assert.Equal(ChangeLevel.Breaking, difference.Only(PartKind.Action, "get").Level);
        Assert.Equal("Kept", Assert.Single(difference.Only(PartKind.Action, "get").Through, t => !t.InRequests).Definition);
    }

    [Fact]
    public void Parts_that_did_not_change_are_not_read()
    {
        var contents = Of(AnAction("a", "/a").Giving("S"), AnAction("b", "/b"), AnAction("c", "/c").Giving("T"), Schema("S", """{"type":"string"}"""), Schema("T", "{}"));
        var changed = contents with { Definitions = [Schema("S", """{"type":"integer"}"""), contents.Definitions[1]] };
        var (before, after) = (Bare(contents), Bare(changed));
        var read = new List<string>();
        ContentsDifference? difference;
        while ((difference = ContentsComparison.Compare(before, after)) is null)
        {
            Fill(before, contents);
            Fill(after, changed);
        }

        Assert.Equal(["S", "a"], read.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(Compare(contents, changed).Items.Select(i => (i.Part, i.Level)), difference.Items.Select(i => (i.Part, i.Level)));

        static VersionParts Bare(ConnectorContents contents)
        {
            var (whole, bare) = (VersionParts.Of(contents), new VersionParts());
            foreach (var key in whole.Keys)
            {
                bare.Add(key, whole.IdentityOf(key)!);
                foreach (var use in whole.UsesOf(key))
                    bare.AddUse(key, use);
            }

            return bare;
        }

        void Fill(VersionParts parts, ConnectorContents contents)
        {
            foreach (var key in parts.Missing.ToList())
            {
                read.Add(key.Name);
                if (key.Kind == PartKind.Action)
                    parts.AddContent(contents.Actions.Single(a => a.Name == key.Name));
                else
                    parts.AddContent(contents.Definitions.Single(d => d.Name == key.Name));
            }
        }
    }
}
