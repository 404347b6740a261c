using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Audit;

/// <summary>A record as it stands in the database.</summary>
internal sealed record StoredRecord(string Chain, long Sequence, string Actor, string Operation, string Outcome, long Count, string Resources)
{
    /// <summary>The ids of a kind that it names.</summary>
    public IReadOnlyList<string> IdsOf(string kind, string? change = null) =>
        [.. AuditResource.Read(Resources).Where(r => r.Kind == kind && (change is null || r.Change == change)).Select(r => r.Id!)];
}

/// <summary>A look at the audit of a server behind its back, and a hand in it.</summary>
internal static class AuditSteps
{
    public static readonly string Instance = Ulid.Empty.ToString();

    /// <summary>Every record that there is, but for uses of secrets, which are written whenever a minute is over.</summary>
    public static async Task<IReadOnlyList<StoredRecord>> ChangesAsync(this PatchbayHost host) =>
        [.. (await host.RecordsAsync()).Where(r => !Enum.TryParse<SecretUse>(r.Operation, out _))];

    /// <summary>Every record that there is.</summary>
    public static async Task<IReadOnlyList<StoredRecord>> RecordsAsync(this PatchbayHost host)
    {
        await using var connection = await OpenAsync(host);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT organisation_id, sequence, actor, operation, outcome, count, resources FROM audit_records ORDER BY organisation_id, sequence";
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var records = new List<StoredRecord>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            records.Add(new(
                reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt64(5), reader.GetString(6)));
        }

        return records;
    }

    /// <summary>Runs statements in the database, whatever they come to.</summary>
    public static async Task RunSqlAsync(this PatchbayHost host, params string[] statements)
    {
        await using var connection = await OpenAsync(host);
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>From now on no record can be written.</summary>
    public static Task BreakAuditAsync(this PatchbayHost host) => host.ConnectionString is null
        ? host.RunSqlAsync("CREATE TRIGGER audit_fails BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'the audit fails'); END")
        : host.RunSqlAsync(
            "CREATE FUNCTION audit_fails() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the audit fails'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER audit_fails BEFORE INSERT ON audit_records FOR EACH ROW EXECUTE FUNCTION audit_fails()");

    /// <summary>From now on records are written again.</summary>
    public static Task MendAuditAsync(this PatchbayHost host) => host.ConnectionString is null
        ? host.RunSqlAsync("DROP TRIGGER audit_fails")
        : host.RunSqlAsync("DROP TRIGGER audit_fails ON audit_records", "DROP FUNCTION audit_fails()");

    /// <summary>Verifies all chains, as <c>patchbay audit verify</c> does.</summary>
    public static async Task<IReadOnlyList<AuditVerdict>> VerifyAsync(this PatchbayHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var verdicts = new List<AuditVerdict>();
        await foreach (var verdict in scope.ServiceProvider.GetRequiredService<VerifyAudit>().AllAsync(TestContext.Current.CancellationToken))
            verdicts.Add(verdict);
        return verdicts;
    }

    /// <summary>Fails unless every chain is whole.</summary>
    public static async Task ExpectWholeAsync(this PatchbayHost host)
    {
        foreach (var verdict in await host.VerifyAsync())
            Assert.True(verdict.Fault is null, $"{verdict.OrganisationId} {verdict.Fault}");
    }

    /// <summary>Verifies one chain.</summary>
    public static async Task<AuditVerdict> VerifyAsync(this PatchbayHost host, string chain)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<VerifyAudit>().OfAsync(Ulid.Parse(chain), TestContext.Current.CancellationToken);
    }

    /// <summary>Has the server write records of nothing in particular into an organisation's chain.</summary>
    public static async Task FillAsync(this PatchbayHost host, string chain, int count)
    {
        const int Batch = 100;
        var organisation = Ulid.Parse(chain);
        for (var written = 0; written < count; written += Batch)
        {
            await using var scope = host.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, organisation);
            var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
            await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, TestContext.Current.CancellationToken);
            foreach (var number in Enumerable.Range(written, Math.Min(Batch, count - written)))
            {
                db.Trail.Add(new AuditEntry(organisation, number % 3 == 0 ? "UpdateConnector" : "ProxyRequest", number % 2 == 0 ? "operator" : $"key:{Identifiers.New(TimeProvider.System)}",
                    [new AuditResource("connector", Identifiers.New(TimeProvider.System).ToString()) { Change = "updated", Fields = ["name", "baseUrl"] }])
                {
                    Count = number + 1,
                });
            }

            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }
    }

    public static async Task<DbConnection> OpenAsync(PatchbayHost host)
    {
        DbConnection connection = host.ConnectionString is null
            ? new SqliteConnection($"Data Source={Path.Combine(host.DataDir, "patchbay.db")};Pooling=False;Default Timeout=30")
            : new NpgsqlConnection(host.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
