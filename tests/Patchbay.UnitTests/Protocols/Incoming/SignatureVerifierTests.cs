using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;
using Xunit;

#pragma warning disable CA5350 // SHA-1 is what some APIs use.

namespace Patchbay.UnitTests.Protocols.Incoming;

public sealed class SignatureVerifierTests
{
    private const string Root = "https://hooks.example.com";

    /// <summary>docs.github.com, "Validating webhook deliveries", section "Testing the webhook payload validation".</summary>
    [Fact]
    public void The_published_example_of_GitHub_verifies()
    {
        var verifier = Made(new SignatureOptions { Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Header, Name = "X-Hub-Signature-256", Inputs = ["body"], Prefix = "sha256=" }, "It's a Secret to Everybody");
        Assert.Equal(Verification.Passed, Verify(verifier, "Hello, World!", ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")));
        Assert.Equal(Verification.Mismatch, Verify(verifier, "Hello, World?", ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")));
    }

    /// <summary>docs.slack.dev, "Verifying requests from Slack".</summary>
    [Fact]
    public void The_published_example_of_Slack_verifies_at_its_time_only()
    {
        var verifier = Made(new SignatureOptions
        {
            Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Header, Name = "X-Slack-Signature", Template = "v0:{timestamp}:{body}", Prefix = "v0=",
            Timestamp = new SentTime { In = SentTimeIn.Header, Name = "X-Slack-Request-Timestamp" },
        }, "8f742231b10e8888abcd99yyyzzz85a5");
        const string Body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
            + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        (string, string)[] headers = [("X-Slack-Request-Timestamp", "1531420618"), ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")];
        foreach (var (seconds, expected) in (ReadOnlySpan<(long, Verification)>)
            [(0, Verification.Passed), (300, Verification.Passed), (-300, Verification.Passed), (301, Verification.Stale), (-301, Verification.Stale), (315_360_000, Verification.Stale)])
        {
            Assert.Equal(expected, verifier.Verify(Request(Body, headers), DateTimeOffset.FromUnixTimeSeconds(1531420618 + seconds)));
        }
    }

    /// <summary>twilio.com/docs, "Webhooks Security"; the figures are those of the tests of its published libraries.</summary>
    [Fact]
    public void The_published_examples_of_Twilio_verify()
    {
        var verifier = Made(new SignatureOptions
        {
            Algorithm = HmacAlgorithm.Sha1, In = CredentialPlace.Header, Name = "X-Twilio-Signature", Template = "{url}{form}", Encoding = SignatureEncoding.Base64,
            BodyDigest = new SentDigest { In = CredentialPlace.Query, Name = "bodySHA256" },
        }, "12345");
        const string Form = "To=%2B18005551212&Digits=1234&CallSid=CA1234567890ABCDE&From=%2B14158675309&Caller=%2B14158675309";
        Assert.Equal(Verification.Passed, At("foo=1&bar=2", Form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        Assert.Equal(Verification.Mismatch, At("foo=1&bar=3", Form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        Assert.Equal(Verification.Mismatch, At("foo=1&bar=2", Form + "&More=1", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        const string Hashed = "foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        const string Json = """{"property": "value", "boolean": true}""";
        Assert.Equal(Verification.Passed, At(Hashed, Json, "a9nBmqA0ju/hNViExpshrM61xv4=", "application/json"));
        Assert.Equal(Verification.Mismatch, At(Hashed, Json + " ", "a9nBmqA0ju/hNViExpshrM61xv4=", "application/json"));
        // The signature of a form without parameters, with a body of another type: nothing covers that.
        Assert.Equal(Verification.Mismatch, At("foo=1&bar=2", Json, Convert.ToBase64String(HMACSHA1.HashData("12345"u8, "https://mycompany.com/myapp.php?foo=1&bar=2"u8)), "application/json"));

        Verification At(string query, string body, string signature, string type = "application/x-www-form-urlencoded")
        {
            using var request = new IncomingRequest
            {
                Method = "POST", Root = "https://mycompany.com", Path = "/myapp.php", Query = query, Body = Encoding.UTF8.GetBytes(body),
                Header = name => name switch { "X-Twilio-Signature" => signature, "Content-Type" => type, _ => null },
            };
            return verifier.Verify(request, default);
        }
    }

    /// <summary>The vector of the Standard Webhooks specification and its libraries.</summary>
    [Fact]
    public void The_published_vector_of_Standard_Webhooks_verifies_also_between_others()
    {
        var verifier = Made(new SignatureOptions
        {
            Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Header, Name = "webhook-signature", Template = "{header:webhook-id}.{timestamp}.{body}", Encoding = SignatureEncoding.Base64,
            Element = "v1", Separator = " ", Assignment = ",", Timestamp = new SentTime { In = SentTimeIn.Header, Name = "webhook-timestamp" }, KeyEncoding = KeyEncoding.Base64, KeyPrefix = "whsec_",
        }, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        foreach (var (signature, expected) in (ReadOnlySpan<(string, Verification)>)
        [
            ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Verification.Passed),
            ("v1a,AAAA v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Verification.Passed),
            ("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Verification.Malformed),
            ("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Verification.Mismatch),
            ("", Verification.Malformed),
        ])
        {
            (string, string)[] headers = [("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)];
            Assert.Equal(expected, verifier.Verify(Request("""{"test": 2432232314}""", headers), DateTimeOffset.FromUnixTimeSeconds(1614265330)));
        }
    }

    [Theory]
    [InlineData("1492774577")]
    [InlineData("t=1492774577,v1=zz")]
    [InlineData("t=1492774577")]
    [InlineData("v1=00")]
    [InlineData("t=,v1=00")]
    [InlineData("t=99999999999999999999999,v1=00")]
    [InlineData("t=1,t=1492774577,v1=00")]
    [InlineData("=,=,=")]
    public void A_value_that_is_no_list_of_its_elements_is_malformed(string value)
    {
        var verifier = Made(new SignatureOptions
        {
            Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Header, Name = "Stripe-Signature", Template = "{timestamp}.{body}", Element = "v1", Separator = ",",
            Timestamp = new SentTime { In = SentTimeIn.Element, Name = "t" },
        }, "secret");
        Assert.Equal(Verification.Malformed, verifier.Verify(Request("{}", [("Stripe-Signature", value)]), DateTimeOffset.FromUnixTimeSeconds(1492774577)));
    }

    [Fact]
    public void Whatever_is_changed_about_a_signed_request_is_noticed() =>
        Gen.Select(Gen.String[Gen.Char["abc{}\":,é ="], 0, 40], Gen.Byte.Array[1, 40], Gen.Enum<HmacAlgorithm>(), Gen.Enum<SignatureEncoding>(), Gen.Int[0, 3]).Sample((body, key, algorithm, encoding, change) =>
        {
            var options = new SignatureOptions { Algorithm = algorithm, In = CredentialPlace.Header, Name = "X-Sign", Template = "{method} {target}\n{header:X-Id}\n{body}", Encoding = encoding, Prefix = "s=" };
            Assert.True(SignatureVerifier.Create(options, [key]).TryGet(out var verifier, out _));
            var text = $"POST /hook?a=%2F&b\nid-1\n{body}";
            var bytes = Encoding.UTF8.GetBytes(text);
            var mac = algorithm switch { HmacAlgorithm.Sha1 => HMACSHA1.HashData(key, bytes), HmacAlgorithm.Sha512 => HMACSHA512.HashData(key, bytes), _ => HMACSHA256.HashData(key, bytes) };
            var signature = "s=" + encoding switch
            {
                SignatureEncoding.Hex => Convert.ToHexStringLower(mac),
                SignatureEncoding.HexUpper => Convert.ToHexString(mac),
                SignatureEncoding.Base64 => Convert.ToBase64String(mac),
                _ => System.Buffers.Text.Base64Url.EncodeToString(mac),
            };
            Assert.Equal(Verification.Passed, Of("a=%2F&b", "id-1", body));
            Assert.NotEqual(Verification.Passed, change switch { 0 => Of("a=/&b", "id-1", body), 1 => Of("a=%2F&b", "id-2", body), 2 => Of("a=%2F&b", "id-1", body + "x"), _ => Of("a=%2F&b", "", body) });

            Verification Of(string query, string id, string sent)
            {
                using var request = new IncomingRequest
                {
                    Method = "POST", Root = Root, Path = "/hook", Query = query, Body = Encoding.UTF8.GetBytes(sent), Header = name => name switch { "X-Sign" => signature, "X-Id" => id, _ => null },
                };
                return verifier.Verify(request, default);
            }
        }, iter: 500);

    [Fact]
    public void A_signature_in_the_query_does_not_cover_itself()
    {
        var verifier = Made(new SignatureOptions { Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Query, Name = "sig", Inputs = ["url", "body"] }, "secret");
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData("secret"u8, Encoding.UTF8.GetBytes($"{Root}/hook?a=1&b=2{{}}")));
        using var request = new IncomingRequest { Method = "POST", Root = Root, Path = "/hook", Query = $"a=1&sig={signature}&b=2", Body = "{}"u8.ToArray(), Header = _ => null };
        Assert.Equal(Verification.Passed, verifier.Verify(request, default));
    }

    private static SignatureVerifier Made(SignatureOptions options, string key)
    {
        Assert.True(SignatureVerifier.Create(options, [Encoding.UTF8.GetBytes(key)]).TryGet(out var verifier, out var faults), string.Join(' ', faults.Select(f => f.Message)));
        return verifier;
    }

    private static Verification Verify(SignatureVerifier verifier, string body, params (string Name, string Value)[] headers) => verifier.Verify(Request(body, headers), default);

    private static IncomingRequest Request(string body, (string Name, string Value)[] headers) => new()
    {
        Method = "POST", Root = Root, Path = "/hook", Body = Encoding.UTF8.GetBytes(body),
        Header = name => Array.Find(headers, h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value,
    };
}
