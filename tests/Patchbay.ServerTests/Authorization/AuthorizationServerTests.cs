using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.Authorizing;
using Xunit;

namespace Patchbay.ServerTests.Authorization;

/// <summary>The authorization server that other tests rely on does what they think it does.</summary>
public sealed class AuthorizationServerTests
{
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters";

    private static readonly RegisteredClient App = new() { Id = "app", RedirectUris = [TokenClient.RedirectUri] };

    private static readonly RegisteredClient Confidential = new() { Id = "backend", Secret = "s3cret:+/%", RedirectUris = [TokenClient.RedirectUri] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_authorization_code_with_PKCE_becomes_tokens_that_open_the_API()
    {
        await using var server = await StartAsync(App with { RequirePkce = true });
        using var client = new TokenClient(server);
        using var alice = server.NewPerson();

        var back = await alice.VisitAsync(
            client.Authorize("app", more: [("code_challenge", TokenClient.ChallengeOf(Verifier)), ("code_challenge_method", "S256")]), cancellationToken: Token);
        var answer = await client.TokenAsync(("grant_type", "authorization_code"), ("client_id", "app"), ("redirect_uri", TokenClient.RedirectUri),
            ("code", TokenClient.Query(back, "code")), ("code_verifier", Verifier));
        var me = await client.MeAsync(answer.Expect(200).AccessToken());
        var again = await client.MeAsync(answer.AccessToken());

        Assert.Equal("state-1", TokenClient.Query(back, "state"));
        Assert.Equal(["sign-in", "consent"], alice.FormsSeen);
        Assert.Equal("Bearer", answer["token_type"].GetValue<string>());
        Assert.NotEmpty(answer.RefreshToken());
        Assert.NotEmpty(answer["id_token"].GetValue<string>());
        Assert.Equal("alice", me.Expect(200)["subject"].GetValue<string>());
        Assert.Contains("read", me["scopes"].AsArray().Select(s => s!.GetValue<string>()));
        Assert.Equal(2, again["calls"].GetValue<int>());
        Assert.True(Assert.Single(server.Observed.TokenRequests).HasCodeVerifier);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_whose_verifier_is_missing_or_wrong_is_worth_nothing(bool isSent)
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var code = await client.CodeAsync(client.Authorize("app", more: [("code_challenge", TokenClient.ChallengeOf(Verifier)), ("code_challenge_method", "S256")]));
        (string, string)[] verifier = isSent ? [("code_verifier", Verifier + "!")] : [];

        var answer = await client.TokenAsync(
            [("grant_type", "authorization_code"), ("client_id", "app"), ("redirect_uri", TokenClient.RedirectUri), ("code", code), .. verifier]);

        Assert.Equal(isSent ? "invalid_grant" : "invalid_request", answer.Expect(400).Error());
    }

    [Fact]
    public async Task A_client_that_must_use_PKCE_gets_no_code_without_a_challenge()
    {
        await using var server = await StartAsync(App with { RequirePkce = true });
        using var client = new TokenClient(server);
        using var alice = server.NewPerson();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => alice.VisitAsync(client.Authorize("app"), cancellationToken: Token));

        Assert.Contains("code_challenge", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_comes_twice_takes_its_tokens_with_it()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        (string, string)[] exchange = [("grant_type", "authorization_code"), ("client_id", "app"), ("redirect_uri", TokenClient.RedirectUri), ("code", await client.CodeAsync(client.Authorize("app")))];
        var first = (await client.TokenAsync(exchange)).Expect(200);

        var second = await client.TokenAsync(exchange);

        Assert.Equal("invalid_grant", second.Expect(400).Error());
        (await client.MeAsync(first.AccessToken())).Expect(401);
        Assert.Equal(1, server.Observed.ReusedCodes);
    }

    [Fact]
    public async Task Who_denies_sends_the_browser_back_without_a_code()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        using var alice = server.NewPerson();

        var back = await alice.VisitAsync(client.Authorize("app"), allow: false, Token);

        Assert.Equal("access_denied", TokenClient.Query(back, "error"));
        Assert.Equal("state-1", TokenClient.Query(back, "state"));
    }

    [Fact]
    public async Task A_prompt_decides_which_pages_are_shown()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        using var alice = server.NewPerson();

        var nobody = await alice.VisitAsync(client.Authorize("app", more: ("prompt", "none")), cancellationToken: Token);
        await alice.VisitAsync(client.Authorize("app", "openid"), cancellationToken: Token);
        var unasked = await alice.VisitAsync(client.Authorize("app", "openid read", ("prompt", "none")), cancellationToken: Token);
        var silent = await alice.VisitAsync(client.Authorize("app", "openid", ("prompt", "none")), cancellationToken: Token);
        await alice.VisitAsync(client.Authorize("app", "openid", ("prompt", "login")), cancellationToken: Token);
        await alice.VisitAsync(client.Authorize("app", "openid", ("prompt", "consent")), cancellationToken: Token);

