using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform.Events;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

public sealed class EventRetentionTests
{
    [Theory, EachDatabase]
    public async Task Old_events_go_with_their_deliveries_but_for_those_that_are_still_awaited(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: new() { EventRetention = TimeSpan.FromDays(7), DisableSubscriptionsAfter = TimeSpan.FromDays(400) });
        var source = await EventSource.MakeAsync(host);
        await using var receiver = await EventReceiver.StartAsync();
        await using var down = EventReceiver.Down();
        await source.SubscribeAsync(receiver);
        var awaiting = await source.SubscribeAsync(down, s => s["filter"] = "data.body.n == `1`");
        for (var n = 0; n < 3; n++)
            await source.AcceptAsync(new { n });
        await Eventually.HoldsAsync(async () => (int)(await source.Tenant.GetAsync("events?delivery=delivered"))["totalCount"] == 3);
        await Eventually.HoldsAsync(async () => (int)(await awaiting.HealthAsync())["consecutiveFailures"]! > 0);

        clock.Advance(TimeSpan.FromDays(6));
        await SweepAsync();
        Assert.Equal(3, await CountAsync("events"));
        clock.Advance(TimeSpan.FromDays(2));
        await source.AcceptAsync(new { n = 3 });
        await Eventually.HoldsAsync(async () => (int)(await source.Tenant.GetAsync("events?delivery=delivered"))["totalCount"] == 4);
        await SweepAsync();

        Assert.Equal(2, await CountAsync("events"));
        (await source.Tenant.PostAsync($"{awaiting.Path}/disable")).Expect(200);
        await SweepAsync();
        Assert.Equal(1, await CountAsync("events"));
        Assert.Equal(1, await CountAsync("deliveries"));
        Assert.Equal(1, await CountAsync("delivery_attempts"));

        Task SweepAsync() => host.Services.GetServices<IHostedService>().OfType<EventSweep>().Single().RunAsync(TestContext.Current.CancellationToken);

        Task<long> CountAsync(string table) => host.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
    }

    [Theory, EachDatabase]
    public async Task An_organisation_that_is_deleted_takes_its_events_with_it_while_they_are_being_delivered(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var source = await EventSource.MakeAsync(host);
        await using var receiver = await EventReceiver.StartAsync(async (_, c) => { await Task.Delay(TimeSpan.FromMilliseconds(100), c.RequestAborted); return 200; });
        await using var failing = await EventReceiver.StartAsync(async (_, c) => { c.Response.StatusCode = 500; await c.Response.WriteAsync("no", c.RequestAborted); return 500; });
        await source.SubscribeAsync(receiver);
        await source.SubscribeAsync(failing);
        for (var n = 0; n < 20; n++)
            await source.AcceptAsync(new { n });
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count > 1));

        (await host.Operator.DeleteAsync($"/api/organisations/v1/organisations/{source.Tenant.Id}")).Expect(204);

        foreach (var table in (string[])["events", "subscriptions", "deliveries", "delivery_attempts", "subscription_health"])
            await Eventually.HoldsAsync(async () => await host.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}") == 0);
        Assert.Empty(host.Log.Errors);
    }
}
