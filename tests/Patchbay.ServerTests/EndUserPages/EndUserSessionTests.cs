using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform.EndUserPages;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.EndUserPages;

public sealed class EndUserSessionTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task The_code_of_an_address_is_exchanged_once_for_a_token_that_acts_as_the_end_user_in_that_hub(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var (hub, other) = (await HubAsync(acme), await HubAsync(acme));

        // Nobody of this id exists yet.
        var made = (await acme.PostAsync(PathOf(hub, "ada lovelace"), new { language = "de", mode = "dark", lifetimeSeconds = 600 })).Expect(201);
        Assert.Equal("no-store", made.Headers["Cache-Control"]);
        var url = new Uri((string)made["url"]!);
        Assert.Equal($"/embed/{hub}", url.AbsolutePath);
        Assert.Empty(url.Query);

        var opened = (await OpenAsync(host, hub, CodeOf(made))).Expect(200);
        Assert.Equal("no-store", opened.Headers["Cache-Control"]);
        Assert.Equal(("ada lovelace", "de", "dark"), ((string)opened["userId"]!, (string)opened["language"]!, (string)opened["mode"]!));
        (await OpenAsync(host, hub, CodeOf(made))).ExpectError(401, "session_code_invalid");

        var token = (string)opened["token"]!;
        // Endpoints under /embed answer for users who are not there yet, others do not.
        Assert.Empty((await AsAsync(host, token, HttpMethod.Get, $"/api/embedded/v1/embed/{hub}/users/ada%20lovelace/activations")).Expect(200)["activations"].AsArray());
        (await AsAsync(host, token, HttpMethod.Get, $"/api/embedded/v1/hubs/{hub}/users/ada%20lovelace/connections")).ExpectError(404, "end_user_not_found");
        (await AsAsync(host, token, HttpMethod.Post, $"/api/embedded/v1/hubs/{hub}/users", new { externalId = "ada lovelace" })).Expect(201);
        (await AsAsync(host, token, HttpMethod.Get, $"/api/embedded/v1/hubs/{hub}/users/ada%20lovelace")).Expect(200);
        foreach (var path in (string[])[
            $"/api/embedded/v1/hubs/{hub}", $"/api/embedded/v1/hubs/{hub}/users", $"/api/embedded/v1/hubs/{hub}/users/grace", $"/api/embedded/v1/hubs/{other}/users/ada%20lovelace",
            $"/api/connect/v1/o/{acme.Id}/connectors", $"/api/embedded/v1/hubs/{hub}/pages"])
        {
            (await AsAsync(host, token, HttpMethod.Get, path)).Expect(404);
        }

        // Neither is a page of theirs made by an end user.
        (await AsAsync(host, token, HttpMethod.Post, PathOf(hub, "ada%20lovelace"), new { })).Expect(404);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Of_many_who_come_with_one_code_one_gets_a_token(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hub = await HubAsync(acme);
        var made = (await acme.PostAsync(PathOf(hub, "ada"), new { })).Expect(201);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(host, hub, CodeOf(made))));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.ExpectError(401, "session_code_invalid"));
    }

    [Theory, EachDatabase]
    public async Task A_code_that_is_no_good_is_refused_in_one_shape(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var (hub, other) = (await HubAsync(acme), await HubAsync(acme));
        var made = (await acme.PostAsync(PathOf(hub, "ada"), new { })).Expect(201);

        var shapes = new List<string>();
        foreach (var (place, code) in ((string, string)[])[(hub, "made-up"), (other, CodeOf(made)), ("01JDF3Q2M8V7K5T9XW4RZ6YB6C", CodeOf(made)), ("x", CodeOf(made)), (hub, ""), (hub, $"{CodeOf(made)}x")])
            shapes.Add((await OpenAsync(host, place, code)).ExpectError(401, "session_code_invalid").Text);

        Assert.Single(shapes.Distinct(StringComparer.Ordinal));
        (await OpenAsync(host, hub, new string('x', 201))).Expect(400);
        (await OpenAsync(host, hub, new string('x', 5000))).Expect(413);
        (await OpenAsync(host, hub, CodeOf(made))).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Codes_and_tokens_end_by_the_clock_and_are_swept(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock: clock);
        var acme = await host.NewOrganisationAsync();
        var hub = await HubAsync(acme);
        var late = (await acme.PostAsync(PathOf(hub, "ada"), new { })).Expect(201);
        var opened = (await OpenAsync(host, hub, CodeOf((await acme.PostAsync(PathOf(hub, "ada"), new { lifetimeSeconds = 3600 })).Expect(201)))).Expect(200);
        var own = $"/api/embedded/v1/embed/{hub}/users/ada/activations";

        clock.Advance(PageSession.CodeLifetime);
        (await OpenAsync(host, hub, CodeOf(late))).ExpectError(401, "session_code_invalid");
        (await AsAsync(host, (string)opened["token"]!, HttpMethod.Get, own)).Expect(200);

        clock.Advance(TimeSpan.FromHours(1));
        (await AsAsync(host, (string)opened["token"]!, HttpMethod.Get, own)).ExpectError(401, "invalid_key");
        await host.Services.GetServices<IHostedService>().OfType<PageSessionSweep>().Single().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await host.ScalarAsync<long>("SELECT count(*) FROM page_sessions"));
    }

    [Theory, EachDatabase]
    public async Task Deleting_an_end_user_ends_their_sessions_at_once(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hub = await HubAsync(acme);
        (await acme.PostAsync($"/api/embedded/v1/hubs/{hub}/users", new { externalId = "ada" })).Expect(201);
        var opened = (await OpenAsync(host, hub, CodeOf((await acme.PostAsync(PathOf(hub, "ada"), new { })).Expect(201)))).Expect(200);
        var waiting = (await acme.PostAsync(PathOf(hub, "ada"), new { })).Expect(201);
        var own = $"/api/embedded/v1/hubs/{hub}/users/ada";
        (await AsAsync(host, (string)opened["token"]!, HttpMethod.Get, own)).Expect(200);

        (await acme.DeleteAsync(own)).Expect(204);

        (await AsAsync(host, (string)opened["token"]!, HttpMethod.Get, own)).ExpectError(401, "invalid_key");
        (await OpenAsync(host, hub, CodeOf(waiting))).ExpectError(401, "session_code_invalid");
    }

    [Theory, EachDatabase]
    public async Task The_way_back_leads_to_allowed_origins_only(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hub = await HubAsync(acme);
        (await acme.PutAsync($"/api/embedded/v1/hubs/{hub}/pages", new { allowedOrigins = new[] { "https://app.example.com" } })).Expect(200);

        (await acme.PostAsync(PathOf(hub, "ada"), new { returnUrl = "https://app.example.com/settings?tab=1" })).Expect(201);
        foreach (var bad in (string[])["https://evil.example.com/", "https://app.example.com.evil.example/", "https://app.example.com:8443/", "http://app.example.com/", "javascript:alert(1)", "/settings", "https://app.example.com@evil.example/"])
            (await acme.PostAsync(PathOf(hub, "ada"), new { returnUrl = bad })).ExpectError(400, "invalid_request", "returnUrl");
        (await acme.PostAsync(PathOf(hub, "ada"), new { language = "xx" })).ExpectError(400, "invalid_request", "language");
        (await acme.PostAsync(PathOf(hub, "ada"), new { lifetimeSeconds = 59 })).ExpectError(400, "invalid_request", "lifetimeSeconds");
        (await acme.PostAsync(PathOf(hub, "01JDF3Q2M8V7K5T9XW4RZ6YB6C") + "?identifier_type=internal", new { })).ExpectError(404, "end_user_not_found");
        (await acme.PostAsync(PathOf(hub, acme.Id), new { })).ExpectError(404, "end_user_not_found");
    }

    internal static string PathOf(string hub, string user) => $"/api/embedded/v1/hubs/{hub}/users/{Uri.EscapeDataString(Uri.UnescapeDataString(user))}/sessions";

    internal static string CodeOf(Answer made) => new Uri((string)made["url"]!).Fragment["#code=".Length..];

    internal static Task<Answer> OpenAsync(PatchbayHost host, string hub, string code) => host.Nobody.PostAsync($"/embed/{hub}/session", new { code });

    internal static async Task<string> HubAsync(Tenant tenant)
    {
        var connector = (await tenant.CreateConnectorAsync("Product", "https://api.example.com", new { id = "none", schemeType = "none", description = "" })).Id;
        return (await tenant.PostAsync("/api/embedded/v1/hubs", new
        {
            organisationId = tenant.Id, name = "Hub", primaryConnectorId = connector, authSchemeConfig = new { id = "none" },
        })).Expect(201).Id;
    }

    private static Task<Answer> AsAsync(PatchbayHost host, string token, HttpMethod method, string path, object? body = null) =>
        host.Nobody.SendAsync(method, path, Api.ContentOf(body), ("Authorization", $"Bearer {token}"));
}
