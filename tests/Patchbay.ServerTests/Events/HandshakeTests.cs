using System.Security.Cryptography;
using System.Text;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>Handshakes of well-known APIs by configs that are data; and no answer to one can run as a page of ours.</summary>
public sealed class HandshakeTests(Hosts hosts)
{
    [Fact]
    public async Task Slack_is_sent_its_challenge_back_when_it_signed_it()
    {
        var hook = await HookAsync([PublishedSignatures.Slack.Config], [Hook.Secret("hooks", "slack-secret")]);
        var body = """{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}""";
        var signed = PublishedSignatures.Slack.Sign(body, "slack-secret", hook.Url, TimeProvider.System.GetUtcNow());
        AssertText((await hook.SendAsync(signed.Body, signed.Headers)).Expect(200), "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
        (await hook.SendAsync(body)).ExpectError(401, "not_verified");
        Assert.Empty(await hook.EventsAsync());
        // An event with a challenge in it is an event.
        var other = body.Replace("url_verification", "event_callback", StringComparison.Ordinal);
        signed = PublishedSignatures.Slack.Sign(other, "slack-secret", hook.Url, TimeProvider.System.GetUtcNow());
        Assert.Empty((await hook.SendAsync(signed.Body, signed.Headers)).Expect(200).Bytes);
        Assert.Single(await hook.EventsAsync());
    }

    [Fact]
    public async Task Meta_is_sent_its_challenge_back_when_it_knows_the_verify_token()
    {
        var hook = await HookAsync(
            [
                new
                {
                    id = "verify", schemeType = "api-key", description = "Meta's verify token", name = "hub.verify_token", @in = "query",
                    challenge = new { method = "GET", when = new Dictionary<string, string>(StringComparer.Ordinal) { ["query:hub.mode"] = "subscribe" }, echo = "query:hub.challenge", only = true },
                },
                PublishedSignatures.GitHub.Config,
            ],
            [Hook.Secret("verify", "meatyhamhock"), Hook.Secret("hooks", "app-secret")]);
        AssertText((await hook.GetAsync("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock")).Expect(200), "1158201444");
        (await hook.GetAsync("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=other")).ExpectError(401, "not_verified");
        (await hook.GetAsync("?hub.mode=subscribe&hub.challenge=1158201444")).ExpectError(401, "not_verified");
        Assert.Equal("POST, GET", (await hook.GetAsync("?hub.mode=other&hub.challenge=1158201444&hub.verify_token=meatyhamhock")).ExpectError(405, "method_not_allowed").Headers["Allow"]);
        // Events are verified by the signature alone.
        var signed = PublishedSignatures.GitHub.Sign("{}", "app-secret", hook.Url, TimeProvider.System.GetUtcNow());
        (await hook.SendAsync(signed.Body, signed.Headers)).Expect(200);
        (await hook.SendAsync("?hub.verify_token=meatyhamhock", signed.Body)).ExpectError(401, "not_verified");
        Assert.Single(await hook.EventsAsync());
    }

    [Fact]
    public async Task Microsoft_Graph_is_sent_its_validation_token_back_decoded()
    {
        var hook = await HookAsync(
            [new { id = "graph", schemeType = "none", description = "d", challenge = new { method = "POST", when = new Dictionary<string, string>(StringComparer.Ordinal) { ["query:validationToken"] = "*" }, echo = "query:validationToken" } }],
            [Hook.Secret("graph", "", "none")]);
        AssertText((await hook.SendAsync("?validationToken=Validation%3A+Testing+%3Cb%3E", Array.Empty<byte>())).Expect(200), "Validation: Testing <b>");
        Assert.Empty(await hook.EventsAsync());
        (await hook.SendAsync("""{"value":[]}""")).Expect(200);
        Assert.Single(await hook.EventsAsync());
    }

    [Fact]
    public async Task A_challenge_is_answered_with_its_signature_where_the_api_asks_for_that_and_nothing_else_is_signed()
    {
        var hook = await HookAsync(
            [
                new
                {
                    id = "crc", schemeType = "hmac", description = "d", name = "x-twitter-webhooks-signature", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" }, encoding = "base64", prefix = "sha256=",
                    challenge = new { method = "GET", echo = "query:crc_token", verified = false, answer = new Dictionary<string, string>(StringComparer.Ordinal) { ["response_token"] = "sha256={hmac}" }, encoding = "base64" },
                },
            ],
            [Hook.Secret("crc", "consumer-secret")]);
        var answer = (await hook.GetAsync("?crc_token=MTQ4NDQ-abc.d_e~f%2F%2B1%3D")).Expect(200);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal("sha256=" + Convert.ToBase64String(HMACSHA256.HashData("consumer-secret"u8, "MTQ4NDQ-abc.d_e~f/+1="u8)), answer["response_token"].GetValue<string>());
        // The key is that of the events: whoever could have a body signed here could send it as one.
        foreach (var body in (string[])["""{"id":1}""", "a=b&c=d", "v0:1:x", "a b", "<b>", new string('a', 300)])
            (await hook.GetAsync("?crc_token=" + Uri.EscapeDataString(body))).ExpectError(400, "handshake_invalid");
    }

    [Fact]
    public async Task No_text_that_is_sent_back_is_more_than_text()
    {
        var hook = await HookAsync(
            [new { id = "any", schemeType = "none", description = "d", challenge = new { method = "GET", echo = "query:challenge" } }], [Hook.Secret("any", "", "none")]);
        foreach (var text in (string[])["<script>alert(1)</script>", "<!doctype html><h1>", "\r\nSet-Cookie: a=b", "%PDF-1.7", "\u0001\u0002", "Grüße", new string('x', 4096)])
            AssertText((await hook.GetAsync("?challenge=" + Uri.EscapeDataString(text))).Expect(200), text);
        (await hook.GetAsync("?challenge=" + new string('x', 4097))).ExpectError(400, "handshake_invalid");
        (await hook.GetAsync("?challenge=a&challenge=b")).ExpectError(405, "method_not_allowed");
        (await hook.GetAsync("")).ExpectError(405, "method_not_allowed");
    }

    [Fact]
    public async Task A_handshake_that_would_swallow_events_is_refused_when_it_is_saved()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        foreach (var (challenge, field) in ((object, string)[])
        [
            (new { method = "POST", echo = "body:/challenge" }, "challenge.when"),
            (new { method = "GET", echo = "nowhere" }, "challenge.echo"),
            (new { method = "GET", echo = "query:c", when = new Dictionary<string, string>(StringComparer.Ordinal) { ["cookie:x"] = "*" } }, "challenge.when"),
            (new { method = "GET", echo = "query:c", answer = new Dictionary<string, string>(StringComparer.Ordinal) }, "challenge.answer"),
            (new { method = "PUT", echo = "query:c" }, "challenge.method"),
        ])
        {
            (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/any", new { id = "any", schemeType = "none", description = "d", challenge }))
                .ExpectError(400, "invalid_request", field);
        }
    }

    private async Task<Hook> HookAsync(object[] configs, object[] secrets) =>
        await Hook.MakeAsync(await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync(), configs, secrets);

    private static void AssertText(Answer answer, string text)
    {
        Assert.Equal(text, Encoding.UTF8.GetString(answer.Bytes));
        Assert.Equal("text/plain; charset=utf-8", answer.Headers["Content-Type"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("default-src 'none'; sandbox", answer.Headers["Content-Security-Policy"]);
        Assert.DoesNotContain("Set-Cookie", answer.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }
}
