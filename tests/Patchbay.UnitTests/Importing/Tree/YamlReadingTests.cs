using Patchbay.Importing;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;
using Xunit;

namespace Patchbay.UnitTests.Importing.Tree;

public sealed class YamlReadingTests
{
    [Fact]
    public void Every_node_knows_its_line_column_and_pointer()
    {
        var root = Read("a:\n  - x\n  - b: y\n");

        var item = ((SourceArray)root.Find("a")!).Items[0];
        Assert.Equal((2, 5, "/a/0"), (item.Line, item.Column, item.Pointer));
        var deep = ((SourceObject)((SourceArray)root.Find("a")!).Items[1]).Find("b")!;
        Assert.Equal((3, 8, "/a/1/b"), (deep.Line, deep.Column, deep.Pointer));
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("No")]
    [InlineData("on")]
    [InlineData("off")]
    [InlineData("y")]
    [InlineData("2024-01-01")]
    [InlineData("2024-01-01T10:00:00Z")]
    [InlineData("1_000")]
    [InlineData("0b11")]
    [InlineData("12:30:45")]
    [InlineData(".inf")]
    [InlineData(".nan")]
    [InlineData("1.2.3")]
    [InlineData("'1'")]
    [InlineData("\"true\"")]
    [InlineData("!!str 1")]
    public void These_are_strings(string scalar) => Assert.Equal(SourceKind.String, Scalar(scalar).Kind);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("+1", "1")]
    [InlineData("007", "7")]
    [InlineData("0o17", "15")]
    [InlineData("0xFF", "255")]
    [InlineData("-1.50", "-1.50")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1.e3", "1e3")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("!!float '2'", "2")]
    public void These_are_numbers(string scalar, string json)
    {
        var read = Scalar(scalar);

        Assert.Equal(SourceKind.Number, read.Kind);
        Assert.Equal(json, YamlScalars.ToJsonNumber(read.Text));
    }

    [Theory]
    [InlineData("true", SourceKind.Boolean)]
    [InlineData("FALSE", SourceKind.Boolean)]
    [InlineData("~", SourceKind.Null)]
    [InlineData("Null", SourceKind.Null)]
    [InlineData("", SourceKind.Null)]
    internal void These_are_booleans_and_nulls(string scalar, SourceKind kind) => Assert.Equal(kind, Scalar(scalar).Kind);

    [Fact]
    public void Names_are_texts_whatever_they_look_like()
    {
        var root = Read("200: a\ntrue: b\n~: c\non: d\n");

        Lines.AssertEqual(["200", "true", "~", "on"], root.Members.Select(member => member.Name));
    }

    [Fact]
    public void A_name_that_is_no_scalar_is_left_out_with_a_message()
    {
        var log = new MessageLog();
        var root = Read("? [a, {b: c}]\n: {d: [e]}\n? {x: y}\n: z\nf: g\n", log);

        Lines.AssertEqual(["f"], root.Members.Select(member => member.Name));
        Assert.Contains(log.ToMessages(), message => message.Text.StartsWith("A name in a mapping is no scalar", StringComparison.Ordinal));
    }

    [Fact]
    public void An_alias_is_the_node_of_its_anchor()
    {
        var root = Read("a: &x {b: 1}\nc: *x\n&k name: v\n*k : w\n");

        Assert.Same(root.Find("a"), root.Find("c"));
        Assert.Equal("/a/b", ((SourceObject)root.Find("c")!).Find("b")!.Pointer);
        Assert.Equal("w", root.FindText("name"));
    }

    [Fact]
    public void A_merge_key_brings_the_members_that_an_object_does_not_have()
    {
        var root = Read("""
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one: {<<: *base, b: 5}
            two: {<<: [*base, *more]}
            quoted: {"<<": *base}
            """);

        Assert.Equal("a=1 b=5", Show(root, "one"));
        Assert.Equal("a=1 b=2 c=4", Show(root, "two"));
        Assert.True(((SourceObject)root.Find("quoted")!).Has("<<"));
    }

    [Theory]
    [InlineData("a: *nowhere", "has no anchor")]
    [InlineData("a: &x [*x]", "inside its own anchor")]
    [InlineData("a: 1\n\tb: 2", "no valid YAML")]
    [InlineData("a: [1", "no valid YAML")]
    [InlineData("a: 'x", "no valid YAML")]
    [InlineData("- a\nb: c", "no valid YAML")]
    public void What_is_no_YAML_is_refused_with_where_it_stands(string text, string reason)
    {
        var reading = YamlTreeReader.Read(text, ImportOptions.Default, new MessageLog(), TestContext.Current.CancellationToken);

        Assert.Contains(reason, reading.Failure!.Text, StringComparison.Ordinal);
        Assert.True(reading.Failure is { Line: > 0, Column: > 0 });
    }

    [Fact]
    public void Of_several_documents_the_first_is_read_with_a_message()
    {
        var log = new MessageLog();
        var root = Read("a: 1\n---\nb: 2\n", log);

        Assert.Equal("1", root.FindText("a"));
        Assert.Equal(2, log.ToMessages().Single(message => message.Text.Contains("several documents", StringComparison.Ordinal)).Line);
    }

    [Fact]
    public void Block_scalars_and_comments_are_read()
    {
        var root = Read("# first\na: |\n  one\n  two\nb: >-\n  one\n  two # no comment\nc: d # comment\n");

        Assert.Equal("one\ntwo\n", root.FindText("a"));
        Assert.Equal("one two # no comment", root.FindText("b"));
        Assert.Equal("d", root.FindText("c"));
    }

    private static SourceScalar Scalar(string yaml) => Assert.IsType<SourceScalar>(Read($"a: {yaml}\n").Find("a"));

    private static SourceObject Read(string yaml, MessageLog? log = null)
    {
        var reading = YamlTreeReader.Read(yaml, ImportOptions.Default, log ?? new MessageLog(), TestContext.Current.CancellationToken);
        Assert.Null(reading.Failure);
        return Assert.IsType<SourceObject>(reading.Root);
    }

    private static string Show(SourceObject root, string name) =>
        string.Join(' ', ((SourceObject)root.Find(name)!).Members.Select(member => $"{member.Name}={((SourceScalar)member.Value).Text}"));
}