        Assert.Equal("login_required", TokenClient.Query(nobody, "error"));
        Assert.Equal("consent_required", TokenClient.Query(unasked, "error"));
        Assert.NotEmpty(TokenClient.Query(silent, "code"));
        Assert.Equal(["sign-in", "consent", "sign-in", "consent"], alice.FormsSeen);
    }

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
    public async Task A_password_becomes_tokens_if_it_is_right()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        (string, string)[] request = [("grant_type", "password"), ("client_id", "app"), ("username", "alice"), ("scope", "offline_access")];

        var right = await client.TokenAsync([.. request, ("password", "wonderland")]);
        var wrong = await client.TokenAsync([.. request, ("password", "looking-glass")]);

        Assert.Equal("alice", (await client.MeAsync(right.Expect(200).AccessToken())).Expect(200)["subject"].GetValue<string>());
        (await client.RefreshAsync("app", right.RefreshToken())).Expect(200);
        Assert.Equal("invalid_grant", wrong.Expect(400).Error());
    }

    [Fact]
    public async Task A_client_is_kept_to_its_grant_types()
    {
        await using var server = await StartAsync(App with { GrantTypes = ["authorization_code"] });
        using var client = new TokenClient(server);

        var answer = await client.TokenAsync(("grant_type", "password"), ("client_id", "app"), ("username", "alice"), ("password", "wonderland"));

        Assert.Equal("unauthorized_client", answer.Expect(400).Error());
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

    [Fact]
    public async Task A_refresh_gives_a_new_refresh_token_and_narrower_scopes_where_asked()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var first = await client.SignInAsync();

        var second = (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);
        var third = (await client.TokenAsync(
            ("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", second.RefreshToken()), ("scope", "read"))).Expect(200);

        Assert.NotEqual(first.RefreshToken(), second.RefreshToken());
        Assert.Equal("[\"read\"]", (await client.MeAsync(third.AccessToken())).Expect(200)["scopes"].ToJsonString());
        Assert.Equal(2, server.Observed.CountOf("refresh_token"));
        Assert.NotEqual(server.Observed.TokenRequests[1].RefreshToken, server.Observed.TokenRequests[2].RefreshToken);
    }

    [Fact]
    public async Task A_used_refresh_token_takes_the_whole_chain_with_it()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var first = await client.SignInAsync();
        var other = await client.SignInAsync();
        var second = (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);
        var third = (await client.RefreshAsync("app", second.RefreshToken())).Expect(200);

        var reuse = await client.RefreshAsync("app", first.RefreshToken());

        Assert.Equal("invalid_grant", reuse.Expect(400).Error());
        Assert.Equal(1, server.Observed.ReusedRefreshTokens);
        Assert.Equal("invalid_grant", (await client.RefreshAsync("app", third.RefreshToken())).Expect(400).Error());
        foreach (var answer in (Hosting.Answer[])[first, second, third])
            (await client.MeAsync(answer.AccessToken())).Expect(401);
        (await client.MeAsync(other.AccessToken())).Expect(200);
        (await client.RefreshAsync("app", other.RefreshToken())).Expect(200);
    }

    [Fact]
    public async Task Of_refreshes_that_race_with_one_refresh_token_one_wins_and_the_others_end_the_chain()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var first = await client.SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.RefreshAsync("app", first.RefreshToken())));

        var won = Assert.Single(answers, a => a.Status == 200);
        Assert.True(server.Observed.ReusedRefreshTokens >= 1);
        (await client.MeAsync(won.AccessToken())).Expect(401);
        (await client.RefreshAsync("app", won.RefreshToken())).Expect(400);
    }

    [Fact]
    public async Task Within_the_grace_period_a_used_refresh_token_gives_new_tokens_and_afterwards_ends_the_chain()
    {
        var clock = new MovableClock();
        await using var server = await StartAsync(new AuthorizationServerOptions { Clients = [App], ReuseGrace = TimeSpan.FromSeconds(10), Clock = clock });
        using var client = new TokenClient(server);
        var first = await client.SignInAsync();
        (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);

        clock.Move(TimeSpan.FromSeconds(9));
        var within = (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);
        (await client.MeAsync(within.AccessToken())).Expect(200);
        Assert.Equal(0, server.Observed.ReusedRefreshTokens);

        clock.Move(TimeSpan.FromSeconds(2));
        (await client.RefreshAsync("app", first.RefreshToken())).Expect(400);
        Assert.Equal(1, server.Observed.ReusedRefreshTokens);
        (await client.MeAsync(within.AccessToken())).Expect(401);
    }

    [Fact]
    public async Task Without_rotation_one_refresh_token_serves_again_and_again()
    {
        await using var server = await StartAsync(new AuthorizationServerOptions { Clients = [App], RotateRefreshTokens = false });
        using var client = new TokenClient(server);
        var first = await client.SignInAsync();

        var second = (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);
        var third = (await client.RefreshAsync("app", first.RefreshToken())).Expect(200);

        Assert.Null(second.Json["refresh_token"]);
        Assert.NotEqual(second.AccessToken(), third.AccessToken());
    }

    [Fact]
    public async Task An_access_token_opens_the_API_until_it_expires()
    {
        var clock = new MovableClock();
        await using var server = await StartAsync(new AuthorizationServerOptions { Clients = [App], AccessTokenLifetime = TimeSpan.FromSeconds(1), Clock = clock });
        using var client = new TokenClient(server);
        var answer = await client.SignInAsync();

        Assert.Equal(1, answer["expires_in"].GetValue<int>());
        (await client.MeAsync(answer.AccessToken())).Expect(200);
        clock.Move(TimeSpan.FromSeconds(2));
        (await client.MeAsync(answer.AccessToken())).Expect(401);
        (await client.MeAsync((await client.RefreshAsync("app", answer.RefreshToken())).AccessToken())).Expect(200);
    }

    [Fact]
    public async Task A_revoked_token_opens_nothing()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var tokens = await client.SignInAsync();

        (await client.PostAsync(server.RevokeUrl, null, ("client_id", "app"), ("token", tokens.AccessToken()))).Expect(200);
        (await client.MeAsync(tokens.AccessToken())).Expect(401);
        (await client.PostAsync(server.RevokeUrl, null, ("client_id", "app"), ("token", tokens.RefreshToken()), ("token_type_hint", "refresh_token"))).Expect(200);

        Assert.Equal("invalid_grant", (await client.RefreshAsync("app", tokens.RefreshToken())).Expect(400).Error());
        Assert.Equal(2, server.Observed.Revocations);
        Assert.Equal(0, server.Observed.ReusedRefreshTokens);
    }

    [Fact]
    public async Task A_person_who_disconnects_the_app_ends_every_token()
    {
        await using var server = await StartAsync(App);
        using var client = new TokenClient(server);
        var tokens = await client.SignInAsync();

        await server.RevokeEverythingAsync(Token);

        (await client.MeAsync(tokens.AccessToken())).Expect(401);
        Assert.Equal("invalid_grant", (await client.RefreshAsync("app", tokens.RefreshToken())).Expect(400).Error());
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task It_describes_itself(string path)
    {
        await using var server = await AuthorizationServer.StartAsync(new AuthorizationServerOptions { MutualTls = true }, Token);
        using var client = new TokenClient(server);

        var document = (await client.SendAsync(HttpMethod.Get, new Uri(server.Url, path))).Expect(200);

        Assert.Equal(server.Url.AbsoluteUri, document["issuer"].GetValue<string>());
        Assert.Equal(server.TokenUrl.AbsoluteUri, document["token_endpoint"].GetValue<string>());
        Assert.Equal(server.AuthorizeUrl.AbsoluteUri, document["authorization_endpoint"].GetValue<string>());
        Assert.Equal(server.RevokeUrl.AbsoluteUri, document["revocation_endpoint"].GetValue<string>());
        Assert.Equal(new Uri(server.MutualTlsUrl!, server.TokenUrl.AbsolutePath).AbsoluteUri, document["mtls_endpoint_aliases"]!["token_endpoint"]!.GetValue<string>());
        Assert.Null(document.Json["introspection_endpoint"]);
        (await client.SendAsync(HttpMethod.Get, new Uri(document["jwks_uri"].GetValue<string>()))).Expect(200);
    }

    [Fact]
    public async Task The_API_echoes_what_it_was_sent_and_is_closed_without_a_token_of_this_server()
    {
        await using var server = await StartAsync(App);
        await using var neighbour = await StartAsync(App);
        using var client = new TokenClient(server);
        using var elsewhere = new TokenClient(neighbour);
        var echo = new Uri(server.Url, "/api/echo");
        var tokens = await client.SignInAsync();

        var answer = await client.SendAsync(HttpMethod.Post, echo, $"Bearer {tokens.AccessToken()}", new StringContent("hello", Encoding.UTF8));

        Assert.Equal("hello", answer.Expect(200)["body"].GetValue<string>());
        (await client.SendAsync(HttpMethod.Post, echo)).Expect(401);
        (await client.MeAsync((await elsewhere.SignInAsync()).AccessToken())).Expect(401);
    }

    private static Task<AuthorizationServer> StartAsync(RegisteredClient client) => StartAsync(new AuthorizationServerOptions { Clients = [client] });

    private static Task<AuthorizationServer> StartAsync(AuthorizationServerOptions options) => AuthorizationServer.StartAsync(options, Token);

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
