using System.Security.Cryptography;
using System.Text;
using Patchbay.Authorizing;
using Patchbay.Platform;
using Patchbay.Platform.People;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.SigningKeys;
using Xunit;

namespace Patchbay.ServerTests.People;

public sealed class IdTokenTests
{
    private const string List = "/api/organisations/v1/organisations";

    [Theory, EachDatabase]
    public async Task A_person_is_known_by_the_id_token_of_a_real_authorization_server(Database database)
    {
        await using var server = await AuthorizationServer.StartAsync(new AuthorizationServerOptions
        {
            Clients = [new RegisteredClient { Id = TestIssuer.ClientId, Secret = "secret" }], Users = [new() { Name = "alice", Password = "wonderland", Email = "alice@example.com" }],
        }, TestContext.Current.CancellationToken);
        await using var host = await PatchbayHost.StartAsync(database, settings: new PatchbaySettings { OpenId = new OpenIdSettings { Issuer = server.Url.ToString(), ClientId = TestIssuer.ClientId } });
        await host.NewOrganisationAsync();
        var answer = await host.Nobody.SendAsync(HttpMethod.Post, server.TokenUrl.ToString(), new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "password", ["username"] = "alice", ["password"] = "wonderland", ["scope"] = "openid profile", ["client_id"] = TestIssuer.ClientId, ["client_secret"] = "secret",
        }));
        var person = host.As(answer.Expect(200)["id_token"].GetValue<string>());

        // A member of nothing sees nothing, and is no stranger to the server.
        Assert.Equal(0, (await person.GetAsync(List)).Expect(200)["totalCount"].GetValue<int>());
        Assert.Equal("alice@example.com", await host.ScalarAsync<string>("SELECT email FROM people"));
        // The access token is JWT too, and no word on who is there.
        (await host.As(answer["access_token"].GetValue<string>()).GetAsync(List)).ExpectError(401, "invalid_key");
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task What_the_issuer_says_newest_is_kept(Database database)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await PatchbayHost.StartAsync(database, settings: issuer.Settings);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (await host.As(issuer.Token("ada", "ada@example.com", more: new { name = "Ada", iat = now - 10 })).GetAsync(List)).Expect(200);
        (await host.As(issuer.Token("ada", "lovelace@example.com", more: new { name = "Ada L", iat = now - 5 })).GetAsync(List)).Expect(200);
        (await host.As(issuer.Token("ada", "ada@example.com", more: new { name = "Ada", iat = now - 9 })).GetAsync(List)).Expect(200);

        Assert.Equal("lovelace@example.com", await host.ScalarAsync<string>("SELECT email FROM people"));
        Assert.Equal(1, await host.ScalarAsync<long>("SELECT COUNT(*) FROM people"));
    }

    [Fact]
    public async Task Tokens_that_prove_nothing_are_all_answered_alike()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: issuer.Settings);
        (await host.As(issuer.Token("ada")).GetAsync(List)).Expect(200);
        (await host.As(issuer.SignElliptic("""{"alg":"ES256","kid":"elliptic"}""", issuer.Claims("ada").ToJsonString())).GetAsync(List)).Expect(200);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        const string Header = """{"alg":"RS256","typ":"JWT","kid":"one"}""";
        var sound = issuer.Claims("ada").ToJsonString();
        var unsigned = $"{Signer.Part("""{"alg":"none"}"""u8.ToArray())}.{Signer.Part(Encoding.UTF8.GetBytes(sound))}.";
        var confused = $"{Signer.Part("""{"alg":"HS256","kid":"one"}"""u8.ToArray())}.{Signer.Part(Encoding.UTF8.GetBytes(sound))}";
        confused += "." + Signer.Part(HMACSHA256.HashData(Encoding.UTF8.GetBytes(issuer.PublicPem("one")), Encoding.ASCII.GetBytes(confused)));
        await using var other = await TestIssuer.StartAsync();
        var attacks = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["no signature"] = unsigned,
            ["no signature, under another name"] = unsigned + "x",
            ["HS256 by the public key"] = confused,
            ["another issuer's signature"] = other.Sign(Header, sound),
            ["another issuer"] = issuer.Token("ada", more: new { iss = "https://other.example.com" }),
            ["the issuer with a slash more"] = issuer.Token("ada", more: new { iss = issuer.Issuer + "/" }),
            ["another audience"] = issuer.Token("ada", more: new { aud = "other" }),
            ["several audiences without a party"] = issuer.Token("ada", more: new { aud = new[] { TestIssuer.ClientId, "other" } }),
            ["another party"] = issuer.Token("ada", more: new { aud = new[] { TestIssuer.ClientId, "other" }, azp = "other" }),
            ["expired"] = issuer.Token("ada", more: new { exp = now - 120, iat = now - 3600 }),
            ["not valid yet"] = issuer.Token("ada", more: new { nbf = now + 600 }),
            ["issued in the future"] = issuer.Token("ada", more: new { iat = now + 600 }),
            ["an expiry that is no number"] = issuer.Token("ada", more: new { exp = "never" }),
            ["no expiry"] = issuer.Sign(Header, Without(issuer, "exp")),
            ["no time of issue"] = issuer.Sign(Header, Without(issuer, "iat")),
            ["no subject"] = issuer.Sign(Header, Without(issuer, "sub")),
            ["a subject too long"] = issuer.Token(new string('a', 256)),
            ["an access token"] = issuer.Sign("""{"alg":"RS256","typ":"at+jwt","kid":"one"}""", sound),
            ["a critical extension"] = issuer.Sign("""{"alg":"RS256","kid":"one","crit":["x"],"x":1}""", sound),
            ["an unknown key"] = issuer.Sign("""{"alg":"RS256","kid":"two"}""", sound),
            ["another key's name"] = issuer.Sign("""{"alg":"ES256","kid":"one"}""", sound),
            ["PS256"] = issuer.Sign("""{"alg":"PS256","kid":"one"}""", sound),
            ["oversized"] = issuer.Token("ada", more: new { padding = new string('x', 9000) }),
            ["claims twice"] = issuer.Sign(Header, sound[..^1] + $$""","sub":"eve"}"""),
            ["claims changed after"] = Swapped(issuer.Token("ada"), issuer.Claims("eve").ToJsonString()),
        };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (attack, token) in attacks)
        {
            var answer = await host.As(token).GetAsync(List);
            Assert.True(answer.Status == 401, $"{attack}: {answer}");
            seen.Add(answer.Text);
        }

        Assert.Single(seen);
        // Two audiences are right where the token names us as the party.
        (await host.As(issuer.Token("ada", more: new { aud = new[] { TestIssuer.ClientId, "other" }, azp = TestIssuer.ClientId })).GetAsync(List)).Expect(200);
        Assert.Equal(1, await host.ScalarAsync<long>("SELECT COUNT(*) FROM people"));
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task Unknown_keys_do_not_flood_the_issuer_and_a_new_key_is_found()
    {
        var clock = new MovedClock();
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock, settings: issuer.Settings);
        (await host.As(issuer.Token("ada")).GetAsync(List)).Expect(200);
        await Parallel.ForAsync(0, 100, TestContext.Current.CancellationToken, async (i, _) =>
            (await host.As(issuer.Sign($$"""{"alg":"RS256","kid":"made-up-{{i}}"}""", issuer.Claims("ada").ToJsonString())).GetAsync(List)).ExpectError(401, "invalid_key"));
        Assert.Equal(1, issuer.KeysAskedFor);

        issuer.AddKey("two");
        clock.Advance(TimeSpan.FromSeconds(31));
        (await host.As(issuer.Sign("""{"alg":"RS256","kid":"two"}""", issuer.Claims("ada", clock: clock).ToJsonString(), "two")).GetAsync(List)).Expect(200);
        Assert.Equal(2, issuer.KeysAskedFor);
        (await host.As(issuer.Token("ada", clock: clock)).GetAsync(List)).Expect(200);
        Assert.Equal(2, issuer.KeysAskedFor);
    }

    [Fact]
    public async Task Claims_can_have_other_names_and_without_an_issuer_no_token_counts()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings
        {
            OpenId = issuer.Settings.OpenId! with { SubjectClaim = "oid", EmailClaim = "upn", EmailVerifiedClaim = "xms_edov" },
        });
        (await host.As(issuer.Token("ada")).GetAsync(List)).ExpectError(401, "invalid_key");
        (await host.As(issuer.Token("ada", more: new { oid = "42", upn = "ada@example.com", xms_edov = "true" })).GetAsync(List)).Expect(200);
        Assert.Equal("42 ada@example.com", await host.ScalarAsync<string>("SELECT subject || ' ' || email FROM people WHERE email_verified"));

        await using var without = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings());
        (await without.As(issuer.Token("ada")).GetAsync(List)).ExpectError(401, "invalid_key");
    }

    /// <summary>The system's time and timestamps, moved.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private long _moved;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _moved));

        public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _moved) * (TimestampFrequency / TimeSpan.TicksPerSecond);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _moved, time.Ticks);
    }

    private static string Without(TestIssuer issuer, string claim)
    {
        var claims = issuer.Claims("ada");
        claims.Remove(claim);
        return claims.ToJsonString();
    }

    private static string Swapped(string token, string claims)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Signer.Part(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
    }
}
