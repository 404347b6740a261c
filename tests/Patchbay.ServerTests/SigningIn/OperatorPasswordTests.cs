using Microsoft.Extensions.Logging;
using Patchbay.Platform.SigningIn;
using Patchbay.ServerTests.Hosting;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.ServerTests.SigningIn;

public sealed class OperatorPasswordTests
{
    private const string Password = "a long password of the operator's";
    private static readonly Lazy<string> Hash = new(() => PasswordHash.Of(Password));

    [Theory, EachDatabase]
    public async Task The_operator_signs_in_by_password_and_out_again(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Information);
        var acme = await host.NewOrganisationAsync();
        using var browser = new Browser(host);
        Assert.DoesNotContain("Password of the operator", (await browser.GetAsync("/sign-in")).Text, StringComparison.Ordinal);
        // Set while it runs.
        await SetAsync(host);
        Assert.Equal("/sign-in?back=%2Faccount", (await browser.GetAsync("/account")).Location);

        var entered = await browser.SignInAsync(Password);

        Assert.Equal((303, "/account"), (entered.Status, entered.Location));
        var account = await browser.GetAsync("/account");
        Assert.Contains("The operator", account.Text, StringComparison.Ordinal);
        // The cookie opens pages and no API, whatever it is shown as.
        foreach (var (name, value) in ((string, string)[])[("Cookie", $"patchbay_session={browser.Session}"), ("Authorization", $"Bearer {browser.Session}"), ("Authorization", $"Bearer pbs_{browser.Session}")])
            (await host.Nobody.SendAsync(HttpMethod.Get, $"/api/organisations/v1/organisations/{acme.Id}", null, (name, value))).Expect(401);
        var made = await browser.PostAsync("/account/token", account.Mark);
        Assert.Matches(@"holds until \d{4}-\d\d-\d\d \d\d:\d\d UTC", made.Text);
        var token = made.Token;
        (await host.As(token).GetAsync($"/api/organisations/v1/organisations/{acme.Id}")).Expect(200);
        (await host.As(token).PostAsync("/api/organisations/v1/organisations", new { slug = "made-by-token", displayName = "x" })).Expect(201);

