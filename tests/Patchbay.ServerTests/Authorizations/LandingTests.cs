using System.Text.RegularExpressions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>The page that providers send users back to, as far as the server has a part in it; what it does in a browser is seen in one.</summary>
public sealed partial class LandingTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task The_page_is_the_same_for_everybody_and_runs_nothing_but_its_own_script(Database database)
    {
        var host = await hosts.OfAsync(database);
        var plain = (await host.Nobody.GetAsync("/oauth2/callback")).Expect(200);
        var called = (await host.Nobody.GetAsync("/oauth2/callback?error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=%3Cimg%20src=x%3E&state=%22%3E")).Expect(200);
        var script = (await host.Nobody.GetAsync("/oauth2/callback.js")).Expect(200);

        Assert.Equal(plain.Text, called.Text);
        Assert.All(Scripts().Matches(plain.Text), m => Assert.Equal("<script src=\"callback.js\" defer>", m.Value));
        Assert.DoesNotMatch(InlineCode(), plain.Text);
        Assert.DoesNotContain("innerHTML", script.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("'*'", script.Text, StringComparison.Ordinal);
        foreach (var answer in (Answer[])[plain, called])
        {
            Assert.Equal(("text/html; charset=utf-8", "no-store", "no-referrer", "nosniff", "DENY"), (answer.Headers["Content-Type"], answer.Headers["Cache-Control"],
                answer.Headers["Referrer-Policy"], answer.Headers["X-Content-Type-Options"], answer.Headers["X-Frame-Options"]));
            var policy = answer.Headers["Content-Security-Policy"];
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.False(answer.Headers.ContainsKey("Set-Cookie"));
        }
    }

    [Theory, EachDatabase]
    public async Task Only_whoever_knows_a_state_learns_whom_the_page_may_answer(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var acme = await signIn.Host.NewOrganisationAsync();
        var other = await signIn.Host.NewOrganisationAsync();
        var connector = await signIn.ConnectorAsync(acme);
        (await acme.PutAsync(AllowedOrigins(acme), new { origins = new[] { "https://app.example.com", "http://localhost:3000" } })).Expect(200);
        (await other.PutAsync(AllowedOrigins(other), new { origins = new[] { "https://other.example.com" } })).Expect(200);
        var user = await connector.ConsentAsync();
        var own = signIn.Host.Address.GetLeftPart(UriPartial.Authority);

        Assert.Equal($$"""{"origins":["{{own}}","https://app.example.com","http://localhost:3000"]}""", (await OriginsAsync(signIn.Host, user.State)).Expect(200).Text);
        foreach (var state in (string[])[user.State[..^1], user.State + "A", user.State.ToLowerInvariant(), "", acme.Id, "%", user.Code[..40]])
            Assert.Equal("""{"origins":[]}""", (await OriginsAsync(signIn.Host, state)).Expect(200).Text);
        (await OriginsAsync(signIn.Host, new string('a', 201))).ExpectError(400, "invalid_request", "state");

        (await OriginsAsync(signIn.Host, new string('a', 5000))).ExpectError(413, "body_too_large");

        // Once the connection is made the page may be reloaded, and a change shows at once.
        (await connector.ConnectAsync(user)).Expect(200);
        (await acme.PutAsync(AllowedOrigins(acme), new { origins = Array.Empty<string>() })).Expect(200);
        Assert.Equal($$"""{"origins":["{{own}}"]}""", (await OriginsAsync(signIn.Host, user.State)).Expect(200).Text);
        Assert.Equal("no-store", (await OriginsAsync(signIn.Host, user.State)).Headers["Cache-Control"]);
    }

    [Theory, EachDatabase]
    public async Task Allowed_origins_are_exact(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        string[] exact = ["https://app.example.com", "https://app.example.com:8443", "http://127.0.0.1:3000", "http://[::1]:3000", "https://xn--bcher-kva.example"];
        Assert.Equal("""{"origins":[]}""", (await acme.GetAsync(AllowedOrigins(acme))).Expect(200).Text);
        (await acme.PutAsync(AllowedOrigins(acme), new { origins = exact })).Expect(200);

        foreach (var wrong in (string[])
        [
            "*", "https://*", "https://*.example.com", "null", "", "app.example.com", "https://app.example.com/", "https://app.example.com/path", "https://app.example.com:443",
            "HTTPS://app.example.com", "https://App.example.com", "https://user@app.example.com", "https://app.example.com?a", "https://app.example.com#a", "ftp://app.example.com",
            "file://", "javascript:alert(1)", "https://bücher.example", " https://app.example.com", "https://app.example.com ", "https://127.1", "https://", "https://a b.example",
        ])
        {
            (await acme.PutAsync(AllowedOrigins(acme), new { origins = new[] { "https://fine.example.com", wrong } })).ExpectError(400, "invalid_request", "origins[1]");
        }

        Assert.Equal(exact, (await acme.GetAsync(AllowedOrigins(acme))).Expect(200)["origins"].AsArray().Select(o => o!.GetValue<string>()));
    }

    private static string AllowedOrigins(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}/allowed-origins";

    private static Task<Answer> OriginsAsync(PatchbayHost host, string state) => host.Nobody.PostAsync("/oauth2/callback/origins", new { state });

    [GeneratedRegex("<script[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Scripts();

    [GeneratedRegex("<style|\\son[a-z]+=|\\sstyle=|javascript:", RegexOptions.None, 1000)]
    private static partial Regex InlineCode();
}
