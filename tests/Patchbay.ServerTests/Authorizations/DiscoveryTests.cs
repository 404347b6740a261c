using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>A config is proposed from what a provider says of itself (RFC 8414, OpenID Connect Discovery).</summary>
public sealed class DiscoveryTests(Hosts hosts)
{
    private const string Path = "protocols/http/discover-oauth2";

    [Theory, EachDatabase]
    public async Task What_a_provider_says_of_itself_becomes_a_config_that_users_can_sign_in_with(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var acme = await signIn.Host.NewOrganisationAsync();

        var discovered = (await acme.PostAsync(Path, new { issuer = signIn.Provider.Url.AbsoluteUri })).Expect(200);
        var byUrl = (await acme.PostAsync(Path, new { url = new Uri(signIn.Provider.Url, "/.well-known/openid-configuration").AbsoluteUri })).Expect(200);
        var config = discovered["config"].AsObject();
        Assert.Equal(discovered.Text, byUrl.Text);
        Assert.Equal(signIn.Provider.AuthorizeUrl.AbsoluteUri, config["authorizeUrl"]!.GetValue<string>());
        Assert.Equal(signIn.Provider.TokenUrl.AbsoluteUri, config["tokenUrl"]!.GetValue<string>());
        Assert.Equal(signIn.Provider.RevokeUrl.AbsoluteUri, config["revocationUrl"]!.GetValue<string>());
        Assert.Equal("authorization_code", config["grant"]!["grantType"]!.GetValue<string>());
        Assert.Contains("read", config["scopes"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));

        // As it was proposed, with the client added.
        config["id"] = SignIn.ConfigId;
        config["defaultScopes"] = new JsonArray("read");
        (config["grant"]!["clientId"], config["grant"]!["clientSecret"]) = (SignIn.ClientId, SignIn.ClientSecret);
        var connector = signIn.Of(acme, await acme.CreateConnectorAsync("Discovered", signIn.Provider.ApiUrl.AbsoluteUri.TrimEnd('/'), config.DeepClone()));
        Assert.Equal("alice", (await connector.CallAsync(await connector.ConnectUserAsync())).Expect(200)["subject"].GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task Metadata_of_somebody_else_are_refused_and_so_is_what_is_none(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        await using var impostor = await Upstream.StartAsync("""{"issuer":"https://login.example.com","token_endpoint":"https://login.example.com/token"}""");
        await using var empty = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await using var garbled = await Upstream.StartAsync("<html>Welcome</html>", "text/html");
        await using var moved = await Upstream.StartAsync(context =>
        {
            context.Response.Redirect("http://169.254.169.254/latest/meta-data/");
            return Task.CompletedTask;
        });

        (await acme.PostAsync(Path, new { issuer = impostor.Address })).ExpectError(400, "issuer_mismatch", "issuer");
        (await acme.PostAsync(Path, new { url = $"{impostor.Address}.well-known/openid-configuration" })).ExpectError(400, "issuer_mismatch", "url");
        (await acme.PostAsync(Path, new { issuer = empty.Address })).ExpectError(400, "no_metadata", "issuer");
        (await acme.PostAsync(Path, new { issuer = garbled.Address })).ExpectError(502, "discovery_failed");
        (await acme.PostAsync(Path, new { issuer = moved.Address })).ExpectError(502, "discovery_failed");
        Assert.All(empty.Requests, r => Assert.Equal("GET", r.Method));
        Assert.Equal(["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"], empty.Requests.Select(r => r.Target).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Nobody_is_asked_whom_the_server_may_not_reach(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var issuer in (string[])
        [
            "http://10.1.2.3", "http://169.254.169.254", "http://[fd00::1]", "http://[::ffff:10.1.2.3]", "http://0xa010203", "http://167838211", "http://100.64.0.1",
        ])
        {
            (await acme.PostAsync(Path, new { issuer })).ExpectError(400, "host_not_allowed", "issuer");
        }

        (await acme.PostAsync(Path, new { issuer = "http://127.0.0.1:1" })).ExpectError(502, "discovery_failed");
        foreach (var issuer in (string[])["", "login.example.com", "ftp://login.example.com", "file:///etc/passwd", "https://user:pass@login.example.com", "https://login.example.com/?a=b", "https://login.example.com/#a", "https://{{host}}"])
            (await acme.PostAsync(Path, new { issuer })).ExpectError(400, "invalid_request", "issuer");
        (await acme.PostAsync(Path, new { })).ExpectError(400, "invalid_request", "issuer");
        (await acme.PostAsync(Path, new { issuer = "https://a.example.com", url = "https://a.example.com" })).ExpectError(400, "invalid_request", "issuer");
    }
}
