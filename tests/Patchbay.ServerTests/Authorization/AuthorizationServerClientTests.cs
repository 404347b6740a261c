using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.Authorizing;
using Xunit;

namespace Patchbay.ServerTests.Authorization;

/// <summary>The ways in which a client proves to the authorization server who it is.</summary>
public sealed class AuthorizationServerClientTests
{
    private static readonly RegisteredClient Confidential = new() { Id = "backend", Secret = "s3cret:+/%", RedirectUris = [TokenClient.RedirectUri] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_taken_from_the_header_and_from_the_body_and_must_be_right()
    {
        await using var server = await StartAsync(Confidential);
        using var client = new TokenClient(server);
        var grant = ("grant_type", "client_credentials");

        var basic = await client.PostAsync(server.TokenUrl, TokenClient.Basic("backend", Confidential.Secret!), grant, ("scope", "read"));
        var post = await client.TokenAsync(grant, ("client_id", "backend"), ("client_secret", Confidential.Secret!));
        var wrong = await client.TokenAsync(grant, ("client_id", "backend"), ("client_secret", "guess"));

        Assert.Equal("backend", (await client.MeAsync(basic.Expect(200).AccessToken())).Expect(200)["subject"].GetValue<string>());
        post.Expect(200);
        Assert.Equal("invalid_client", wrong.Expect(401).Error());
        Assert.Equal(["client_secret_basic", "client_secret_post", "client_secret_post"], server.Observed.TokenRequests.Select(r => r.Authentication));
        Assert.All(server.Observed.TokenRequests, r => Assert.Equal("backend", r.ClientId));
        Assert.DoesNotContain(Confidential.Secret!, string.Concat(server.Observed.TokenRequests.SelectMany(r => r.Parameters.Values)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SecretTransport.Basic, 200, 401)]
    [InlineData(SecretTransport.Post, 401, 200)]
    public async Task A_client_can_be_held_to_one_way_of_sending_its_secret(SecretTransport transport, int basicStatus, int postStatus)
    {
        await using var server = await StartAsync(Confidential with { SecretTransport = transport });
        using var client = new TokenClient(server);
        var grant = ("grant_type", "client_credentials");

        var basic = await client.PostAsync(server.TokenUrl, TokenClient.Basic("backend", Confidential.Secret!), grant);
        var post = await client.TokenAsync(grant, ("client_id", "backend"), ("client_secret", Confidential.Secret!));

        basic.Expect(basicStatus);
        post.Expect(postStatus);
    }

    [Fact]
    public async Task A_client_proves_itself_by_an_assertion_that_it_signed_with_RS256()
    {
        using var key = RSA.Create(2048);
        using var other = RSA.Create(2048);

        await AssertionAsync(Jwk(key), "RS256", data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            data => other.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task A_client_proves_itself_by_an_assertion_that_it_signed_with_ES256()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        await AssertionAsync(Jwk(key), "ES256", data => key.SignData(data, HashAlgorithmName.SHA256), data => other.SignData(data, HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task A_client_proves_itself_by_its_own_certificate()
    {
        using var own = ClientCertificate("CN=backend");
        using var foreign = ClientCertificate("CN=backend");
        var registered = new RegisteredClient { Id = "backend", Certificate = own.ExportCertificatePem() };
        await using var server = await AuthorizationServer.StartAsync(new AuthorizationServerOptions { Clients = [registered], MutualTls = true }, Token);

        await CertificateAsync(server, own, foreign);
    }

    [Fact]
    public async Task A_client_proves_itself_by_a_certificate_of_an_authority()
    {
        using var authority = Authority();
        using var own = ClientCertificate("CN=client.example", authority);
        using var foreign = ClientCertificate("CN=client.example");
        var registered = new RegisteredClient { Id = "backend", CertificateOfAuthority = true, RedirectUris = [TokenClient.RedirectUri] };
        await using var server = await AuthorizationServer.StartAsync(
            new AuthorizationServerOptions { Clients = [registered], MutualTls = true, ClientCertificateAuthorities = [authority.ExportCertificatePem()] }, Token);

        await CertificateAsync(server, own, foreign);
    }

    [Theory]
    [InlineData("client-authentication+jwt", "/", true)]
    [InlineData("JWT", "/", false)]
    [InlineData("client-authentication+jwt", "/connect/token", false)]
    public async Task It_can_be_strict_about_the_type_and_the_audience_of_assertions(string type, string audience, bool isTaken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var server = await StartAsync(new AuthorizationServerOptions { Clients = [new() { Id = "backend", PublicKeys = [Jwk(key)] }], StrictClientAssertions = true });
        using var client = new TokenClient(server);

        var answer = await client.TokenAsync(Assertion("ES256", type, new Uri(server.Url, audience), data => key.SignData(data, HashAlgorithmName.SHA256)));

        answer.ExpectOneOf(isTaken ? [200] : [400, 401]);
    }

    private static Task<AuthorizationServer> StartAsync(RegisteredClient client) => StartAsync(new AuthorizationServerOptions { Clients = [client] });

    private static Task<AuthorizationServer> StartAsync(AuthorizationServerOptions options) => AuthorizationServer.StartAsync(options, Token);

    private static async Task AssertionAsync(string jwk, string algorithm, Func<byte[], byte[]> sign, Func<byte[], byte[]> signOtherwise)
    {
        await using var server = await StartAsync(new RegisteredClient { Id = "backend", PublicKeys = [jwk] });
        using var client = new TokenClient(server);

        var toIssuer = await client.TokenAsync(Assertion(algorithm, "JWT", server.Url, sign));
        var toEndpoint = await client.TokenAsync(Assertion(algorithm, "JWT", server.TokenUrl, sign));
        var toSomebodyElse = await client.TokenAsync(Assertion(algorithm, "JWT", new Uri("http://else.example/"), sign));
        var forged = await client.TokenAsync(Assertion(algorithm, "JWT", server.Url, signOtherwise));

        (await client.MeAsync(toIssuer.Expect(200).AccessToken())).Expect(200);
        toEndpoint.Expect(200);
        toSomebodyElse.ExpectOneOf(400, 401);
        Assert.Equal("invalid_client", forged.Expect(401).Error());
        Assert.Equal("backend", server.Observed.TokenRequests[0].ClientId);
        Assert.Equal("private_key_jwt", server.Observed.TokenRequests[0].Authentication);
    }

    private static (string, string)[] Assertion(string algorithm, string type, Uri audience, Func<byte[], byte[]> sign)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = algorithm, ["kid"] = "k1", ["typ"] = type };
        var claims = new JsonObject
        {
            ["iss"] = "backend", ["sub"] = "backend", ["aud"] = audience.AbsoluteUri, ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)), ["iat"] = now, ["exp"] = now + 60,
        };
        var signed = $"{Encoded(Encoding.UTF8.GetBytes(head.ToJsonString()))}.{Encoded(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return [("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", $"{signed}.{Encoded(sign(Encoding.ASCII.GetBytes(signed)))}")];
    }

    private static string Jwk(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA", ["kid"] = "k1", ["use"] = "sig", ["alg"] = "RS256", ["n"] = Encoded(parameters.Modulus!), ["e"] = Encoded(parameters.Exponent!),
        }.ToJsonString();
    }

    private static string Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC", ["kid"] = "k1", ["crv"] = "P-256", ["use"] = "sig", ["alg"] = "ES256", ["x"] = Encoded(point.X!), ["y"] = Encoded(point.Y!),
        }.ToJsonString();
    }

    private static async Task CertificateAsync(AuthorizationServer server, X509Certificate2 own, X509Certificate2 foreign)
    {
        (string, string)[] request = [("grant_type", "client_credentials"), ("client_id", "backend")];
        var url = new Uri(server.MutualTlsUrl!, server.TokenUrl.AbsolutePath);
        using var right = new TokenClient(server, own);
        using var wrong = new TokenClient(server, foreign);
        using var without = new TokenClient(server);

        (await right.MeAsync((await right.PostAsync(url, null, request)).Expect(200).AccessToken())).Expect(200);
        Assert.Equal("invalid_client", (await wrong.PostAsync(url, null, request)).Expect(401).Error());
        (await without.PostAsync(url, null, request)).ExpectOneOf(400, 401);
        Assert.Equal("certificate", server.Observed.TokenRequests[0].Authentication);
    }

    private static X509Certificate2 ClientCertificate(string subject, X509Certificate2? issuer = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2", "clientAuth")], critical: true));
        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null)
            return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        using var signed = request.Create(issuer, now.AddHours(-1), now.AddDays(1), [1, 2, 3, 4]);
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Authority of the tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static string Encoded(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
}
