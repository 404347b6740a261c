using System.Text;
using System.Text.Json;
using CsCheck;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("a", "1")]
    [InlineData("b.c", "two")]
    [InlineData("/b/c", "two")]
    [InlineData("list.1", "y")]
    [InlineData("/list/0", "x")]
    [InlineData("/d.e", "dotted")]
    [InlineData("/f~1g", "slashed")]
    [InlineData("/h~0i", "tilde")]
    [InlineData("/", "nameless")]
    [InlineData("flag", "true")]
    [InlineData("header:X-Some", "thing")]
    [InlineData("b", null)]
    [InlineData("list.2", null)]
    [InlineData("list.-1", null)]
    [InlineData("list.99999999999999999999", null)]
    [InlineData("a.b", null)]
    [InlineData("nothing", null)]
    [InlineData("empty", null)]
    [InlineData("/h~2", null)]
    [InlineData("header:X-Other", null)]
    public void Paths_lead_to_what_stands_there(string path, string? expected) =>
        Assert.Equal(expected, Read("""
            {"a":1,"b":{"c":"two"},"list":["x","y"],"d.e":"dotted","f/g":"slashed","h~i":"tilde","":"nameless","flag":true,"nothing":null,"empty":""}
            """).Text(path));

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":"x","a":"\udfff"}""")]
    [InlineData("""{"\u0061":"\ud800"}""")]
    public void Half_a_surrogate_pair_is_no_text_and_nothing_throws(string body) => Assert.Null(Read(body).Text("a"));

    [Fact]
    public void Bodies_from_anywhere_never_throw()
    {
        var bytes = Gen.OneOf(
            Gen.Byte.Array[0, 60],
            Gen.String.Select(Encoding.UTF8.GetBytes),
            Gen.String[Gen.Char["{}[]\":,\\ud8a1=&%+ "], 0, 40].Select(text => Encoding.UTF8.GetBytes(text)));
        var path = Gen.OneOf(Gen.String, Gen.String[Gen.Char["a./~01$header:"], 0, 12]);
        Gen.Select(bytes, path).Sample((body, text) =>
        {
            var answer = Answer.Read(200, body, _ => null);
            _ = answer.Text(text);
            return answer.Matches(new AnswerRule { Path = text, Contains = "a" }) || true;
        });
    }

    [Fact]
    public void Token_answers_from_anywhere_are_a_grant_or_a_failure()
    {
        var scalar = Gen.OneOf(
            Gen.String.Select(text => JsonSerializer.Serialize(text)),
            AnyOf("null", "true", "{}", "[]", "[1,\"a\"]", "\"\\ud800\"", "1e999", "-1", "\"a\\r\\nb\"", "99999999999999999999"));
        var member = Gen.Select(
            AnyOf("access_token", "refresh_token", "token_type", "expires_in", "scope", "error", "error_description", "status", "a", "\\ud800"), scalar);
        var unit = Gen.Enum<ExpiryUnit>();
        Gen.Select(member.List[0, 6], Gen.Int[200, 599], unit, Gen.String).Sample((members, status, expiryUnit, code) =>
        {
            var body = $"{{{string.Join(',', members.Select(pair => $"\"{pair.Item1}\":{pair.Item2}"))}}}";
            var shape = new TokenAnswerShape { ExpiryUnit = expiryUnit, Captured = Texts.Of(("a", "a")), ErrorCodes = Texts.Of((code, "invalid_grant")) };
            var received = new ReceivedAnswer(status, Encoding.UTF8.GetBytes(body), Texts.Of(), RetryAfter: null);
            var result = TokenAnswerReader.Read(received, new TokenAnswerContext(shape, 60, DateTimeOffset.UnixEpoch, RequestedScopes: null, new ForeignText([code])));
            return result.Succeeded ? result.Value.AccessToken.Length > 0 && status < 300 : result.Failure.Message.Length is > 0 and < 600;
        });
    }

    [Fact]
    public void What_is_written_as_a_form_reads_back() =>
        Gen.Select(Gen.String[Gen.Char['\u0001', '\ud7ff'], 1, 10], Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 20]).List[0, 8].Sample(pairs =>
        {
            var parameters = pairs.Select(pair => new Parameter(pair.Item1, pair.Item2)).ToList();
            return FormText.Read(FormText.Write(parameters), out var read) is null && read.SequenceEqual(parameters);
        });

    [Fact]
    public void Forms_from_anywhere_never_throw() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["ab%0fF+=&?"], 0, 20]).Sample(text => FormText.Read(text, out _) is null or { Length: > 0 });

    [Fact]
    public void Placeholders_from_anywhere_never_throw() =>
        Gen.String[Gen.Char["ab{} ."], 0, 20].Sample(text =>
        {
            var faults = new List<Patchbay.OAuth.OAuthFault>();
            PlaceholderText.Expand(text, _ => "x", "field", faults);
            return PlaceholderText.WhyMalformed(text) is null == (faults.Count == 0);
        });

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static Answer Read(string body) =>
        Answer.Read(200, Encoding.UTF8.GetBytes(body), name => name.Equals("x-some", StringComparison.OrdinalIgnoreCase) ? "thing" : null);
}
