using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Storage.Postgres;

/// <summary>PostgreSQL, for many servers on one database.</summary>
internal sealed partial class PostgresDialect(string connectionString) : IStoreDialect, IAsyncDisposable
{
    private const int ContentsPerStatement = 500;

    /// <summary>Of the advisory lock of whoever migrates. Other locks have random numbers.</summary>
    private const long Migration = 0x506174636862616D;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    public void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(_source, postgres => postgres
        .MigrationsAssembly(typeof(PostgresDialect).Assembly.FullName)
        .UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery));

    /// <summary>Texts compare by their bytes, as they do on SQLite, whatever the database's locale.</summary>
    public void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<string>().UseCollation("C");
        conventions.Properties<Ulid>().UseCollation("C");
    }

    public void ConfigureModel(ModelBuilder model)
    {
    }

    /// <summary>
    /// EF takes a lock of its own, but gives it up between one migration and the next, and another server that waited for it then runs the next
    /// one too. Ours lasts from the first to the last.
    /// </summary>
    public async Task MigrateAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(@key)", connection) { CommandTimeout = 0 };
        take.Parameters.AddWithValue("key", Migration);
        await take.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
                await db.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await using var give = new NpgsqlCommand("SELECT pg_advisory_unlock(@key)", connection);
            give.Parameters.AddWithValue("key", Migration);
            await give.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public async Task<IDbContextTransaction> BeginWriteAsync(PatchbayDb db, Ulid key, CancellationToken cancellationToken)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await LockAsync(db, key, shared: false, cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>An advisory lock under 64 random bits of the id: it needs no row, and ends with the transaction.</summary>
    public Task LockAsync(PatchbayDb db, Ulid key, bool shared, CancellationToken cancellationToken)
    {
        var number = NumberOf(key);
        return shared
            ? db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared({number})", cancellationToken)
            : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({number})", cancellationToken);
    }

    public async Task StoreContentsAsync(PatchbayDb db, IReadOnlyList<Content> contents, CancellationToken cancellationToken)
    {
        // In one order, so that two that store the same contents wait for each other instead of blocking each other. The update that
        // changes nothing holds the row until we commit: otherwise it could be deleted as unused between here and the row that uses it.
        foreach (var chunk in contents.OrderBy(c => Convert.ToHexString(c.Hash), StringComparer.Ordinal).Chunk(ContentsPerStatement))
        {
            await using var insert = Command(db,
                "INSERT INTO contents (hash, body) SELECT hash, body FROM unnest(@hashes, @bodies) AS c (hash, body) " +
                "ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash");
            insert.Parameters.Add(new NpgsqlParameter<byte[][]>("hashes", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { TypedValue = [.. chunk.Select(c => c.Hash)] });
            insert.Parameters.Add(new NpgsqlParameter<byte[][]>("bodies", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { TypedValue = [.. chunk.Select(c => c.Body)] });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task CopyContentsAsync(
        PatchbayDb db, Ulid from, Ulid into, string idPrefix, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // An id is the time, a running number that keeps the source's order among equals, and 40 random bits.
        const string NewId =
            "@prefix || lpad(upper(to_hex(row_number() OVER (ORDER BY updated_at DESC, id))), 6, '0') || upper(right(replace(gen_random_uuid()::text, '-', ''), 10))";
        await using var copy = Command(db, $"""
            INSERT INTO definitions (id, version_id, name, description, accept, content_type, content_hash, updated_at)
            SELECT {NewId}, @into, name, description, accept, content_type, content_hash, @now FROM definitions WHERE version_id = @from;
            INSERT INTO actions (id, version_id, name, content_hash, updated_at)
            SELECT {NewId}, @into, name, content_hash, @now FROM actions WHERE version_id = @from;
            INSERT INTO triggers (id, version_id, name, content_hash, updated_at)
            SELECT {NewId}, @into, name, content_hash, @now FROM triggers WHERE version_id = @from;
            INSERT INTO definition_uses (version_id, definition, referrer_kind, referrer)
            SELECT @into, definition, referrer_kind, referrer FROM definition_uses WHERE version_id = @from;
            """);
        copy.Parameters.AddWithValue("prefix", idPrefix);
        copy.Parameters.AddWithValue("from", from.ToString());
        copy.Parameters.AddWithValue("into", into.ToString());
        copy.Parameters.AddWithValue("now", now);
        await copy.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task KeepMergeBaseAsync(PatchbayDb db, Ulid version, byte[] contentHash, CancellationToken cancellationToken)
    {
        await using var keep = Command(db, $"""
            INSERT INTO merge_bases (hash) SELECT @hash
            WHERE EXISTS (SELECT 1 FROM connector_versions WHERE source_content_hash = @hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, description, accept, content_type, content_hash)
            SELECT @hash, {(int)ReferrerKind.Definition}, name, description, accept, content_type, content_hash FROM definitions
            WHERE version_id = @version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = @hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, accept, content_hash)
            SELECT @hash, {(int)ReferrerKind.Action}, name, '[]', content_hash FROM actions
            WHERE version_id = @version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = @hash) ON CONFLICT DO NOTHING;
            INSERT INTO merge_base_parts (base_hash, kind, name, accept, content_hash)
            SELECT @hash, {(int)ReferrerKind.Trigger}, name, '[]', content_hash FROM triggers
            WHERE version_id = @version AND EXISTS (SELECT 1 FROM merge_bases WHERE hash = @hash) ON CONFLICT DO NOTHING;
            """);
        keep.Parameters.AddWithValue("hash", contentHash);
        keep.Parameters.AddWithValue("version", version.ToString());
        await keep.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task<int> DeleteUnusedMergeBasesAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            "DELETE FROM merge_bases b WHERE NOT EXISTS (SELECT 1 FROM connector_versions v WHERE v.source_content_hash = b.hash)", cancellationToken);

    public async Task<int> DeleteUnusedContentsAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        try
        {
            return await db.Database.ExecuteSqlRawAsync(
                """
                DELETE FROM contents WHERE hash IN (
                    SELECT hash FROM contents c
                    WHERE NOT EXISTS (SELECT 1 FROM actions a WHERE a.content_hash = c.hash)
                      AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.content_hash = c.hash)
                      AND NOT EXISTS (SELECT 1 FROM definitions d WHERE d.content_hash = c.hash)
                      AND NOT EXISTS (SELECT 1 FROM merge_base_parts p WHERE p.content_hash = c.hash)
                    LIMIT 1000 FOR UPDATE SKIP LOCKED)
                """,
                cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // Somebody began to use one of them meanwhile; the next sweep takes the others.
            return 0;
        }
    }

    public bool IsUniqueViolation(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public bool IsMissingReference(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation };

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlCommand Command(PatchbayDb db, string sql) => new(sql,
        (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
}
