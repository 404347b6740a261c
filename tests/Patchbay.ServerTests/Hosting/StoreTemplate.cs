using Microsoft.EntityFrameworkCore;
using Patchbay.Server;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// A store with all its tables and nothing in them, made once in a run by the migrations themselves and copied from then on: hundreds of tests start a
/// server on a store of their own.
/// </summary>
internal static class StoreTemplate
{
    private static readonly Lazy<Task<string>> SqliteFile = new(MakeSqliteAsync);

    /// <summary>Puts an empty store where a server on SQLite will look for it.</summary>
    /// <param name="dataDir">The server's data folder, which is made.</param>
    public static async Task CopyToAsync(string dataDir)
    {
        Directory.CreateDirectory(dataDir);
        File.Copy(await SqliteFile.Value, Path.Combine(dataDir, Path.GetFileName(await SqliteFile.Value)));
    }

    /// <summary>Makes the tables of an empty PostgreSQL database.</summary>
    public static Task MigrateAsync(string connectionString) =>
        MigrateAsync(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Database"] = "postgres", ["ConnectionString"] = connectionString });

    private static async Task<string> MakeSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var options = await MigrateAsync(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["DataDir"] = folder, ["Database"] = "sqlite" });
        return options.StoreFile;
    }

    private static async Task<ServerOptions> MigrateAsync(Dictionary<string, string?> settings)
    {
        var options = ServerOptions.Load(settings);
        var dialect = OpenedStore.DialectOf(options);
        await using var connections = dialect as IAsyncDisposable;
        await using var db = OpenedStore.CreateContext(dialect);
        await dialect.MigrateAsync(db, CancellationToken.None);
        // A copy of the file alone must be the whole store.
        if (!options.Postgres)
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        return options;
    }
}
