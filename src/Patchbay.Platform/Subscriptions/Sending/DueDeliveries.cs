using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>Finds what is to be sent.</summary>
internal sealed class DueDeliveries(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int Page = 128;

    /// <summary>How many of one connection follow each other before it is looked again.</summary>
    private const int LongestChain = 32;

    /// <summary>How much is held in memory for one subscription; a single event may have more.</summary>
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>Subscriptions that have something due, and that no other node sends for.</summary>
    public async Task<IReadOnlyList<Ulid>> SubscriptionsAsync(string node, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // Over all organisations, in the server's own name.
        return await db.Subscriptions.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(s => s.State == SubscriptionState.Enabled
                && db.Deliveries.Any(d => d.SubscriptionId == s.Id && d.State == DeliveryState.Pending && d.NextAttemptAt <= now)
                && !db.SubscriptionHealth.Any(h => h.Id == s.Id && h.LeaseUntil >= now && h.LeaseHolder != node))
            .Select(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// What is due for a subscription: deliveries each by itself, or where it wants order, for each connection a chain that begins with the
    /// first event that was not delivered.
    /// </summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="sending">What is being sent: ids of deliveries, or of connections where there is an order.</param>
    /// <param name="one">Whether one is enough: the receiver is down, and is only to be tried.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The subscription, null where it is gone or disabled; and chains.</returns>
    public async Task<(Subscription? Subscription, IReadOnlyList<DueChain> Chains)> FindAsync(
        Ulid subscriptionId, IReadOnlyCollection<Ulid> sending, bool one, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var subscription = await db.Subscriptions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(s => s.Id == subscriptionId, cancellationToken);
        if (subscription is null or { State: SubscriptionState.Disabled })
            return (null, []);
        var now = clock.Now();
        var pending = db.Deliveries.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .Where(d => d.SubscriptionId == subscriptionId && d.State == DeliveryState.Pending);
        var due = pending.Where(d => d.NextAttemptAt <= now);
        var take = one ? 1 : Page;
        List<Delivery> rows;
        if (subscription.Ordered)
        {
            // Only the first of a connection is ever tried, so one that waits for a later attempt keeps the others of its connection back.
            var waiting = await pending.Where(d => d.NextAttemptAt > now).Select(d => d.ConnectionId).Distinct().ToListAsync(cancellationToken);
            var kept = waiting.Union(sending).ToList();
            rows = await due.Where(d => !kept.Contains(d.ConnectionId)).OrderBy(d => d.EventId).ThenBy(d => d.Id).Take(take).ToListAsync(cancellationToken);
        }
        else
        {
            rows = await due.Where(d => !sending.Contains(d.Id)).OrderBy(d => d.NextAttemptAt).ThenBy(d => d.EventId).Take(take).ToListAsync(cancellationToken);
        }

        var events = await EventsAsync(db, rows, cancellationToken);
        var activations = await EventActivation.ReadAsync(db, rows.Select(d => d.ActivationId), cancellationToken);
        var found = rows.TakeWhile(d => events.ContainsKey(d.EventId)).Select(d => new DueDelivery(d, events[d.EventId], activations.GetValueOrDefault(d.ActivationId))).ToList();
        return (subscription, subscription.Ordered
            ? [.. found.GroupBy(d => d.Delivery.ConnectionId).Select(g => new DueChain(g.Key, [.. g.Take(LongestChain)]))]
            : [.. found.Select(d => new DueChain(d.Delivery.Id, [d]))]);
    }

    /// <summary>The events of deliveries, as many from the first on as memory is to hold; null where one is no longer kept.</summary>
    private static async Task<Dictionary<Ulid, ReceivedEvent?>> EventsAsync(PatchbayDb db, List<Delivery> rows, CancellationToken cancellationToken)
    {
        var wanted = rows.Select(d => d.EventId).Distinct().ToList();
        var events = db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking();
        var sizes = await events.Where(e => wanted.Contains(e.Id)).Select(e => new { e.Id, e.Content.Length }).ToDictionaryAsync(e => e.Id, e => e.Length, cancellationToken);
        var taken = new List<Ulid>();
        var bytes = 0L;
        foreach (var id in wanted)
        {
            bytes += sizes.GetValueOrDefault(id);
            if (bytes > MaxBytes && taken.Count > 0)
                break;
            taken.Add(id);
        }

        var contents = await events.Where(e => taken.Contains(e.Id)).ToDictionaryAsync(e => e.Id, cancellationToken);
        return taken.ToDictionary(id => id, id => contents.GetValueOrDefault(id));
    }
}

/// <summary>A delivery that is due.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Event">Its event; null where that is no longer kept.</param>
/// <param name="Activation">The activation that it is for; null for none.</param>
internal sealed record DueDelivery(Delivery Delivery, ReceivedEvent? Event, EventActivation? Activation)
{
    /// <summary>By which a receiver knows it again. An event that goes out for several activations is a message for each.</summary>
    public string MessageId => Activation is null ? Delivery.EventId.ToString() : $"{Delivery.EventId}-{Activation.Id}";
}

/// <summary>Deliveries that go one after the other.</summary>
/// <param name="Key">The connection whose order is kept, or the one delivery.</param>
/// <param name="Deliveries">In their order.</param>
internal sealed record DueChain(Ulid Key, IReadOnlyList<DueDelivery> Deliveries);
