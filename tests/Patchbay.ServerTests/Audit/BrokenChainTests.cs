using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Audit;

/// <summary>Whatever somebody does to records in the database is seen, and told by what it is.</summary>
public sealed partial class BrokenChainTests(BrokenChainTests.TamperedHosts tampered) : IClassFixture<BrokenChainTests.TamperedHosts>
{
    private static readonly string[] Columns =
        ["at_microseconds", "actor", "operation", "outcome", "count", "resources", "previous_hash", "hash", "code"];

    [Theory, EachDatabase]
    public async Task Every_column_of_every_record_is_held_against_the_chain(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 40);
        // One fixed seed: a failure comes again.
        var random = new Random(20261126);
        foreach (var column in Columns)
        {
            for (var round = 0; round < Counts.Of(reduced: 3, full: 40); round++)
            {
                var at = random.Next(1, chain.Length + 1);
                var fault = await chain.AfterAsync($"UPDATE audit_records SET {column} = {Other(database, column, random)} WHERE organisation_id = '{chain.Id}' AND sequence = {at}");
                Assert.True(fault?.Sequence == at && fault.Damage is AuditDamage.Edited or AuditDamage.Inserted, $"{column} of record {at}: {fault}");
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_removed_record_is_missed_and_named(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 40);
        var random = new Random(20261127);
        for (var round = 0; round < Counts.Of(reduced: 5, full: 60); round++)
        {
            var (from, count) = (random.Next(1, chain.Length - 4), random.Next(1, 4));
            var fault = await chain.AfterAsync($"DELETE FROM audit_records WHERE organisation_id = '{chain.Id}' AND sequence >= {from} AND sequence < {from + count}");
            Assert.Equal((AuditDamage.Removed, from), (fault?.Damage, fault?.Sequence));
            // Put into another's chain it is missed in this one.
            fault = await chain.AfterAsync($"UPDATE audit_records SET organisation_id = '{Identifiers.New(TimeProvider.System)}' WHERE organisation_id = '{chain.Id}' AND sequence = {from}");
            Assert.Equal((AuditDamage.Removed, from), (fault?.Damage, fault?.Sequence));
            // And so it is where those behind it move up.
            fault = await chain.AfterAsync(
                $"DELETE FROM audit_records WHERE organisation_id = '{chain.Id}' AND sequence = {from}",
                $"UPDATE audit_records SET sequence = -sequence WHERE organisation_id = '{chain.Id}' AND sequence > {from}",
                $"UPDATE audit_records SET sequence = -sequence - 1 WHERE organisation_id = '{chain.Id}' AND sequence < 0");
            Assert.Equal((AuditDamage.Reordered, from), (fault?.Damage, fault?.Sequence));
        }
    }

    [Theory, EachDatabase]
    public async Task Records_in_another_order_are_seen_and_named(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 40);
        var random = new Random(20261128);
        for (var round = 0; round < Counts.Of(reduced: 5, full: 60); round++)
        {
            var first = random.Next(1, chain.Length);
            var second = random.Next(first + 1, chain.Length + 1);
            var fault = await chain.AfterAsync(
                $"UPDATE audit_records SET sequence = 0 WHERE organisation_id = '{chain.Id}' AND sequence = {first}",
                $"UPDATE audit_records SET sequence = {first} WHERE organisation_id = '{chain.Id}' AND sequence = {second}",
                $"UPDATE audit_records SET sequence = {second} WHERE organisation_id = '{chain.Id}' AND sequence = 0");
            Assert.Equal((AuditDamage.Reordered, first), (fault?.Damage, fault?.Sequence));
            Assert.Contains($"what was record {second}", fault!.Message, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task A_record_that_no_server_wrote_is_seen_wherever_it_is_put(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 20);
        const string All = "at_microseconds, actor, operation, outcome, count, resources, previous_hash, hash, code";
        var (last, id) = (chain.Length, chain.Id);

        var fault = await chain.AfterAsync($"INSERT INTO audit_records (organisation_id, sequence, {All}) SELECT organisation_id, {last + 1}, {All} FROM audit_records WHERE organisation_id = '{id}' AND sequence = {last}");
        Assert.Equal((AuditDamage.Inserted, last + 1), (fault?.Damage, fault?.Sequence));
        fault = await chain.AfterAsync($"INSERT INTO audit_records (organisation_id, sequence, {All}) SELECT organisation_id, 0, {All} FROM audit_records WHERE organisation_id = '{id}' AND sequence = 1");
        Assert.Equal((AuditDamage.Inserted, 0), (fault?.Damage, fault?.Sequence));
        // In the middle, those behind it moved down.
        fault = await chain.AfterAsync(
            $"UPDATE audit_records SET sequence = -sequence WHERE organisation_id = '{id}' AND sequence >= 7",
            $"UPDATE audit_records SET sequence = -sequence + 1 WHERE organisation_id = '{id}' AND sequence < 0",
            $"INSERT INTO audit_records (organisation_id, sequence, {All}) SELECT organisation_id, 7, {All} FROM audit_records WHERE organisation_id = '{id}' AND sequence = 8");
        Assert.Equal(8, fault?.Sequence);
        Assert.Equal(AuditDamage.Reordered, fault!.Damage);
        // With the head moved along.
        fault = await chain.AfterAsync(
            $"INSERT INTO audit_records (organisation_id, sequence, {All}) SELECT organisation_id, {last + 1}, {All} FROM audit_records WHERE organisation_id = '{id}' AND sequence = {last}",
            $"UPDATE audit_heads SET sequence = {last + 1} WHERE organisation_id = '{id}'");
        Assert.Equal(AuditDamage.HeadChanged, fault?.Damage);
    }

    [Theory, EachDatabase]
    public async Task A_chain_that_was_hashed_anew_without_the_key_is_seen(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 20);

        var fault = await chain.RewriteAsync(from: 5);

        Assert.Equal((AuditDamage.Inserted, 5), (fault?.Damage, fault?.Sequence));
        Assert.Contains("not written by a server", fault!.Message, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Records_that_were_cut_off_the_end_are_missed_whatever_the_head_says(Database database)
    {
        await using var chain = await TamperedChain.MakeAsync(await tampered.OfAsync(database), 40);
        var id = chain.Id;
        for (var cut = 1; cut < 40; cut += Counts.Of(reduced: 13, full: 1))
        {
            var end = chain.Length - cut;
            var fault = await chain.AfterAsync($"DELETE FROM audit_records WHERE organisation_id = '{id}' AND sequence > {end}");
            Assert.Equal((AuditDamage.Truncated, end + 1), (fault?.Damage, fault?.Sequence));
            fault = await chain.AfterAsync(
                $"UPDATE audit_heads SET sequence = {end}, hash = (SELECT hash FROM audit_records WHERE organisation_id = '{id}' AND sequence = {end}) WHERE organisation_id = '{id}'",
                $"DELETE FROM audit_records WHERE organisation_id = '{id}' AND sequence > {end}");
            Assert.Equal(AuditDamage.HeadChanged, fault?.Damage);
        }

        Assert.Equal(AuditDamage.Truncated, (await chain.AfterAsync($"DELETE FROM audit_records WHERE organisation_id = '{id}'"))?.Damage);
        foreach (var column in (string[])["sequence = sequence + 1", "hash = code", "anchor_sequence = 1", "anchor_hash = hash", "code = hash"])
            Assert.Equal(AuditDamage.HeadChanged, (await chain.AfterAsync($"UPDATE audit_heads SET {column} WHERE organisation_id = '{id}'"))?.Damage);
        Assert.Equal(AuditDamage.HeadChanged, (await chain.AfterAsync($"DELETE FROM audit_heads WHERE organisation_id = '{id}'"))?.Damage);
        Assert.Equal(AuditDamage.HeadChanged, (await chain.AfterAsync($"UPDATE audit_heads SET organisation_id = '{Identifiers.New(TimeProvider.System)}' WHERE organisation_id = '{id}'"))?.Damage);
        // Also where all of it is gone, the organisation included: the instance's chain knows that it was there.
        Assert.Equal(AuditDamage.ChainRemoved, (await chain.AfterAsync(
            $"DELETE FROM audit_records WHERE organisation_id = '{id}'", $"DELETE FROM audit_heads WHERE organisation_id = '{id}'"))?.Damage);
    }

    [Theory, EachDatabase]
    public async Task Nothing_is_written_on_to_a_head_that_somebody_changed(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Error);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        await host.FillAsync(acme.Id, 10);
        await host.RunSqlAsync(
            $"UPDATE audit_heads SET sequence = 5, hash = (SELECT hash FROM audit_records WHERE organisation_id = '{acme.Id}' AND sequence = 5) WHERE organisation_id = '{acme.Id}'",
            $"DELETE FROM audit_records WHERE organisation_id = '{acme.Id}' AND sequence > 5");

        (await acme.PostAsync("protocols/http/connectors", new { name = "New", baseUrl = "", authSchemeConfigs = Array.Empty<object>() })).ExpectError(503, "audit_unavailable");
        (await other.PostAsync("protocols/http/connectors", new { name = "New", baseUrl = "", authSchemeConfigs = Array.Empty<object>() })).Expect(201);

        Assert.Equal(0, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
        Assert.Equal(AuditDamage.HeadChanged, (await host.VerifyAsync(acme.Id)).Fault?.Damage);
        Assert.Contains(host.Log.Errors, e => e.Contains("was changed in the database", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task An_untouched_chain_is_whole(Database database)
    {
        var host = await tampered.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var count = Counts.Of(reduced: 1_500, full: 10_000);
        await host.FillAsync(acme.Id, count);

        var began = TimeProvider.System.GetTimestamp();
        var verdict = await host.VerifyAsync(acme.Id);
        TestContext.Current.TestOutputHelper?.WriteLine($"{verdict.Records} records verified in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0} ms");

        Assert.Null(verdict.Fault);
        // The key that came with the organisation is the first.
        Assert.Equal(count + 1, verdict.Records);
        await host.ExpectWholeAsync();
    }

    [Theory, EachDatabase]
    public async Task The_command_tells_the_first_broken_record_by_its_exit_code_too(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        await host.FillAsync(acme.Id, 12);
        var whole = await CommandAsync(host, 0, "audit", "verify");
        Assert.Contains($"{acme.Id}  13 records, whole", whole, StringComparison.Ordinal);
        Assert.Contains("instance ", whole, StringComparison.Ordinal);
        var head = Head().Match(whole.Split('\n').Single(l => l.StartsWith(acme.Id, StringComparison.Ordinal))).Value;
        var lines = (await CommandAsync(host, 0, "audit", "export", "--organisation", acme.Id)).Split('\n');
        Assert.Equal(13, lines.Count(l => l.StartsWith("{\"sequence\":", StringComparison.Ordinal)));

        await host.FillAsync(acme.Id, 3);
        Assert.Contains("goes on from", await CommandAsync(host, 0, "audit", "verify", "--organisation", acme.Id, "--head", head), StringComparison.Ordinal);
        await host.RunSqlAsync($"UPDATE audit_records SET actor = 'operator' WHERE organisation_id = '{acme.Id}' AND sequence = 9");

        Assert.Contains($"{acme.Id}  BROKEN at record 9 (Edited)", await CommandAsync(host, 2, "audit", "verify"), StringComparison.Ordinal);
        if (!Counts.Full)
            return;
        Assert.Contains("does not hold", await CommandAsync(host, 2, "audit", "verify", "--organisation", acme.Id, "--head", $"5:{head.Split(':')[1]}"), StringComparison.Ordinal);
        Assert.Contains("whole", await CommandAsync(host, 0, "audit", "verify", "--organisation", "instance"), StringComparison.Ordinal);
    }

    private static async Task<string> CommandAsync(PatchbayHost host, int exitCode, params string[] command)
    {
        await using var process = ServerProcess.Command(command, host.DataDir, host.ConnectionString);
        return await process.EndedAsync(exitCode);
    }

    /// <summary>A value that a column does not have.</summary>
    private static string Other(Database database, string column, Random random) => column switch
    {
        "at_microseconds" or "count" => $"{column} + {random.Next(1, 100)}",
        "actor" or "operation" or "outcome" => $"{column} || '{(char)random.Next('a', 'z' + 1)}'",
        "resources" => "resources || ' '",
        _ => database == Database.Sqlite
            ? $"x'{Convert.ToHexString(Bytes(random, column))}'"
            : $"'\\x{Convert.ToHexString(Bytes(random, column))}'::bytea",
    };

    private static byte[] Bytes(Random random, string column)
    {
        // As often one of the right length as one of none.
        var bytes = new byte[random.Next(2) == 0 ? random.Next(0, 50) : column == "code" ? 36 : 32];
        random.NextBytes(bytes);
        return bytes;
    }

    [GeneratedRegex("[0-9]+:[0-9a-f]{64}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Head();

    /// <summary>One server a database, whose chains are put back after each look; tests of one class do not run at once.</summary>
    public sealed class TamperedHosts : IAsyncDisposable
    {
        private readonly Dictionary<Database, PatchbayHost> _hosts = [];

        public async Task<PatchbayHost> OfAsync(Database database) =>
            _hosts.TryGetValue(database, out var host) ? host : _hosts[database] = await PatchbayHost.StartAsync(database);

        public async ValueTask DisposeAsync()
        {
            foreach (var host in _hosts.Values)
                await host.DisposeAsync();
        }
    }

    /// <summary>A chain of one organisation that is put back after each look.</summary>
    private sealed class TamperedChain(PatchbayHost host, string id) : IAsyncDisposable
    {
        public string Id { get; } = id;

        public int Length { get; private init; }

        public static async Task<TamperedChain> MakeAsync(PatchbayHost host, int length)
        {
            var acme = await host.NewOrganisationAsync();
            await host.FillAsync(acme.Id, length - 1);
            await host.RunSqlAsync("CREATE TABLE kept_records AS SELECT * FROM audit_records", "CREATE TABLE kept_heads AS SELECT * FROM audit_heads");
            Assert.Null((await host.VerifyAsync(acme.Id)).Fault);
            return new TamperedChain(host, acme.Id) { Length = length };
        }

        /// <summary>The chain's first fault after some statements, which are then undone.</summary>
        public async Task<AuditFault?> AfterAsync(params string[] statements)
        {
            await host.RunSqlAsync(statements);
            var fault = (await host.VerifyAsync()).Single(v => v.OrganisationId == Ulid.Parse(Id, CultureInfo.InvariantCulture)).Fault;
            await host.RunSqlAsync(
                "DELETE FROM audit_records", "DELETE FROM audit_heads",
                "INSERT INTO audit_records SELECT * FROM kept_records", "INSERT INTO audit_heads SELECT * FROM kept_heads");
            await host.ExpectWholeAsync();
            return fault;
        }

        /// <summary>Changes a record and hashes it and all behind it anew, as somebody can who has the database and these sources, but no key.</summary>
        public async Task<AuditFault?> RewriteAsync(int from)
        {
            var statements = new List<string>();
            byte[]? previous = null;
            await using var scope = host.Services.CreateAsyncScope();
            var records = VerifyAudit.RecordsOf(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), Ulid.Parse(Id, CultureInfo.InvariantCulture));
            foreach (var record in await records.Where(r => r.Sequence >= from).OrderBy(r => r.Sequence).ToListAsync(TestContext.Current.CancellationToken))
            {
                var rewritten = new AuditRecord
                {
                    OrganisationId = record.OrganisationId, Sequence = record.Sequence, AtMicroseconds = record.AtMicroseconds, Actor = "nobody", Operation = record.Operation,
                    Outcome = record.Outcome, Count = record.Count, Resources = record.Resources, PreviousHash = previous ?? record.PreviousHash, Hash = [], Code = record.Code,
                };
                previous = rewritten.ComputeHash();
                statements.Add($"UPDATE audit_records SET actor = 'nobody', previous_hash = {Literal(rewritten.PreviousHash)}, hash = {Literal(previous)} WHERE organisation_id = '{Id}' AND sequence = {record.Sequence}");
            }

            return await AfterAsync([.. statements]);
        }

        public async ValueTask DisposeAsync() => await host.RunSqlAsync("DROP TABLE kept_records", "DROP TABLE kept_heads");

        private string Literal(byte[] bytes) => host.Database == Database.Sqlite ? $"x'{Convert.ToHexString(bytes)}'" : $"'\\x{Convert.ToHexString(bytes)}'::bytea";
    }
}
