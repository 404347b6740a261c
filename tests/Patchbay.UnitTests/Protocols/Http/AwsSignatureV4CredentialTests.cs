using CsCheck;
using Patchbay.Protocols.Http;
using Patchbay.UnitTests.OAuth;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

/// <summary>Signatures are those that AWS publishes for its test suite and in the documentation of S3.</summary>
public sealed class AwsSignatureV4CredentialTests
{
    private const string Token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrm"
        + "GdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Y"
        + "jc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly FixedTime Suite = new() { Now = new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero) };

    private static readonly AwsSignatureV4Options SuiteKey = new()
    {
        AccessKeyId = "AKIDEXAMPLE",
        SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        Region = "us-east-1",
        Service = "service",
    };

    [Theory]
    [InlineData("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("GET", "/?Param1=value1", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("GET", "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("GET", "/?%E1%88%B4=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("GET", "/?%e1%88%b4=%62ar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("GET", "//", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "//example//", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void The_suites_signatures_come_out(string method, string target, string signature) =>
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            Signed(SuiteKey, method, target));

    // The suite's request lines hold these paths in plain; a request line of ours holds them encoded, and they are encoded once.
    [Theory]
    [InlineData("/%E1%88%B4", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("/%e1%88%b4", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("/example%20space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    public void Paths_beyond_ASCII_are_signed_encoded_once_where_the_service_has_it_so(string target, string signature) =>
        Assert.EndsWith($"Signature={signature}", Signed(SuiteKey with { NormalisesPath = false }, "GET", target), StringComparison.Ordinal);

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("application/x-www-form-urlencoded; charset=utf8", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe")]
    public void A_form_is_signed_with_its_type(string type, string signature) =>
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature={signature}",
            Signed(SuiteKey, "POST", "/", "Param1=value1", ("Content-Type", type)));

    [Fact]
    public void A_session_token_is_sent_and_signed_in_place_of_a_callers()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://unused.example/");
        var request = Requests.To(message, "https://example.amazonaws.com", "/", body: null, ("x-amz-security-token", "caller's"));
        Requests.Made(AwsSignatureV4Credential.Create(SuiteKey with { SessionToken = Token }, Suite)).Apply(request);
        Assert.Equal(Token, request.HeaderValue("X-Amz-Security-Token"));
        Assert.EndsWith(
            "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            request.HeaderValue("Authorization"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_callers_token_and_date_do_not_get_into_the_signature() =>
        Assert.EndsWith(
            "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            Signed(SuiteKey, "GET", "/", body: null, ("X-Amz-Date", "20010101T000000Z"), ("X-Amz-Security-Token", "x"), ("Authorization", "y"), ("Accept", "*/*")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void The_examples_of_S3_come_out(string target, string signature)
    {
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://examplebucket.s3.amazonaws.com", target);
        Requests.Made(AwsSignatureV4Credential.Create(
            new AwsSignatureV4Options
            {
                AccessKeyId = "AKIAIOSFODNN7EXAMPLE",
                SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                Region = "us-east-1",
                Service = "s3",
            },
            new FixedTime { Now = new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero) })).Apply(request);

        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", request.HeaderValue("x-amz-content-sha256"));
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}",
            request.HeaderValue("Authorization"));
    }

    [Fact]
    public void An_unsigned_payload_is_said_to_be_one_and_not_needed()
    {
        var credential = Requests.Made(AwsSignatureV4Credential.Create(SuiteKey with { Service = "s3", UnsignedPayload = true }, Suite));
        using var message = new HttpRequestMessage(HttpMethod.Put, "http://unused.example/") { Content = new StringContent("not read") };
        var request = new OutgoingRequest(message, Requests.Target("https://example.amazonaws.com", "/k"));
        credential.Apply(request);

        Assert.False(credential.NeedsBody);
        Assert.Equal("UNSIGNED-PAYLOAD", request.HeaderValue("x-amz-content-sha256"));
        Assert.Contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,", request.HeaderValue("Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_was_not_read_is_never_signed_as_none()
    {
        var credential = Requests.Made(AwsSignatureV4Credential.Create(SuiteKey, Suite));
        using var message = new HttpRequestMessage(HttpMethod.Put, "http://unused.example/") { Content = new StringContent("not read") };
        Assert.True(credential.NeedsBody);
        Assert.Throws<InvalidOperationException>(() => credential.Apply(new OutgoingRequest(message, Requests.Target("https://example.amazonaws.com", "/"))));
    }

    [Fact]
    public void A_payload_hash_of_the_callers_is_replaced_by_the_true_one()
    {
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://example.amazonaws.com", "/", "{}", ("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"));
        Requests.Made(AwsSignatureV4Credential.Create(SuiteKey, Suite)).Apply(request);
        Assert.Equal("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", request.HeaderValue("x-amz-content-sha256"));
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a//b/", "/a/b/")]
    [InlineData("/a%20b", "/a%2520b")]
    [InlineData("/a:b@c", "/a%3Ab%40c")]
    [InlineData("/%7e", "/%257e")]
    [InlineData("/a%2Fb", "/a%252Fb")]
    public void A_path_is_signed_encoded_once_more_with_single_slashes(string path, string expected) =>
        Assert.Equal(expected, AwsCanonicalText.Path(path, normalised: true));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//a//b/", "//a//b/")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a:b@c+d", "/a%3Ab%40c%2Bd")]
    [InlineData("/%7e", "/~")]
    [InlineData("/%2fb", "//b")]
    [InlineData("/%zz%2", "/%25zz%252")]
    public void A_path_of_S3_is_signed_encoded_once_with_all_its_slashes(string path, string expected) =>
        Assert.Equal(expected, AwsCanonicalText.Path(path, normalised: false));

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("a", "a=")]
    [InlineData("b=2&a=1&a=0&&A=9", "A=9&a=0&a=1&b=2")]
    [InlineData("a=b=c", "a=b%3Dc")]
    [InlineData("a=1+2&b=%2B&c=%2f/", "a=1%202&b=%2B&c=%2F%2F")]
    [InlineData("a-=1&a=2", "a=2&a-=1")]
    [InlineData("%=%zz", "%25=%25zz")]
    public void A_query_is_signed_encoded_anew_and_sorted(string? query, string expected) => Assert.Equal(expected, AwsCanonicalText.Query(query));

    [Theory]
    [InlineData("  a   b  c ", "a b c")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("a b", "a b")]
    public void Spaces_of_a_header_are_signed_as_one(string value, string expected) => Assert.Equal(expected, AwsCanonicalText.HeaderValue(value));

    [Fact]
    public void Signing_changes_no_byte_of_path_and_query_and_never_throws() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 0, 30], Gen.Bool).Sample((text, plain) =>
        {
            Assert.True(TargetAddress.Parse("https://example.com/base").TryGet(out var address, out _));
            if (!RawTarget.Join(address, "/" + text).TryGet(out var target, out _)) return true;
            using var message = new HttpRequestMessage();
            var request = new OutgoingRequest(message, target);
            Requests.Made(AwsSignatureV4Credential.Create(SuiteKey with { Service = plain ? "s3" : "service" }, Suite)).Apply(request);
            request.Complete();
            return message.RequestUri!.OriginalString == $"https://example.com/base/{text}";
        });

    [Fact]
    public void Everything_that_is_wrong_is_named()
    {
        Assert.Equal(
            ["accessKeyId", "secretAccessKey", "sessionToken", "region", "service"],
            Requests.Subjects(AwsSignatureV4Credential.Create(
                new AwsSignatureV4Options { AccessKeyId = "a/b", SecretAccessKey = "", SessionToken = "a\r\nb", Region = "eu west", Service = "" }, Suite)));
        Assert.Equal(["accessKeyId"], Requests.Subjects(AwsSignatureV4Credential.Create(SuiteKey with { AccessKeyId = "a, b" }, Suite)));
    }

    [Fact]
    public void No_secret_shows_as_text()
    {
        var options = SuiteKey with { SecretAccessKey = "s3cret", SessionToken = "t0ken" };
        var text = $"{options}{AwsSignatureV4Credential.Create(options, Suite)}{Requests.TextOf(Requests.Made(AwsSignatureV4Credential.Create(options, Suite)))}";
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", text, StringComparison.Ordinal);
    }

    private static string? Signed(
        AwsSignatureV4Options options, string method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(HttpMethod.Parse(method), "http://unused.example/");
        var request = Requests.To(message, "https://example.amazonaws.com", target, body, headers);
        Requests.Made(AwsSignatureV4Credential.Create(options, Suite)).Apply(request);
        return request.HeaderValue("Authorization");
    }
}
