using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Organisations;
using Patchbay.ServerTests.Audit;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Vault;
using Xunit;

namespace Patchbay.ServerTests.Organisations;

public sealed class DeleteOrganisationTests(Hosts hosts)
{
    private const string Root = "/api/organisations/v1/organisations";

    [Theory, EachDatabase]
    public async Task A_deleted_organisation_is_gone_at_once_with_its_key_and_all_that_is_its_own(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        var other = await SealedStore.MakeAsync(host, upstream, secrets: 3);
        (await acme.Tenant.Api.GetAsync($"/api/proxy/{acme.ConnectionId}/x")).Expect(200);

        (await host.Operator.DeleteAsync($"{Root}/{acme.Tenant.Id}")).Expect(204);

        (await acme.Tenant.Api.GetAsync($"/api/proxy/{acme.ConnectionId}/x")).ExpectError(401, "invalid_key");
        (await host.Operator.GetAsync($"/api/proxy/{acme.ConnectionId}/x")).ExpectError(404, "connection_not_found");
        (await host.Operator.GetAsync($"{Root}/{acme.Tenant.Id}")).ExpectError(404, "organisation_not_found");
        (await host.Operator.DeleteAsync($"{Root}/{acme.Tenant.Id}")).ExpectError(404, "organisation_not_found");
        Assert.Null(await host.Services.GetRequiredService<OrganisationKeys>().FindAsync(Ulid.Parse(acme.Tenant.Id), 1, TestContext.Current.CancellationToken));
        var dump = await StoreDump.OfAsync(host);
        foreach (var line in dump.Split('\n').Where(l => !l.Contains("body=", StringComparison.Ordinal)))
        {
            // That it was made, had its keys and was deleted stays in the instance's audit, which says nothing of it but its id.
            if (!IsOfInstance(line))
                Assert.DoesNotContain(acme.Tenant.Id, line, StringComparison.Ordinal);
            Assert.DoesNotContain(acme.ConnectorId, line, StringComparison.Ordinal);
            Assert.DoesNotContain(acme.PrivateMarker, line, StringComparison.Ordinal);
        }

        foreach (var connection in other.Connections)
            await SealedStore.CallAsync(other.Tenant.Api, connection);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task What_others_imported_from_its_library_stays_theirs(Database database)
    {
        var host = await hosts.OfAsync(database);
        var publisher = await host.NewOrganisationAsync("publisher");
        var importer = await host.NewOrganisationAsync("importer");
        var source = await publisher.ImportPublicAsync();
        var copy = (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);

        (await host.Operator.DeleteAsync($"{Root}/{publisher.Id}")).Expect(204);

        var kept = $"connectors/{copy.Id}/versions/{source.Version}";
        (await importer.PostAsync($"{kept}/publish")).Expect(200);
        Assert.NotEmpty((await importer.GetAsync($"{kept}/actions")).Expect(200)["actions"].AsArray());
        (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(404);
    }

    [Theory, EachDatabase]
    public async Task Only_the_operator_deletes_an_organisation_and_strangers_find_none(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync("kept"), await host.NewOrganisationAsync("stranger"));

        (await acme.DeleteAsync($"{Root}/{acme.Id}")).ExpectError(403, "operator_required");
        (await stranger.DeleteAsync($"{Root}/{acme.Id}")).ExpectError(404, "organisation_not_found");
        (await host.Operator.DeleteAsync($"{Root}/01JDF3Q2M8V7K5T9XW4RZ6YB1C")).ExpectError(404, "organisation_not_found");
        (await host.Operator.DeleteAsync($"{Root}/not-an-id")).ExpectError(404, "organisation_not_found");
        (await acme.GetAsync($"{Root}/{acme.Id}")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Whatever_is_made_in_an_organisation_while_it_is_deleted_goes_with_it_or_is_refused(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        for (var round = 0; round < Counts.Of(1, 30); round++)
        {
            var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
            var connector = store.ConnectorId;
            var making = ((Func<string, (string Path, object Body)>[])
            [
                n => (store.Tenant.Whole("protocols/http/connectors"), new { name = n, baseUrl = "https://a.example", authSchemeConfigs = new[] { TenantSteps.ApiKeyConfig } }),
                n => ($"{Root}/{store.Tenant.Id}/api-keys", new { name = n }),
                n => (store.Tenant.Whole($"connectors/{connector}/connections"), TenantSteps.Connection(n)),
                n => (store.Tenant.Whole($"connectors/{connector}/versions"), new { name = n }),
            ]).Select(async make =>
            {
                for (var n = 0; ; n++)
                {
                    var (path, body) = make($"n{n}");
                    // 400 and 409 where part of what the request refers to was still there when it was read.
                    if ((await host.Operator.PostAsync(path, body)).ExpectOneOf(200, 201, 400, 404, 409).Status >= 400)
                        return;
                }
            }).ToList();
            (await host.Operator.DeleteAsync($"{Root}/{store.Tenant.Id}")).Expect(204);
            await Task.WhenAll(making);
            Assert.DoesNotContain(store.Tenant.Id, string.Join('\n', (await StoreDump.OfAsync(host)).Split('\n').Where(l => !l.Contains("body=", StringComparison.Ordinal) && !IsOfInstance(l))), StringComparison.Ordinal);
            await host.ExpectWholeAsync();
        }

        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Another_server_forgets_a_deleted_organisation_within_a_second(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        await using var neighbour = ServerProcess.Start(host.DataDir, host.ConnectionString);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var there = new Api(invoker, await neighbour.ReadyAsync(), host.OperatorKey, _ => { });
        await SealedStore.CallAsync(there, store.Connections[0]);

        (await host.Operator.DeleteAsync($"{Root}/{store.Tenant.Id}")).Expect(204);
        var clock = Stopwatch.StartNew();
        var last = TimeSpan.Zero;
        while (clock.Elapsed < TimeSpan.FromSeconds(1.5))
        {
            var begun = clock.Elapsed;
            if ((await there.GetAsync($"/api/proxy/{store.Connections[0].Connection}/x")).ExpectOneOf(200, 404).Status == 200)
                last = begun;
        }

        // A request that began within the second may have been answered after it: what counts is when it began.
        Assert.True(last < TimeSpan.FromSeconds(1), $"the connection was used {last} after the deletion");
    }

    [Theory, EachDatabase]
    public async Task The_key_of_an_organisation_that_another_server_deleted_leaves_the_memory(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        var keys = host.Services.GetRequiredService<OrganisationKeys>();
        var key = await keys.FindAsync(Ulid.Parse(store.Tenant.Id), 1, TestContext.Current.CancellationToken);
        Assert.NotNull(key);
        await using var neighbour = ServerProcess.Start(host.DataDir, host.ConnectionString);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        (await new Api(invoker, await neighbour.ReadyAsync(), host.OperatorKey, _ => { }).DeleteAsync($"{Root}/{store.Tenant.Id}")).Expect(204);

        // It is zeroed once this server has looked at the store, which it does every second; without that, never.
        var place = Platform.Credentials.SealedColumn.CredentialSecret.ContextOf(Ulid.Parse(store.Tenant.Id), default);
        while (true)
        {
            try
            {
                key.Seal([1], place);
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Whether a line of the dump is a record of the instance's audit.</summary>
    private static bool IsOfInstance(string line) => line.StartsWith($"  organisation_id={Ulid.Empty} | sequence=", StringComparison.Ordinal);
}
