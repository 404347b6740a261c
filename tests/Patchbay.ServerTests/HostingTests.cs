using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests;

/// <summary>What the other tests stand on.</summary>
public sealed class HostingTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task The_server_starts_and_says_that_it_is_ready(Database database)
    {
        var host = await hosts.OfAsync(database);
        Assert.Equal("ready\n", (await host.Nobody.GetAsync("/readyz")).Expect(200).Text);
        var acme = await host.NewOrganisationAsync();
        Assert.Equal("0", (await acme.GetAsync("connectors")).Expect(200)["totalCount"].ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task A_server_in_its_own_process_survives_being_killed(Database database)
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var folder = Directory.CreateTempSubdirectory("patchbay-process-").FullName;
        await using (var first = ServerProcess.Start(folder, connectionString))
        {
            await first.ReadyAsync();
            await first.KillAsync();
        }

        await using (var second = ServerProcess.Start(folder, connectionString))
            await second.ReadyAsync();
        Directory.Delete(folder, recursive: true);
    }
}
