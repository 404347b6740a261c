using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>Real signatures of well-known APIs verify by configs that are data, and whatever is wrong about one is refused.</summary>
public sealed class PublishedSignatureTests(Hosts hosts)
{
    private const string Secret = "whsec_a-secret-of-the-webhook";

    public static TheoryData<string> Apis => [.. PublishedSignatures.All.Select(a => a.Name)];

    [Theory, MemberData(nameof(Apis))]
    public async Task A_right_signature_is_taken_and_each_wrong_one_is_refused_and_stores_nothing(string name)
    {
        var (api, hook) = await HookAsync(name, Secret);
        var body = BodyOf(api, "1");
        var now = TimeProvider.System.GetUtcNow();
        var right = api.Sign(body, Secret, hook.Url, now);
        (await SendAsync(hook, api, right)).Expect(200);
        Assert.Single(await hook.EventsAsync());

        // Another body.
        await RefusedAsync(right with { Body = PublishedSignatures.Utf8(BodyOf(api, "2")) });
        await RefusedAsync(right with { Body = [] });
        // Another secret.
        await RefusedAsync(api.Sign(body, Secret + "x", hook.Url, now));
        await RefusedAsync(api.Sign(body, "", hook.Url, now));
        // Another signature, or a piece of one, or none.
        foreach (var (index, header) in right.Headers.Index())
        {
            foreach (var wrong in (string[])[Flip(header.Value, ^1), Flip(header.Value, header.Value.Length / 2), header.Value[..^2], "", "sha256=", "v0=", "t=1,v1=", "=", ",", "AAAA"])
                await RefusedAsync(right with { Headers = [.. right.Headers.Select((h, i) => i == index ? (h.Name, wrong) : h)] });
            await RefusedAsync(right with { Headers = [.. right.Headers.Where((_, i) => i != index)] });
        }

        if (api.HasTime)
        {
            // A copy of another time, also with its time moved, which the signature covers.
            await RefusedAsync(api.Sign(body, Secret, hook.Url, now.AddMinutes(-6)));
            await RefusedAsync(api.Sign(body, Secret, hook.Url, now.AddMinutes(6)));
            var old = api.Sign(body, Secret, hook.Url, now.AddMinutes(-6));
            var seconds = (now.ToUnixTimeSeconds() - 360).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var moved = now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
            await RefusedAsync(old with { Headers = [.. old.Headers.Select(h => (h.Name, h.Value.Replace(seconds, moved, StringComparison.Ordinal)))] });
            (await SendAsync(hook, api, api.Sign(body, Secret, hook.Url, now.AddMinutes(-4)))).Expect(200);
        }

        if (api == PublishedSignatures.Twilio)
            await RefusedAsync(api.Sign(body, Secret, hook.Url + "?x=1", now) with { Query = "?x=2" });
        Assert.Equal(api.HasTime ? 2 : 1, (await hook.EventsAsync()).Count);

        async Task RefusedAsync(SignedRequest request)
        {
            var refused = (await SendAsync(hook, api, request)).ExpectError(401, "not_verified");
            Assert.DoesNotContain("WWW-Authenticate", refused.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        }
    }

    [Theory, MemberData(nameof(Apis))]
    public async Task While_a_secret_is_changed_the_old_one_and_the_new_one_are_taken(string name)
    {
        var (api, hook) = await HookAsync(name, "old-secret\nnew-secret");
        foreach (var (secret, status) in ((string, int)[])[("old-secret", 200), ("new-secret", 200), ("other-secret", 401), ("old-secret\nnew-secret", 401)])
            (await SendAsync(hook, api, api.Sign(BodyOf(api, "1"), secret, hook.Url, TimeProvider.System.GetUtcNow()))).Expect(status);
        var credential = (await hook.Tenant.GetAsync($"connectors/{hook.ConnectorId}/connections/{hook.ConnectionId}")).Expect(200)["credentials"]["trigger"]![0]!["credential"]!["id"]!.GetValue<string>();
        (await hook.Tenant.PutAsync($"credentials/{credential}", new { name = "secret", type = "string", data = new { value = "new-secret" } })).Expect(200);
        (await SendAsync(hook, api, api.Sign(BodyOf(api, "1"), "old-secret", hook.Url, TimeProvider.System.GetUtcNow()))).Expect(401);
        (await SendAsync(hook, api, api.Sign(BodyOf(api, "1"), "new-secret", hook.Url, TimeProvider.System.GetUtcNow()))).Expect(200);
    }

    [Fact]
    public async Task Twilios_other_bodies_are_signed_by_their_digest_in_the_url()
    {
        var (_, hook) = await HookAsync("Twilio", Secret);
        var body = """{"property": "value", "boolean": true}"""u8.ToArray();
        var query = "?foo=1&bodySHA256=" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body));
        var signed = Sign(hook.Url + query);
        (await hook.SendAsync(query, body, ("X-Twilio-Signature", signed))).Expect(200);
        (await hook.SendAsync(query, "{}"u8.ToArray(), ("X-Twilio-Signature", signed))).ExpectError(401, "not_verified");
        // A URL that was signed without a body proves nothing of one.
        (await hook.SendAsync("?foo=1", body, ("X-Twilio-Signature", Sign(hook.Url + "?foo=1")))).ExpectError(401, "not_verified");
        (await hook.SendAsync("?foo=1", [], ("X-Twilio-Signature", Sign(hook.Url + "?foo=1")))).Expect(200);

#pragma warning disable CA5350 // It is what the API does.
        static string Sign(string text) => Convert.ToBase64String(System.Security.Cryptography.HMACSHA1.HashData(PublishedSignatures.Utf8(Secret), PublishedSignatures.Utf8(text)));
#pragma warning restore CA5350
    }

    [Fact]
    public async Task A_config_whose_time_could_be_moved_is_refused_when_it_is_saved()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await FaultyAsync(new { template = "{body}", timestamp = new { @in = "header", name = "X-Time" } }, "incoming.timestamp");
        await FaultyAsync(new { template = "{timestamp}{body}" }, "incoming.timestamp");
        await FaultyAsync(new { template = "{nonsense}{body}" }, "incoming.template");
        await FaultyAsync(new { template = "nothing" }, "incoming.template");
        await FaultyAsync(new { template = "{body", element = "v1" }, "incoming.template");
        await FaultyAsync(new { template = "{timestamp}{body}", timestamp = new { @in = "header", name = "X-Time", toleranceSeconds = 0 } }, "incoming.timestamp.toleranceSeconds");
        await FaultyAsync(new { template = "{url}{form}", bodyDigest = new { @in = "header", name = "Digest" } }, "incoming.bodyDigest");

        async Task FaultyAsync(object incoming, string field) => (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/hooks", new
        {
            id = "hooks", schemeType = "hmac", description = "d", name = "X-Sign", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" }, incoming,
        })).ExpectError(400, "invalid_request", field);
    }

    private async Task<(SigningApi Api, Hook Hook)> HookAsync(string name, string secret)
    {
        var api = PublishedSignatures.All.Single(a => a.Name == name);
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        return (api, await Hook.MakeAsync(acme, [api.Config], [Hook.Secret("hooks", secret)]));
    }

    private static Task<Answer> SendAsync(Hook hook, SigningApi api, SignedRequest request) =>
        hook.SendAsync(request.Query, request.Body, [.. request.Headers, ("Content-Type", api.ContentType)]);

    private static string BodyOf(SigningApi api, string id) => api.ContentType == "application/json"
        ? $$"""{"id":"evt_{{id}}","text":"Grüße"}"""
        : $"CallSid=CA{id}&Caller=%2B14158675309&Digits=12+34&Digits=12+34&From=Zo%C3%AB";

    private static string Flip(string text, Index at)
    {
        var characters = text.ToCharArray();
        var place = at.GetOffset(text.Length);
        characters[place] = characters[place] == '1' ? '2' : '1';
        return new string(characters);
    }
}
