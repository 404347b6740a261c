using Patchbay.Authorizing.Faults;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Grants;

/// <summary>
/// A server that is killed while it renews grants. What it may lose is what only it had: an answer of the provider that was not committed
/// yet. Where the provider allows a grace period, it loses nothing.
/// </summary>
public sealed class KilledRefreshTests
{
    private const string OperatorKey = "the-operator-key-of-these-tests-is-long";

    /// <summary>Connections whose grants are renewed when the server is killed; each counts as one round.</summary>
    private const int AtOnce = 10;

    [Theory, EachDatabase]
    public async Task Nothing_is_lost_but_answers_that_were_on_their_way(Database database)
    {
        var (rounds, lost, _, reused) = await RunAsync(database, TimeSpan.Zero);

        // The provider had used the refresh token up, and the server that it answered was no more.
        Assert.Equal(reused, lost);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {lost} lost, all of them in the window");
    }

    [Theory, EachDatabase]
    public async Task A_grace_period_closes_the_window(Database database)
    {
        var (rounds, lost, repeated, _) = await RunAsync(database, TimeSpan.FromMinutes(10));

        Assert.Equal(0, lost);
        Assert.NotEqual(0, repeated);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {repeated} refresh tokens sent again after the kill, nothing lost");
    }

    private static async Task<(int Rounds, int Lost, int Repeated, int Reused)> RunAsync(Database database, TimeSpan grace)
    {
        await using var provider = await RotatingProvider.StartAsync(grace);
        var root = Directory.CreateTempSubdirectory("patchbay-killed-").FullName;
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        using var invoker = GrantClient.NewInvoker();
        var random = new Random(20261124);
        var (rounds, lost, repeated) = (0, 0, 0);
        ServerProcess? server = null;
        try
        {
            server = ServerProcess.Start(root, connectionString, OperatorKey);
            var client = await GrantClient.NewAsync(invoker, await server.ReadyAsync(), OperatorKey);
            var connector = await client.CreateConnectorAsync(provider.Connector());
            for (var life = 0; life < Counts.Of(2, 20); life++)
            {
                var connections = new List<string>();
                for (var i = 0; i < AtOnce; i++)
                    connections.Add(await client.ConnectAsync(connector, await provider.ConnectionAsync($"{life}.{i}")));
                var asked = provider.Server.Observed.TokenRequests.Count;

                await KillDuringRefreshAsync(server, client, provider, connections, life, random);
                await server.DisposeAsync();
                provider.Server.Faults.Clear();
                server = ServerProcess.Start(root, connectionString, OperatorKey);
                client = client.At(await server.ReadyAsync());

                var survived = 0;
                foreach (var connection in connections)
                {
                    await Eventually.HoldsAsync(async () => (await client.CallAsync(connection)).Status is 200 or 409);
                    survived += (await client.CallAsync(connection)).Status == 200 ? 1 : 0;
                }

                repeated += provider.Server.Observed.TokenRequests.Skip(asked).Select(r => r.RefreshToken).OfType<string>()
                    .GroupBy(t => t, StringComparer.Ordinal).Count(g => g.Count() > 1);
                lost += AtOnce - survived;
                rounds += AtOnce;
            }

            return (rounds, lost, repeated, provider.Server.Observed.ReusedRefreshTokens);
        }
        finally
        {
            if (server is not null)
                await server.DisposeAsync();
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Kills at each step of a refresh in turn, and at random moments.</summary>
    private static async Task KillDuringRefreshAsync(
        ServerProcess server, GrantClient client, RotatingProvider provider, List<string> connections, int life, Random random)
    {
        var faults = provider.Server.Faults;
        var calls = new List<Task>();
        var held = (life % 4) switch
        {
            // The request has arrived, and nothing is done about it yet.
            0 => [.. connections.Select(_ => faults.HoldBeforeProcessing("refresh_token"))],
            // The refresh token is used up, and the answer not sent yet.
            1 => [.. connections.Select(_ => faults.HoldBeforeAnswer("refresh_token"))],
            // No hold: whatever step each is at.
            _ => new List<HeldTokenRequest>(),
        };
        calls.AddRange(connections.Select(c => IgnoreFailureAsync(client.CallAsync(c))));
        foreach (var request in held)
            await request.Arrived;
        if (life % 4 == 1)
        {
            // The answers go out one after the other, and the server is killed between two.
            foreach (var request in held.Take(random.Next(held.Count + 1)))
                request.Release();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(life % 4 == 1 ? 30 : 400)));
        await server.KillAsync();
        await Task.WhenAll(calls);
    }

    private static async Task IgnoreFailureAsync(Task<Answer> call)
    {
        try
        {
            await call;
        }
        catch (HttpRequestException)
        {
            // The server was killed.
        }
    }
}
