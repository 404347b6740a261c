using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Storage.Sqlite;

/// <summary>SQLite in WAL mode with <c>synchronous=FULL</c>: one file, durable at each commit, one writer at a time.</summary>
internal sealed partial class SqliteDialect : IStoreDialect, IDisposable
{
    private readonly string _connectionString;

    /// <summary>
    /// SQLite lets one writer in at a time and makes others poll for their turn. Inside one process this queue is fairer and wakes at once;
    /// the busy timeout is left for other processes on the same file.
    /// </summary>
    private readonly SemaphoreSlim _writers = new(1, 1);

    /// <param name="connectionString">A connection string of Microsoft.Data.Sqlite.</param>
    public SqliteDialect(string connectionString) =>
        _connectionString = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, DefaultTimeout = 30 }.ToString();

    /// <summary>The dialect for a database file.</summary>
    /// <param name="path">The file; made when it is not there.</param>
    public static SqliteDialect ForFile(string path)
    {
        if (!OperatingSystem.IsWindows() && !File.Exists(path))
        {
            // An empty file is an empty database; the log beside it takes over its mode.
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }

        return new(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate }.ToString());
    }

    public void Configure(DbContextOptionsBuilder options) => options
        .UseSqlite(_connectionString, sqlite => sqlite
            .MigrationsAssembly(typeof(SqliteDialect).Assembly.FullName)
            .UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery))
        .AddInterceptors(ConnectionSettings.Instance);

    public void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();

    public void ConfigureModel(ModelBuilder model)
    {
    }

    public async Task MigrateAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            await using (await MigrationLock.TakeAsync(new SqliteConnectionStringBuilder(_connectionString).DataSource, cancellationToken))
            {
                // EF keeps a lock of its own in a row, and waits for it without end. Whoever holds ours knows that a row is left over from
                // a process that was killed.
                await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
                await db.Database.MigrateAsync(cancellationToken);
            }
        }

        // WAL is a property of the file: set once, it stays.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
    }

    public async Task<IDbContextTransaction> BeginWriteAsync(PatchbayDb db, Ulid key, CancellationToken cancellationToken)
    {
        await _writers.WaitAsync(cancellationToken);
        try
        {
            await db.Database.OpenConnectionAsync(cancellationToken);
            var connection = (SqliteConnection)db.Database.GetDbConnection();
            var transaction = await db.Database.UseTransactionAsync(connection.BeginTransaction(deferred: false), cancellationToken);
            return new QueuedTransaction(transaction!, _writers);
        }
        catch
        {
            _writers.Release();
            throw;
        }
    }

    /// <summary>The one writer that there is has everything to itself.</summary>
    public Task LockAsync(PatchbayDb db, Ulid key, bool shared, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoreContentsAsync(PatchbayDb db, IReadOnlyList<Content> contents, CancellationToken cancellationToken)
    {
        await using var insert = Command(db, "INSERT INTO contents (hash, body) VALUES ($hash, $body) ON CONFLICT (hash) DO NOTHING");
        var hash = insert.Parameters.Add("$hash", SqliteType.Blob);
        var body = insert.Parameters.Add("$body", SqliteType.Blob);
        await insert.PrepareAsync(cancellationToken);
        foreach (var content in contents)
        {
            (hash.Value, body.Value) = (content.Hash, content.Body);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task CopyContentsAsync(
        PatchbayDb db, Ulid from, Ulid into, string idPrefix, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // An id is the time, a running number that keeps the source's order among equals, and 40 random bits.
        const string NewId = "$prefix || printf('%06X', row_number() OVER (ORDER BY updated_at DESC, id)) || hex(randomblob(5))";
        await using var copy = Command(db, $"""
            INSERT INTO definitions (id, version_id, name, description, accept, content_type, content_hash, updated_at)
            SELECT {NewId}, $into, name, description, accept, content_type, content_hash, $now FROM definitions WHERE version_id = $from;
            INSERT INTO actions (id, version_id, name, content_hash, updated_at)
            SELECT {NewId}, $into, name, content_hash, $now FROM actions WHERE version_id = $from;
            INSERT INTO triggers (id, version_id, name, content_hash, updated_at)
            SELECT {NewId}, $into, name, content_hash, $now FROM triggers WHERE version_id = $from;
            INSERT INTO definition_uses (version_id, definition, referrer_kind, referrer)
            SELECT $into, definition, referrer_kind, referrer FROM definition_uses WHERE version_id = $from;
            """);
        copy.Parameters.AddWithValue("$prefix", idPrefix);
        copy.Parameters.AddWithValue("$from", from.ToString());
        copy.Parameters.AddWithValue("$into", into.ToString());
        copy.Parameters.AddWithValue("$now", MicrosecondsConverter.ToMicroseconds(now));
        await copy.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task KeepMergeBaseAsync(PatchbayDb db, Ulid version, byte[] contentHash, CancellationToken cancellationToken)
    {
        await using var keep = Command(db, $"""
            INSERT INTO merge_bases (hash) SELECT $hash
            WHERE EXISTS (SELECT 1 FROM connector_versions WHERE source_content_hash = $hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, description, accept, content_type, content_hash)
            SELECT $hash, {(int)ReferrerKind.Definition}, name, description, accept, content_type, content_hash FROM definitions
            WHERE version_id = $version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = $hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, accept, content_hash)
            SELECT $hash, {(int)ReferrerKind.Action}, name, '[]', content_hash FROM actions
            WHERE version_id = $version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = $hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, accept, content_hash)
            SELECT $hash, {(int)ReferrerKind.Trigger}, name, '[]', content_hash FROM triggers
            WHERE version_id = $version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = $hash) ON CONFLICT DO NOTHING;
            """);
        keep.Parameters.AddWithValue("$hash", contentHash);
        keep.Parameters.AddWithValue("$version", version.ToString());
        await keep.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task<int> DeleteUnusedMergeBasesAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            "DELETE FROM merge_bases WHERE NOT EXISTS (SELECT 1 FROM connector_versions v WHERE v.source_content_hash = merge_bases.hash)", cancellationToken);

    public Task<int> DeleteUnusedContentsAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            """
            DELETE FROM contents WHERE hash IN (
                SELECT hash FROM contents c
                WHERE NOT EXISTS (SELECT 1 FROM actions a WHERE a.content_hash = c.hash)
                  AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.content_hash = c.hash)
                  AND NOT EXISTS (SELECT 1 FROM definitions d WHERE d.content_hash = c.hash)
                  AND NOT EXISTS (SELECT 1 FROM merge_base_parts p WHERE p.content_hash = c.hash)
                LIMIT 1000)
            """,
            cancellationToken);

    public bool IsUniqueViolation(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE or SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY };

    public bool IsMissingReference(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_FOREIGNKEY };

    public void Dispose()
    {
        _events?.Dispose();
        _writers.Dispose();
    }

    private static SqliteCommand Command(PatchbayDb db, string sql)
    {
        var command = (SqliteCommand)db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = (SqliteTransaction?)db.Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }

    /// <summary>What SQLite forgets with each connection.</summary>
    private sealed class ConnectionSettings : DbConnectionInterceptor
    {
        public static readonly ConnectionSettings Instance = new();

        private const string Settings = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Settings;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Settings;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

/// <summary>Keeps times as whole microseconds since 1970, which sort as numbers; SQLite has no type for them.</summary>
internal sealed class MicrosecondsConverter()
    : ValueConverter<DateTimeOffset, long>(time => ToMicroseconds(time), microseconds => FromMicroseconds(microseconds))
{
    public static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
