using Patchbay.Authorizing.Faults;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Grants;

/// <summary>However many need a token at once, in however many processes, the provider is asked once, and nothing of its answer is lost.</summary>
public sealed class GrantCustodyTests(Hosts hosts)
{
    private const int Calls = 200;

    [Theory, EachDatabase]
    public async Task Two_hundred_calls_at_once_make_one_token_request(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync("one"));

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => client.CallAsync(connection)));

        Assert.All(answers, a => a.Expect(200));
        Assert.Equal(1, provider.Server.Observed.CountOf("refresh_token"));
    }

    [Theory, EachDatabase]
    public async Task Servers_on_one_store_make_one_token_request_together(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var root = Directory.CreateTempSubdirectory("patchbay-grants-").FullName;
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var servers = Enumerable.Range(0, database == Database.Postgres ? 4 : 2)
            .Select(_ => ServerProcess.Start(root, connectionString, OperatorKey)).ToList();
        try
        {
            var urls = await Task.WhenAll(servers.Select(s => s.ReadyAsync()));
            using var invoker = GrantClient.NewInvoker();
            var client = await GrantClient.NewAsync(invoker, urls[0], OperatorKey);
            var connector = await client.CreateConnectorAsync(provider.Connector());
            for (var round = 0; round < Counts.Of(1, 10); round++)
            {
                var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync($"round {round}"));
                var clients = urls.Select(client.At).ToList();
                var before = provider.Server.Observed.CountOf("refresh_token");

                var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => clients[i % clients.Count].CallAsync(connection)));

                Assert.All(answers, a => a.Expect(200));
                Assert.Equal(before + 1, provider.Server.Observed.CountOf("refresh_token"));
            }

            Assert.Equal(0, provider.Server.Observed.ReusedRefreshTokens);
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory, EachDatabase]
    public async Task A_token_that_the_API_calls_expired_is_renewed_and_the_call_repeated_once(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connection = await client.ConnectAsync(connector, RotatingProvider.Connection(
            "stale", "oauth2-token", new { scopes = new[] { "read" }, accessToken = "long-gone", refreshToken = await provider.NewRefreshTokenAsync() }));

        var answer = await client.CallAsync(connection);
        var again = await client.CallAsync(connection);

        Assert.Equal("alice", answer.Expect(200)["subject"].GetValue<string>());
        again.Expect(200);
        Assert.Equal(1, provider.Server.Observed.CountOf("refresh_token"));
    }

    [Theory, EachDatabase]
    public async Task A_renewal_that_is_asked_for_happens_whatever_the_token_seems(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync("forced"));
        (await client.CallAsync(connection)).Expect(200);

        (await client.CallAsync(connection, ("X-Versori-Force-Refresh-Credential", "true"))).Expect(200);
        (await client.CallAsync(connection)).Expect(200);

        Assert.Equal(2, provider.Server.Observed.CountOf("refresh_token"));
        Assert.Equal(0, provider.Server.Observed.ReusedRefreshTokens);
    }

    [Theory, EachDatabase]
    public async Task A_provider_that_cannot_answer_breaks_no_credential(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        foreach (var (name, fault, code) in ((string, TokenFault, string)[])
        [
            ("busy", TokenFault.ServiceUnavailable(), "token_endpoint_failed"), ("limited", TokenFault.TooManyRequests(), "token_endpoint_failed"),
            ("garbled", TokenFault.GarbageHtml, "token_endpoint_failed"), ("cut", TokenFault.CutBeforeProcessing, "token_endpoint_failed"),
        ])
        {
            var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync(name));
            provider.Server.Faults.Plan(fault, grantType: "refresh_token");

            var refused = await client.CallAsync(connection);

            Assert.Equal(code, refused.Expect(502).Code);
            Assert.Null((await client.GetConnectionAsync(connector, connection)).Expect(200)["credentials"]["action"]![0]!["credential"]!["errors"]);
            await Eventually.HoldsAsync(async () => (await client.CallAsync(connection)).Status == 200);
        }
    }

    [Theory, EachDatabase]
    public async Task A_grant_that_the_provider_revoked_is_marked_and_the_provider_left_alone(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync("revoked"));
        await provider.Server.RevokeEverythingAsync(TestContext.Current.CancellationToken);

        var refused = await client.CallAsync(connection);
        var again = await client.CallAsync(connection);

        Assert.Equal("credential_broken", refused.Expect(409).Code);
        Assert.Equal("credential_broken", again.Expect(409).Code);
        Assert.Equal(1, provider.Server.Observed.CountOf("refresh_token"));
        var errors = (await client.GetConnectionAsync(connector, connection)).Expect(200)["credentials"]["action"]![0]!["credential"]!["errors"]!.AsArray();
        Assert.Contains("invalid_grant", Assert.Single(errors)!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_token_that_cannot_be_renewed_serves_until_it_ends(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        await using var upstream = await Upstream.StartAsync("{}");
        var (client, _, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connector = await client.CreateConnectorAsync(provider.Connector("Elsewhere", upstream.Address.GetLeftPart(UriPartial.Authority)));
        var connection = await client.ConnectAsync(connector, RotatingProvider.Connection("bare", "oauth2-token", new { scopes = Array.Empty<string>(), accessToken = "all-there-is" }));

        (await client.CallAsync(connection)).Expect(200);
        (await client.CallAsync(connection, ("X-Versori-Force-Refresh-Credential", "true"))).ExpectError(409, "credential_not_renewable");
        (await client.CallAsync(connection)).Expect(200);

        Assert.Empty(provider.Server.Observed.TokenRequests);
        Assert.Null((await client.GetConnectionAsync(connector, connection)).Expect(200)["credentials"]["action"]![0]!["credential"]!["errors"]);
    }

    [Theory, EachDatabase]
    public async Task Client_credentials_and_passwords_get_their_tokens(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync();
        var (client, connector, tenant) = await NewAsync(await hosts.OfAsync(database), provider);
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/machine",
            RotatingProvider.WithoutNulls(provider.Config("machine", new { grantType = "client_credentials" })))).Expect(200);
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/person", RotatingProvider.WithoutNulls(provider.Config(
            "person", new { grantType = "password", clientId = RotatingProvider.ClientId, clientSecret = RotatingProvider.ClientSecret })))).Expect(200);
        var machine = await client.ConnectAsync(connector, RotatingProvider.Connection("machine", "oauth2-client", new
        {
            clientId = RotatingProvider.ClientId, clientSecret = RotatingProvider.ClientSecret, authorizeUrl = "", tokenUrl = provider.Server.TokenUrl.AbsoluteUri,
            scopes = new[] { "read" },
        }, "machine"));
        var person = await client.ConnectAsync(connector, RotatingProvider.Connection("person", "oauth2-password", new { username = "alice", password = "wonderland" }, "person"));

        Assert.Equal(RotatingProvider.ClientId, (await client.CallAsync(machine)).Expect(200)["subject"].GetValue<string>());
        Assert.Equal("alice", (await client.CallAsync(person)).Expect(200)["subject"].GetValue<string>());
        (await client.CallAsync(machine)).Expect(200);
        Assert.Equal(1, provider.Server.Observed.CountOf("client_credentials"));
        Assert.Equal(1, provider.Server.Observed.CountOf("password"));
    }

    [Theory, EachDatabase]
    public async Task A_token_near_its_end_is_renewed_before_anyone_is_refused(Database database)
    {
        await using var provider = await RotatingProvider.StartAsync(lifetime: TimeSpan.FromSeconds(3));
        var (client, connector, _) = await NewAsync(await hosts.OfAsync(database), provider);
        var connection = await client.ConnectAsync(connector, await provider.ConnectionAsync("short"));
        (await client.CallAsync(connection)).Expect(200);

        await Eventually.HoldsAsync(async () =>
        {
            (await client.CallAsync(connection)).Expect(200);
            return provider.Server.Observed.CountOf("refresh_token") >= 3;
        });
        Assert.Equal(0, provider.Server.Observed.ReusedRefreshTokens);
    }

    private const string OperatorKey = "the-operator-key-of-these-tests-is-long";

    private static async Task<(GrantClient Client, string Connector, Tenant Tenant)> NewAsync(PatchbayHost host, RotatingProvider provider)
    {
        var tenant = await host.NewOrganisationAsync("grants");
        var client = new GrantClient(GrantClient.NewInvoker(), host.Address, tenant.Id, tenant.Key);
        return (client, await client.CreateConnectorAsync(provider.Connector()), tenant);
    }
}
