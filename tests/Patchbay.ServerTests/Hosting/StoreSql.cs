using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>A hand in a server's database, behind its back. Parameters are named <c>@p0</c>, <c>@p1</c> and so on.</summary>
public static class StoreSql
{
    public static async Task ExecuteAsync(this PatchbayHost host, string sql, params object[] parameters)
    {
        await using var connection = await OpenAsync(host);
        await using var command = CommandOf(connection, sql, parameters);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    public static async Task<T> ScalarAsync<T>(this PatchbayHost host, string sql, params object[] parameters)
    {
        await using var connection = await OpenAsync(host);
        await using var command = CommandOf(connection, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<DbConnection> OpenAsync(PatchbayHost host)
    {
        DbConnection connection = host.ConnectionString is null
            ? new SqliteConnection($"Data Source={Path.Combine(host.DataDir, "patchbay.db")};Pooling=False")
            : new NpgsqlConnection(host.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static DbCommand CommandOf(DbConnection connection, string sql, object[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (index, value) in parameters.Index())
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{index}", value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
