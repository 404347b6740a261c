using System.Text;
using CsCheck;
using Patchbay.Functions;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Functions;

public sealed class FunctionAnswerTests
{
    [Fact]
    public void A_full_answer_is_read_and_written_as_it_was()
    {
        const string Json = """{"headers":{"X-Key":"k"},"query":{"q":"v\u0026"},"token":{"accessToken":"t","expiresIn":60},"variables":{"host":"eu"}}""";

        Assert.True(FunctionAnswer.TryRead(Encoding.UTF8.GetBytes(Json), out var answer, out _));

        Assert.Equal("k", answer.Headers["x-key"]);
        Assert.Equal("v&", answer.Query["q"]);
        Assert.Equal(TimeSpan.FromMinutes(1), answer.Token!.ExpiresIn);
        Assert.Equal("eu", answer.Variables["host"]);
        Assert.Equal(3, answer.Credentials.Count);
        Assert.Equal(Json, Encoding.UTF8.GetString(answer.ToJson()));
        Assert.DoesNotContain("\"t\"", $"{answer} {answer.Token}");
    }

    [Theory]
    [InlineData("""{"token":{"accessToken":"t"}}""", 1)]
    [InlineData("""{"token":{"accessToken":"t"},"headers":{"authorization":"Token t"}}""", 1)]
    [InlineData("""{"headers":{"Cookie":"session=1"}}""", 1)]
    [InlineData("{}", 0)]
    public void A_token_goes_as_a_bearer_unless_the_function_says_how(string json, int credentials)
    {
        Assert.True(FunctionAnswer.TryRead(Encoding.UTF8.GetBytes(json), out var answer, out _));
        Assert.Equal(credentials, answer.Credentials.Count);
        Assert.All(answer.Credentials, credential => Assert.IsType<HeaderCredential>(credential));
    }

    [Theory]
    [InlineData("", "result")]
    [InlineData("null", "result")]
    [InlineData("[]", "result")]
    [InlineData("{} {}", "result")]
    [InlineData("""{"headers":{},"headers":{}}""", "result")]
    [InlineData("""{"headers":{"X-A":"1","x-a":"2"}}""", "headers.x-a")]
    [InlineData("""{"headers":{"X-A":"\ud800"}}""", "result")]
    [InlineData("""{"headers":{"\ud800":"x"}}""", "result")]
    [InlineData("""{"headers":{"X-A":1}}""", "headers.X-A")]
    [InlineData("""{"headers":{"X-A":{}}}""", "headers.X-A")]
    [InlineData("""{"headers":[]}""", "headers")]
    [InlineData("""{"headers":{"":"x"}}""", "headers.?")]
    [InlineData("""{"headers":{"X A":"x"}}""", "headers.?")]
    [InlineData("""{"headers":{"X-A":"a\r\nX-B: b"}}""", "headers.X-A")]
    [InlineData("""{"headers":{"X-A":"a\u0000"}}""", "headers.X-A")]
    [InlineData("""{"headers":{"host":"x"}}""", "headers.host")]
    [InlineData("""{"headers":{"Content-Length":"1"}}""", "headers.Content-Length")]
    [InlineData("""{"headers":{"Transfer-Encoding":"chunked"}}""", "headers.Transfer-Encoding")]
    [InlineData("""{"headers":{"Connection":"X-A"}}""", "headers.Connection")]
    [InlineData("""{"headers":{"Proxy-Authorization":"x"}}""", "headers.Proxy-Authorization")]
    [InlineData("""{"query":{"a":"\n"}}""", "query.a")]
    [InlineData("""{"variables":{"a":true}}""", "variables.a")]
    [InlineData("""{"variables":{"a":"\u001b"}}""", "variables.a")]
    [InlineData("""{"token":"t"}""", "token")]
    [InlineData("""{"token":{}}""", "token.accessToken")]
    [InlineData("""{"token":{"accessToken":""}}""", "token.accessToken")]
    [InlineData("""{"token":{"accessToken":"a\nb"}}""", "token.accessToken")]
    [InlineData("""{"token":{"accessToken":"a","expiresIn":"60"}}""", "token.expiresIn")]
    [InlineData("""{"token":{"accessToken":"a","expiresIn":-1}}""", "token.expiresIn")]
    [InlineData("""{"token":{"accessToken":"a","expiresIn":1e300}}""", "token.expiresIn")]
    [InlineData("""{"token":{"accessToken":"a","refreshToken":"b"}}""", "token.refreshToken")]
    [InlineData("""{"Headers":{}}""", "Headers")]
    [InlineData("""{"__proto__":{}}""", "__proto__")]
    public void What_a_function_must_not_return_is_refused(string json, string subject)
    {
        Assert.False(FunctionAnswer.TryRead(Encoding.UTF8.GetBytes(json), out _, out var faults));
        Assert.Equal(subject, Assert.Single(faults).Subject);
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed_by_names_not_values()
    {
        Assert.False(FunctionAnswer.TryRead("""{"headers":{"Host":"secret1","X-A":"secret2\n"},"secret 3":0,"token":{"accessToken":4}}"""u8, out _, out var faults));

        Assert.Equal("headers.Host, headers.X-A, ?, token.accessToken", string.Join(", ", faults.Select(fault => fault.Subject)));
        Assert.DoesNotContain(faults, fault => fault.ToString().Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Sizes_are_limited()
    {
        var many = string.Join(',', Enumerable.Range(0, FunctionAnswerReader.MostMembers + 1).Select(i => $"\"n{i}\":\"v\""));
        string[] tooLarge =
        [
            $$$"""{"headers":{{{{many}}}}}""",
            $$$"""{"query":{"a":"{{{new string('x', 20_000)}}}"}}""",
            $$$"""{"query":{"{{{new string('x', 300)}}}":"a"}}""",
            $$$"""{"token":{"accessToken":"{{{new string('x', 20_000)}}}"}}""",
            new string('[', 100_000),
        ];

        Assert.All(tooLarge, json => Assert.False(FunctionAnswer.TryRead(Encoding.UTF8.GetBytes(json), out _, out _)));
    }

    [Fact]
    public void Whatever_bytes_come_nothing_is_thrown() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.OneOf(Gen.Const("{"), Gen.Const("}"), Gen.Const("["), Gen.Const("]"), Gen.Const("\""), Gen.Const(":"), Gen.Const(","), Gen.Const("headers"), Gen.Const("token"), Gen.Const("\\ud800"), Gen.Const("\"a\""), Gen.Const("1"), Gen.Const("null"), Gen.Const("\"accessToken\""), Gen.Const("\0")).Array[0, 30]
                .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))))
            .Sample(bytes =>
            {
                var read = FunctionAnswer.TryRead(bytes, out var answer, out var faults);
                Assert.Equal(read, answer is not null);
                Assert.Equal(read, faults.Count == 0);
            }, iter: 20_000);
}
