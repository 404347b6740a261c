using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Xunit;
using static Patchbay.UnitTests.Importing.Comparing.SmallApi;

namespace Patchbay.UnitTests.Importing.Comparing;

public sealed class ContentsMergeTests
{
    private static readonly ConnectorContents Before = Of(
        AnAction() with { Parameters = [Parameter("limit"), Parameter("page")], Description = "Things" },
        AnAction("put", "/put").Sending("Thing"),
        Trigger(),
        Schema("Thing", """{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"size":{"type":"integer"}}}"""),
        Schema("Lone", """{"type":"string"}"""));

    [Fact]
    public void Edits_of_different_parts_and_of_different_fields_of_one_part_are_both_kept()
    {
        var own = Before with
        {
            Actions = [Before.Actions[0] with { Description = "My things", Parameters = [Parameter("limit") with { Description = "mine" }, Parameter("page"), Parameter("own")] }, Before.Actions[1]],
            Definitions = [Schema("Thing", """{"type":"object","required":["id","own"],"properties":{"id":{"type":"string"},"size":{"type":"integer"},"own":{"type":"string"}}}"""), Before.Definitions[1]],
        };
        var upstream = Before with
        {
            Actions = [Before.Actions[0] with { Summary = "New", Parameters = [Parameter("limit", type: "integer"), Parameter("cursor")] }, Before.Actions[1]],
            Triggers = [Trigger() with { Summary = "Changed upstream" }],
            Definitions = [Schema("Thing", """{"type":"object","required":["id","up"],"properties":{"id":{"type":"string","format":"uuid"},"up":{"type":"string"}}}"""), Before.Definitions[1]],
        };
        var merged = Merged(Before, own, upstream);

        var action = merged.Actions[0];
        Assert.Equal(("New", "My things"), (action.Summary, action.Description));
        Assert.Equal([("limit", "integer", "mine"), ("own", "string", null), ("cursor", "string", null)], action.Parameters.Select(p => (p.Name, p.Type, p.Description)));
        Assert.Equal("Changed upstream", Assert.Single(merged.Triggers).Summary);
        Assert.Equal("""{"type":"object","required":["id","own","up"],"properties":{"id":{"type":"string","format":"uuid"},"own":{"type":"string"},"up":{"type":"string"}}}""",
            merged.Definitions.Single(d => d.Name == "Thing").Schema);
    }

    [Fact]
    public void The_same_field_changed_differently_is_a_conflict_that_shows_all_sides_and_waits_for_a_choice()
    {
        var own = Before with { Actions = [Before.Actions[0] with { Description = "own", Summary = "own too" }, Before.Actions[1]] };
        var upstream = Before with { Actions = [Before.Actions[0] with { Description = "upstream", Deprecated = true }, Before.Actions[1]] };
        var conflict = Assert.Single(ContentsMerge.Merge(Before, own, upstream, []).Conflicts);

        Assert.Equal((new PartKey(PartKind.Action, "get"), MergeConflictReason.BothChanged), (conflict.Part, conflict.Reason));
        var field = Assert.Single(conflict.Fields);
        Assert.Equal(("/description", "Things", "own", "upstream"), (field.Field, field.Base?.GetValue<string>(), field.Own?.GetValue<string>(), field.Upstream?.GetValue<string>()));

        foreach (var (take, expected) in ((MergeSide, string)[])[(MergeSide.Own, "own"), (MergeSide.Upstream, "upstream"), (MergeSide.Base, "Things")])
        {
            var merged = Merged(Before, own, upstream, new MergeResolution(conflict.Part, "/description", take)).Actions[0];
            Assert.Equal((expected, "own too", true), (merged.Description, merged.Summary, merged.Deprecated));
        }

        var whole = Merged(Before, own, upstream, new MergeResolution(conflict.Part, null, MergeSide.Upstream)).Actions[0];
        Assert.Equal(("upstream", null, true), (whole.Description, whole.Summary, whole.Deprecated));
    }

    [Fact]
    public void Deleted_on_one_side_and_changed_on_the_other_is_a_conflict_either_way()
    {
        var without = Before with { Triggers = [] };
        var changed = Before with { Triggers = [Trigger() with { Summary = "x" }] };

        Assert.Equal(MergeConflictReason.DeletedHere, Assert.Single(ContentsMerge.Merge(Before, without, changed, []).Conflicts).Reason);
        Assert.Equal(MergeConflictReason.DeletedUpstream, Assert.Single(ContentsMerge.Merge(Before, changed, without, []).Conflicts).Reason);
        var key = new PartKey(PartKind.Trigger, "changed");
        Assert.Empty(Merged(Before, without, changed, new MergeResolution(key, null, MergeSide.Own)).Triggers);
        Assert.Equal("x", Assert.Single(Merged(Before, without, changed, new MergeResolution(key, null, MergeSide.Upstream)).Triggers).Summary);
        Assert.Null(Assert.Single(Merged(Before, without, changed, new MergeResolution(key, null, MergeSide.Base)).Triggers).Summary);
    }

