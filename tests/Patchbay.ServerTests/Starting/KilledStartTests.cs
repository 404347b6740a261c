using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Patchbay.Server;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Starting;

/// <summary>Whatever a first start was cut off from, and whoever else starts meanwhile, the next start goes well.</summary>
public sealed class KilledStartTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("patchbay-killed-start-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_lock_that_a_killed_server_left_in_the_store_does_not_keep_the_next_one_from_starting()
    {
        var dataDir = Directory.CreateDirectory(Path.Combine(_root, "data")).FullName;
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(dataDir, "patchbay.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var leave = connection.CreateCommand();
            // What EF Core leaves of a migration that was cut off before it did anything: its lock.
            leave.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await leave.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var app = await CreateAsync(dataDir, null).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Theory, EachDatabase]
    public async Task A_server_that_was_killed_while_it_made_its_store_starts_again(Database database)
    {
        var random = new Random(1);
        for (var round = 0; round < Counts.Of(1, 20); round++)
        {
            var dataDir = Path.Combine(_root, $"{round}");
            var connectionString = await ConnectionStringAsync(database);
            await using (var killed = ServerProcess.Start(dataDir, connectionString))
            {
                // At any moment of the first start.
                await Task.WhenAny(killed.ReadyAsync(), Task.Delay(TimeSpan.FromMilliseconds(random.Next(2500)), TestContext.Current.CancellationToken));
                await killed.KillAsync();
            }

            await using var next = ServerProcess.Start(dataDir, connectionString);
            await next.ReadyAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task Servers_that_start_at_once_on_an_empty_store_all_start(Database database)
    {
        for (var round = 0; round < Counts.Of(1, 20); round++)
        {
            var dataDir = Path.Combine(_root, $"{round}");
            var connectionString = await ConnectionStringAsync(database);
            var starting = Enumerable.Range(0, 4).Select(_ => Task.Run(() => CreateAsync(dataDir, connectionString))).ToList();
            foreach (var app in await Task.WhenAll(starting))
                await app.DisposeAsync();
            Assert.DoesNotContain(Directory.GetFiles(dataDir), f => f.EndsWith(".tmp", StringComparison.Ordinal));
        }
    }

    private static Task<WebApplication> CreateAsync(string dataDir, string? connectionString) => PatchbayServer.CreateAsync(
        ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["PublicUrl"] = "",
            ["DataDir"] = dataDir,
            ["Database"] = connectionString is null ? "sqlite" : "postgres",
            ["ConnectionString"] = connectionString,
            ["OperatorKey"] = "",
        }),
        TestContext.Current.CancellationToken);

    private static async Task<string?> ConnectionStringAsync(Database database) =>
        database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
}
