using System.Text.Json.Nodes;
using CsCheck;
using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Xunit;
using static Patchbay.UnitTests.Importing.Comparing.SmallApi;

namespace Patchbay.UnitTests.Importing.Comparing;

/// <summary>What holds of any contents. With PATCHBAY_TESTS_FULL=1 thousands of them are tried.</summary>
public sealed class ContentsProperties
{
    private static readonly long Times = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1" ? 5000 : 300;

    private static readonly Gen<string> Name = Gen.Int[0, 4].Select(i => $"n{i}");
    private static readonly Gen<string> Word = AnyOf("a", "b", "c");

    private static readonly Gen<string> SchemaText = Gen.OneOf(
        AnyOf("{}", """{"type":"string"}""", """{"type":["string","null"]}""", """{"enum":["a","b"]}""", "no json"),
        Name.Select(n => $$"""{"$ref":"{{n}}.json"}"""),
        Gen.Select(Name, Word, Gen.Bool, (n, w, required) =>
            $$"""{"type":"object","required":[{{(required ? $"\"{w}\"" : "")}}],"properties":{"{{w}}":{"$ref":"{{n}}.json"},"x":{"type":"integer"} } }"""),
        Gen.Select(Name, Name, (m, n) => $$"""{"anyOf":[{"$ref":"{{m}}.json"},{"$ref":"{{n}}.json"}]}"""));

    private static readonly Gen<ParameterContent> AnyParameter = Gen.Select(Word, Gen.Bool, AnyOf("string", "integer"), AnyOf("query", "header"),
        (name, required, type, place) => Parameter(name, required, type, place));

    private static readonly Gen<ActionContent> AnyAction = Gen.Select(Name, AnyParameter.Array[0, 3], Name, Name, Gen.Bool, Word, (name, parameters, sent, given, sends, path) =>
        (AnAction(name, "/" + path) with
        {
            Parameters = [.. parameters.DistinctBy(p => (p.In, p.Name))],
            RequestBody = sends ? Body(sent) : null,
            Description = path,
        }).Giving(given));

    private static readonly Gen<TriggerContent> AnyTrigger = Gen.Select(Name, Name, Word, (name, sent, text) => Trigger(name) with { RequestBody = Body(sent), Summary = text });

    private static readonly Gen<DefinitionContent> AnyDefinition = Gen.Select(Name, SchemaText, (name, schema) => Schema(name, schema));

    private static readonly Gen<ConnectorContents> AnyContents = Gen.Select(AnyAction.Array[0, 4], AnyTrigger.Array[0, 2], AnyDefinition.Array[0, 5], (actions, triggers, definitions) =>
        new ConnectorContents([.. actions.DistinctBy(a => a.Name, StringComparer.Ordinal)], [.. triggers.DistinctBy(t => t.Name, StringComparer.Ordinal)], [.. definitions.DistinctBy(d => d.Name, StringComparer.Ordinal)]));

    [Fact]
    public void A_difference_is_empty_exactly_when_all_identities_are_equal() => Gen.Select(AnyContents, AnyContents).Sample((one, other) =>
    {
        Assert.Empty(Compare(one, one).Items);
        Assert.Equal(Identity(one) == Identity(other), Compare(one, other).Items.Count == 0);
    }, iter: Times);

    [Fact]
    public void What_is_added_one_way_is_removed_the_other_way() => Gen.Select(AnyContents, AnyContents).Sample((one, other) =>
    {
        var (there, back) = (Compare(one, other), Compare(other, one));
        Assert.Equal(there.Count(PartChange.Added), back.Count(PartChange.Removed));
        Assert.Equal(there.Count(PartChange.Renamed), back.Count(PartChange.Renamed));
    }, iter: Times);

    [Fact]
    public void A_merge_without_own_edits_is_upstream_and_one_without_upstreams_is_own() => Gen.Select(AnyContents, AnyContents).Sample((before, changed) =>
    {
        Assert.Equal(Identity(changed), Identity(ContentsMergeTests.Merged(before, before, changed)));
        Assert.Equal(Identity(changed), Identity(ContentsMergeTests.Merged(before, changed, before)));
        Assert.Equal(Identity(changed), Identity(ContentsMergeTests.Merged(before, changed, changed)));
    }, iter: Times);

    [Fact]
    public void A_merge_takes_from_each_side_what_only_that_side_changed() => Gen.Select(AnyContents, AnyContents, AnyContents).Sample((before, own, upstream) =>
    {
        var merged = ContentsMerge.Merge(before, own, upstream, []);
        var (was, mine, theirs) = (VersionParts.Of(before), VersionParts.Of(own), VersionParts.Of(upstream));
        foreach (var key in was.Keys.Concat(mine.Keys).Concat(theirs.Keys).Distinct().Where(k => merged.Conflicts.All(c => c.Part != k)))
        {
            var part = merged.Parts.SingleOrDefault(p => p.Part == key);
            if (theirs.IdentityOf(key) == was.IdentityOf(key))
                Assert.Equal(mine.Has(key), part is not null);
            else if (mine.IdentityOf(key) == was.IdentityOf(key))
                Assert.Equal(theirs.Has(key) ? (MergeSide?)MergeSide.Upstream : null, part?.From);
        }

        // Whatever the conflicts, one whole side is always a way out of those between two changes.
        var choices = merged.Conflicts.Where(c => c.Reason != MergeConflictReason.StillReferred).Select(c => new MergeResolution(c.Part, null, MergeSide.Own)).ToList();
        Assert.All(ContentsMerge.Merge(before, own, upstream, choices).Conflicts, c => Assert.Equal(MergeConflictReason.StillReferred, c.Reason));
    }, iter: Times);

    [Fact]
    public void Edits_on_either_side_that_touch_nothing_in_common_are_all_there() => Gen.Select(AnyAction, AnyParameter, Word, Gen.Bool).Sample((action, parameter, text, first) =>
    {
        var before = Of(action);
        var own = Of(action with { Parameters = [.. action.Parameters.Where(p => (p.In, p.Name) != (parameter.In, parameter.Name)), parameter] });
        var upstream = Of(action with { Summary = text, Source = new JsonObject { ["tags"] = new JsonArray(text) } });
        var merged = Assert.Single((first ? ContentsMergeTests.Merged(before, own, upstream) : ContentsMergeTests.Merged(before, upstream, own)).Actions);
        Assert.Equal(text, merged.Summary);
        Assert.Equal(text, merged.Source!["tags"]![0]!.GetValue<string>());
        Assert.Equal(
            own.Actions[0].Parameters.Select(p => $"{p.In} {p.Name} {p.Type} {p.Required}").Order(StringComparer.Ordinal),
            merged.Parameters.Select(p => $"{p.In} {p.Name} {p.Type} {p.Required}").Order(StringComparer.Ordinal));
    }, iter: Times);

    private static Gen<string> AnyOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Everything in contents, whatever their order.</summary>
    private static string Identity(ConnectorContents contents)
    {
        var parts = VersionParts.Of(contents);
        return string.Join('\n', parts.Keys.Select(k => $"{k.Kind} {k.Name} {parts.IdentityOf(k)}").Order(StringComparer.Ordinal));
    }
}