    [Fact]
    public void Two_different_additions_of_one_name_are_a_conflict_and_two_equal_ones_are_not()
    {
        var own = Before with { Actions = [.. Before.Actions, AnAction("new", "/own")] };

        Assert.Equal(MergeConflictReason.BothAdded, Assert.Single(ContentsMerge.Merge(Before, own, Before with { Actions = [.. Before.Actions, AnAction("new", "/up")] }, []).Conflicts).Reason);
        Assert.Equal(3, Merged(Before, own, own with { Triggers = [] }).Actions.Count);
    }

    [Fact]
    public void A_definition_that_goes_upstream_while_something_of_ones_own_refers_to_it_is_a_conflict()
    {
        var own = Before with { Actions = [.. Before.Actions, AnAction("own", "/own").Giving("Lone")] };
        var upstream = Before with { Definitions = [Before.Definitions[0]] };
        var conflict = Assert.Single(ContentsMerge.Merge(Before, own, upstream, []).Conflicts);

        Assert.Equal((new PartKey(PartKind.Definition, "Lone"), MergeConflictReason.StillReferred), (conflict.Part, conflict.Reason));
        Assert.Equal(new PartKey(PartKind.Action, "own"), Assert.Single(conflict.ReferredBy));
        Assert.NotNull(Assert.Single(conflict.Fields).Own);
        Assert.Contains(Merged(Before, own, upstream, new MergeResolution(conflict.Part, null, MergeSide.Own)).Definitions, d => d.Name == "Lone");
        Assert.DoesNotContain(Merged(Before, own, upstream, new MergeResolution(new(PartKind.Action, "own"), null, MergeSide.Upstream)).Definitions, d => d.Name == "Lone");
        // To take it away all the same is no way out.
        Assert.Single(ContentsMerge.Merge(Before, own, upstream, [new MergeResolution(conflict.Part, null, MergeSide.Upstream)]).Conflicts);
    }

    [Fact]
    public void A_reference_that_led_nowhere_before_is_not_the_merges_doing()
    {
        var own = Before with { Definitions = [] };

        Assert.Empty(ContentsMerge.Merge(Before, own, Before, []).Conflicts);
    }

    [Fact]
    public void A_choice_about_nothing_is_told()
    {
        var own = Before with { Actions = [Before.Actions[0] with { Description = "own" }, Before.Actions[1]] };
        MergeResolution[] choices =
        [
            new(new(PartKind.Action, "nothing"), null, MergeSide.Own), new(new(PartKind.Action, "get"), "/description", MergeSide.Own),
        ];

        Assert.Equal(choices, ContentsMerge.Merge(Before, own, Before, choices).Idle);
    }

    [Fact]
    public void A_schema_that_is_no_json_is_merged_as_a_whole()
    {
        var conflict = Assert.Single(ContentsMerge.Merge(Of(Schema("S", "<a/>")), Of(Schema("S", "<b/>")), Of(Schema("S", """{"a":1,"a":2}""")), []).Conflicts);

        Assert.Equal("/schema", Assert.Single(conflict.Fields).Field);
    }

    /// <summary>The merged contents, where there are no conflicts.</summary>
    internal static ConnectorContents Merged(ConnectorContents before, ConnectorContents own, ConnectorContents upstream, params MergeResolution[] resolutions)
    {
        var merged = ContentsMerge.Merge(before, own, upstream, resolutions);
        Assert.Empty(merged.Conflicts);
        Assert.Empty(merged.Idle);
        var contents = merged.Parts.Select(p => p.Content ?? ContentOf(p.From switch { MergeSide.Own => own, MergeSide.Upstream => upstream, _ => before }, p.Part)).ToArray();
        return Of(contents);

        static object ContentOf(ConnectorContents side, PartKey key) => key.Kind switch
        {
            PartKind.Action => side.Actions.Single(a => a.Name == key.Name),
            PartKind.Trigger => side.Triggers.Single(t => t.Name == key.Name),
            _ => side.Definitions.Single(d => d.Name == key.Name),
        };
    }
}
