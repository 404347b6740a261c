using System.Globalization;
using System.Text;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Documents that were made to cost more than they weigh. Each ends in time and within its memory.</summary>
public sealed class HostileCostTests
{
    private const int Many = 100_000;

    [Fact]
    public void Aliases_of_aliases_cost_no_more_than_their_limit()
    {
        var bomb = new StringBuilder("openapi: 3.0.0\nx0: &a0 {k: 1}\n");
        for (var i = 1; i < 60; i++) bomb.Append(CultureInfo.InvariantCulture, $"x{i}: &a{i} {{a: *a{i - 1}, b: *a{i - 1}}}\n");

        Assert.Contains("YAML aliases repeat", Bounded.Import(bomb.ToString(), memory: 50 << 20).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void References_that_double_at_each_step_are_cut()
    {
        var schemas = string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"S{i}\":{{\"allOf\":[{Ref(i + 1)},{Ref(i + 1)},{{\"properties\":{{\"p{i}\":{Ref(i + 1)}}}}}]}}"));

        var result = Bounded.Import(Document($"{schemas},\"S400\":{{}}"));

        Imported.AssertMessage(result, "checking would never end");
    }

    [Fact]
    public void A_ring_of_allOf_is_cut()
    {
        const int Length = 5_000;
        var schemas = string.Join(',', Enumerable.Range(0, Length).Select(i => $"\"S{i}\":{{\"allOf\":[{Ref((i + 1) % Length)}]}}"));

        Imported.AssertMessage(Bounded.Import(Document(schemas)), "checking would never end");
    }

