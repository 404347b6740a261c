using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Storage.Sqlite;

/// <content>Sealed values, whatever the table. Names of tables and columns come from <see cref="SealedColumn"/> only.</content>
internal sealed partial class SqliteDialect
{
    public async Task<IReadOnlyList<SealedValue>> ReadSealedAsync(
        PatchbayDb db, SealedColumn column, Ulid organisationId, Ulid after, int count, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var read = Command(db,
            $"SELECT id, {column.Name} FROM {column.Table} WHERE organisation_id = $organisation AND id > $after AND {column.Name} IS NOT NULL ORDER BY id LIMIT $count");
        read.Parameters.AddWithValue("$organisation", organisationId.ToString());
        read.Parameters.AddWithValue("$after", after.ToString());
        read.Parameters.AddWithValue("$count", count);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var values = new List<SealedValue>();
        while (await reader.ReadAsync(cancellationToken))
            values.Add(new(Ulid.Parse(reader.GetString(0)), reader.GetFieldValue<byte[]>(1)));
        return values;
    }

    public async Task<byte[]?> ReadSealedAsync(PatchbayDb db, SealedColumn column, Ulid rowId, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var read = Command(db, $"SELECT {column.Name} FROM {column.Table} WHERE id = $id");
        read.Parameters.AddWithValue("$id", rowId.ToString());
        return await read.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    public async Task<int> ReplaceSealedAsync(
        PatchbayDb db, SealedColumn column, IReadOnlyList<ResealedValue> values, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginWriteAsync(db, default, cancellationToken);
        await using var replace = Command(db, $"UPDATE {column.Table} SET {column.Name} = $after WHERE id = $id AND {column.Name} = $before");
        var id = replace.Parameters.Add("$id", SqliteType.Text);
        var before = replace.Parameters.Add("$before", SqliteType.Blob);
        var after = replace.Parameters.Add("$after", SqliteType.Blob);
        await replace.PrepareAsync(cancellationToken);
        var replaced = 0;
        foreach (var value in values)
        {
            (id.Value, before.Value, after.Value) = (value.RowId.ToString(), value.Before, value.After);
            replaced += await replace.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return replaced;
    }

    public async Task<IReadOnlyList<SealedCount>> CountSealedAsync(
        PatchbayDb db, SealedColumn column, Ulid? organisationId, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var count = Command(db, $"""
            SELECT organisation_id, substr({column.Name}, 1, {DataKey.HeaderLength}) AS header, COUNT(*) FROM {column.Table}
            WHERE {column.Name} IS NOT NULL{(organisationId is null ? "" : " AND organisation_id = $organisation")} GROUP BY 1, 2
            """);
        if (organisationId is not null)
            count.Parameters.AddWithValue("$organisation", organisationId.ToString());
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        var counts = new List<SealedCount>();
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(new(Ulid.Parse(reader.GetString(0)), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2)));
        return counts;
    }

    /// <summary>A lock of the operating system on a file beside the store, which ends with the process however it ends.</summary>
    public Task<IAsyncDisposable?> TryBeginKeyChangeAsync(CancellationToken cancellationToken)
    {
        var path = new SqliteConnectionStringBuilder(_connectionString).DataSource + ".keys.lock";
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return Task.FromResult<IAsyncDisposable?>(new FileStream(path, options));
        }
        catch (IOException) when (File.Exists(path))
        {
            return Task.FromResult<IAsyncDisposable?>(null);
        }
    }
}
