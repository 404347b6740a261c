using System.Security.Cryptography;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.SigningKeys;

public sealed class SigningKeyTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_new_key_shows_its_private_half_once_and_its_public_one_to_anybody(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.PostAsync(Signer.PathOf(acme), new { name = "product" })).Expect(201);
        Assert.Equal("no-store", created.Headers["Cache-Control"]);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", created["privateKey"].GetValue<string>(), StringComparison.Ordinal);

        var listed = (await acme.GetAsync(Signer.PathOf(acme))).Expect(200);
        Assert.Equal(created.Id, (string?)Assert.Single(listed["keys"].AsArray())!["id"]);
        var shown = (await acme.Host.Nobody.GetAsync($"/api/organisations/v1/keys/{created.Id}")).Expect(200);
        Assert.Equal(["createdAt", "id", "name", "publicKey"], shown.Json.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal((string?)created["publicKey"], (string?)shown["publicKey"]);
        Assert.DoesNotContain("PRIVATE", listed.Text + shown.Text, StringComparison.Ordinal);

        using var pair = RSA.Create();
        pair.ImportFromPem(created["privateKey"].GetValue<string>());
        Assert.Equal((string?)shown["publicKey"], pair.ExportSubjectPublicKeyInfoPem());
        foreach (var unknown in (string[])["01JDF3Q2M8V7K5T9XW4RZ6YB6C", "x"])
            (await acme.Host.Nobody.GetAsync($"/api/organisations/v1/keys/{unknown}")).ExpectError(404, "signing_key_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_token_without_sub_stands_for_the_organisation_where_its_key_allows_that(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var (allowed, plain) = (await Signer.MakeAsync(acme, allowOrganisationTokens: true), await Signer.MakeAsync(acme));

        (await allowed.GetAsync(allowed.Token(subject: null), "connectors")).Expect(200);
        (await allowed.GetAsync(allowed.Token(subject: null, issuer: $"{host.Address.ToString().TrimEnd('/')}/sk/{allowed.Id}"), "connectors")).Expect(200);
        (await plain.GetAsync(plain.Token(subject: null), "connectors")).ExpectError(401, "invalid_key");
        // It builds and runs; neither keys nor other organisations.
        (await allowed.GetAsync(allowed.Token(subject: null), Signer.PathOf(acme))).ExpectError(403, "permission_denied");
        (await allowed.GetAsync(allowed.Token(subject: null), $"/api/connect/v1/o/{other.Id}/connectors")).ExpectError(404, "organisation_not_found");
        // An API key shown as a token is none, and the other way round.
        (await host.Nobody.SendAsync(HttpMethod.Get, acme.Whole("connectors"), null, ("Authorization", $"JWT {acme.Key}"))).ExpectError(401, "invalid_key");
        (await host.Nobody.SendAsync(HttpMethod.Get, acme.Whole("connectors"), null, ("Authorization", $"Bearer {allowed.Token(subject: null)}"))).ExpectError(401, "invalid_key");
    }

    [Theory, EachDatabase]
    public async Task A_token_of_an_end_user_opens_nothing_of_the_organisation(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.ImportPublicAsync()).Id;
        var signer = await Signer.MakeAsync(acme, allowOrganisationTokens: true);
        var token = signer.Token("ada");

        foreach (var path in (string[])["connectors", $"connectors/{connector}", $"/api/organisations/v1/organisations/{acme.Id}", "protocols"])
            (await signer.GetAsync(token, path)).ExpectError(404, "organisation_not_found");
        foreach (var path in (string[])["/api/connect/v1/connectors", "/api/organisations/v1/organisations", "/api/organisations/v1/slug/free-slug/availability"])
            (await signer.GetAsync(token, path)).ExpectError(403, "end_user_token");
        (await host.Nobody.SendAsync(HttpMethod.Get, $"/api/proxy/{connector}/x", null, ("Authorization", $"JWT {token}"))).ExpectError(404, "connection_not_found");
    }

    public static TheoryData<string> Attacks => [.. TokenAttack.All];

    [Theory, MemberData(nameof(Attacks))]
    public async Task A_token_that_is_not_sound_is_refused_in_one_shape(string attack)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        var (signer, other) = (await Signer.MakeAsync(acme, allowOrganisationTokens: true), await Signer.MakeAsync(await host.NewOrganisationAsync(), allowOrganisationTokens: true));
        (await signer.GetAsync(signer.Token(subject: null), "connectors")).Expect(200);

        var refused = await signer.GetAsync(TokenAttack.Make(attack, signer, other, subject: null), "connectors");

        refused.ExpectError(401, attack == "empty" ? "unauthenticated" : "invalid_key");
        var unknown = await signer.GetAsync(signer.Token(null, $"{Signer.PublishedIssuer}01JDF3Q2M8V7K5T9XW4RZ6YB6C"), "connectors");
        if (attack != "empty")
            Assert.Equal(unknown.Text, refused.Text);
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Headers and claims as libraries write them: PyJWT, golang-jwt, and jose of JavaScript.</summary>
    [Theory]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """{"iss":"ISSUER","iat":NOW,"exp":LATER}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """{"iss":"ISSUER","exp":LATER,"nbf":NOW,"iat":NOW}""")]
    [InlineData("""{"alg":"RS256"}""", """{"iss":"ISSUER","iat":NOW,"exp":LATER}""")]
    [InlineData("""{"typ":"JWT","alg":"RS256","kid":"1"}""", """{"exp":LATER.5,"iss":"ISSUER","aud":["a"],"jti":"x","custom":{"a":[1]}}""")]
    public async Task Tokens_as_libraries_lay_them_out_hold(string header, string claims)
    {
        var signer = await Signer.MakeAsync(await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync(), allowOrganisationTokens: true);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var filled = claims.Replace("ISSUER", signer.Issuer, StringComparison.Ordinal).Replace("NOW", $"{now}", StringComparison.Ordinal).Replace("LATER", $"{now + 600}", StringComparison.Ordinal);

        (await signer.GetAsync(signer.Sign(header, filled), "connectors")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task A_clock_that_is_a_little_off_does_no_harm(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var signer = await Signer.MakeAsync(acme, allowOrganisationTokens: true);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        (await signer.GetAsync(signer.Token(null, more: new { nbf = now + 15, exp = now - 15 }), "connectors")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Tokens_of_a_deleted_key_fail_at_once_even_while_they_are_in_use(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        for (var round = 0; round < Counts.Of(3, 30); round++)
        {
            var signer = await Signer.MakeAsync(acme, allowOrganisationTokens: true);
            var token = signer.Token(subject: null);
            (await signer.GetAsync(token, "connectors")).Expect(200);
            var deleted = false;
            var users = Enumerable.Range(0, 4).Select(async _ =>
            {
                while (true)
                {
                    var late = Volatile.Read(ref deleted);
                    var answer = await signer.GetAsync(token, "connectors");
                    if (late)
                        return answer;
                }
            }).ToList();
            (await acme.DeleteAsync($"{Signer.PathOf(acme)}/{signer.Id}")).Expect(204);
            Volatile.Write(ref deleted, true);
            Assert.All(await Task.WhenAll(users), a => a.ExpectError(401, "invalid_key"));
            (await acme.DeleteAsync($"{Signer.PathOf(acme)}/{signer.Id}")).ExpectError(404, "signing_key_not_found");
        }
    }

    [Theory, EachDatabase]
    public async Task Keys_of_other_organisations_are_neither_listed_nor_deleted(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var signer = await Signer.MakeAsync(other);
        (await acme.GetAsync(Signer.PathOf(other))).ExpectError(404, "organisation_not_found");
        (await acme.DeleteAsync($"{Signer.PathOf(acme)}/{signer.Id}")).ExpectError(404, "signing_key_not_found");
        Assert.Empty((await acme.GetAsync(Signer.PathOf(acme))).Expect(200)["keys"].AsArray());
        Assert.Single((await other.GetAsync(Signer.PathOf(other))).Expect(200)["keys"].AsArray());
    }

    [Theory, EachDatabase]
    public async Task Who_may_not_build_makes_no_key_whose_tokens_may(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        (await acme.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/roles", new { name = "keys", permissions = new[] { "key.create" } })).Expect(201);
        var key = (await acme.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/api-keys", new { name = "k", roles = new[] { "keys" } })).Expect(201)["key"].GetValue<string>();
        (await acme.Host.As(key).PostAsync(Signer.PathOf(acme), new { name = "n" })).Expect(201);
        (await acme.Host.As(key).PostAsync(Signer.PathOf(acme), new { name = "n", allowOrganisationTokens = true })).ExpectError(403, "permission_denied");
    }
}
