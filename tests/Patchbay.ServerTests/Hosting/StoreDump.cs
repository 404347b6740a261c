using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>Everything that a server's database holds, as text: each table, each row, each value; bytes in hexadecimal.</summary>
public static class StoreDump
{
    /// <summary>Reads the store of a server.</summary>
    public static Task<string> OfAsync(PatchbayHost host) => OfAsync(host.DataDir, host.ConnectionString);

    /// <summary>Reads a store.</summary>
    /// <param name="dataDir">The data folder, where it is SQLite.</param>
    /// <param name="connectionString">Of PostgreSQL; null for SQLite.</param>
    public static async Task<string> OfAsync(string dataDir, string? connectionString)
    {
        var token = TestContext.Current.CancellationToken;
        await using DbConnection connection = connectionString is null
            ? new SqliteConnection($"Data Source={Path.Combine(dataDir, "patchbay.db")};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(token);
        var tables = await RowsAsync(connection, connectionString is null
            ? "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name COLLATE \"C\"", token);
        var dump = new StringBuilder();
        foreach (var table in tables.Select(t => t.Split('=')[1]))
        {
            var rows = await RowsAsync(connection, $"SELECT * FROM \"{table}\"", token);
            dump.Append(CultureInfo.InvariantCulture, $"{table}: {rows.Count}\n");
            // A database gives rows in any order that it likes.
            foreach (var row in rows.Order(StringComparer.Ordinal))
                dump.Append("  ").Append(row).Append('\n');
        }

        return dump.ToString();
    }

    private static async Task<List<string>> RowsAsync(DbConnection connection, string sql, CancellationToken token)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<string>();
        while (await reader.ReadAsync(token))
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i =>
                $"{reader.GetName(i)}={(reader.GetValue(i) is byte[] bytes ? Convert.ToHexStringLower(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))}")));
        }

        return rows;
    }
}
