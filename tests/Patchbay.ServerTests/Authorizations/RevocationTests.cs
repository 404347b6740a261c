using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.ServerTests.Authorization;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>
/// Whoever deletes a connection takes back at the provider what the user once granted (RFC 7009). A graceful stop waits for what providers are
/// still to be told.
/// </summary>
public sealed class RevocationTests
{
    [Theory, EachDatabase]
    public async Task Deleting_a_connection_ends_its_grant_at_the_provider_and_no_other(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        await using var api = await Upstream.StartAsync("{}");
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync(), api.Address);
        var (deleted, kept) = (await connector.ConnectUserAsync(), await connector.ConnectUserAsync());
        var (ended, stillGood) = (await TokenOfAsync(connector, api, deleted), await TokenOfAsync(connector, api, kept));
        using var client = new TokenClient(signIn.Provider);
        (await client.MeAsync(ended)).Expect(200);

        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}/connections/{deleted}")).Expect(204);
        (await connector.CallAsync(deleted)).ExpectError(404, "connection_not_found");
        await host.StopAsync();

        (await client.MeAsync(ended)).Expect(401);
        (await client.MeAsync(stillGood)).Expect(200);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Deleting_a_connector_ends_the_grants_of_all_its_connections(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        await using var api = await Upstream.StartAsync("{}");
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync(), api.Address);
        var tokens = new List<string>();
        for (var i = 0; i < 6; i++)
            tokens.Add(await TokenOfAsync(connector, api, await connector.ConnectUserAsync()));

        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}")).Expect(204);
        await host.StopAsync();

        using var client = new TokenClient(signIn.Provider);
        foreach (var token in tokens)
            (await client.MeAsync(token)).Expect(401);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_provider_that_cannot_be_reached_keeps_no_connection_from_being_deleted(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        await using var api = await Upstream.StartAsync("{}");
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync(), api.Address);
        var connection = await connector.ConnectUserAsync();
        var token = await TokenOfAsync(connector, api, connection);
        await signIn.DisposeAsync();

        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}/connections/{connection}")).Expect(204);
        (await connector.Tenant.GetAsync($"connectors/{connector.Id}/connections/{connection}")).Expect(404);
        await host.StopAsync();

        Assert.Single(host.Log.Lines, l => l.Contains("could not be told", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, l => l.Contains(token, StringComparison.Ordinal) || l.Contains(SignIn.ClientSecret, StringComparison.Ordinal));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_provider_that_fails_is_told_again_with_the_client_of_the_grant(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        var toldTwice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        await using var revocation = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) == 1 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            if (asked >= 2)
                toldTwice.TrySetResult();
            return Task.CompletedTask;
        });
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync(), change: c => c["revocationUrl"] = $"{revocation.Address}revoke");
        var connection = await connector.ConnectUserAsync();

        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}/connections/{connection}")).Expect(204);
        await toldTwice.Task.WaitAsync(TestContext.Current.CancellationToken);
        await host.StopAsync();

        var forms = revocation.Requests.Select(r => (r, Form: QueryHelpers.ParseQuery(Encoding.UTF8.GetString(r.Body)))).ToList();
        Assert.All(forms, f => Assert.Equal("/revoke", f.r.Target));
        Assert.All(forms, f => Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SignIn.ClientId}:{SignIn.ClientSecret}"))}", f.r.Headers["Authorization"]));
        Assert.Equal(forms[0].Form["token"], forms[1].Form["token"]);
        Assert.Equal(["refresh_token", "refresh_token", "access_token"], forms.Select(f => f.Form["token_type_hint"].ToString()));
        Assert.DoesNotContain(host.Log.Lines, l => l.Contains("could not be told", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_grant_that_was_being_renewed_when_its_connection_was_deleted_is_revoked_too(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        await using var revocation = await Upstream.StartAsync("");
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync(), change: c => c["revocationUrl"] = $"{revocation.Address}revoke");
        var connection = await connector.ConnectUserAsync();

        var renewed = signIn.Provider.Faults.HoldBeforeAnswer("refresh_token");
        var call = connector.Tenant.Api.SendAsync(HttpMethod.Get, $"/api/proxy/{connection}/me", headers: ("X-Versori-Force-Refresh-Credential", "true"));
        await renewed.Arrived.WaitAsync(TestContext.Current.CancellationToken);
        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}/connections/{connection}")).Expect(204);
        renewed.Release();
        (await call).ExpectError(404, "credential_not_found");
        await host.StopAsync();

        // The old pair and the new one.
        var tokens = revocation.Requests.Select(r => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(r.Body))["token"].ToString()).ToList();
        Assert.Equal(4, tokens.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2, signIn.Provider.Observed.Grants);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_grant_that_is_over_already_is_nothing_to_complain_about(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var signIn = await SignIn.AtAsync(host);
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync());
        var connection = await connector.ConnectUserAsync();
        await signIn.Provider.RevokeEverythingAsync(TestContext.Current.CancellationToken);

        (await connector.Tenant.DeleteAsync($"connectors/{connector.Id}/connections/{connection}")).Expect(204);
        await host.StopAsync();

        Assert.DoesNotContain(host.Log.Lines, l => l.Contains("could not be told", StringComparison.Ordinal));
    }

    /// <summary>The token that a connection's requests carry.</summary>
    private static async Task<string> TokenOfAsync(SignInConnector connector, Upstream api, string connection)
    {
        (await connector.CallAsync(connection)).Expect(200);
        var authorization = api.Requests.Last().Headers["Authorization"];
        Assert.StartsWith("Bearer ", authorization, StringComparison.Ordinal);
        return authorization["Bearer ".Length..];
    }
}
