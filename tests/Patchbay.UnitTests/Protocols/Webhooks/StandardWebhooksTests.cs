using CsCheck;
using Patchbay.Protocols.Webhooks;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Webhooks;

/// <summary>Standard Webhooks 1.0.0, held against the vectors that its own reference libraries are tested with.</summary>
public sealed class StandardWebhooksTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Wrong = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    private static readonly DateTimeOffset SentAt = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private static readonly byte[] Payload = """{"test": 2432232314}"""u8.ToArray();

    /// <summary>Published secrets with the signatures that they make of the published message.</summary>
    public static readonly TheoryData<string, string> Published = new()
    {
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
        { "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=", "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==" },
    };

    /// <summary>The keys of the reference libraries' further cases, of each kind.</summary>
    public static readonly TheoryData<string> Keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_V0VCSE9PS0FTWU1NRVRSSUNURVNUUFJJVkFURUtFWTE="];

    [Theory, MemberData(nameof(Published))]
    public void A_published_message_is_signed_as_published(string key, string signature) =>
        Assert.Equal(new WebhookHeaders(Id, "1614265330", signature), WebhookSignature.Sign([KeyOf(key)], Id, SentAt, Payload));

    [Theory, MemberData(nameof(Published))]
    public void A_published_signature_verifies(string key, string signature)
    {
        var headers = new WebhookHeaders(Id, "1614265330", signature);

        Assert.Equal(WebhookVerdict.Valid, WebhookSignature.Verify([KeyOf(key)], headers, Payload, SentAt));
        Assert.Equal(WebhookVerdict.Valid, WebhookSignature.Verify([KeyOf(KeyOf(key).ToVerifyingText())], headers, Payload, SentAt));
        Assert.Equal(WebhookVerdict.NotSigned, WebhookSignature.Verify([KeyOf(key)], headers, [.. Payload, (byte)' '], SentAt));
    }

    [Theory, MemberData(nameof(Keys))]
    public void What_the_reference_libraries_refuse_is_refused(string text)
    {
        var key = KeyOf(text);
        var signed = WebhookSignature.Sign([key], Id, SentAt, Payload);
        var mark = signed.Signature!.Split(',')[0];

        Assert.Equal(WebhookVerdict.Valid, Verify(signed));
        Assert.Equal(WebhookVerdict.MissingHeader, Verify(signed with { Id = null }));
        Assert.Equal(WebhookVerdict.MissingHeader, Verify(signed with { Timestamp = null }));
        Assert.Equal(WebhookVerdict.MissingHeader, Verify(signed with { Signature = null }));
        Assert.Equal(WebhookVerdict.NotSigned, Verify(signed with { Signature = $"{mark},{Wrong}" }));
        Assert.Equal(WebhookVerdict.NotSigned, Verify(signed with { Signature = $"{mark}," }));
        Assert.Equal(WebhookVerdict.NotSigned, Verify(signed with { Signature = signed.Signature[..^8] }));
        Assert.Equal(WebhookVerdict.NotSigned, Verify(signed with { Signature = signed.Signature.Replace(mark, "v2", StringComparison.Ordinal) }));
        Assert.Equal(WebhookVerdict.Valid, Verify(signed with { Signature = $"v1,{Wrong} v2,{Wrong} {signed.Signature} v1,{Wrong}" }));
        Assert.Equal(WebhookVerdict.NotSigned, Verify(signed with { Id = "msg_other" }));
        // Another time is another message, also for who does not look at the time.
        Assert.Equal(WebhookVerdict.NotSigned, WebhookSignature.Verify([key], signed with { Timestamp = "946684800" }, Payload, now: null));
        foreach (var malformed in (string[])["now", "-1", "1614265330.5", " 1614265330", "0x10", "99999999999999999999"])
            Assert.Equal(WebhookVerdict.MalformedTimestamp, Verify(signed with { Timestamp = malformed }));

        WebhookVerdict Verify(WebhookHeaders headers) => WebhookSignature.Verify([key], headers, Payload, SentAt);
    }

    [Theory, MemberData(nameof(Keys))]
    public void A_message_is_taken_for_five_minutes_before_and_after(string text)
    {
        var key = KeyOf(text);
        var headers = WebhookSignature.Sign([key], Id, SentAt, Payload);
        foreach (var (seconds, expected) in ((int, WebhookVerdict)[])
            [(300, WebhookVerdict.Valid), (301, WebhookVerdict.TooOld), (-300, WebhookVerdict.Valid), (-301, WebhookVerdict.TooNew), (int.MaxValue, WebhookVerdict.TooOld)])
        {
            Assert.Equal(expected, WebhookSignature.Verify([key], headers, Payload, SentAt.AddSeconds(seconds)));
        }

        Assert.Equal(WebhookVerdict.Valid, WebhookSignature.Verify([key], headers, Payload, now: null));
    }

    [Fact]
    public void While_keys_change_each_of_them_verifies()
    {
        var keys = (WebhookKey[])[WebhookKey.Generate(WebhookKeyKind.Hmac), WebhookKey.Generate(WebhookKeyKind.Ed25519), WebhookKey.Generate(WebhookKeyKind.Hmac)];
        var headers = WebhookSignature.Sign(keys, Id, SentAt, Payload);

        Assert.Equal(3, headers.Signature!.Split(' ').Length);
        foreach (var key in keys)
            Assert.Equal(WebhookVerdict.Valid, WebhookSignature.Verify([KeyOf(key.ToVerifyingText())], headers, Payload, SentAt));
        Assert.Equal(WebhookVerdict.NotSigned,
            WebhookSignature.Verify([WebhookKey.Generate(WebhookKeyKind.Hmac), WebhookKey.Generate(WebhookKeyKind.Ed25519)], headers, Payload, SentAt));
    }

    [Fact]
    public void A_signature_of_one_kind_never_passes_for_the_other()
    {
        var (hmac, pair) = (WebhookKey.Generate(WebhookKeyKind.Hmac), WebhookKey.Generate(WebhookKeyKind.Ed25519));
        var headers = WebhookSignature.Sign([hmac], Id, SentAt, Payload);
        var swapped = headers with { Signature = headers.Signature!.Replace("v1,", "v1a,", StringComparison.Ordinal) };

        Assert.Equal(WebhookVerdict.NotSigned, WebhookSignature.Verify([pair, hmac], swapped, Payload, SentAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whxx_V0VCSE9PS0FTWU1NRVRSSUNURVNUUFJJVkFURUtFWTE=")]
    public void What_is_no_key_is_refused_without_repeating_it(string text)
    {
        var parsed = WebhookKey.Parse(text);

        Assert.False(parsed.Succeeded);
        if (text.Length > 6)
            Assert.DoesNotContain(text[6..], parsed.Faults[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_longer_than_the_specification_allows_is_refused() =>
        Assert.False(WebhookKey.Parse("whsec_" + Convert.ToBase64String(new byte[65])).Succeeded);

    [Fact]
    public void A_public_key_shows_no_secret_and_signs_nothing()
    {
        var pair = WebhookKey.Generate(WebhookKeyKind.Ed25519);
        var key = KeyOf(pair.ToVerifyingText());

        Assert.False(key.CanSign);
        Assert.Throws<InvalidOperationException>(key.ToSecretText);
        Assert.Throws<InvalidOperationException>(() => WebhookSignature.Sign([key], Id, SentAt, Payload));
        Assert.DoesNotContain(pair.ToSecretText()[5..], pair.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg.1")]
    public void An_id_with_a_full_stop_is_never_signed(string id) =>
        Assert.Throws<ArgumentException>(() => WebhookSignature.Sign([WebhookKey.Generate(WebhookKeyKind.Hmac)], id, SentAt, Payload));

    [Fact]
    public void Any_message_verifies_as_it_was_signed_and_no_other() =>
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 300], Gen.Int[0, 299]).Sample((pair, payload, position) =>
        {
            var key = WebhookKey.Generate(pair ? WebhookKeyKind.Ed25519 : WebhookKeyKind.Hmac);
            var headers = WebhookSignature.Sign([KeyOf(key.ToSecretText())], Id, SentAt, payload);
            var other = payload.Length == 0 ? "x"u8.ToArray() : (byte[])payload.Clone();
            if (payload.Length > 0)
                other[position % payload.Length] ^= 1;
            return WebhookSignature.Verify([key], headers, payload, SentAt) == WebhookVerdict.Valid
                && WebhookSignature.Verify([key], headers, other, SentAt) == WebhookVerdict.NotSigned;
        }, iter: 200);

    private static WebhookKey KeyOf(string text) => WebhookKey.Parse(text).TryGet(out var key, out var faults) ? key : throw new InvalidOperationException(faults[0].Message);
}