        Assert.Equal("/sign-in", (await browser.PostAsync("/sign-out", account.Mark)).Location);
        Assert.Equal("/sign-in?back=%2Faccount", (await browser.GetAsync("/account")).Location);
        (await host.As(token).GetAsync($"/api/organisations/v1/organisations/{acme.Id}")).ExpectError(401, "invalid_key");
        Assert.Equal(0, await host.ScalarAsync<long>("SELECT COUNT(*) FROM sign_in_sessions"));
        Assert.DoesNotContain(host.Log.Lines, l => l.Contains(Password, StringComparison.Ordinal) || l.Contains(token, StringComparison.Ordinal));
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task Where_the_server_is_reached_by_https_no_cookie_goes_without_it_nor_comes_from_another_host()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, publicUrl: "https://patchbay.example.com");
        await SetAsync(host);

        var cookie = (await host.Nobody.GetAsync("/sign-in")).Headers["Set-Cookie"];

        Assert.StartsWith("__Host-patchbay_form=", cookie, StringComparison.Ordinal);
        var attributes = cookie.Split("; ").Skip(1).ToList();
        Assert.Superset(new HashSet<string>(["path=/", "secure", "samesite=lax", "httponly"], StringComparer.Ordinal), attributes.ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(attributes, a => a.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Signing_in_begins_a_new_session_and_ends_what_was_in_the_browser()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await SetAsync(host);
        using var browser = new Browser(host);
        await browser.SignInAsync(Password);
        var first = browser.Session!;

        await browser.SignInAsync(Password);

        Assert.NotEqual(first, browser.Session);
        Assert.Equal(1, await host.ScalarAsync<long>("SELECT COUNT(*) FROM sign_in_sessions"));
        using var other = new Browser(host);
        other.Cookies.Add(host.Address, new System.Net.Cookie("patchbay_session", first));
        Assert.Equal(302, (await other.GetAsync("/account")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_password_or_none_ends_what_was_begun_by_the_one_before(bool removed)
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await SetAsync(host);
        using var browser = new Browser(host);
        await browser.SignInAsync(Password);
        var token = (await browser.PostAsync("/account/token", (await browser.GetAsync("/account")).Mark)).Token;
        (await host.As(token).GetAsync("/api/organisations/v1/organisations")).Expect(200);
        var file = Path.Combine(host.DataDir, "operator.password");

        if (removed)
            File.Delete(file);
        else
            await File.WriteAllTextAsync(file, PasswordHash.Of("another password of the operator's"), TestContext.Current.CancellationToken);

        Assert.Equal(302, (await browser.GetAsync("/account")).Status);
        (await host.As(token).GetAsync("/api/organisations/v1/organisations")).ExpectError(401, "invalid_key");
    }

    [Fact]
    public async Task Sessions_end_by_the_clock()
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock);
        await SetAsync(host);
        using var browser = new Browser(host);
        await browser.SignInAsync(Password);
        var token = (await browser.PostAsync("/account/token", (await browser.GetAsync("/account")).Mark)).Token;
        clock.Advance(SignInSession.ApiLifetime);
        (await host.As(token).GetAsync("/api/organisations/v1/organisations")).ExpectError(401, "invalid_key");
        Assert.Equal(200, (await browser.GetAsync("/account")).Status);
        clock.Advance(SignInSession.PageLifetime);
        Assert.Equal(302, (await browser.GetAsync("/account")).Status);
    }

    [Fact]
    public async Task Who_fails_waits_longer_each_time_and_the_right_password_serves_after()
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock);
        await SetAsync(host);
        using var browser = new Browser(host);
        for (var i = 0; i < OperatorPassword.FreeAttempts; i++)
            Assert.Equal(401, (await browser.SignInAsync("not the password")).Status);

        var refused = await browser.SignInAsync(Password);
        Assert.Equal((429, TimeSpan.FromSeconds(1)), (refused.Status, refused.RetryAfter));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(401, (await browser.SignInAsync("not the password")).Status);
        Assert.Equal(TimeSpan.FromSeconds(2), (await browser.SignInAsync(Password)).RetryAfter);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(303, (await browser.SignInAsync(Password)).Status);
    }

    [Fact]
    public async Task Many_at_once_get_no_more_attempts_than_one()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await SetAsync(host);
        using var browser = new Browser(host);
        var mark = (await browser.GetAsync("/sign-in")).Mark;

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => browser.PostAsync("/sign-in/password", mark, null, ("password", "a guess"))));

        Assert.All(answers, a => Assert.True(a.Status is 401 or 429, $"{a.Status}"));
        // One more for each that is computed at the very same time as the last free one.
        Assert.InRange(answers.Count(a => a.Status == 401), 1, OperatorPassword.FreeAttempts + 2);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_form_that_was_not_sent_from_our_page_does_nothing()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await SetAsync(host);
        using var browser = new Browser(host);
        using var other = new Browser(host);
        var (mark, foreign) = ((await browser.GetAsync("/sign-in")).Mark, (await other.GetAsync("/sign-in")).Mark);
        Assert.Equal(400, (await browser.PostAsync("/sign-in/password", null, null, ("password", Password))).Status);
        Assert.Equal(400, (await browser.PostAsync("/sign-in/password", foreign, null, ("password", Password))).Status);
        Assert.Equal(400, (await browser.PostAsync("/sign-in/password", mark, "https://evil.example.com", ("password", Password))).Status);
        Assert.Null(browser.Session);
        Assert.Equal(303, (await browser.PostAsync("/sign-in/password", mark, host.Address.GetLeftPart(UriPartial.Authority), ("password", Password))).Status);
        foreach (var path in (string[])["/account/token", "/sign-out", "/account/invitations/01JDF3Q2M8V7K5T9XW4RZ6YB1C"])
            Assert.Equal(400, (await browser.PostAsync(path, foreign)).Status);
        Assert.Equal(1, await host.ScalarAsync<long>("SELECT COUNT(*) FROM sign_in_sessions"));
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData("//evil.example.com", "/account")]
    [InlineData("/\\evil.example.com", "/account")]
    [InlineData("https://evil.example.com", "/account")]
    [InlineData("javascript:alert(1)", "/account")]
    [InlineData("/a\r\nSet-Cookie:x=y", "/account")]
    [InlineData("/%2fevil", "/account")]
    [InlineData("", "/account")]
    [InlineData("/account?tab=tokens", "/account?tab=tokens")]
    public async Task The_way_back_leads_to_pages_of_this_server_only(string back, string expected)
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await SetAsync(host);
        using var browser = new Browser(host);
        Assert.Equal(expected, (await browser.SignInAsync(Password, $"?back={Uri.EscapeDataString(back)}")).Location);
    }

    private static Task SetAsync(PatchbayHost host) => File.WriteAllTextAsync(Path.Combine(host.DataDir, "operator.password"), Hash.Value + "\n", TestContext.Current.CancellationToken);
}