    [Fact]
    public void A_knot_in_which_everything_refers_to_everything_is_cut()
    {
        var all = string.Join(',', Enumerable.Range(0, 200).Select(Ref));
        var schemas = string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"S{i}\":{{\"anyOf\":[{all}]}}"));

        Imported.AssertMessage(Bounded.Import(Document(schemas)), "checking would never end");
    }

    [Fact]
    public void A_long_chain_of_references_is_followed_no_further_than_anybody_would()
    {
        var parameters = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"P{i}\":{{\"$ref\":\"#/components/parameters/P{i + 1}\"}}"));
        var paths = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"/a{i}\":{{\"get\":{{\"parameters\":[{{\"$ref\":\"#/components/parameters/P{i}\"}}]}}}}"));

        Imported.AssertMessage(Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{paths}}},\"components\":{{\"parameters\":{{{parameters}}}}}}}"), "lead in a circle");
    }

    [Fact]
    public void Pointers_through_references_to_references_end()
    {
        var chain = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"S{i}\":{{\"$ref\":\"#/components/schemas/S{i + 1}/properties/a\"}}"));

        Imported.AssertMessage(Bounded.Import(Document($"{chain},\"T\":{{\"properties\":{{\"a\":{Ref(0)}}}}}")), "leads nowhere");
    }

    [Fact]
    public void Pointers_that_branch_at_each_reference_end()
    {
        // Each name has a namesake that the same pointer means when nothing is unescaped, and both lead on.
        var chain = string.Join(',', Enumerable.Range(0, 70).SelectMany(i => (string[])["%", "%25"]).Select((escape, i) => (escape, i: i / 2))
            .Select(pair => $"\"S{pair.escape}{pair.i}\":{{\"$ref\":\"#/components/schemas/S%25{pair.i + 1}/properties/a\"}}"));

        Imported.AssertMessage(Bounded.Import(Document($"{chain},\"T\":{{\"properties\":{{\"a\":{{\"$ref\":\"#/components/schemas/S%250/properties/a\"}}}}}}")), "leads nowhere");
    }

    [Theory]
    [InlineData("\"a\":1")]
    [InlineData("\"/a\":{\"get\":{}}")]
    public void Names_that_are_repeated_again_and_again_cost_what_they_weigh(string member) =>
        Imported.AssertMessage(Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{string.Join(',', Enumerable.Repeat(member, 2 * Many))}}}}}"), "A name is repeated");

    [Fact]
    public void A_path_that_is_repeated_with_ever_other_fields_costs_what_it_weighs()
    {
        var paths = string.Join(',', Enumerable.Range(0, Many).Select(i => $"\"/a\":{{\"x-{i}\":1}}"));

        Imported.AssertMessage(Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{paths}}}}}"), "A path is repeated");
    }

    [Theory]
    [InlineData("1e999999999999")]
    [InlineData("-0.000000000000000000000000000000000000000000000000001e-99999999")]
    [InlineData("9")]
    [InlineData("0x")]
    public void Huge_numbers_are_texts_of_digits(string number)
    {
        var long9 = number.Length > 2 ? number : number + new string('9', 1_000_000);
        foreach (var keyword in (string[])["maximum", "multipleOf", "maxLength", "default", "example", "enum", "exclusiveMinimum"])
            Bounded.Import($"openapi: 3.1.0\ninfo: {{title: T, version: {long9}}}\npaths: {{}}\ncomponents: {{schemas: {{S: {{type: number, {keyword}: {long9}}}}}}}\n");
    }

    [Fact]
    public void Huge_texts_are_kept_once()
    {
        var text = new string('x', 4_000_000);

        Bounded.Import($"{{\"openapi\":\"3.0.0\",\"info\":{{\"title\":\"{text}\",\"version\":\"{text}\",\"description\":\"{text}\"}},\"paths\":{{\"/{text}\":{{\"get\":{{\"operationId\":\"{text}\"}}}}}}}}");
    }

    [Fact]
    public void A_text_that_is_shared_very_often_is_counted_each_time()
    {
        var text = new string('x', 1_000_000);
        var paths = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"/a{i}\":{{\"get\":{{\"responses\":{{\"200\":{{\"$ref\":\"#/components/responses/R\"}}}}}}}}"));

        var result = Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{paths}}},\"components\":{{\"responses\":{{\"R\":{{\"description\":\"{text}\"}}}}}}}}");

        Assert.Contains("is more than", result.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_of_schemas_that_nearly_say_the_same_is_compared_once_however_often_it_is_shared()
    {
        var large = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"p{i}\":{{}}"));
        var content = string.Join(',', Enumerable.Range(0, 16).Select(i => $"\"a/t{i}\":{{\"schema\":{{\"properties\":{{{large},\"q{i / 2}\":{{}}}}}}}}"));
        var paths = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"/a{i}\":{{\"get\":{{\"responses\":{{\"200\":{{\"$ref\":\"#/components/responses/R\"}}}}}}}}"));

        var result = Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{paths}}},\"components\":{{\"responses\":{{\"R\":{{\"description\":\"d\",\"content\":{{{content}}}}}}}}}}}");

        Assert.Equal(8, result.Connector!.Contents.Definitions.Count);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("(?:a{1000}", "){1000}")]
    [InlineData("(a*", ")*")]
    [InlineData("[a-[", "]]")]
    [InlineData("(?=", ")")]
    [InlineData("(?(1)", ")")]
    public void Patterns_that_nest_are_compiled_or_left_aside(string open, string close)
    {
        var times = 9_000 / (open.Length + close.Length);
        var pattern = string.Concat(Enumerable.Repeat(open, times)) + "a" + string.Concat(Enumerable.Repeat(close, times));

        Bounded.Import(Document($"\"S\":{{\"pattern\":\"{pattern}\",\"patternProperties\":{{\"{pattern}b\":{{}}}}}}"));
    }

    [Fact]
    public void Patterns_without_number_are_looked_at_up_to_a_limit()
    {
        var properties = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"p{i}\":{{\"pattern\":\"^(a|b{i}){{1,9}}[a-z]+({new string('x', 300)})?$\"}}"));

        Imported.AssertMessage(Bounded.Import(Document($"\"S\":{{\"properties\":{{{properties}}}}}")), "no regular expression that can be used");
    }

    [Fact]
    public void Names_that_become_the_same_are_numbered_without_searching()
    {
        var schemas = string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"{(char)(0x4E00 + (i % 20_000))}{(char)(0x4E00 + (i / 20_000))}a\":{{}}"));
        var paths = string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"/a{i}\":{{\"get\":{{\"operationId\":\"same\"}}}}"));

        var contents = Bounded.Import($"{{\"openapi\":\"3.0.0\",\"paths\":{{{paths}}},\"components\":{{\"schemas\":{{{schemas}}}}}}}").Connector!.Contents;

        Assert.Distinct(contents.Definitions.Select(definition => definition.Name), StringComparer.Ordinal);
        Assert.Distinct(contents.Actions.Select(action => action.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Faults_without_number_are_counted_and_listed_to_a_limit()
    {
        var properties = string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"\"p{i}\":5"));

        var result = Bounded.Import(Document($"\"S\":{{\"properties\":{{{properties}}}}}"));

        var message = Imported.AssertMessage(result, "A schema is neither an object nor a boolean");
        Assert.EndsWith("(300000 places)", message.Text, StringComparison.Ordinal);
        Assert.Equal(21, message.Detail!.Count);
        var remark = result.Report!.Entries.Single(entry => entry.Part == DescriptionPart.Schema).LeftOut.Single(remark => remark.Text.StartsWith("A schema is neither", StringComparison.Ordinal));
        Assert.Equal((300_000, 1_000, 299_000), (remark.Count, remark.Places.Count, remark.Unlisted));
    }

    [Fact]
    public void Faults_deep_within_long_names_do_not_fill_the_report()
    {
        var name = new string('n', 250);
        var open = string.Concat(Enumerable.Repeat($"{{\"properties\":{{\"{name}\":", 18));
        var faults = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"p{i}\":5"));

        var result = Bounded.Import(Document($"\"S\":{open}{{\"properties\":{{{faults}}}}}{string.Concat(Enumerable.Repeat("}}", 18))}"));

        Assert.All(result.Report!.Entries.SelectMany(entry => entry.LeftOut).SelectMany(remark => remark.Places), place => Assert.InRange(place.Pointer.Length, 0, 4_100));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{{")]
    [InlineData("}{")]
    [InlineData("{a")]
    [InlineData(":a/")]
    public void Paths_of_braces_cost_what_they_weigh(string piece) =>
        Bounded.Import($"{{\"openapi\":\"3.0.0\",\"servers\":[{{\"url\":\"https://a.example/{Repeat(piece, 30_000)}\"}}],\"paths\":{{\"/{Repeat(piece, 30_000)}\":{{\"get\":{{}},\"put\":{{}}}}}}}}");

    [Theory]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("&a ")]
    [InlineData("!t ")]
    [InlineData("a: ")]
    [InlineData("\"\\u0041")]
    [InlineData("#\n")]
    [InlineData("---\n")]
    [InlineData("\t")]
    [InlineData("{a: [")]
    [InlineData("'")]
    [InlineData("| \n ")]
    public void Text_of_one_indicator_is_refused_in_time(string piece) => Bounded.Import("openapi: 3.0.0\nx: " + Repeat(piece, 50_000));

    private static string Repeat(string piece, int times) => string.Concat(Enumerable.Repeat(piece, times));

    private static string Ref(int number) => $"{{\"$ref\":\"#/components/schemas/S{number}\"}}";

    private static string Document(string schemas) =>
        $"{{\"openapi\":\"3.0.0\",\"info\":{{\"title\":\"T\",\"version\":\"1\"}},\"paths\":{{}},\"components\":{{\"schemas\":{{{schemas}}}}}}}";
}
