using System.Text;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.ServiceAccounts;

public sealed class ServiceAccountTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_service_account_gets_tokens_and_may_what_its_roles_and_groups_say(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var accounts = $"{PersonSteps.Of(acme)}/service-accounts";
        var account = (await acme.PostAsync(accounts, new { name = "nightly-job", roles = new[] { "viewer" } })).Expect(201);
        Assert.Equal($"nightly-job@sa.{acme.Slug}.versori.com", account["email"].GetValue<string>());
        var (client, secret) = (account["clientId"].GetValue<string>(), account["clientSecret"].GetValue<string>());
        Assert.DoesNotContain(secret, (await acme.GetAsync($"{accounts}/{account.Id}")).Expect(200).Text, StringComparison.Ordinal);

        var basic = (await TokenAsync(acme.Host, Basic(client, secret), ("grant_type", "client_credentials"))).Expect(200);
        Assert.Equal(("Bearer", 3600, "no-store"), (basic["token_type"].GetValue<string>(), basic["expires_in"].GetValue<int>(), basic.Headers["Cache-Control"]));
        var api = acme.Host.As(basic["access_token"].GetValue<string>());
        (await api.GetAsync(acme.Whole("connectors"))).Expect(200);
        (await api.GetAsync(acme.Whole("audit"))).ExpectOneOf(403, 404);
        var posted = (await TokenAsync(acme.Host, null, ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret))).Expect(200);
        (await acme.Host.As(posted["access_token"].GetValue<string>()).GetAsync("/api/organisations/v1/active-organisation")).Expect(200);

        (await acme.PutAsync($"{accounts}/{account.Id}", new { roleBindings = Array.Empty<object>() })).Expect(200);
        (await api.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
        (await acme.PostAsync($"{PersonSteps.Of(acme)}/groups", new { name = "jobs", members = new[] { account.Id }, roles = new[] { "viewer" } })).Expect(201);
        (await api.GetAsync(acme.Whole("connectors"))).Expect(200);
        var listed = (await acme.GetAsync($"{PersonSteps.Of(acme)}/members?identity_type=service_account")).Expect(200).Json[0]!["members"]!.AsArray();
        Assert.Equal((account.Id, client), ((string)listed.Single()!["id"]!, (string)listed[0]!["identityId"]!));

        (await acme.DeleteAsync($"{accounts}/{account.Id}")).Expect(204);
        (await api.GetAsync(acme.Whole("connectors"))).ExpectError(401, "invalid_key");
        (await TokenAsync(acme.Host, Basic(client, secret), ("grant_type", "client_credentials"))).Expect(401);
        Assert.Equal(0, await acme.Host.ScalarAsync<long>("SELECT COUNT(*) FROM service_tokens WHERE service_account_id = @p0", account.Id));
    }

    [Theory, EachDatabase]
    public async Task What_is_wrong_with_a_token_request_is_answered_as_the_standard_has_it(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var account = (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "job" })).Expect(201);
        var (client, secret) = (account["clientId"].GetValue<string>(), account["clientSecret"].GetValue<string>());
        var good = ("grant_type", "client_credentials");
        var wrong = (await TokenAsync(acme.Host, Basic(client, secret + "x"), good)).Expect(401);
        Assert.StartsWith("Basic", wrong.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal("invalid_client", wrong["error"].GetValue<string>());
        Assert.Equal(wrong.Text, (await TokenAsync(acme.Host, Basic("made-up", secret), good)).Expect(401).Text);
        foreach (var (status, error, answer) in new[]
        {
            (400, "unsupported_grant_type", await TokenAsync(acme.Host, Basic(client, secret), ("grant_type", "password"))),
            (400, "invalid_request", await TokenAsync(acme.Host, Basic(client, secret))),
            (400, "invalid_request", await TokenAsync(acme.Host, Basic(client, secret), good, good)),
            (401, "invalid_client", await TokenAsync(acme.Host, null, good)),
            (401, "invalid_client", await TokenAsync(acme.Host, "Basic ???", good)),
            (401, "invalid_client", await TokenAsync(acme.Host, Basic(client, secret), good, ("client_secret", secret))),
            (400, "invalid_request", await acme.Host.Nobody.PostAsync("/oauth2/token", new { grant_type = "client_credentials" })),
        })
        {
            Assert.True((answer.Status, (string?)answer.Json["error"]) == (status, error), $"{status} {error}: {answer}");
        }

        (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "job" })).ExpectError(409, "service_account_exists", "name");
        (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "Job" })).ExpectError(400, "invalid_request", "name");
        Assert.Empty(acme.Host.Log.Errors);
    }

    [Fact]
    public async Task A_token_ends_after_an_hour_and_who_asks_too_often_waits()
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock);
        var acme = await host.NewOrganisationAsync();
        var account = (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "job", roles = new[] { "viewer" } })).Expect(201);
        var header = Basic(account["clientId"].GetValue<string>(), account["clientSecret"].GetValue<string>());
        var api = host.As((await TokenAsync(host, header, ("grant_type", "client_credentials"))).Expect(200)["access_token"].GetValue<string>());
        (await api.GetAsync(acme.Whole("connectors"))).Expect(200);
        clock.Advance(TimeSpan.FromMinutes(61));
        (await api.GetAsync(acme.Whole("connectors"))).ExpectError(401, "invalid_key");
        var statuses = new List<int>();
        for (var i = 0; i < 62; i++)
            statuses.Add((await TokenAsync(host, Basic("guessing", $"{i}"), ("grant_type", "client_credentials"))).Status);
        Assert.Equal((60, 2), (statuses.Count(s => s == 401), statuses.Count(s => s == 429)));
        (await TokenAsync(host, header, ("grant_type", "client_credentials"))).Expect(200);
    }

    private static string Basic(string id, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));

    private static async Task<Answer> TokenAsync(PatchbayHost host, string? authorization, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await host.Nobody.SendAsync(HttpMethod.Post, "/oauth2/token", content, authorization is null ? [] : [("Authorization", authorization)]);
    }
}
