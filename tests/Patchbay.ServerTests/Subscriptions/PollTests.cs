using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>Polls: actions that run on a schedule against a real API, and whose new items become events.</summary>
public sealed class PollTests
{
    private const string EverySecond = "* * * * * *";

    [Theory, EachDatabase]
    public async Task New_items_become_events_once_in_their_order_and_reach_subscribers(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var items = new ConcurrentQueue<JsonObject>();
        await using var upstream = await Upstream.StartAsync(c => c.Response.WriteAsJsonAsync(new JsonObject { ["items"] = new JsonArray([.. items.Select(i => i.DeepClone())]) }));
        var (source, path) = await SourceAsync(host, upstream);
        await using var receiver = await EventReceiver.StartAsync();
        for (var n = 0; n < 3; n++)
            items.Enqueue(new JsonObject { ["id"] = $"item {n}", ["n"] = n, ["at"] = "2026-01-02T03:04:05Z" });
        var poll = (await source.Tenant.PostAsync(path, new
        {
            name = "parcels", actionName = "getParcel0", parameters = new { id = "all" }, schedule = EverySecond, timeZone = "Europe/Berlin", items = "items", itemId = "id",
        })).Expect(201);
        await source.SubscribeAsync(receiver, s => (s["ordered"], s["triggerName"]) = (true, "parcels"));

        await Eventually.HoldsAsync(async () => (int)(await source.Tenant.GetAsync("events?origin=poll"))["totalCount"] == 3);
        items.Enqueue(new JsonObject { ["id"] = "item 3", ["n"] = 3 });
        // The same item again, and changed: its id tells it.
        items.Enqueue(new JsonObject { ["id"] = "item 0", ["n"] = 99 });
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Any(m => m.Number == 3)));
        var asked = upstream.Requests.Count;
        await Eventually.HoldsAsync(() => Task.FromResult(upstream.Requests.Count >= asked + 2));

        Assert.Equal(4, (int)(await source.Tenant.GetAsync("events?origin=poll&trigger_name=parcels"))["totalCount"]);
        var newest = (await source.Tenant.GetAsync("events?origin=poll&first=1"))["events"][0]!;
        Assert.Equal(EventSource.Version, (string)newest["version"]!);
        var events = (await source.Tenant.GetAsync("events?origin=poll&sort=id:asc"))["events"].AsArray();
        var numbers = new List<int>();
        foreach (var e in events)
            numbers.Add((int)(await source.Tenant.GetAsync($"events/{(string)e!["id"]!}"))["message"]["data"]!["body"]!["n"]!);
        Assert.Equal([0, 1, 2, 3], numbers);
        var status = (await source.Tenant.GetAsync($"{path}/{poll.Id}/status")).Expect(200);
        Assert.Null(status.Json["lastError"]);
        Assert.NotNull(status.Json["nextRunAt"]);
        // The connection's credentials were applied.
        Assert.All(upstream.Requests, r => Assert.Equal("k-123", r.Headers["X-Key"]));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_cursor_goes_into_the_next_run_which_follows_at_once_while_there_is_more(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        // Pages 0 to 4 of two items each; from then on nothing new behind the last.
        await using var upstream = await Upstream.StartAsync(c =>
        {
            var page = c.Request.Path.Value!.Split('/')[^1] is var last && int.TryParse(last, out var number) ? number : 0;
            return c.Response.WriteAsJsonAsync(new JsonObject
            {
                ["items"] = page < 5 ? new JsonArray(new JsonObject { ["n"] = page * 2 }, new JsonObject { ["n"] = page * 2 + 1 }) : new JsonArray(), ["after"] = Math.Min(page + 1, 5).ToString(null, null),
            });
        });
        var (source, path) = await SourceAsync(host, upstream);
        var poll = (await source.Tenant.PostAsync(path, new
        {
            name = "pages", actionName = "getParcel0", parameters = new { id = "0" }, schedule = EverySecond, items = "items", cursor = "after", cursorParameter = "id",
        })).Expect(201);

        await Eventually.HoldsAsync(async () => (int)(await source.Tenant.GetAsync("events?origin=poll"))["totalCount"] == 10);
        await Eventually.HoldsAsync(() => Task.FromResult(upstream.Requests.Count(r => r.Target.EndsWith("/5", StringComparison.Ordinal)) >= 2));
        Assert.Equal(10, (int)(await source.Tenant.GetAsync("events?origin=poll"))["totalCount"]);
        // A change of it forgets nothing.
        var update = (await source.Tenant.GetAsync($"{path}/{poll.Id}")).Expect(200).Json.AsObject();
        update.Remove("createdAt");
        update.Remove("updatedAt");
        update["name"] = "pages, renamed";
        (await source.Tenant.PutAsync($"{path}/{poll.Id}", update)).Expect(200);
        var asked = upstream.Requests.Count;
        await Eventually.HoldsAsync(() => Task.FromResult(upstream.Requests.Count > asked + 1));
        Assert.All(upstream.Requests.Skip(asked + 1), r => Assert.EndsWith("/5", r.Target, StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task What_goes_wrong_with_a_poll_is_said_and_it_goes_on(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var answer = (Status: 500, Body: "{}");
        await using var upstream = await Upstream.StartAsync(c =>
        {
            c.Response.StatusCode = answer.Status;
            c.Response.ContentType = "application/json";
            return c.Response.WriteAsync(answer.Body);
        });
        var (source, path) = await SourceAsync(host, upstream);
        var poll = (await source.Tenant.PostAsync(path, new { name = "bad", actionName = "getParcel0", parameters = new { id = "x" }, schedule = EverySecond, items = "items" })).Expect(201);
        await SaysAsync("500");
        answer = (200, """{"items":{"no":"list"}}""");
        await SaysAsync("finds no list");
        answer = (200, """{"items":[{"n":1}]}""");
        await Eventually.HoldsAsync(async () => (int)(await source.Tenant.GetAsync("events?origin=poll"))["totalCount"] == 1);

        (await source.Tenant.PutAsync($"{path}/{poll.Id}", new { id = poll.Id, name = "bad", actionName = "getParcel0", schedule = EverySecond, items = "items" })).Expect(200);
        await SaysAsync("id");
        (await source.Tenant.DeleteAsync($"{path}/{poll.Id}")).Expect(204);
        (await source.Tenant.GetAsync($"{path}/{poll.Id}")).ExpectError(404, "poll_not_found");

        Task SaysAsync(string words) => Eventually.HoldsAsync(async () => (await source.Tenant.GetAsync($"{path}/{poll.Id}/status")).Json["lastError"]?.GetValue<string>().Contains(words, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_is_wrong_with_a_poll_is_said_all_at_once()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        await using var upstream = await Upstream.StartAsync("{}");
        var (source, path) = await SourceAsync(host, upstream);
        (await source.Tenant.PostAsync(path, new
        {
            name = "x", version = "9.9.9", actionName = "a", parameters = new[] { 1 }, schedule = "every day", timeZone = "Middle/Earth", items = "map(&a, b)", itemId = "[a, b]", cursor = "{",
        })).ExpectError(400, "invalid_request", "version", "parameters", "schedule", "timeZone", "items", "itemId", "cursor", "cursorParameter");
        (await source.Tenant.PostAsync(path, new { name = "x", actionName = "nothing", schedule = "0 3 * * *" })).ExpectError(400, "invalid_request", "actionName");
        (await source.Tenant.PostAsync(path, new { name = "x", actionName = "getParcel0", schedule = "0 3 * * *", enabled = false })).Expect(201);
        (await source.Tenant.PostAsync(path, new { name = "x", actionName = "getParcel0", schedule = "0 3 * * *" })).ExpectError(409, "poll_exists");
        Assert.Equal(1, (int)(await source.Tenant.GetAsync(path)).Expect(200)["totalCount"]);
    }

    private static async Task<(EventSource Source, string Path)> SourceAsync(PatchbayHost host, Upstream upstream)
    {
        var tenant = await host.NewOrganisationAsync("polls");
        var connector = (await tenant.ImportPublishedAsync(new Description { Server = upstream.Address.ToString().TrimEnd('/') })).Id;
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200);
        var connection = (await tenant.ConnectAsync(connector)).Id;
        return (new EventSource(tenant, connector, [connection]), $"connectors/{connector}/connections/{connection}/polls");
    }
}
