using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.Protocols.Webhooks;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>What becomes of events at receivers of all kinds. Each test has a server of its own: what goes wrong here is in its log.</summary>
public sealed class DeliveryTests
{
    [Theory, EachDatabase]
    public async Task An_event_arrives_signed_whole_and_once(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var source = await EventSource.MakeAsync(host, connections: 2);
        await using var first = await EventReceiver.StartAsync();
        await using var second = await EventReceiver.StartAsync();
        var hmac = await source.SubscribeAsync(first);
        var ed25519 = await source.SubscribeAsync(second, s => (s["signing"], s["connectionId"]) = ("ed25519", source.Connections[1]));

        var ids = new List<string>();
        foreach (var (connection, body, type) in ((int, object, string)[])
            [(0, """{"n":1,"at":"2026-01-02T03:04:05Z"}""", "application/json"), (1, "plain é", "text/plain; charset=utf-8"), (1, new byte[] { 0xFF, 0, 0xFE }, "application/octet-stream"), (1, "", "application/json")])
        {
            ids.Add(await source.AcceptAsync(body, connection, contentType: type));
        }

        await Eventually.HoldsAsync(() => Task.FromResult(first.Messages.Count == 4 && second.Messages.Count == 3));
        Assert.All(first.Messages, m => Assert.Equal(WebhookVerdict.Valid, hmac.Verify(m, DateTimeOffset.FromUnixTimeSeconds(long.Parse(m.Headers.Timestamp!, System.Globalization.CultureInfo.InvariantCulture)))));
        Assert.All(second.Messages, m => Assert.Equal(WebhookVerdict.Valid, ed25519.Verify(m)));
        Assert.All(second.Messages, m => Assert.Equal(WebhookVerdict.NotSigned, hmac.Verify(m)));
        Assert.Equal(ids.Order(StringComparer.Ordinal), first.Messages.Select(m => m.Headers.Id!).Order(StringComparer.Ordinal));
        Assert.StartsWith("whpk_", ed25519.Secret, StringComparison.Ordinal);

        var json = first.Messages.Single(m => m.Headers.Id == ids[0]).Json;
        Assert.Equal(EventSource.Trigger, (string)json["type"]!);
        Assert.Equal("""{"n":1,"at":"2026-01-02T03:04:05Z"}""", json["data"]!["body"]!.ToJsonString());
        Assert.Equal("json", (string)json["data"]!["bodyEncoding"]!);
        Assert.Equal("a=b", (string)json["data"]!["query"]!);
        Assert.Equal("[verified]", (string)json["data"]!["headers"]![1]!["value"]!);
        Assert.Equal("plain é", (string)first.Messages.Single(m => m.Headers.Id == ids[1]).Json["data"]!["body"]!);
        Assert.Equal("/wD+", (string)first.Messages.Single(m => m.Headers.Id == ids[2]).Json["data"]!["body"]!);
        Assert.Null(first.Messages.Single(m => m.Headers.Id == ids[3]).Json["data"]!["body"]);

        await Eventually.HoldsAsync(async () => await hmac.PendingAsync() == 0 && await ed25519.PendingAsync() == 0);
        var shown = (await source.Tenant.GetAsync($"events/{ids[1]}")).Expect(200);
        Assert.Equal(2, (int)shown["deliveryCounts"]["delivered"]!);
        Assert.Equal(204, (int)shown["deliveries"][0]!["attempts"]![0]!["status"]!);
        Assert.Equal(first.Messages.Single(m => m.Headers.Id == ids[1]).Json.ToJsonString(), shown["message"].ToJsonString());
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Check 4 of the issue.</summary>
    [Theory, EachDatabase]
    public async Task A_bad_receiver_delays_no_other_and_gets_all_once_it_is_back(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: new() { DeliveryTimeout = TimeSpan.FromSeconds(3) });
        var source = await EventSource.MakeAsync(host, connections: 2);
        await using var good = await EventReceiver.StartAsync();
        await using var ordered = await EventReceiver.StartAsync();
        await using var down = EventReceiver.Down();
        await using var slow = await EventReceiver.StartAsync(async (_, c) => { await Task.Delay(TimeSpan.FromMilliseconds(900), c.RequestAborted); return 200; });
        await using var failing = await EventReceiver.StartAsync((_, _) => Task.FromResult(500));
        await using var gone = await EventReceiver.StartAsync((_, _) => Task.FromResult(410));
        await using var inward = await EventReceiver.StartAsync((_, c) => { c.Response.Headers.Location = good.Url + "/inward"; return Task.FromResult(307); });
        await using var hanging = await EventReceiver.StartAsync(async (_, c) => { await Task.Delay(Timeout.Infinite, c.RequestAborted); return 200; });
        await using var busy = await EventReceiver.StartAsync((_, c) => { c.Response.Headers.RetryAfter = "1800"; return Task.FromResult(503); });
        var bad = (EventReceiver[])[down, slow, failing, gone, inward, hanging, busy];
        var toGood = await source.SubscribeAsync(good);
        await source.SubscribeAsync(ordered, s => s["ordered"] = true);
        // First without the others, to know what the machine needs in any case.
        var alone = Counts.Of(20, 100);
        var count = Counts.Of(60, 600);
        var before = await LongestAsync(source, [good, ordered], -alone, 0);
        var toBad = new List<MadeSubscription>();
        foreach (var receiver in bad)
            toBad.Add(await source.SubscribeAsync(receiver));
        var beside = await LongestAsync(source, [good, ordered], 0, count);
        Assert.True(beside - before < TimeSpan.FromSeconds(1), $"Beside bad receivers a message took {beside.TotalMilliseconds:0} ms, and {before.TotalMilliseconds:0} ms without them");

        // An hour later. Nothing was followed inward, the one that is gone was asked once or at most as often as it was being asked at once, and is disabled.
        clock.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(good.Messages, m => m.Headers.Id is null);
        Assert.Equal(alone + count, good.Messages.Count);
        Assert.InRange(gone.Messages.Count, 1, 4);
        var disabled = (await source.Tenant.GetAsync(toBad[3].Path)).Expect(200);
        Assert.Equal("disabled", (string)disabled["state"]!);
        Assert.Contains("410", (string)disabled["disabledReason"]!, StringComparison.Ordinal);
        Assert.True(failing.Messages.Count < count, $"A receiver that fails was tried {failing.Messages.Count} times for {count} events");

        // All are back.
        await down.ComeUpAsync();
        foreach (var receiver in bad)
            receiver.Answer = (_, _) => Task.FromResult(200);
        (await source.Tenant.PostAsync($"{toBad[3].Path}/enable")).Expect(200);
        clock.Advance(TimeSpan.FromHours(1));
        foreach (var (receiver, subscription) in bad.Zip(toBad))
        {
            await Eventually.HoldsAsync(async () => await subscription.PendingAsync() == 0);
            Assert.Equal(Enumerable.Range(0, count), receiver.Accepted.Select(m => m.Number).Distinct().Order());
            Assert.Equal("enabled", (string)(await subscription.HealthAsync())["state"]!);
            Assert.Equal(0, (int)(await subscription.HealthAsync())["dead"]!);
            Assert.All(receiver.Messages, m => Assert.Equal(WebhookVerdict.Valid, subscription.Verify(m)));
        }

        // Who answers too late is not told from who is down; the others get each message once.
        Assert.Equal(alone + count, good.Messages.Count);
        Assert.Equal(0, await toGood.PendingAsync());
        foreach (var connection in ordered.Messages.GroupBy(m => m.Connection))
            Assert.Equal(connection.Select(m => m.Number).Order(), connection.Select(m => m.Number));
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Takes events on, and waits until all have arrived.</summary>
    /// <returns>How long the one took that took longest, from its taking on.</returns>
    private static async Task<TimeSpan> LongestAsync(EventSource source, EventReceiver[] receivers, int from, int to)
    {
        var sent = new ConcurrentDictionary<int, long>();
        for (var n = from; n < to; n++)
        {
            sent[n] = Stopwatch.GetTimestamp();
            await source.AcceptAsync(new { n }, n & 1);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(() => Task.FromResult(receivers.All(r => r.Messages.Count(m => m.Number >= from) >= to - from)));
        var delays = receivers.SelectMany(r => r.Messages.Where(m => m.Number >= from)).Select(m => Stopwatch.GetElapsedTime(sent[m.Number], m.At)).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{to - from} events: median {delays[delays.Count / 2].TotalMilliseconds:0} ms, longest {delays[^1].TotalMilliseconds:0} ms");
        return delays[^1];
    }

    [Theory, EachDatabase]
    public async Task In_an_order_an_event_that_fails_holds_back_its_own_connection_only(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        var source = await EventSource.MakeAsync(host, connections: 3);
        var broken = true;
        await using var receiver = await EventReceiver.StartAsync((m, _) => Task.FromResult(Volatile.Read(ref broken) && m.Json["data"]!["body"]!["n"]!.GetValue<int>() == 4 ? 500 : 200));
        var subscription = await source.SubscribeAsync(receiver, s => s["ordered"] = true);
        for (var n = 0; n < 30; n++)
            await source.AcceptAsync(new { n }, n % 3);

        // Of the second connection only the first event arrives: 4 is its second.
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Accepted.Count() == 21));
        Assert.Equal([1], receiver.Accepted.Where(m => m.Connection == source.Connections[1]).Select(m => m.Number));
        await Eventually.HoldsAsync(async () => await subscription.PendingAsync() == 9);

        Volatile.Write(ref broken, false);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Accepted.Count() == 30));
        foreach (var connection in receiver.Accepted.GroupBy(m => m.Connection))
            Assert.Equal(connection.Select(m => m.Number).Order(), connection.Select(m => m.Number));
    }

    [Theory, EachDatabase]
    public async Task What_is_refused_over_days_becomes_a_dead_letter_and_can_be_replayed(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: new() { DeliveryPauses = [TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)] });
        var source = await EventSource.MakeAsync(host);
        await using var receiver = await EventReceiver.StartAsync(async (m, c) =>
        {
            if (m.Json["data"]!["body"]!["n"]!.GetValue<int>() != 1)
                return 200;
            c.Response.StatusCode = 422;
            await c.Response.WriteAsync("no such parcel: ü", c.RequestAborted);
            return 422;
        });
        var subscription = await source.SubscribeAsync(receiver);
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
            ids.Add(await source.AcceptAsync(new { n }));
        for (var attempts = 1; attempts <= 3; attempts++)
        {
            await Eventually.HoldsAsync(async () => AttemptsOf(await source.Tenant.GetAsync($"events/{ids[1]}")) == attempts);
            clock.Advance(TimeSpan.FromHours(2));
        }

        await Eventually.HoldsAsync(async () => (int)(await subscription.HealthAsync())["dead"]! == 1);
        var dead = (await source.Tenant.GetAsync("events?delivery=dead")).Expect(200);
        Assert.Equal([ids[1]], dead["events"].AsArray().Select(e => (string)e!["id"]!));
        var attempt = (await source.Tenant.GetAsync($"events/{ids[1]}"))["deliveries"][0]!["attempts"]![0]!;
        Assert.Equal(422, (int)attempt["status"]!);
        Assert.Equal("no such parcel: ü", (string)attempt["responseExcerpt"]!);

        receiver.Answer = (_, _) => Task.FromResult(200);
        var replayed = (await source.Tenant.PostAsync("events/replay", new { delivery = "dead" })).Expect(200);
        Assert.Equal((1, 1), ((int)replayed["events"], (int)replayed["deliveries"]));
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Accepted.Count() == 3));
        await Eventually.HoldsAsync(async () => (await source.Tenant.GetAsync("events?delivery=dead"))["totalCount"].GetValue<int>() == 0);

        static int AttemptsOf(Answer answer) => answer["deliveries"].AsArray().FirstOrDefault()?["attempts"]!.AsArray().Count ?? 0;
    }

    [Theory, EachDatabase]
    public async Task A_receiver_that_fails_for_days_is_disabled_and_its_events_wait(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: new() { DisableSubscriptionsAfter = TimeSpan.FromDays(2) });
        var source = await EventSource.MakeAsync(host);
        await using var receiver = await EventReceiver.StartAsync((_, _) => Task.FromResult(500));
        var subscription = await source.SubscribeAsync(receiver);
        await source.AcceptAsync(new { n = 0 });
        await Eventually.HoldsAsync(async () => (int)(await subscription.HealthAsync())["consecutiveFailures"]! >= 1);
        clock.Advance(TimeSpan.FromDays(2));
        await Eventually.HoldsAsync(async () => (string)(await subscription.HealthAsync())["state"]! == "disabled");
        Assert.Contains("Every attempt has failed since", (string)(await subscription.HealthAsync())["disabledReason"]!, StringComparison.Ordinal);
        await source.AcceptAsync(new { n = 1 });
        await Eventually.HoldsAsync(async () => await subscription.PendingAsync() == 2);

        receiver.Answer = (_, _) => Task.FromResult(200);
        (await source.Tenant.PostAsync($"{subscription.Path}/enable")).Expect(200);
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Accepted.Select(m => m.Number).Order().SequenceEqual([0, 1])));
    }

    [Theory, EachDatabase]
    public async Task While_keys_change_both_sign_and_afterwards_the_new_one_alone(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        var source = await EventSource.MakeAsync(host);
        await using var receiver = await EventReceiver.StartAsync();
        var before = await source.SubscribeAsync(receiver);
        var rotated = (await source.Tenant.PostAsync($"{before.Path}/secrets", new { previousEndsAt = clock.GetUtcNow().AddHours(1) })).Expect(201);
        var after = before with { Secret = (string)rotated["secret"]! };
        Assert.NotEqual(before.Secret, after.Secret);

        await source.AcceptAsync(new { n = 0 });
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 1));
        clock.Advance(TimeSpan.FromHours(2));
        await source.AcceptAsync(new { n = 1 });
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 2));

        var messages = receiver.Messages.ToArray();
        Assert.Equal((WebhookVerdict.Valid, WebhookVerdict.Valid), (before.Verify(messages[0]), after.Verify(messages[0])));
        Assert.Equal((WebhookVerdict.NotSigned, WebhookVerdict.Valid), (before.Verify(messages[1]), after.Verify(messages[1])));
    }

    [Theory, EachDatabase]
    public async Task A_subscription_gets_what_it_listens_to_and_its_filter_is_true_for(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var source = await EventSource.MakeAsync(host, connections: 2);
        var other = await EventSource.MakeAsync(host);
        var receivers = new List<EventReceiver>();
        try
        {
            var wanted = new Dictionary<Action<JsonObject>, int[]>
            {
                [_ => { }] = [0, 1, 2, 3, 4, 5],
                [s => s["connectionId"] = source.Connections[1]] = [1, 3, 5],
                [s => s["version"] = EventSource.Version] = [0, 1, 2, 3, 4, 5],
                [s => s["filter"] = "data.body.n > `2`"] = [3, 4, 5],
                [s => s["filter"] = "data.body.kind == 'even' && contains(data.body.tags, 'x')"] = [2],
                [s => s["filter"] = "data.body.at == '2026-01-01T00:00:00Z'"] = [5],
                // What an expression does not go with is not lost.
                [s => s["filter"] = "abs(data.body.kind) == `1`"] = [0, 1, 2, 3, 4, 5],
            };
            foreach (var (change, _) in wanted)
            {
                receivers.Add(await EventReceiver.StartAsync());
                await source.SubscribeAsync(receivers[^1], change);
            }

            await other.AcceptAsync(new { n = 99 });
            for (var n = 0; n < 6; n++)
                await source.AcceptAsync(new { n, kind = n % 2 == 0 ? "even" : "odd", tags = n == 2 ? ["x"] : Array.Empty<string>(), at = n == 5 ? "2026-01-01T00:00:00Z" : "" }, n % 2);

            foreach (var (receiver, numbers) in receivers.Zip(wanted.Values))
            {
                await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count >= numbers.Length));
                Assert.Equal(numbers, receiver.Messages.Select(m => m.Number).Order());
            }

            var none = (await other.Tenant.GetAsync("events?delivery=none")).Expect(200);
            Assert.Equal(1, (int)none["totalCount"]);
        }
        finally
        {
            foreach (var receiver in receivers)
                await receiver.DisposeAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task Events_are_replayed_since_a_time_to_one_subscription_under_the_same_id(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var source = await EventSource.MakeAsync(host);
        await using var first = await EventReceiver.StartAsync();
        await source.SubscribeAsync(first);
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            ids.Add(await source.AcceptAsync(new { n }));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(() => Task.FromResult(first.Messages.Count == 5));
        await Eventually.HoldsAsync(async () => (await source.Tenant.GetAsync("events?delivery=pending"))["totalCount"].GetValue<int>() == 0);
        await using var second = await EventReceiver.StartAsync();
        var late = await source.SubscribeAsync(second, s => s["filter"] = "data.body.n != `3`");
        var since = (string)(await source.Tenant.GetAsync($"events/{ids[1]}"))["receivedAt"]!;
        var replayed = (await source.Tenant.PostAsync("events/replay", new { subscriptionId = late.Id, receivedAfter = since })).Expect(200);

        Assert.Equal((4, 3), ((int)replayed["events"], (int)replayed["deliveries"]));
        await Eventually.HoldsAsync(() => Task.FromResult(second.Messages.Count == 3));
        Assert.Equal([ids[1], ids[2], ids[4]], second.Messages.Select(m => m.Headers.Id).Order(StringComparer.Ordinal));

        // One by name goes to all that listen, or where it is told to.
        (await source.Tenant.PostAsync($"events/{ids[0]}/replay", new { })).Expect(200);
        (await source.Tenant.PostAsync($"events/{ids[3]}/replay", new { subscriptionId = late.Id })).Expect(200);
        await Eventually.HoldsAsync(() => Task.FromResult(second.Messages.Count == 5 && first.Messages.Count == 6));
        Assert.Equal(2, first.Messages.Count(m => m.Headers.Id == ids[0]));
        (await source.Tenant.PostAsync("events/replay", new { subscriptionId = "01JDF3Q2M8V7K5T9XW4RZ6YB6C" })).ExpectError(400, "invalid_request", "subscriptionId");
        (await source.Tenant.PostAsync("events/01JDF3Q2M8V7K5T9XW4RZ6YB6C/replay", new { })).ExpectError(404, "event_not_found");
    }
}
