using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;
using Patchbay.UnitTests.OAuth;
using Patchbay.UnitTests.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class HmacCredentialTests
{
    private static readonly FixedTime Time = new() { Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123) };

    private static readonly HmacOptions OfBody = new()
    {
        Algorithm = HmacAlgorithm.Sha256,
        In = CredentialPlace.Header,
        Name = "X-Signature",
        DigestInputs = ["body"],
    };

    [Theory]
    [InlineData(HmacAlgorithm.Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(HmacAlgorithm.Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData(HmacAlgorithm.Sha512, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    public void The_vectors_of_RFC_2202_and_RFC_4231_come_out(HmacAlgorithm algorithm, string expected) =>
        Assert.Equal(expected, HeaderOf(OfBody with { Algorithm = algorithm }, "Jefe", "/", "what do ya want for nothing?"));

    [Fact]
    public void A_prefix_stands_before_the_signature() =>
        Assert.Equal(
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            HeaderOf(OfBody with { Prefix = "sha256=" }, "It's a Secret to Everybody", "/", "Hello, World!"));

    [Theory]
    [InlineData(SignatureEncoding.Hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(SignatureEncoding.HexUpper, "EFFCDF6AE5EB2FA2D27416D5F184DF9C259A7C79")]
    [InlineData(SignatureEncoding.Base64, "7/zfauXrL6LSdBbV8YTfnCWafHk=")]
    [InlineData(SignatureEncoding.Base64Url, "7_zfauXrL6LSdBbV8YTfnCWafHk")]
    public void A_signature_is_written_as_the_API_wants_it(SignatureEncoding encoding, string expected) =>
        Assert.Equal(expected, HeaderOf(OfBody with { Algorithm = HmacAlgorithm.Sha1, Encoding = encoding }, "Jefe", "/", "what do ya want for nothing?"));

    [Fact]
    public void Inputs_are_signed_in_their_order_with_the_joiner_between()
    {
        var options = OfBody with
        {
            DigestInputs = ["timestamp", "method", "target", "path", "header:X-Nonce", "header:X-Absent", "body", "url"],
            Joiner = "\n",
            Timestamp = new HmacTimestamp("X-Time", TimestampUnit.Milliseconds),
        };
        var (message, signature) = Signed(options, "key", "/a%2Fb?c=%2e", "{}", ("X-Nonce", "n1"));
        using (message)
        {
            Assert.Equal("1700000000123", message.Headers.NonValidated["X-Time"].ToString());
            Assert.Equal(
                Expected("key", "1700000000123\nPOST\n/v1/a%2Fb?c=%2e\n/v1/a%2Fb\nn1\n\n{}\nhttps://example.com/v1/a%2Fb?c=%2e"),
                signature);
        }
    }

    [Fact]
    public void The_timestamp_may_count_seconds()
    {
        var (message, signature) = Signed(
            OfBody with { DigestInputs = ["timestamp", "body"], Joiner = ".", Timestamp = new HmacTimestamp("X-Time", TimestampUnit.Seconds) },
            "key", "/", "{}", ("x-time", "caller's"));
        using (message)
        {
            Assert.Equal("1700000000", message.Headers.NonValidated["X-Time"].ToString());
            Assert.Equal(Expected("key", "1700000000.{}"), signature);
        }
    }

    [Fact]
    public void The_order_of_url_and_body_makes_another_signature() =>
        Assert.NotEqual(
            HeaderOf(OfBody with { DigestInputs = ["url", "body"] }, "key", "/x", "{}"),
            HeaderOf(OfBody with { DigestInputs = ["body", "url"] }, "key", "/x", "{}"),
            StringComparer.Ordinal);

    [Fact]
    public void A_binary_key_is_taken_as_it_is_and_a_text_as_UTF8()
    {
        byte[] bytes = [0, 255, 13, 10];
        var binary = Requests.Made(HmacCredential.Create(OfBody, bytes, Time));
        bytes[0] = 1;
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData([0, 255, 13, 10], "{}"u8)), Apply(binary, "/", "{}").Signature);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("é"u8, "{}"u8)), HeaderOf(OfBody, "é", "/", "{}"));
    }

    [Fact]
    public void A_request_without_body_is_signed_as_empty() =>
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("key"u8, [])), HeaderOf(OfBody, "key", "/", body: null));

    [Fact]
    public void Only_who_signs_the_body_needs_it()
    {
        Assert.True(Requests.Made(HmacCredential.Create(OfBody, "key", Time)).NeedsBody);
        Assert.False(Requests.Made(HmacCredential.Create(OfBody with { DigestInputs = ["url"] }, "key", Time)).NeedsBody);
    }

    [Fact]
    public void A_body_that_was_not_read_is_never_signed_as_none()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://unused.example/") { Content = new StringContent("body") };
        var request = new OutgoingRequest(message, Requests.Target("https://example.com", "/"));
        var credential = Requests.Made(HmacCredential.Create(OfBody, "key", Time));
        Assert.Throws<InvalidOperationException>(() => credential.Apply(request));
    }

    [Fact]
    public void A_cookie_holds_the_signature_beside_others()
    {
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://example.com", "/", "{}");
        request.TrySetCookie("a", "1");
        Requests.Made(HmacCredential.Create(OfBody with { In = CredentialPlace.Cookie, Name = "sig" }, "key", Time)).Apply(request);
        request.Complete();
        Assert.Equal($"a=1; sig={Expected("key", "{}")}", message.Headers.NonValidated["Cookie"].ToString());
    }

    [Fact]
    public async Task A_signature_in_the_query_covers_the_url_that_arrives_without_it()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateProxyInvoker();
        var credential = Requests.Made(HmacCredential.Create(
            OfBody with { In = CredentialPlace.Query, Name = "sig", DigestInputs = ["url"], Encoding = SignatureEncoding.Base64 }, "key", Time));

        await Gen.String[Gen.Char['!', '~'], 0, 20].Where(text => !text.Contains('#', StringComparison.Ordinal)).SampleAsync(
            async query =>
            {
                using var message = new HttpRequestMessage();
                var request = Requests.To(message, $"http://127.0.0.1:{upstream.Port}", $"/%7e?si%67=old&{query}&x=%2e");
                credential.Apply(request);
                request.Complete();
                using var response = await invoker.SendAsync(message, TestContext.Current.CancellationToken);

                var target = upstream.Heads.Last().Split(' ')[1];
                var mark = target.LastIndexOf("&sig=", StringComparison.Ordinal);
                var url = $"http://127.0.0.1:{upstream.Port}{target[..mark]}";
                Assert.DoesNotContain("old", url, StringComparison.Ordinal);
                Assert.Equal(
                    Convert.ToBase64String(HMACSHA256.HashData("key"u8, Encoding.ASCII.GetBytes(url))),
                    Uri.UnescapeDataString(target[(mark + "&sig=".Length)..]));
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Everything_that_is_wrong_is_named()
    {
        Assert.Equal(
            ["key", "algorithm", "encoding", "joiner", "name", "prefix", "timestamp.unit", "timestamp.header", "digestInputs[1]"],
            Requests.Subjects(HmacCredential.Create(
                new HmacOptions
                {
                    Algorithm = (HmacAlgorithm)9,
                    In = CredentialPlace.Header,
                    Name = "Host",
                    DigestInputs = ["body", "Body"],
                    Encoding = (SignatureEncoding)9,
                    Prefix = "a\n",
                    Joiner = new string('-', HmacCredential.MaxAffixLength + 1),
                    Timestamp = new HmacTimestamp("X Time", (TimestampUnit)9),
                },
                "",
                Time)));
        Assert.Equal(["digestInputs"], Faulty(OfBody with { DigestInputs = [] }));
        Assert.Equal(["digestInputs"], Faulty(OfBody with { DigestInputs = [.. Enumerable.Repeat("body", HmacCredential.MaxInputs + 1)] }));
        Assert.Equal(["digestInputs[0]"], Faulty(OfBody with { DigestInputs = ["header:"] }));
        Assert.Equal(["digestInputs[0]"], Faulty(OfBody with { DigestInputs = ["header:x-signature"] }));
        Assert.Equal(["digestInputs[0]"], Faulty(OfBody with { In = CredentialPlace.Cookie, DigestInputs = ["header:cookie"] }));
        Assert.Equal(["timestamp"], Faulty(OfBody with { DigestInputs = ["timestamp"] }));
        Assert.Equal(["timestamp.header"], Faulty(OfBody with { Timestamp = new HmacTimestamp("x-signature", TimestampUnit.Seconds) }));
        Assert.Equal(["prefix"], Faulty(OfBody with { Prefix = new string('p', HmacCredential.MaxAffixLength + 1) }));
        Assert.Equal(["prefix"], Faulty(OfBody with { In = CredentialPlace.Cookie, Prefix = "a;b" }));
        Assert.Equal(["in"], Faulty(OfBody with { In = (CredentialPlace)9 }));
        Assert.Equal(["name"], Faulty(OfBody with { In = CredentialPlace.Query, Name = "" }));
    }

    [Fact]
    public void The_key_does_not_show_as_text()
    {
        var credential = Requests.Made(HmacCredential.Create(OfBody, "s3cret", Time));
        Assert.DoesNotContain("s3cret", $"{Requests.TextOf(credential)}{HmacCredential.Create(OfBody, "s3cret", Time)}", StringComparison.Ordinal);
    }

    private static string[] Faulty(HmacOptions options) => Requests.Subjects(HmacCredential.Create(options, "key", Time));

    private static string Expected(string key, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));

    private static string HeaderOf(HmacOptions options, string key, string remainder, string? body)
    {
        var (message, signature) = Signed(options, key, remainder, body);
        message.Dispose();
        return signature;
    }

    private static (HttpRequestMessage Message, string Signature) Signed(
        HmacOptions options, string key, string remainder, string? body, params (string Name, string Value)[] headers) =>
        Apply(Requests.Made(HmacCredential.Create(options, key, Time)), remainder, body, headers);

    private static (HttpRequestMessage Message, string Signature) Apply(
        HmacCredential credential, string remainder, string? body, params (string Name, string Value)[] headers)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "http://unused.example/");
        var request = Requests.To(message, "https://example.com/v1", remainder, body, headers);
        credential.Apply(request);
        request.Complete();
        return (message, message.Headers.NonValidated["X-Signature"].ToString());
    }
}
