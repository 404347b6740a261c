using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.Http;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Vault;
using Xunit;

namespace Patchbay.ServerTests.Audit;

/// <summary>Uses of secrets are counted as they happen and written down by the minute.</summary>
public sealed class SecretUseTests
{
    [Theory, EachDatabase]
    public async Task Requests_through_the_proxy_are_written_down_by_caller_and_connection(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, 32);
        var (one, other) = (store.Connections[0], store.Connections[1]);
        for (var i = 0; i < 7; i++)
            await SealedStore.CallAsync(store.Tenant.Api, one);
        for (var i = 0; i < 3; i++)
            await SealedStore.CallAsync(host.Operator, one);
        await SealedStore.CallAsync(store.Tenant.Api, other);
        await upstream.DisposeAsync();
        (await store.Tenant.Api.GetAsync($"/api/proxy/{other.Connection}/x")).Expect(502);
        Assert.DoesNotContain(await host.RecordsAsync(), r => r.Operation == "ProxyRequest");

        await WriteAsync(host);

        var uses = (await host.RecordsAsync()).Where(r => r.Operation == "ProxyRequest").ToList();
        Assert.All(uses, u => Assert.Equal((store.Tenant.Id, store.ConnectorId), (u.Chain, u.IdsOf("connector").Single())));
        Assert.Equal(
            [("key", one.Connection, "succeeded", 7L), ("key", other.Connection, "failed", 1L), ("key", other.Connection, "succeeded", 1L), ("operator", one.Connection, "succeeded", 3L)],
            uses.Select(u => (u.Actor.Split(':')[0], u.IdsOf("connection").Single(), u.Outcome, u.Count)).OrderBy(u => u.Item1, StringComparer.Ordinal).ThenBy(u => u.Item2 == one.Connection ? 0 : 1).ThenBy(u => u.Outcome, StringComparer.Ordinal));
        Assert.Contains(uses, u => u.Actor == $"key:{store.Tenant.KeyId}");

        // What was written is not written again.
        await WriteAsync(host);
        Assert.Equal(4, (await host.RecordsAsync()).Count(r => r.Operation == "ProxyRequest"));
        await host.ExpectWholeAsync();
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Uses_go_on_while_they_cannot_be_written_and_are_written_once_they_can(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, 1);
        await host.BreakAuditAsync();
        for (var i = 0; i < 4; i++)
            await SealedStore.CallAsync(store.Tenant.Api, store.Connections[0]);
        await WriteAsync(host);
        await SealedStore.CallAsync(store.Tenant.Api, store.Connections[0]);
        await host.MendAuditAsync();

        await WriteAsync(host);

        Assert.Equal(5, (await host.RecordsAsync()).Single(r => r.Operation == "ProxyRequest").Count);
        Assert.Contains(host.Log.Lines, l => l.Contains("could not be written down", StringComparison.Ordinal));
        await host.ExpectWholeAsync();
    }

    [Theory, EachDatabase]
    public async Task A_server_that_stops_writes_down_what_it_has_counted(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, 1);
        for (var i = 0; i < 6; i++)
            await SealedStore.CallAsync(store.Tenant.Api, store.Connections[0]);

        await host.StopAsync();

        Assert.Equal(6, (await host.RecordsAsync()).Single(r => r.Operation == "ProxyRequest").Count);
    }

    [Theory, EachDatabase]
    public async Task What_an_organisation_used_before_it_was_deleted_leaves_nothing_behind(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, 1);
        await SealedStore.CallAsync(store.Tenant.Api, store.Connections[0]);
        (await host.Operator.DeleteAsync($"/api/organisations/v1/organisations/{store.Tenant.Id}")).Expect(204);

        await WriteAsync(host);

        Assert.DoesNotContain(await host.RecordsAsync(), r => r.Chain == store.Tenant.Id);
        Assert.Contains(store.Tenant.Id, (await host.RecordsAsync()).Single(r => r.Operation == "DeleteOrganisation").Resources, StringComparison.Ordinal);
        await host.ExpectWholeAsync();
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public void Counting_allocates_nothing_but_for_the_first_of_its_kind()
    {
        var uses = new SecretUses();
        var connection = ConnectionOf(Identifiers.New(TimeProvider.System));
        var key = new GrantKey(Identifiers.New(TimeProvider.System), connection.Plan.OrganisationId, default);
        Count(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        Assert.Equal(300_300, uses.Take().Sum(u => u.Count));

        void Count(int times)
        {
            for (var i = 0; i < times; i++)
            {
                uses.Count(SecretUse.ProxyRequest, connection, succeeded: true);
                uses.Count(SecretUse.ProxyRequest, connection, succeeded: false);
                uses.Count(SecretUse.GrantRefresh, key, succeeded: true);
            }
        }
    }

    [Fact]
    public async Task No_use_is_lost_or_counted_twice_while_counts_are_taken()
    {
        var uses = new SecretUses();
        var connections = Enumerable.Range(0, 8).Select(_ => ConnectionOf(Identifiers.New(TimeProvider.System))).ToList();
        var each = Counts.Of(reduced: 50_000, full: 2_000_000);
        using var done = new CancellationTokenSource();
        var taken = 0L;
        var taking = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                taken += uses.Take().Sum(u => u.Count);
        }, TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                uses.Count(SecretUse.ProxyRequest, connections[(i * 7 + worker) % connections.Count], i % 3 != 0);
        }, TestContext.Current.CancellationToken)));
        await done.CancelAsync();
        await taking;

        Assert.Equal(4L * each, taken + uses.Take().Sum(u => u.Count));
    }

    private static EnteredConnection ConnectionOf(Ulid id) => new(new Caller.Backend(Identifiers.New(TimeProvider.System), Identifiers.New(TimeProvider.System), Allowance.All), id, new ConnectionPlan
    {
        OrganisationId = Identifiers.New(TimeProvider.System),
        ConnectorId = Identifiers.New(TimeProvider.System),
        Stamp = new PlanStamp(default, default, null),
        Template = null!,
        Variables = new Dictionary<string, string>(StringComparer.Ordinal),
        StoredAddress = new Patchbay.Platform.Failure(Patchbay.Platform.FailureKind.Invalid, "none", "none"),
        AllowedHosts = AllowedHosts.None,
        Credentials = [new PlannedCredential.Ready(null!)],
    });

    private static Task WriteAsync(PatchbayHost host) => host.Services.GetRequiredService<SecretUseRecords>().WriteAsync(TestContext.Current.CancellationToken);
}
