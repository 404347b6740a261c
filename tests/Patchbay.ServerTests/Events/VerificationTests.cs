using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>Who has not proven what the connection asks for is refused; and where it is unclear what that is, everybody is.</summary>
public sealed class VerificationTests(Hosts hosts)
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);
    private static readonly DateTimeOffset To = From.AddDays(2);

    private static readonly object Key = new { id = "key", schemeType = "api-key", description = "d", name = "X-Key", @in = "header" };

    [Theory, EachDatabase]
    public async Task A_trigger_that_asks_for_a_proof_takes_nothing_over_a_connection_that_has_none(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var trigger = Hook.AnyPost(new JsonObject { ["verifiedBy"] = new JsonArray("key") });
        var bare = await Hook.MakeAsync(acme, [Key], [], trigger);
        (await bare.SendAsync("{}", ("X-Key", ""))).ExpectError(401, "not_verified");
        (await bare.SendAsync("{}")).ExpectError(401, "not_verified");
        var armed = await Hook.MakeAsync(acme, [Key], [Hook.Secret("key", "k-1")], trigger.DeepClone().AsObject());
        (await armed.SendAsync("{}", ("X-Key", "k-1"))).Expect(200);
        (await armed.SendAsync("{}", ("X-Key", "k-2"))).ExpectError(401, "not_verified");
        // Without being asked, what there is counts.
        var open = await Hook.MakeAsync(acme, [Key]);
        (await open.SendAsync("{}")).Expect(200);
    }

    [Fact]
    public async Task A_config_that_is_gone_or_a_secret_that_has_ended_opens_nothing()
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock);
        var acme = await host.NewOrganisationAsync();
        var deleted = await Hook.MakeAsync(acme, [Key], [Hook.Secret("key", "k-1")]);
        (await deleted.SendAsync("{}", ("X-Key", "k-1"))).Expect(200);
        (await acme.DeleteAsync($"connectors/{deleted.ConnectorId}/auth-scheme-configs/key")).Expect(200);
        (await deleted.SendAsync("{}", ("X-Key", "k-1"))).ExpectError(401, "not_verified");
        (await deleted.SendAsync("{}")).ExpectError(401, "not_verified");

        var ending = await Hook.MakeAsync(acme, [Key],
            [new { authSchemeConfig = new { id = "key" }, credential = new { name = "n", type = "string", data = new { value = "k-1" }, expiresAt = clock.GetUtcNow().AddMinutes(5) } }]);
        (await ending.SendAsync("{}", ("X-Key", "k-1"))).Expect(200);
        clock.Advance(TimeSpan.FromMinutes(6));
        (await ending.SendAsync("{}", ("X-Key", "k-1"))).ExpectError(401, "not_verified");
        // After the sweep nothing is left of it.
        await Eventually.HoldsAsync(async () =>
            (await acme.GetAsync($"connectors/{ending.ConnectorId}/connections/{ending.ConnectionId}")).Expect(200)["credentials"]["trigger"]!.AsArray().Count == 0
            || await NextMinuteAsync(clock));
        (await ending.SendAsync("{}")).ExpectError(401, "not_verified");
        (await ending.SendAsync("{}", ("X-Key", "k-1"))).ExpectError(401, "not_verified");

        static Task<bool> NextMinuteAsync(ShiftedClock clock)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(false);
        }
    }

    [Fact]
    public async Task What_cannot_verify_anything_is_refused_as_a_trigger_credential()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs:
        [
            new { id = "aws", schemeType = "aws-signature", description = "d", region = "eu", service = "s3" },
            new { id = "signed", schemeType = "hmac", description = "d", name = "X-Sign", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" }, incoming = new { keyEncoding = "base64" } },
            new { id = "tls", schemeType = "certificate", description = "d" },
        ])).Id;
        await FaultyAsync("aws", "aws-keys", new { accessKeyId = "a", secretAccessKey = "b" }, "credentials.trigger[0].credential.data");
        await FaultyAsync("signed", "string", new { value = "no base 64!" }, "credentials.trigger[0].credential.data");
        await FaultyAsync("tls", "certificate", new { certificate = "", key = "", ca = "" }, "credentials.trigger[0].credential.data.certificate");
        await FaultyAsync("tls", "certificate", new { certificate = "none", key = "", ca = "" }, "credentials.trigger[0].credential.data.certificate");

        async Task FaultyAsync(string config, string type, object data, string field) => (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "c",
            credentials = new { trigger = new[] { new { authSchemeConfig = new { id = config }, credential = new { name = "n", type, data } } } },
            variables = Array.Empty<object>(),
        })).ExpectError(400, "invalid_request", field);
    }

    [Fact]
    public async Task A_client_certificate_is_taken_from_the_line_and_from_a_trusted_proxy_and_from_nobody_else()
    {
        using var authority = Certificate("CN=hooks authority", null, isAuthority: true);
        using var good = Certificate("CN=sender", authority);
        using var other = Certificate("CN=other", null);
        using var server = Certificate("CN=127.0.0.1", null);
        await using var host = await MutualTlsHost.StartAsync(server, "X-Client-Cert");
        var byAuthority = await host.HookAsync(new { certificate = "", key = "", ca = authority.ExportCertificatePem() });
        var byItself = await host.HookAsync(new { certificate = good.ExportCertificatePem(), key = "", ca = "" });
        foreach (var path in (string[])[byAuthority, byItself])
        {
            // From where the proxy is, its word alone counts: what it shows itself is not the sender's.
            Assert.Equal(401, await host.SendAsync(path, good, null));
            Assert.Equal(401, await host.SendAsync(path, null, null));
            foreach (var text in (string[])[Uri.EscapeDataString(good.ExportCertificatePem()), Convert.ToBase64String(good.RawData), $":{Convert.ToBase64String(good.RawData)}:"])
                Assert.Equal(200, await host.SendAsync(path, null, text));
            Assert.Equal(401, await host.SendAsync(path, null, Uri.EscapeDataString(other.ExportCertificatePem())));
            Assert.Equal(401, await host.SendAsync(path, null, "nonsense"));
        }

        await using var alone = await MutualTlsHost.StartAsync(server, null);
        foreach (var certificate in (object[])[new { certificate = "", key = "", ca = authority.ExportCertificatePem() }, new { certificate = good.ExportCertificatePem(), key = "", ca = "" }])
        {
            var path = await alone.HookAsync(certificate);
            Assert.Equal(200, await alone.SendAsync(path, good, null));
            Assert.Equal(401, await alone.SendAsync(path, other, null));
            Assert.Equal(401, await alone.SendAsync(path, null, null));
            Assert.Equal(401, await alone.SendAsync(path, null, Convert.ToBase64String(good.RawData)));
        }
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2"), new Oid("1.3.6.1.5.5.7.3.1")], false));
        if (issuer is null)
            return request.CreateSelfSigned(From, To);
        using var signed = request.Create(issuer, From, To, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
