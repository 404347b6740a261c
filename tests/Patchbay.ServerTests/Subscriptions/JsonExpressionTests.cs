using System.Diagnostics;
using System.Text;
using CsCheck;
using Patchbay.Platform.Subscriptions;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

public sealed class JsonExpressionTests
{
    private const string Json = """{"type":"t","data":{"n":3,"big":12345678901234567890,"at":"2026-01-02T03:04:05Z","tags":["x","y"],"items":[{"p":1},{"p":20}],"none":null,"empty":[]}}""";

    [Theory]
    [InlineData("data.n > `2`", true)]
    [InlineData("data.n > `3`", false)]
    [InlineData("type == 't' && data.n == `3`", true)]
    [InlineData("contains(data.tags, 'x')", true)]
    [InlineData("contains(data.tags, 'z')", false)]
    [InlineData("data.items[?p > `10`]", true)]
    [InlineData("data.items[?p > `100`]", false)]
    [InlineData("data.items[*].p", true)]
    [InlineData("length(data.items) == `2`", true)]
    [InlineData("data.at == '2026-01-02T03:04:05Z'", true)]
    [InlineData("starts_with(data.at, '2026')", true)]
    [InlineData("data.none", false)]
    [InlineData("data.empty", false)]
    [InlineData("data.missing", false)]
    [InlineData("!data.missing", true)]
    [InlineData("data.tags[-1] == 'y'", true)]
    [InlineData("data.tags[0:1]", true)]
    [InlineData("not_null(data.missing, data.n) == `3`", true)]
    [InlineData("data.\"n\" == `3`", true)]
    [InlineData("type == 'a$b{c}&[d, e]'", false)]
    public void An_expression_is_true_or_not(string text, bool expected)
    {
        Assert.True(JsonExpression.TryParse(text, out var expression, out var fault), fault);
        Assert.Equal(expected, JsonExpression.IsTrue(expression.ApplyTo(Encoding.UTF8.GetBytes(Json))!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("data.")]
    [InlineData("data.n >")]
    [InlineData("'open")]
    [InlineData("map(&p, data.items)")]
    [InlineData("sort_by(data.items, &p)")]
    [InlineData("[data.n, data.n]")]
    [InlineData("data.items[].[p, p]")]
    [InlineData("{a: data.n}")]
    [InlineData("$.data")]
    [InlineData("join(',', data.tags)")]
    [InlineData("pad_left(type, `1000000000`, 'x')")]
    [InlineData("replace(type, 't', 'tt')")]
    [InlineData("((((((((((((((((((((((data.n))))))))))))))))))))))")]
    public void What_is_wrong_or_may_grow_is_refused(string text)
    {
        Assert.False(JsonExpression.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void What_an_expression_does_not_go_with_gives_nothing()
    {
        Assert.True(JsonExpression.TryParse("abs(type)", out var expression, out _));
        Assert.Null(expression.ApplyTo(Encoding.UTF8.GetBytes(Json)));
        Assert.Null(expression.ApplyTo("no json"u8.ToArray()));
        Assert.Null(expression.ApplyTo(Encoding.UTF8.GetBytes(new string('[', 500) + new string(']', 500))));
    }

    /// <summary>Whatever is let through costs about its length times the size of what it looks at; a doubling would never end.</summary>
    [Fact]
    public void Whatever_is_let_through_ends_soon()
    {
        string[] words = ["data", ".items", "[*]", "[]", "[?p]", "[?@ == `1`]", "[0:]", ".*", " | @", " || data", " && @", " == @", ".p", "[-1]", "length(@)", "reverse(@)", "to_string(@)",
            "keys(@)", "values(@)", "to_array(@)", "sort(@)", "!", "(", ")", "[@, @]", "{a: @}", "$", "&@", "'x'", "`[1, 2]`"];
        var part = Gen.Int[0, words.Length - 1].Select(i => words[i]);
        var items = string.Join(',', Enumerable.Repeat("""{"p":[1,2,3]}""", 2000));
        var json = JsonExpression.Read(Encoding.UTF8.GetBytes("{\"data\":{\"items\":[" + items + "]}}"));
        part.Array[1, 40].Sample(parts =>
        {
            if (!JsonExpression.TryParse(string.Concat(parts), out var expression, out _))
                return;
            var started = Stopwatch.GetTimestamp();
            expression.Apply(json);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), string.Concat(parts));
        }, iter: 300);
    }

    [Fact]
    public void Any_text_is_an_expression_or_is_refused_with_a_reason() => Gen.String.Sample(text =>
        JsonExpression.TryParse(text, out _, out var fault) || fault!.Length > 0);
}
