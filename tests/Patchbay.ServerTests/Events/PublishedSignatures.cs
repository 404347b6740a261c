using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.ServerTests.Events;

/// <summary>A request that an API signed.</summary>
/// <param name="Query">The query with its question mark, or nothing.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">The headers that count.</param>
public sealed record SignedRequest(string Query, byte[] Body, params (string Name, string Value)[] Headers);

/// <summary>
/// An API with its webhooks as data: the auth scheme config that says how it signs, and, for the tests, how it signs by its own documentation, written
/// without a line of ours.
/// </summary>
/// <param name="Name">What it is called.</param>
/// <param name="Config">The auth scheme config, by the id <c>hooks</c>.</param>
/// <param name="Sign">Signs a body by a secret at a time, for a URL.</param>
/// <param name="HasTime">Whether an old copy of a request is worthless.</param>
/// <param name="ContentType">The media type of its bodies.</param>
public sealed record SigningApi(string Name, object Config, Func<string, string, string, DateTimeOffset, SignedRequest> Sign, bool HasTime, string ContentType = "application/json")
{
    public override string ToString() => Name;
}

/// <summary>How well-known APIs sign their webhooks.</summary>
public static class PublishedSignatures
{
    /// <summary>docs.github.com, "Validating webhook deliveries".</summary>
    public static readonly SigningApi GitHub = new("GitHub",
        new
        {
            id = "hooks", schemeType = "hmac", description = "GitHub's webhooks", name = "X-Hub-Signature-256", @in = "header", algorithm = "sha256",
            digestInputs = new[] { "body" }, prefix = "sha256=",
        },
        (body, secret, _, _) => new SignedRequest("", Utf8(body), ("X-Hub-Signature-256", "sha256=" + Hex(HMACSHA256.HashData(Utf8(secret), Utf8(body))))),
        HasTime: false);

    /// <summary>docs.stripe.com, "Verify webhook signatures manually".</summary>
    public static readonly SigningApi Stripe = new("Stripe",
        new
        {
            id = "hooks", schemeType = "hmac", description = "Stripe's webhooks", name = "Stripe-Signature", @in = "header", algorithm = "sha256",
            digestInputs = new[] { "body" },
            incoming = new { template = "{timestamp}.{body}", element = "v1", timestamp = new { @in = "element", name = "t", toleranceSeconds = 300 } },
        },
        (body, secret, _, now) => new SignedRequest("", Utf8(body),
            ("Stripe-Signature", $"t={Seconds(now)},v1={Hex(HMACSHA256.HashData(Utf8(secret), Utf8($"{Seconds(now)}.{body}")))}")),
        HasTime: true);

    /// <summary>shopify.dev, "Verify webhook origin".</summary>
    public static readonly SigningApi Shopify = new("Shopify",
        new
        {
            id = "hooks", schemeType = "hmac", description = "Shopify's webhooks", name = "X-Shopify-Hmac-Sha256", @in = "header", algorithm = "sha256",
            digestInputs = new[] { "body" }, encoding = "base64",
        },
        (body, secret, _, _) => new SignedRequest("", Utf8(body), ("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Utf8(secret), Utf8(body))))),
        HasTime: false);

    /// <summary>docs.slack.dev, "Verifying requests from Slack".</summary>
    public static readonly SigningApi Slack = new("Slack",
        new
        {
            id = "hooks", schemeType = "hmac", description = "Slack's requests", name = "X-Slack-Signature", @in = "header", algorithm = "sha256",
            digestInputs = new[] { "body" }, prefix = "v0=",
            incoming = new { template = "v0:{timestamp}:{body}", timestamp = new { @in = "header", name = "X-Slack-Request-Timestamp" } },
            challenge = new { method = "POST", when = new Dictionary<string, string>(StringComparer.Ordinal) { ["body:/type"] = "url_verification" }, echo = "body:/challenge" },
        },
        (body, secret, _, now) => new SignedRequest("", Utf8(body),
            ("X-Slack-Request-Timestamp", Seconds(now)), ("X-Slack-Signature", "v0=" + Hex(HMACSHA256.HashData(Utf8(secret), Utf8($"v0:{Seconds(now)}:{body}"))))),
        HasTime: true);

    /// <summary>twilio.com/docs, "Webhooks Security": forms by URL and sorted parameters, anything else by a digest in the URL.</summary>
    public static readonly SigningApi Twilio = new("Twilio",
        new
        {
            id = "hooks", schemeType = "hmac", description = "Twilio's requests", name = "X-Twilio-Signature", @in = "header", algorithm = "sha1",
            digestInputs = new[] { "url" }, encoding = "base64",
            incoming = new { template = "{url}{form}", bodyDigest = new { @in = "query", name = "bodySHA256", encoding = "hex" } },
        },
        (body, secret, url, _) =>
        {
            var parameters = body.Split('&').Select(p => p.Split('=')).Select(p => (Name: Uri.UnescapeDataString(p[0].Replace('+', ' ')), Value: Uri.UnescapeDataString(p[1].Replace('+', ' '))));
            var signed = url + string.Concat(parameters.Distinct().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.Name + p.Value));
#pragma warning disable CA5350 // It is what the API does.
            return new SignedRequest("", Utf8(body), ("X-Twilio-Signature", Convert.ToBase64String(HMACSHA1.HashData(Utf8(secret), Utf8(signed)))));
#pragma warning restore CA5350
        },
        HasTime: false, "application/x-www-form-urlencoded");

    public static readonly IReadOnlyList<SigningApi> All = [GitHub, Stripe, Shopify, Slack, Twilio];

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
