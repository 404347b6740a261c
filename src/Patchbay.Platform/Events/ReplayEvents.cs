using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Platform.Events;

/// <summary>
/// Sends events again. A delivery that was given up begins anew and one that waits goes at once; where the event had arrived, it is delivered once
/// more, under the same webhook-id.
/// </summary>
internal sealed class ReplayEvents(PatchbayDb db, RequestScope scope, SecretStore secrets, DeliveryEngine engine, TimeProvider clock)
{
    /// <summary>How many events one request replays: it is one transaction, which keeps writers out while it lasts.</summary>
    public const int Most = 1000;

    /// <summary>Replays one event.</summary>
    public async Task<Outcome<Replayed>> RunAsync(string eventId, Ulid? subscription, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(eventId, out var id) || await db.Events.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } received)
            return Failure.NotFound("event");
        var subscriptions = await SubscriptionsAsync(subscription, cancellationToken);
        if (!subscriptions.Succeeded(out var all, out var failure))
            return failure;
        // Who names a subscription wants it there, whatever it listens to otherwise.
        var known = await EventListeners.OfAsync(db, [EventHead.Of(received)], cancellationToken);
        var targets = await ListeningAsync(known, all, received, isNamed: subscription is not null, cancellationToken);
        var deliveries = await StoreAsync([(received, targets)], deadOnly: false, cancellationToken);
        return new Replayed(1, deliveries, null);
    }

    /// <summary>Replays the events that are meant, the oldest first.</summary>
    public async Task<Outcome<Replayed>> RunAsync(EventSearch search, Ulid? after, CancellationToken cancellationToken)
    {
        var subscriptions = await SubscriptionsAsync(search.SubscriptionId, cancellationToken);
        if (!subscriptions.Succeeded(out var all, out var failure))
            return failure;
        var rows = search.In(db.Events.AsNoTracking(), db);
        if (after is { } last)
            rows = rows.Where(e => e.Id.CompareTo(last) > 0);
        // Contents are read one by one, where a filter wants to look at them.
        var heads = await rows.OrderBy(e => e.Id).Take(Most + 1).Select(e => new { e.Id, e.ConnectorId }).ToListAsync(cancellationToken);
        var deadOnly = search.Delivery == EventDeliveryFilter.Dead;
        var targets = new List<(ReceivedEvent, List<Listener>)>();
        foreach (var ids in heads.Take(Most).Select(h => h.Id).Chunk(50))
        {
            var some = await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).OrderBy(e => e.Id).ToListAsync(cancellationToken);
            var known = await EventListeners.OfAsync(db, some.ConvertAll(EventHead.Of), cancellationToken);
            foreach (var received in some)
                targets.Add((WithoutContent(received), deadOnly ? all.ConvertAll(s => new Listener(s, default)) : await ListeningAsync(known, all, received, isNamed: false, cancellationToken)));
        }

        var deliveries = await StoreAsync(targets, deadOnly, cancellationToken);
        return new Replayed(targets.Count, deliveries, heads.Count > Most ? heads[Most - 1].Id : null);
    }

    private async Task<Outcome<List<Subscription>>> SubscriptionsAsync(Ulid? subscription, CancellationToken cancellationToken)
    {
        var all = await db.Subscriptions.AsNoTracking().Where(s => subscription == null || s.Id == subscription).ToListAsync(cancellationToken);
        return subscription is not null && all.Count == 0 ? Failure.InvalidField("subscriptionId", "is no subscription of the organisation") : all;
    }

    /// <summary>Who is to hear of an event once more.</summary>
    /// <param name="known">Who listens.</param>
    /// <param name="all">The subscriptions that come into question.</param>
    /// <param name="received">The event.</param>
    /// <param name="isNamed">Whether one was named, which then hears of it whatever it listens to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task<List<Listener>> ListeningAsync(EventListeners known, List<Subscription> all, ReceivedEvent received, bool isNamed, CancellationToken cancellationToken)
    {
        var head = EventHead.Of(received);
        var listening = known.Of(head).FindAll(l => all.Exists(s => s.Id == l.Subscription.Id));
        if (isNamed)
            return listening.Count > 0 ? listening : all.ConvertAll(s => new Listener(s, default));
        if (!listening.Exists(l => l.Subscription.Filter is not null))
            return listening;
        var content = await EventContent.OpenAsync(secrets, received, cancellationToken);
        var activations = await EventActivation.ReadAsync(db, listening.Select(l => l.ActivationId), cancellationToken);
        return listening.FindAll(l =>
        {
            if (l.Subscription.Filter is not { } filter)
                return true;
            var message = EventMessage.Of(head, content, activations.GetValueOrDefault(l.ActivationId));
            return EventFilter.Matches(filter, message.Length > JsonExpression.MaxJson ? null : message);
        });
    }

    private async Task<int> StoreAsync(List<(ReceivedEvent Event, List<Listener> Targets)> replayed, bool deadOnly, CancellationToken cancellationToken)
    {
        if (replayed.Count == 0)
            return 0;
        var organisation = scope.OrganisationId!.Value;
        var now = clock.Now();
        var events = replayed.ConvertAll(r => r.Event.Id);
        var wanted = replayed.SelectMany(r => r.Targets.Select(l => (Event: r.Event, Subscription: l.Subscription.Id, Activation: l.ActivationId))).ToList();
        var targets = wanted.Select(w => w.Subscription).Distinct().ToList();
        var count = 0;
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken))
        {
            foreach (var id in events)
                db.Trail.Touch("event", id, AuditResource.Updated);
            // What waits or was given up is there already.
            var there = db.Deliveries.Where(d => events.Contains(d.EventId) && targets.Contains(d.SubscriptionId) && d.State != DeliveryState.Delivered);
            if (deadOnly)
                there = there.Where(d => d.State == DeliveryState.Dead);
            var begun = (await there.Select(d => new { d.EventId, d.SubscriptionId, d.ActivationId }).ToListAsync(cancellationToken)).Select(d => (d.EventId, d.SubscriptionId, d.ActivationId)).ToHashSet();
            count += await there.ExecuteUpdateAsync(d => d
                .SetProperty(x => x.Attempts, x => x.State == DeliveryState.Dead ? 0 : x.Attempts).SetProperty(x => x.State, DeliveryState.Pending)
                .SetProperty(x => x.NextAttemptAt, now).SetProperty(x => x.UpdatedAt, now), cancellationToken);
            if (!deadOnly)
            {
                var still = (await db.Subscriptions.Where(s => targets.Contains(s.Id)).Select(s => s.Id).ToListAsync(cancellationToken)).ToHashSet();
                using var ids = Identifiers.Sequence(clock).GetEnumerator();
                ids.MoveNext();
                var replay = ids.Current;
                var rows = new List<Delivery>();
                foreach (var (received, subscription, activation) in wanted.Where(w => still.Contains(w.Subscription) && !begun.Contains((w.Event.Id, w.Subscription, w.Activation))))
                {
                    ids.MoveNext();
                    rows.Add(new Delivery
                    {
                        Id = ids.Current,
                        OrganisationId = organisation,
                        EventId = received.Id,
                        SubscriptionId = subscription,
                        ConnectionId = received.ConnectionId,
                        Replay = replay,
                        ActivationId = activation,
                        NextAttemptAt = now,
                        CreatedAt = now,
                        UpdatedAt = now,
                    });
                }

                await db.Dialect.StoreDeliveriesAsync(db, rows, cancellationToken);
                count += rows.Count;
            }

            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var target in targets)
            engine.Wake(target);
        return count;
    }

    /// <summary>So that a thousand events do not stand in memory with all that came.</summary>
    private static ReceivedEvent WithoutContent(ReceivedEvent e) => new()
    {
        Id = e.Id, OrganisationId = e.OrganisationId, ConnectorId = e.ConnectorId, ConnectionId = e.ConnectionId, TriggerName = e.TriggerName,
        VersionName = e.VersionName, Origin = e.Origin, ReceivedAt = e.ReceivedAt, Content = [],
    };
}

/// <summary>What was replayed.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Deliveries">How many deliveries are on their way.</param>
/// <param name="Next">The last event, where there are more behind it.</param>
internal sealed record Replayed(int Events, int Deliveries, Ulid? Next);
