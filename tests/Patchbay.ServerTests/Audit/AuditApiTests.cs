using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform;
using Patchbay.Platform.Audit;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Vault;
using Xunit;

namespace Patchbay.ServerTests.Audit;

/// <summary>Reading records, how long they stay, and chains under load and through the change of keys.</summary>
public sealed class AuditApiTests(Hosts hosts)
{
    private const string OfInstance = "/api/organisations/v1/audit";

    [Theory, EachDatabase]
    public async Task Records_are_listed_newest_first_and_found_by_what_they_say(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var began = TimeProvider.System.GetUtcNow();
        var connectors = new List<string>();
        for (var i = 0; i < 5; i++)
            connectors.Add((await acme.CreateConnectorAsync($"Parcels {i}")).Id);
        await acme.ChangeConnectorAsync(connectors[2], c => c["name"] = "Other");
        (await host.Operator.DeleteAsync(acme.Whole($"connectors/{connectors[4]}"))).Expect(204);

        var all = (await acme.GetAsync("audit")).Expect(200);
        Assert.Equal(8, all["totalCount"].GetValue<int>());
        Assert.Equal([8L, 7, 6, 5, 4, 3, 2, 1], Of(all).Select(r => r["sequence"]!.GetValue<long>()));
        Assert.Equal("DeleteConnector", (string)Of(all)[0]["operation"]!);
        Assert.Equal((string)Of(all)[1]["hash"]!, (string)Of(all)[0]["previousHash"]!);
        Assert.Equal(["name"], Of(all)[1]["resources"]!.AsArray().Single(r => (string)r!["kind"]! == "connector")!["fields"]!.AsArray().Select(f => (string)f!).Where(f => f == "name"));

        Assert.Equal(5, await CountAsync("operation=CreateHTTPConnector"));
        Assert.Equal(2, await CountAsync("actor=operator"));
        Assert.Equal(6, await CountAsync($"actor=key:{acme.KeyId}"));
        Assert.Equal(2, await CountAsync($"resource={connectors[2]}"));
        Assert.Equal(7, await CountAsync("resource=connector"));
        Assert.Equal(1, await CountAsync("resource=api_key"));
        Assert.Equal(0, await CountAsync($"to={Uri.EscapeDataString((began - TimeSpan.FromHours(1)).ToString("O", CultureInfo.InvariantCulture))}"));
        Assert.Equal(8, await CountAsync($"from={Uri.EscapeDataString((began - TimeSpan.FromHours(1)).ToString("O", CultureInfo.InvariantCulture))}"));
        (await acme.GetAsync("audit?from=yesterday")).ExpectError(400, "invalid_request", "from");
        (await acme.GetAsync("audit?resource=%22")).ExpectError(400, "invalid_request", "resource");

        var walked = new List<long>();
        for (var next = "audit?first=3"; next is not null;)
        {
            var page = (await acme.GetAsync(next)).Expect(200);
            walked.AddRange(Of(page).Select(r => r["sequence"]!.GetValue<long>()));
            next = page.Json["next"] is { } cursor ? $"audit?first=3&after={cursor}" : null;
        }

        Assert.Equal([8L, 7, 6, 5, 4, 3, 2, 1], walked);

        async Task<int> CountAsync(string query) => (await acme.GetAsync($"audit?{query}")).Expect(200)["totalCount"].GetValue<int>();
    }

