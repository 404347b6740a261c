using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

/// <summary>Every scheme with every type of credential: applied and read back where they go together, refused by name where not.</summary>
public sealed class SchemeMatrixTests(Hosts hosts)
{
    private const string Secret = "s3cret-of-the-matrix";

    private static readonly string PrivateKey = NewPrivateKey();

    /// <summary>Every type with sound data; each secret in it has the marker.</summary>
    private static readonly Dictionary<string, Func<Places, object>> Types = new(StringComparer.Ordinal)
    {
        ["none"] = _ => new { },
        ["string"] = _ => new { value = Secret },
        ["binary"] = _ => new { valueBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) },
        ["basic-auth"] = _ => new { username = "alice", password = Secret },
        ["oauth2-client"] = p => new { clientId = "client", clientSecret = Secret, authorizeUrl = "", tokenUrl = p.TokenUrl, scopes = new[] { "read" } },
        ["oauth2-code"] = _ => new { code = "c", state = "made-up" },
        ["oauth2-password"] = _ => new { username = "alice", password = Secret },
        ["oauth2-token"] = _ => new { scopes = new[] { "read" }, accessToken = $"{Secret}-token" },
        ["custom-function"] = _ => new { values = new { key = Secret } },
        ["certificate"] = _ => new { certificate = Certificate.Pem, key = Certificate.KeyPem, ca = Certificate.Pem },
        ["jwt-bearer"] = _ => new { privateKey = PrivateKey, values = new { issuer = "me", subject = "you", audience = "them" } },
        ["values"] = _ => new { values = new { user = "alice", password = Secret } },
        ["oauth1-token"] = _ => new { consumerKey = "consumer", consumerSecret = Secret, token = "token", tokenSecret = Secret },
        ["aws-keys"] = _ => new { accessKeyId = "AKIDEXAMPLE", secretAccessKey = Secret },
    };

    /// <summary>Every scheme: its config, the types that go with it, and how a request shows that it was applied.</summary>
    private static readonly Scheme[] Schemes =
    [
        new("none", _ => new { }, ["none"], r => !r.Headers.ContainsKey("Authorization")),
        new("api-key", _ => new { name = "X-Key", @in = "header" }, ["string"], r => r.Headers["X-Key"] == Secret),
        new("basic-auth", _ => new { }, ["basic-auth"], r => r.Headers["Authorization"] == Basic("alice", Secret)),
        new("oauth2", p => OAuth2(p, new { grantType = "client_credentials" }), ["oauth2-client"], IsBearer("from-the-token-endpoint"), "client_credentials"),
        new("oauth2", p => OAuth2(p, new { grantType = "password", clientId = "client", clientSecret = Secret }), ["oauth2-password", "oauth2-token"],
            r => IsBearer("from-the-token-endpoint")(r) || IsBearer($"{Secret}-token")(r), "password"),
        new("oauth2", p => OAuth2(p, new { grantType = "authorization_code", clientId = "client", clientSecret = Secret }), ["oauth2-token", "oauth2-code"],
            IsBearer($"{Secret}-token"), "authorization_code"),
        new("hmac", _ => new { name = "X-Sign", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" } }, ["string", "binary"],
            r => r.Headers["X-Sign"] == Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), r.Body))),
        new("certificate", _ => new { }, ["certificate"], r => !r.Headers.ContainsKey("Authorization")),
        new("jwt-bearer", p => new { tokenUrl = p.TokenUrl }, ["jwt-bearer"], IsBearer("from-the-token-endpoint")),
        new("google-service-account", p => new { scopes = new[] { "read" }, tokenUrl = p.TokenUrl }, ["string", "binary"], IsBearer("from-the-token-endpoint")),
        new("two-step", p => new { trade = new { url = p.TokenUrl, form = new { user = "{{user}}", password = "{{password}}" } } }, ["values"], IsBearer("from-the-token-endpoint")),
        new("custom-function", _ => new { source = "function authenticate({ values }) { return { headers: { 'X-Function': values.key } }; }" }, ["custom-function"],
            r => r.Headers["X-Function"] == Secret),
        new("aws-signature", _ => new { region = "eu-west-1", service = "execute-api" }, ["aws-keys"],
            r => r.Headers["Authorization"].StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", StringComparison.Ordinal)),
    ];

    [Theory, EachDatabase]
    public async Task Each_scheme_applies_its_types_and_names_them_to_who_brings_another(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        await using var provider = await Upstream.StartAsync(AnswerTokens);
        var places = new Places(upstream.Address.ToString().TrimEnd('/'), $"{provider.Address.ToString().TrimEnd('/')}/token");
        var tenant = await host.NewOrganisationAsync("matrix");
        foreach (var (number, scheme) in Schemes.Index())
        {
            var connector = (await tenant.PostAsync("protocols/http/connectors", new
            {
                name = $"{scheme.Name} {number}", baseUrl = places.BaseUrl, @public = false, authSchemeConfigs = new[] { scheme.ConfigOf(places) },
            })).Expect(201).Id;
            foreach (var (type, dataOf) in Types)
            {
                var data = scheme.Name == "google-service-account" ? KeyFile(type, places) ?? dataOf(places) : dataOf(places);
                var answer = await tenant.PostAsync($"connectors/{connector}/connections", new
                {
                    name = type,
                    credentials = new { action = new[] { new { authSchemeConfig = new { id = "it" }, credential = new { name = "n", type, data } } } },
                    variables = Array.Empty<object>(),
                });
                Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);
                if (!scheme.Types.Contains(type, StringComparer.Ordinal))
                {
                    var refusal = answer.ExpectError(400, "invalid_request", "credentials.action[0].credential.type");
                    Assert.All(scheme.Types, t => Assert.Contains($"\"{t}\"", refusal.Text.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal));
                }
                else if (type == "oauth2-code")
                    answer.ExpectError(400, "state_unknown", "credentials.action[0].credential.data.state");
                else
                    await SeeItAppliedAsync(tenant, upstream, scheme, type, connector, answer.Expect(200));
            }
        }

        Assert.DoesNotContain(host.Log.Lines, l => l.Contains(Secret, StringComparison.Ordinal));
    }

    private static async Task SeeItAppliedAsync(Tenant tenant, Upstream upstream, Scheme scheme, string type, string connector, Answer created)
    {
        var called = await tenant.Api.SendAsync(HttpMethod.Post, $"/api/proxy/{created.Id}/it?a=b", new StringContent("""{"hello":"world"}""", Encoding.UTF8, "application/json"));
        called.Expect(200);
        var request = upstream.Requests.Last();
        Assert.True(scheme.IsApplied(request), $"{scheme.Name} with {type} sent {string.Join(", ", request.Headers.Select(h => $"{h.Key}: {h.Value}"))}");

        var read = (await tenant.GetAsync($"connectors/{connector}/connections/{created.Id}")).Expect(200);
        var credential = read["credentials"]["action"]![0]!["credential"]!;
        Assert.Equal(type, credential["type"]!.GetValue<string>());
        Assert.DoesNotContain(Secret, read.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", read.Text, StringComparison.Ordinal);
        if (type is not ("none" or "oauth2-token"))
            Assert.Contains("[redacted]", credential["data"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static Task AnswerTokens(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""{"access_token":"from-the-token-endpoint","token_type":"Bearer","expires_in":3600}""");
    }

    private static object OAuth2(Places places, object grant) => new
    {
        authorizeUrl = $"{places.TokenUrl}/authorize", tokenUrl = places.TokenUrl, scopes = Array.Empty<object>(), defaultScopes = Array.Empty<string>(), grant,
    };

    private static object? KeyFile(string type, Places places)
    {
        var file = new JsonObject
        {
            ["type"] = "service_account", ["client_email"] = "robot@example.com", ["private_key"] = PrivateKey, ["private_key_id"] = "1", ["token_uri"] = places.TokenUrl,
        }.ToJsonString();
        return type switch
        {
            "string" => new { value = file },
            "binary" => new { valueBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(file)) },
            _ => null,
        };
    }

    private static string Basic(string user, string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    private static Func<UpstreamRequest, bool> IsBearer(string token) => r => r.Headers.TryGetValue("Authorization", out var value) && value == $"Bearer {token}";

    private static string NewPrivateKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    private sealed record Places(string BaseUrl, string TokenUrl);

    private sealed record Scheme(
        string Name, Func<Places, object> Config, IReadOnlyList<string> Types, Func<UpstreamRequest, bool> IsApplied, string? Grant = null)
    {
        public JsonObject ConfigOf(Places places)
        {
            var config = System.Text.Json.JsonSerializer.SerializeToNode(Config(places))!.AsObject();
            (config["id"], config["schemeType"], config["description"]) = ("it", Name, "d");
            return config;
        }
    }

    private static class Certificate
    {
        static Certificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=matrix", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension(true, false, 0, true));
            using var made = request.CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
            (Pem, KeyPem) = (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }

        public static string Pem { get; }

        public static string KeyPem { get; }
    }
}
