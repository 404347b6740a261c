using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform.Credentials;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

public sealed class CredentialExpiryTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_credential_is_not_used_from_its_end_on_and_its_connection_sends_nothing_without_it(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig])).Id;
        var connection = await acme.ConnectAsync(connector, ("key", "string", new { value = "v" }), ("basic", "basic-auth", new { username = "u", password = "p" }));
        var lasting = await acme.ConnectAsync(connector, "lasting");
        var expiring = connection.CredentialId();
        async Task SetEndAsync(DateTimeOffset end) =>
            (await acme.PutAsync($"credentials/{expiring}", new { name = "n", type = "string", data = new { value = "[redacted]" }, expiresAt = end })).Expect(200);
        await SetEndAsync(clock.GetUtcNow().AddHours(1));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/before")).Expect(200);

        // Over before anybody has swept.
        clock.Advance(TimeSpan.FromMinutes(61));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/over")).ExpectError(409, "credential_expired");
        // Until then its owner can give it another end.
        await SetEndAsync(clock.GetUtcNow().AddHours(1));
        await SweepAsync(host);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/extended")).Expect(200);

        clock.Advance(TimeSpan.FromMinutes(61));
        await SweepAsync(host);
        (await acme.GetAsync($"credentials/{expiring}")).ExpectError(404, "credential_not_found");
        (await acme.GetAsync($"/api/proxy/{connection.Id}/deleted")).ExpectError(409, "credential_expired");
        var left = (await acme.GetAsync($"connectors/{connector}/connections/{connection.Id}")).Expect(200);
        Assert.Equal("basic", Assert.Single(left["credentials"]["action"]!.AsArray())!["authSchemeConfig"]!["id"]!.GetValue<string>());

        // Neither another order nor new variables make it forget what it lacks.
        (await acme.PutAsync($"connectors/{connector}/connections/{connection.Id}", new
        {
            id = connection.Id, name = "renamed", variables = new[] { new { name = "a", value = "b" } },
            credentials = new { action = new[] { new { id = (string)left["credentials"]["action"]![0]!["id"]!, authSchemeConfig = new { id = "basic" } } } },
        })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/renamed")).ExpectError(409, "credential_expired");

        (await acme.GetAsync($"/api/proxy/{lasting.Id}/lasting")).Expect(200);
        Assert.Equal(["/before", "/extended", "/lasting"], upstream.Requests.Select(r => r.Target));
        Assert.All(upstream.Requests, r => Assert.Contains("X-Key", r.Headers.Keys));
        (await acme.DeleteAsync($"connectors/{connector}/connections/{connection.Id}")).Expect(204);
        Assert.Equal(1, (await acme.GetAsync("credentials"))["totalCount"].GetValue<int>());
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_grant_ends_with_its_credential(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        await using var upstream = await Upstream.StartAsync("{}");
        await using var tokens = await TokenEndpoint.StartAsync();
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(baseUrl: upstream.Address.ToString().TrimEnd('/'), configs: [CredentialSteps.ClientCredentials(tokens.Url)])).Id;
        var connection = await acme.ConnectAsync(connector, ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "s")));
        var data = CredentialSteps.Client(tokens.Url, "[redacted]");
        (await acme.PutAsync($"credentials/{connection.CredentialId()}", new { name = "n", type = "oauth2-client", data, expiresAt = clock.GetUtcNow().AddMinutes(10) })).Expect(200);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/before")).Expect(200);
        clock.Advance(TimeSpan.FromMinutes(11));
        (await acme.GetAsync($"/api/proxy/{connection.Id}/over")).ExpectError(409, "credential_expired");
        await SweepAsync(host);
        (await acme.GetAsync($"/api/proxy/{connection.Id}/deleted")).ExpectError(409, "credential_expired");
        Assert.Single(upstream.Requests);
        Assert.Single(tokens.Asked);
    }

    [Fact]
    public async Task An_end_in_the_past_is_refused()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: [TenantSteps.ApiKeyConfig])).Id;
        (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "c", variables = Array.Empty<object>(),
            credentials = new { action = new[] { new { authSchemeConfig = new { id = "key" }, credential = new { name = "n", type = "string", data = new { value = "v" }, expiresAt = "2001-01-01T00:00:00Z" } } } },
        })).ExpectError(400, "invalid_request", "credentials.action[0].credential.expiresAt");
    }

    private static Task SweepAsync(PatchbayHost host) =>
        host.Services.GetServices<IHostedService>().OfType<CredentialSweep>().Single().RunAsync(TestContext.Current.CancellationToken);
}