    [Theory, EachDatabase]
    public async Task An_export_is_a_line_a_record_whose_hashes_follow_each_other(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        await host.FillAsync(acme.Id, 1_200);

        var export = (await acme.GetAsync("audit/export")).Expect(200);

        Assert.StartsWith("application/x-ndjson", export.Headers["Content-Type"], StringComparison.Ordinal);
        var lines = export.Text.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(1, 1_201).Select(i => (long)i), lines.Select(l => l["sequence"]!.GetValue<long>()));
        Assert.Equal(new string('0', 64), (string)lines[0]["previousHash"]!);
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.Equal((string)pair.First["hash"]!, (string)pair.Second["previousHash"]!));
    }

    [Theory, EachDatabase]
    public async Task An_organisation_reads_its_own_records_and_the_operator_those_of_the_instance(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());

        (await other.GetAsync($"/api/connect/v1/o/{acme.Id}/audit")).ExpectError(404, "organisation_not_found");
        (await other.GetAsync($"/api/connect/v1/o/{acme.Id}/audit/export")).ExpectError(404, "organisation_not_found");
        (await acme.GetAsync(OfInstance)).ExpectError(403, "operator_required");
        (await acme.GetAsync($"{OfInstance}/export")).ExpectError(403, "operator_required");
        (await host.Nobody.GetAsync(OfInstance)).Expect(401);

        var made = (await host.Operator.GetAsync($"{OfInstance}?operation=CreateOrganisation&resource={acme.Id}")).Expect(200);
        Assert.Equal(1, made["totalCount"].GetValue<int>());
        Assert.Contains(acme.Id, (await host.Operator.GetAsync($"{OfInstance}/export")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task What_is_over_is_deleted_from_the_beginning_on_and_the_rest_still_verifies(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: new PatchbaySettings { AuditRetention = TimeSpan.FromDays(30) });
        var acme = await host.NewOrganisationAsync();
        await host.FillAsync(acme.Id, 20);
        clock.Advance(TimeSpan.FromDays(20));
        await host.FillAsync(acme.Id, 10);
        clock.Advance(TimeSpan.FromDays(15));

        var retention = host.Services.GetRequiredService<AuditRetention>();
        await retention.RunAsync(TestContext.Current.CancellationToken);

        var records = (await host.RecordsAsync()).Where(r => r.Chain == acme.Id).ToList();
        Assert.Equal(22, records[0].Sequence);
        Assert.Equal(("DeleteOldAuditRecords", 32L, 21L, "server"), (records[^1].Operation, records[^1].Sequence, records[^1].Count, records[^1].Actor));
        await host.ExpectWholeAsync();
        await host.FillAsync(acme.Id, 5);
        await retention.RunAsync(TestContext.Current.CancellationToken);
        await host.ExpectWholeAsync();
        Assert.Equal(37, (await host.RecordsAsync()).Last(r => r.Chain == acme.Id).Sequence);

        // More than was its time is missed.
        await host.RunSqlAsync($"DELETE FROM audit_records WHERE organisation_id = '{acme.Id}' AND sequence = 22");
        Assert.Equal((AuditDamage.Removed, 22), ((await host.VerifyAsync(acme.Id)).Fault?.Damage, (await host.VerifyAsync(acme.Id)).Fault?.Sequence));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Sixteen_that_write_at_once_make_one_chain_without_a_gap(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var each = Counts.Of(reduced: 15, full: 300);
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            var tenant = writer % 4 == 3 ? other : acme;
            for (var i = 0; i < each; i++)
            {
                var made = (await tenant.PostAsync($"/api/organisations/v1/organisations/{tenant.Id}/api-keys", new { name = $"{writer}-{i}" })).Expect(201);
                if (i % 5 == 0)
                    (await tenant.DeleteAsync($"/api/organisations/v1/organisations/{tenant.Id}/api-keys/{made.Id}")).Expect(204);
            }
        }));

        TestContext.Current.TestOutputHelper?.WriteLine($"{16 * each / Stopwatch.GetElapsedTime(began).TotalSeconds:F0} keys made a second by 16 writers");
        await host.ExpectWholeAsync();
        Assert.Equal(12 * (each + (each + 4) / 5) + 1, (await host.VerifyAsync(acme.Id)).Records);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Chains_verify_through_the_change_of_keys_and_go_on_with_a_new_one(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, 4);
        var before = await host.ScalarAsync<byte[]>("SELECT code FROM audit_heads WHERE organisation_id = @p0", store.Tenant.Id);

        await using (var rotate = ServerProcess.Command(["vault", "rotate", "--drop-old"], host.DataDir, host.ConnectionString))
            await rotate.EndedAsync();

        var rotation = (await host.RecordsAsync()).Where(r => r.Operation is "BeginKeyRotation" or "EndKeyRotation" or "ChangeDataKey").ToList();
        Assert.Equal(["BeginKeyRotation", "EndKeyRotation", "ChangeDataKey"], rotation.Select(r => r.Operation));
        await using (var verify = ServerProcess.Command(["audit", "verify"], host.DataDir, host.ConnectionString))
            Assert.DoesNotContain("BROKEN", await verify.EndedAsync(), StringComparison.Ordinal);

        // A server that runs takes the new key within a second.
        await Eventually.HoldsAsync(async () =>
        {
            await host.FillAsync(store.Tenant.Id, 1);
            return !(await host.ScalarAsync<byte[]>("SELECT code FROM audit_heads WHERE organisation_id = @p0", store.Tenant.Id)).AsSpan(0, 4).SequenceEqual(before.AsSpan(0, 4));
        });
        await host.ExpectWholeAsync();
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_store_from_before_there_was_an_audit_gets_its_chains_at_the_next_start(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        await host.StopAsync();
        await host.RunSqlAsync("DELETE FROM audit_records", "DELETE FROM audit_heads", "DELETE FROM instance_values WHERE name = 'audit_keys'");

        await using var server = ServerProcess.Start(host.DataDir, host.ConnectionString);
        await server.ReadyAsync();
        await server.KillAsync();

        var begun = (await host.RecordsAsync()).Select(r => (r.Chain, r.Operation)).ToList();
        Assert.Equal([(AuditSteps.Instance, "BeginAudit"), (AuditSteps.Instance, "BeginAuditChain")], begun);
        await using var verify = ServerProcess.Command(["audit", "verify"], host.DataDir, host.ConnectionString);
        Assert.Contains($"{acme.Id}  0 records, whole", await verify.EndedAsync(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<JsonNode> Of(Answer page) => [.. page["items"].AsArray().Select(i => i!)];
}
