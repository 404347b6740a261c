using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Subscriptions;

/// <summary>A subscription that an event is for, perhaps on behalf of an activation.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="ActivationId">The activation; empty for none.</param>
internal readonly record struct Listener(Subscription Subscription, Ulid ActivationId);

/// <summary>
/// Who hears of events: subscriptions that listen by themselves, and those that integrations name for events of activated users. A subscription that is both
/// hears once for each activation, and not once more without.
/// </summary>
internal sealed class EventListeners
{
    private readonly ILookup<Ulid, Subscription> _byConnector;
    private readonly Dictionary<Ulid, Subscription> _byId;
    private readonly ILookup<(Ulid Connection, string Trigger), (Ulid Subscription, Ulid Activation)> _routes;

    private EventListeners(List<Subscription> subscriptions, ILookup<(Ulid Connection, string Trigger), (Ulid Subscription, Ulid Activation)> routes) =>
        (_byConnector, _byId, _routes) = (subscriptions.ToLookup(s => s.ConnectorId), subscriptions.ToDictionary(s => s.Id), routes);

    /// <summary>Reads who may hear of some events, over all organisations: an event meets subscriptions of its own organisation only.</summary>
    public static async Task<EventListeners> OfAsync(PatchbayDb db, IReadOnlyCollection<EventHead> events, CancellationToken cancellationToken)
    {
        var connectors = events.Select(e => e.ConnectorId).Distinct().ToList();
        var subscriptions = await db.Subscriptions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(s => connectors.Contains(s.ConnectorId)).ToListAsync(cancellationToken);
        var connections = events.Select(e => e.ConnectionId).Distinct().ToList();
        var routes = subscriptions.Count == 0 ? [] : await db.ActivationConnections.Where(c => connections.Contains(c.ConnectionId))
            .Join(db.IntegrationEvents.IgnoreQueryFilters([PatchbayDb.TenantFilter]), c => c.TemplateId, e => e.TemplateId, (c, e) => new { c.ConnectionId, e.TriggerName, e.SubscriptionId, c.ActivationId })
            .ToListAsync(cancellationToken);
        return new EventListeners(subscriptions, routes.OrderBy(r => r.ActivationId).ToLookup(r => (r.ConnectionId, r.TriggerName), r => (r.SubscriptionId, r.ActivationId)));
    }

    /// <summary>Who hears of an event, before filters have looked at it.</summary>
    public List<Listener> Of(EventHead received)
    {
        var listeners = new List<Listener>();
        foreach (var (subscription, activation) in _routes[(received.ConnectionId, received.TriggerName)])
        {
            if (_byId.TryGetValue(subscription, out var found) && found.OrganisationId == received.OrganisationId)
                listeners.Add(new Listener(found, activation));
        }

        foreach (var subscription in _byConnector[received.ConnectorId])
        {
            if (subscription.OrganisationId == received.OrganisationId && subscription.ListensTo(received) && !listeners.Exists(l => l.Subscription.Id == subscription.Id))
                listeners.Add(new Listener(subscription, default));
        }

        return listeners;
    }
}
