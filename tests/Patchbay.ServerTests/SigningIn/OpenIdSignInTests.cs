using System.Net;
using System.Net.Sockets;
using Patchbay.Authorizing;
using Patchbay.Platform;
using Patchbay.Platform.People;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.SigningIn;

public sealed class OpenIdSignInTests
{
    [Theory, EachDatabase]
    public async Task A_person_signs_in_at_a_real_issuer_joins_and_gets_a_token(Database database)
    {
        await using var world = await World.StartAsync(database);
        var acme = await world.Host.NewOrganisationAsync();
        var invitation = (await acme.InviteAsync("Alice@example.com", ["viewer"])).Expect(201).Id;
        var stranger = (await acme.InviteAsync("bob@example.com", ["viewer"])).Expect(201).Id;
        using var browser = new Browser(world.Host);

        var entered = await browser.GetAsync((await world.ConsentAsync((await browser.GetAsync("/sign-in/issuer")).Location!)).PathAndQuery);

        Assert.Equal((303, "/account"), (entered.Status, entered.Location));
        var account = await browser.GetAsync("/account");
        Assert.Contains("alice@example.com", account.Text, StringComparison.Ordinal);
        Assert.Contains($"/account/invitations/{invitation}", account.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(stranger, account.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await browser.PostAsync($"/account/invitations/{stranger}", account.Mark)).Status);
        Assert.Equal(303, (await browser.PostAsync($"/account/invitations/{invitation}", account.Mark)).Status);
        Assert.DoesNotContain(invitation, (await browser.GetAsync("/account")).Text, StringComparison.Ordinal);
        var alice = world.Host.As((await browser.PostAsync("/account/token", account.Mark)).Token);
        (await alice.GetAsync($"/api/organisations/v1/organisations/{acme.Id}")).Expect(200);
        (await alice.GetAsync($"/api/connect/v1/o/{acme.Id}/connectors")).Expect(200);
        (await alice.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/api-keys", new { name = "x" })).ExpectError(403, "permission_denied");
        Assert.Empty(world.Host.Log.Errors);
    }

    [Fact]
    public async Task What_comes_back_serves_once_and_in_the_browser_that_began()
    {
        await using var world = await World.StartAsync(Database.Sqlite);
        using var browser = new Browser(world.Host);
        using var other = new Browser(world.Host);
        var back = (await world.ConsentAsync((await browser.GetAsync("/sign-in/issuer")).Location!)).PathAndQuery;
        // An attacker's answer in a victim's browser, with and without a sign-in of its own under way.
        Assert.Equal(400, (await other.GetAsync(back)).Status);
        await other.GetAsync("/sign-in/issuer");
        Assert.Equal(400, (await other.GetAsync(back)).Status);
        Assert.Null(other.Session);
        Assert.Equal(303, (await browser.GetAsync(back)).Status);
        Assert.Equal(400, (await browser.GetAsync(back)).Status);

        // A code that another browser got, put into one's own answer: the verifier is not the one that it was bound to.
        var theirs = (await world.ConsentAsync((await other.GetAsync("/sign-in/issuer")).Location!)).Query;
        var own = (await world.ConsentAsync((await browser.GetAsync("/sign-in/issuer")).Location!)).Query;
        var code = System.Web.HttpUtility.ParseQueryString(theirs)["code"];
        var state = System.Web.HttpUtility.ParseQueryString(own)["state"];
        Assert.Equal(400, (await browser.GetAsync($"/sign-in/callback?code={Uri.EscapeDataString(code!)}&state={state}")).Status);
        foreach (var query in (string[])["", "?code=x", "?state=x", "?error=access_denied&state=x", $"?code={new string('x', 5000)}&state=x"])
        {
            await browser.GetAsync("/sign-in/issuer");
            Assert.Equal(400, (await browser.GetAsync($"/sign-in/callback{query}")).Status);
        }

        Assert.Empty(world.Host.Log.Errors);
    }

    [Fact]
    public async Task An_issuer_that_is_not_there_is_told_plainly()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings { OpenId = new OpenIdSettings { Issuer = $"http://127.0.0.1:{FreePort()}", ClientId = "x" } });
        using var browser = new Browser(host);
        Assert.Equal(502, (await browser.GetAsync("/sign-in/issuer")).Status);
        await using var without = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings());
        using var nobody = new Browser(without);
        Assert.Contains("Nobody can sign in here yet", (await nobody.GetAsync("/sign-in")).Text, StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A server and the issuer that its people sign in at.</summary>
    private sealed record World(PatchbayHost Host, AuthorizationServer Issuer) : IAsyncDisposable
    {
        public static async Task<World> StartAsync(Database database)
        {
            var url = $"http://127.0.0.1:{FreePort()}";
            var issuer = await AuthorizationServer.StartAsync(new AuthorizationServerOptions
            {
                Clients = [new RegisteredClient { Id = "patchbay", Secret = "secret-of-the-server-1c7d", RequirePkce = true, RedirectUris = [$"{url}/sign-in/callback"] }],
                Users = [new() { Name = "alice", Password = "wonderland", Email = "alice@example.com" }],
            }, TestContext.Current.CancellationToken);
            return new World(await PatchbayHost.StartAsync(database, url: url, settings: new PatchbaySettings
            {
                OpenId = new OpenIdSettings { Issuer = issuer.Url.ToString(), ClientId = "patchbay", ClientSecret = "secret-of-the-server-1c7d", Scopes = ["openid", "profile"] },
            }), issuer);
        }

        /// <summary>Signs in and consents at the issuer.</summary>
        /// <returns>Where the issuer sends the browser.</returns>
        public async Task<Uri> ConsentAsync(string authorizeUrl)
        {
            using var person = Issuer.NewPerson();
            return await person.VisitAsync(new Uri(authorizeUrl), cancellationToken: TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }
}
