using System.Text;
using CsCheck;
using Patchbay.Platform.Actions.Idempotency;
using Xunit;

namespace Patchbay.ServerTests.Idempotency;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("  \"a b\"\t", "a b")]
    [InlineData("a \"b\"", "a \"b\"")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"", null)]
    [InlineData("\"open", null)]
    [InlineData("\"a\\n\"", null)]
    [InlineData("\"a\\\"", null)]
    [InlineData("\"a\"; q=1", null)]
    [InlineData("\"a\", \"b\"", null)]
    [InlineData("a\u00e4", null)]
    [InlineData("a\tb", null)]
    public void A_key_is_a_string_in_quotes_or_bare(string header, string? key) => Assert.Equal(key, IdempotencyKey.Parse(header));

    [Fact]
    public void Every_key_in_quotes_is_read_back_and_none_is_longer_than_255() =>
        Gen.Char[' ', '~'].Array[1, 300].Select(chars => new string(chars)).Sample(key =>
        {
            var quoted = new StringBuilder("\"");
            foreach (var character in key)
                quoted.Append(character is '"' or '\\' ? "\\" : "").Append(character);
            return IdempotencyKey.Parse(quoted.Append('"').ToString()) == (key.Length <= 255 ? key : null);
        });
}
