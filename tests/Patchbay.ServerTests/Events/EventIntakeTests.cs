using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Events;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>The single writer: what hurts one event hurts no other, and keys change under it without losing any.</summary>
public sealed class EventIntakeTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task An_event_that_the_store_does_not_take_hurts_only_itself(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var intake = host.Services.GetRequiredService<EventIntake>();
        var all = Enumerable.Range(0, 50).Select(i => intake.AcceptAsync(EventOf(hook, $"{i}") with { VersionName = i % 10 == 3 ? null! : "1" }, TestContext.Current.CancellationToken)).ToList();
        var outcomes = await Task.WhenAll(all);
        Assert.Equal(5, outcomes.Count(o => o.Failure?.Code == "event_not_stored"));
        Assert.Equal(45, outcomes.Count(o => o.Failure is null));
        Assert.Equal(
            Enumerable.Range(0, 50).Where(i => i % 10 != 3).Select(i => $"{i}").Order(StringComparer.Ordinal),
            (await hook.EventsAsync()).Select(e => Encoding.UTF8.GetString(e.Content.Body.Span)).Order(StringComparer.Ordinal));
        Assert.Equal(5, host.Log.Errors.Count(e => e.Contains("could not be stored", StringComparison.Ordinal)));
    }

    [Theory, EachDatabase]
    public async Task Ids_rise_in_the_order_in_which_a_sender_was_answered(Database database)
    {
        var host = await hosts.OfAsync(database);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var intake = host.Services.GetRequiredService<EventIntake>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
        {
            for (var i = 0; i < 25; i++)
                Assert.Null((await intake.AcceptAsync(EventOf(hook, $"{sender}:{i:D3}"), TestContext.Current.CancellationToken)).Failure);
        }));
        var order = (await hook.EventsAsync()).Select(e => Encoding.UTF8.GetString(e.Content.Body.Span)).ToList();
        Assert.Equal(200, order.Count);
        foreach (var sender in order.GroupBy(o => o[0]))
            Assert.Equal(sender.Order(StringComparer.Ordinal), sender);
    }

    [Theory, EachDatabase]
    public async Task Events_that_come_while_the_organisations_key_is_changed_open_all(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync(), trigger: Hook.AnyPost(new JsonObject { ["duplicateKey"] = "body:/id" }));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sent = 0;
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                (await hook.SendAsync($$"""{"id":"{{sender}}-{{i}}"}""")).Expect(200);
                Interlocked.Increment(ref sent);
            }
        }));
        await using (var rotation = ServerProcess.Command(["vault", "rotate"], host.DataDir, host.ConnectionString))
            await rotation.EndedAsync();
        await stop.CancelAsync();
        await sending;
        // All of them open, whatever key they were sealed with first.
        Assert.Equal(sent, (await hook.EventsAsync()).Count);
        // A duplicate is still known: its key is the endpoint's own.
        (await hook.SendAsync("""{"id":"0-0"}""")).Expect(200);
        Assert.Equal(sent, (await hook.EventsAsync()).Count);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_server_that_ends_stores_what_waits()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var intake = host.Services.GetRequiredService<EventIntake>();
        var waiting = Enumerable.Range(0, 500).Select(i => intake.AcceptAsync(EventOf(hook, $"{i}"), CancellationToken.None)).ToList();
        await host.StopAsync();
        var outcomes = await Task.WhenAll(waiting);
        Assert.Equal(outcomes.Count(o => o.Failure is null), (await hook.EventsAsync()).Count);
        Assert.Equal(500, outcomes.Count(o => o.Failure is null));
        Assert.Equal("intake_busy", (await intake.AcceptAsync(EventOf(hook, "late"), CancellationToken.None)).Failure?.Code);
    }

    [Fact]
    public async Task An_event_of_an_organisation_that_is_not_there_is_not_stored()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var outcome = await host.Services.GetRequiredService<EventIntake>()
            .AcceptAsync(EventOf(hook, "x") with { OrganisationId = Ulid.Parse(hook.ConnectorId) }, TestContext.Current.CancellationToken);
        Assert.Equal("organisation_not_found", outcome.Failure?.Code);
    }

    [Fact]
    public async Task The_log_of_the_embedded_store_does_not_grow_without_end()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var intake = host.Services.GetRequiredService<EventIntake>();
        var body = new string('x', 40_000);
        for (var round = 0; round < 25; round++)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => Assert.Null((await intake.AcceptAsync(EventOf(hook, body), TestContext.Current.CancellationToken)).Failure)));
        var log = new FileInfo(Path.Combine(host.DataDir, "patchbay.db-wal"));
        // 100 MB were written; the log is emptied from 64 MiB on, and may be a checkpoint longer.
        Assert.InRange(log.Length, 0, 96L * 1024 * 1024);
    }

    [Fact]
    public async Task Content_of_an_event_that_was_moved_to_another_does_not_open()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        (await hook.SendAsync("1")).Expect(200);
        (await hook.SendAsync("2")).Expect(200);
        var rows = await hook.EventsAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var secrets = scope.ServiceProvider.GetRequiredService<SecretStore>();
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            EventContent.OpenAsync(secrets, rows[0].Row.OrganisationId, rows[0].Row.Id, rows[1].Row.Content, TestContext.Current.CancellationToken));
    }

    private static IncomingEvent EventOf(Hook hook, string body) => new()
    {
        OrganisationId = Ulid.Parse(hook.Tenant.Id),
        ConnectorId = Ulid.Parse(hook.ConnectorId),
        ConnectionId = Ulid.Parse(hook.ConnectionId),
        TriggerName = Hook.Trigger,
        VersionName = Hook.Version,
        Origin = EventOrigin.Poll,
        Content = new EventContent { Method = "POST", Query = "", Headers = [], Body = Encoding.UTF8.GetBytes(body) },
    };
}
