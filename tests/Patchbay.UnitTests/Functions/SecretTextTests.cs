using CsCheck;
using Patchbay.Functions.Parent;
using Xunit;

namespace Patchbay.UnitTests.Functions;

public sealed class SecretTextTests
{
    [Fact]
    public void A_secret_is_cut_out_wherever_it_stands() =>
        Gen.Select(Gen.Char['!', '~'].Array[6, 40], Gen.String, Gen.String)
            .Sample((characters, before, after) =>
            {
                var secret = new string(characters);
                var text = new SecretText([secret, secret[..^2]]).Clean(before + secret + after + Uri.EscapeDataString(secret));
                Assert.DoesNotContain(secret, text.Replace("[redacted]", "\0", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.InRange(text.Length, 0, 500);
            }, iter: 2_000);

    [Theory]
    [InlineData("HTTP 400: invalid_client for tenant 12345", "HTTP 400: invalid_client for tenant 12345")]
    [InlineData("got abcdefgh12345678 back", "got [redacted] back")]
    [InlineData("got xabcdefgh12345678 back", "got xabcdefgh12345678 back")]
    [InlineData("unsupported_grant_type", "unsupported_grant_type")]
    public void What_was_received_is_cut_out_where_it_looks_like_a_token(string text, string shown)
    {
        var secrets = new SecretText([]);
        secrets.Received("""{"error":"unsupported_grant_type","token":"abcdefgh12345678"} HTTP 400: invalid_client for tenant 12345""");

        Assert.Equal(shown, secrets.Clean(text));
    }

    [Theory]
    [InlineData("-----BEGIN KEY-----\nMIIEvQ\nIBADANBg\n-----END KEY-----", "key: IBADANBg")]
    [InlineData("pass\"word\\here", "{\"p\":\"pass\\\"word\\\\here\"}")]
    public void Parts_of_a_secret_of_several_lines_are_cut_out(string secret, string text) =>
        Assert.All(secret.Split('\n', '"', '\\'), part => Assert.DoesNotContain(part, new SecretText([secret]).Clean(text)));

    [Fact]
    public void A_text_is_one_line_and_short()
    {
        var text = new SecretText([]).Clean("a\r\nb\u001b[31m\ud83d" + new string('x', 5000));

        Assert.Equal(500, text.Length);
        Assert.DoesNotContain(text, char.IsControl);
    }
}
