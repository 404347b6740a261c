using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

/// <summary>The owner's change against what is under way with the secret before.</summary>
public sealed class CredentialRaceTests(Hosts hosts)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_refresh_that_is_under_way_loses_against_the_owners_change(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        await using var tokens = await TokenEndpoint.StartAsync();
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [CredentialSteps.AuthorizationCode(tokens.Url)])).Id;
        var connection = await acme.ConnectAsync(connector, ("code", "oauth2-code", new { code = "one", state = await acme.InitialiseAsync(connector) }));
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        tokens.Before = async number =>
        {
            if (number == 2)
            {
                asked.SetResult();
                await answer.Task;
            }

            return null;
        };

        var state = await acme.InitialiseAsync(connector);
        var refreshing = acme.Api.SendAsync(HttpMethod.Get, $"/api/proxy/{connection.Id}/during", null, ("X-Versori-Force-Refresh-Credential", "true"));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "again", type = "oauth2-code", data = new { code = "two", state } })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/meanwhile")).Expect(200);
        answer.SetResult();

        // Whoever waited for the refresh goes on with the new grant; nobody ever sends the token of the old one again.
        (await refreshing).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/after")).Expect(200);
        Assert.Equal(["refresh-1"], tokens.Asked.Where(a => a["grant_type"] == "refresh_token").Select(a => a["refresh_token"]));
        Assert.Equal(["Bearer access-3"], upstream.Requests.Select(r => r.Headers["Authorization"]).Distinct());
        Assert.Equal("[]", (await acme.GetAsync($"credentials/{connection.CredentialId()}"))["errors"].ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task What_was_asked_for_with_the_secret_before_is_neither_kept_nor_asked_for_again(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        await using var tokens = await TokenEndpoint.StartAsync();
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [CredentialSteps.ClientCredentials(tokens.Url)])).Id;
        var connection = await acme.ConnectAsync(connector, ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "first")));
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        tokens.Before = async number =>
        {
            if (number != 1)
                return null;
            asked.SetResult();
            await answer.Task;
            return (401, """{"error":"invalid_client"}""");
        };

        var first = acme.GetAsync($"/api/proxy/{connection.Id}/during");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "n", type = "oauth2-client", data = CredentialSteps.Client(tokens.Url, "second") })).Expect(200);
        var second = acme.GetAsync($"/api/proxy/{connection.Id}/after");
        answer.SetResult();

        // The one that came before is told so; the one after gets a token of the new secret.
        (await first).ExpectOneOf(502, 503);
        (await second).Expect(200);
        Assert.Equal(2, tokens.Asked.Count);
        Assert.Equal("[]", (await acme.GetAsync($"credentials/{connection.CredentialId()}"))["errors"].ToJsonString());
        Assert.Equal("Bearer access-2", Assert.Single(upstream.Requests).Headers["Authorization"]);
    }

    [Theory, EachDatabase]
    public async Task Of_two_changes_at_once_each_happens_whole_or_not_at_all(Database database)
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [TenantSteps.BasicConfig])).Id;
        var connection = await acme.ConnectAsync(connector, ("basic", "basic-auth", new { username = "u", password = "p" }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => acme.PutAsync(
            $"credentials/{connection.CredentialId()}", new { name = $"n{i}", type = "basic-auth", data = new { username = $"u{i}", password = $"p{i}" } })));
        foreach (var answer in answers)
            answer.ExpectOneOf(200, 409);
        Assert.Contains(answers, a => a.Status == 200);
        var read = await acme.GetAsync($"credentials/{connection.CredentialId()}");
        var winner = read["name"].GetValue<string>()[1..];
        Assert.Equal($"u{winner}", read["data"]["username"]!.GetValue<string>());
        (await acme.GetAsync($"/api/proxy/{connection.Id}/a")).Expect(200);
        Assert.Equal("Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"u{winner}:p{winner}")), upstream.Requests.Single().Headers["Authorization"]);
    }
}
