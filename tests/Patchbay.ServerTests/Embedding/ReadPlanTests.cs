using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

/// <summary>
/// How SQLite finds the rows of the Embedded API's reads: by an index that leads to a few, never by walking a table that grows with the users
/// of a hub, nor all rows of an organisation in one. So a read takes as long among 10,000 users as among 100; the benchmark measures that.
/// </summary>
public sealed partial class ReadPlanTests
{
    private static readonly HashSet<string> Growing = new(StringComparer.Ordinal)
    {
        "end_users", "activations", "activation_connections", "connections", "credentials", "connection_credentials", "trigger_endpoints",
    };

    [Fact]
    public async Task No_read_walks_a_table_that_grows_with_users()
    {
        await using var upstream = await Upstream.StartAsync(_ => Task.CompletedTask);
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, level: LogLevel.Information);
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        var (hub, user) = ($"/api/embedded/v1/hubs/{acme.HubId}", acme.UserId);
        var embed = $"/api/embedded/v1/embed/{acme.HubId}/users/{user}";
        var reads = (string[])
        [
            $"/api/embedded/v1/o/{acme.Tenant.Id}/hubs", hub, $"{hub}/users", $"{hub}/users/{user}", $"{hub}/users/{user}/connections",
            $"{hub}/integrations", $"/api/embedded/v1/integrations/{acme.IntegrationId}", $"/api/embedded/v1/integrations/{acme.IntegrationId}/connection-templates",
            $"/api/embedded/v1/integrations/{acme.IntegrationId}/users/{user}/variables", $"/api/embedded/v1/connection-templates/{acme.TemplateId}/users/{user}", $"{embed}/integrations",
            $"{embed}/integrations/{acme.IntegrationId}", $"{embed}/activations", $"/api/embedded/v1/activations/{acme.ActivationId}",
        ];
        var made = host.Log.Lines.Count();

        foreach (var read in reads)
            (await acme.Tenant.GetAsync(read)).Expect(200);
        // There is no such API; the connection was looked for all the same.
        (await acme.Tenant.GetAsync($"/api/proxy/templates/{acme.TemplateId}/users/{user}/anything")).ExpectError(502, "upstream_unreachable");

        var statements = host.Log.Lines.Skip(made).Select(l => Statement().Match(l)).Where(m => m.Success).Select(m => m.Groups["sql"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(statements.Count > reads.Length, $"Only {statements.Count} statements were seen");
        await using var store = new SqliteConnection($"Data Source={Path.Combine(host.DataDir, "patchbay.db")};Pooling=False");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Empty(statements.SelectMany(s => Walks(store, s)));
    }

    private static IEnumerable<string> Walks(SqliteConnection store, string sql)
    {
        var tables = Named().Matches(sql).ToLookup(m => m.Groups["alias"].Value, m => m.Groups["table"].Value, StringComparer.Ordinal);
        using var command = store.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var parameter in Parameter().Matches(sql).Select(m => m.Value).Distinct(StringComparer.Ordinal))
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        using var plan = command.ExecuteReader();
        while (plan.Read())
        {
            var step = Step().Match(plan.GetString(3));
            if (step.Success && tables[step.Groups["alias"].Value].Any(Growing.Contains) && (step.Groups["how"].Value == "SCAN" || step.Groups["by"].Value == "organisation_id=?"))
                yield return $"{plan.GetString(3)} in {sql}";
        }
    }

    [GeneratedRegex("^Information Microsoft.EntityFrameworkCore.Database.Command Executed DbCommand .*? commandText=(?<sql>.*?) \\{OriginalFormat\\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Statement();

    [GeneratedRegex("\"(?<table>\\w+)\" AS \"(?<alias>\\w+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex("@\\w+", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("^(?<how>SCAN|SEARCH) (?<alias>\\w+)(?: USING .*?\\((?<by>.*)\\))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
