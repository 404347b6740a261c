using System.Text;
using Patchbay.Importing;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;
using Xunit;

namespace Patchbay.UnitTests.Importing.Tree;

public sealed class JsonReadingTests
{
    [Fact]
    public void Every_node_knows_its_line_column_and_pointer()
    {
        var root = Read("{\n  \"ä\": 1, \"b/c\": [true,\n null, {\"~\": \"x\"}]\n}");

        var first = root.Find("ä")!;
        Assert.Equal((2, 8, "/ä"), (first.Line, first.Column, first.Pointer));
        var array = Assert.IsType<SourceArray>(root.Find("b/c"));
        Assert.Equal((2, 18), (array.Line, array.Column));
        Assert.Equal((3, 2, "/b~1c/1"), (array.Items[1].Line, array.Items[1].Column, array.Items[1].Pointer));
        var deep = ((SourceObject)array.Items[2]).Find("~")!;
        Assert.Equal((3, 14, "/b~1c/2/~0"), (deep.Line, deep.Column, deep.Pointer));
    }

    [Theory]
    [InlineData("12345678901234567890.123456789")]
    [InlineData("1E400")]
    [InlineData("-0.0")]
    public void Numbers_keep_their_text(string number) =>
        Assert.Equal(number, Assert.IsType<SourceScalar>(Read($$"""{"n": {{number}}}""").Find("n")).Text);

    [Fact]
    public void Of_a_repeated_name_the_last_value_is_taken_with_a_message()
    {
        var log = new MessageLog();
        var root = Read("""{"a": 1, "b": 2, "a": 3}""", log);

        Assert.Equal("/a", log.ToMessages().Single().Pointer);
        Lines.AssertEqual(["a", "b"], root.Members.Select(member => member.Name));
        Assert.Equal("3", root.FindText("a"));
        Assert.Equal((1, 23), Where(log, "A name is repeated"));
    }

    [Fact]
    public void Of_a_name_repeated_in_a_large_object_the_last_value_is_taken()
    {
        var members = Enumerable.Range(0, 20).Select(i => $"\"n{i % 19}\": {i}");

        var root = Read("{" + string.Join(',', members) + "}");

        Assert.Equal(19, root.Members.Length);
        Assert.Equal("19", root.FindText("n0"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced_with_a_message()
    {
        var log = new MessageLog();
        var root = Read("""{"a": "x\ud83d!\n", "b": "\ud83d\ude00"}""", log);

        Assert.Equal("x\uFFFD!\n", root.FindText("a"));
        Assert.Equal("😀", root.FindText("b"));
        Assert.Equal((1, 7), Where(log, "half of a character"));
    }

    [Fact]
    public void Comments_and_trailing_commas_are_overlooked_with_a_message()
    {
        var log = new MessageLog();
        var root = Read("{\"a\": [1, ], // why\n}", log);

        Assert.Single(((SourceArray)root.Find("a")!).Items);
        Assert.Equal((1, 11), Where(log, "trailing comma"));
        Assert.Equal((1, 14), Where(log, "no comments"));
    }

    [Fact]
    public void What_is_no_JSON_is_refused_with_where_it_stands()
    {
        var reading = JsonTreeReader.Read("{\n  \"ä\": tru\n}"u8, ImportOptions.Default, new MessageLog(), TestContext.Current.CancellationToken);

        Assert.Null(reading.Root);
        Assert.StartsWith("The document is no valid JSON", reading.Failure!.Text, StringComparison.Ordinal);
        Assert.Equal(2, reading.Failure.Line);
        Assert.InRange(reading.Failure.Column, 8, 11);
    }

    private static SourceObject Read(string json, MessageLog? log = null)
    {
        var reading = JsonTreeReader.Read(Encoding.UTF8.GetBytes(json), ImportOptions.Default, log ?? new MessageLog(), TestContext.Current.CancellationToken);
        Assert.Null(reading.Failure);
        return Assert.IsType<SourceObject>(reading.Root);
    }

    private static (int Line, int Column) Where(MessageLog log, string part)
    {
        var message = log.ToMessages().Single(message => message.Text.Contains(part, StringComparison.Ordinal));
        return (message.Line, message.Column);
    }
}
