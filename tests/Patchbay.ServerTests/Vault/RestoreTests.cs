using Microsoft.Data.Sqlite;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Vault;

/// <summary>What docs/operations.md says of backup and restore, done.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("patchbay-restore-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, EachDatabase]
    public async Task A_backup_of_store_and_key_works_on_a_new_machine_and_without_the_key_does_not_start(Database database)
    {
        await using var upstream = await SealedStore.EchoAsync();
        var machine = Directory.CreateDirectory(Path.Combine(_folder, "new")).FullName;
        var key = Path.Combine(_folder, "vault.key of the backup");
        SealedStore store;
        string? restored;
        await using (var host = await PatchbayHost.StartAsync(database))
        {
            store = await SealedStore.MakeAsync(host, upstream, secrets: 60);
            // While the server runs.
            restored = await BackUpAsync(host, machine);
            File.Copy(Path.Combine(host.DataDir, "vault.key"), key);
        }

        await using (var without = ServerProcess.Start(machine, restored))
            Assert.Contains("is missing, but the store holds secrets", await without.EndedAsync(1), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(machine, "vault.key")));

        File.Copy(key, Path.Combine(machine, "vault.key"));
        await using (var server = ServerProcess.Start(machine, restored))
            await store.CallAllOnAsync(server);

        // A backup is as good after the keys have changed, as long as the old one is kept.
        await using (var rotate = ServerProcess.Command(["vault", "rotate"], machine, restored))
            await rotate.EndedAsync();
        await using var rotated = ServerProcess.Start(machine, restored);
        await store.CallAllOnAsync(rotated);
    }

    [Fact]
    public async Task A_backup_from_before_a_rotation_opens_with_the_key_file_from_after_it()
    {
        await using var upstream = await SealedStore.EchoAsync();
        var machine = Directory.CreateDirectory(Path.Combine(_folder, "new")).FullName;
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 30);
        var restored = await BackUpAsync(host, machine);
        await using (var rotate = ServerProcess.Command(["vault", "rotate"], host.DataDir))
            await rotate.EndedAsync();
        File.Copy(Path.Combine(host.DataDir, "vault.key"), Path.Combine(machine, "vault.key"));

        await using var server = ServerProcess.Start(machine, restored);
        await store.CallAllOnAsync(server);
    }

    /// <returns>How the restored store is reached, where it is PostgreSQL.</returns>
    private static async Task<string?> BackUpAsync(PatchbayHost host, string machine)
    {
        if (host.ConnectionString is { } connectionString)
            return await (await PostgresCluster.SharedAsync()).RestoreAsync(connectionString);
        await using var source = new SqliteConnection($"Data Source={Path.Combine(host.DataDir, "patchbay.db")};Pooling=False");
        await using var backup = new SqliteConnection($"Data Source={Path.Combine(machine, "patchbay.db")};Pooling=False");
        await source.OpenAsync(TestContext.Current.CancellationToken);
        await backup.OpenAsync(TestContext.Current.CancellationToken);
        // What .backup of the sqlite3 program does.
        source.BackupDatabase(backup);
        return null;
    }
}
