using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Storage.Postgres;

/// <content>Sealed values, whatever the table. Names of tables and columns come from <see cref="SealedColumn"/> only.</content>
internal sealed partial class PostgresDialect
{
    /// <summary>Of the advisory lock of whoever changes keys. Other locks have random numbers.</summary>
    private const long KeyChange = 0x5061746368626179;

    public async Task<IReadOnlyList<SealedValue>> ReadSealedAsync(
        PatchbayDb db, SealedColumn column, Ulid organisationId, Ulid after, int count, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var read = Command(db,
            $"SELECT id, {column.Name} FROM {column.Table} WHERE organisation_id = @organisation AND id > @after AND {column.Name} IS NOT NULL ORDER BY id LIMIT @count");
        read.Parameters.AddWithValue("organisation", organisationId.ToString());
        read.Parameters.AddWithValue("after", after.ToString());
        read.Parameters.AddWithValue("count", count);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var values = new List<SealedValue>();
        while (await reader.ReadAsync(cancellationToken))
            values.Add(new(Ulid.Parse(reader.GetString(0)), await reader.GetFieldValueAsync<byte[]>(1, cancellationToken)));
        return values;
    }

    public async Task<byte[]?> ReadSealedAsync(PatchbayDb db, SealedColumn column, Ulid rowId, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var read = Command(db, $"SELECT {column.Name} FROM {column.Table} WHERE id = @id");
        read.Parameters.AddWithValue("id", rowId.ToString());
        return await read.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    public async Task<int> ReplaceSealedAsync(
        PatchbayDb db, SealedColumn column, IReadOnlyList<ResealedValue> values, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        // Waiting for rows in an order of our own could end in a deadlock, whose victim might be somebody's request. No row's key changes:
        // a weaker lock lets those pass who only refer to it.
        await using var replace = Command(db, $"""
            WITH held AS (
                SELECT t.id FROM {column.Table} t JOIN unnest(@ids, @befores) AS v (id, before) ON t.id = v.id AND t.{column.Name} = v.before
                FOR NO KEY UPDATE OF t SKIP LOCKED)
            UPDATE {column.Table} t SET {column.Name} = v.after
            FROM unnest(@ids, @befores, @afters) AS v (id, before, after)
            WHERE t.id = v.id AND t.{column.Name} = v.before AND t.id IN (SELECT id FROM held)
            """);
        replace.Parameters.Add(new NpgsqlParameter<string[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Text) { TypedValue = [.. values.Select(v => v.RowId.ToString())] });
        replace.Parameters.Add(new NpgsqlParameter<byte[][]>("befores", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { TypedValue = [.. values.Select(v => v.Before)] });
        replace.Parameters.Add(new NpgsqlParameter<byte[][]>("afters", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { TypedValue = [.. values.Select(v => v.After)] });
        return await replace.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<SealedCount>> CountSealedAsync(
        PatchbayDb db, SealedColumn column, Ulid? organisationId, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var count = Command(db, $"""
            SELECT organisation_id, substring({column.Name} FROM 1 FOR {DataKey.HeaderLength}) AS header, COUNT(*) FROM {column.Table}
            WHERE {column.Name} IS NOT NULL{(organisationId is null ? "" : " AND organisation_id = @organisation")} GROUP BY 1, 2
            """);
        if (organisationId is not null)
            count.Parameters.AddWithValue("organisation", organisationId.Value.ToString());
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        var counts = new List<SealedCount>();
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(new(Ulid.Parse(reader.GetString(0)), await reader.GetFieldValueAsync<byte[]>(1, cancellationToken), reader.GetInt64(2)));
        return counts;
    }

    /// <summary>An advisory lock of a connection that is kept for it: it ends with the process, or with the connection.</summary>
    public async Task<IAsyncDisposable?> TryBeginKeyChangeAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(@key)", connection);
            take.Parameters.AddWithValue("key", KeyChange);
            if (await take.ExecuteScalarAsync(cancellationToken) is true)
                return new HeldKeyChange(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private sealed class HeldKeyChange(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // A pooled connection would keep the lock until somebody uses it again.
            try
            {
                await using var give = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
                await give.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The connection is gone, and the lock with it.
            }

            await connection.DisposeAsync();
        }
    }
}
