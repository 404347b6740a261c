using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// Makes the deliveries of events that came in: one for each subscription that listens, in the transaction that marks the event as done, so
/// that it happens once, whenever the process ends. It reads subscriptions after the events, never before: whoever subscribed before an
/// event was accepted gets it. A disabled subscription gets its deliveries too; they wait.
/// </summary>
internal sealed partial class FanOut(IServiceScopeFactory scopes, SecretStore secrets, TimeProvider clock, ILogger<FanOut> logger)
{
    public const int Batch = 500;

    /// <summary>Held by who marks events, on any node: so it is done by one at a time.</summary>
    public static readonly Ulid Key = Identifiers.OfPart(default, "fan-out");

    /// <summary>Does what is there to do, up to a batch.</summary>
    /// <returns>How many events were looked at, and the subscriptions that have something new.</returns>
    public async Task<(int Events, IReadOnlyCollection<Ulid> Subscriptions)> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // Over all organisations, in the server's own name; an event meets subscriptions of its own organisation only.
        var events = await db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(e => !e.FannedOut).OrderBy(e => e.Id).Take(Batch)
            .Select(e => new EventHead(e.Id, e.OrganisationId, e.ConnectorId, e.ConnectionId, e.TriggerName, e.VersionName, e.Origin, e.ReceivedAt))
            .ToListAsync(cancellationToken);
        if (events.Count == 0)
            return (0, []);
        var known = await EventListeners.OfAsync(db, events, cancellationToken);
        var listeners = events.ConvertAll(e => (Event: e, Listening: known.Of(e)));
        var looked = listeners.SelectMany(l => l.Listening.Where(s => s.Subscription.Filter is not null).Select(s => (l.Event.Id, s.ActivationId))).ToHashSet();
        var messages = await MessagesAsync(db, events, looked, cancellationToken);
        var made = new List<(Ulid Event, Delivery Delivery)>();
        var now = clock.Now();
        using var ids = Identifiers.Sequence(clock).GetEnumerator();
        foreach (var (received, listening) in listeners)
        {
            foreach (var (subscription, activation) in listening.Where(l =>
                l.Subscription.Filter is not { } filter || EventFilter.Matches(filter, messages.GetValueOrDefault((received.Id, l.ActivationId)))))
            {
                ids.MoveNext();
                made.Add((received.Id, new Delivery
                {
                    Id = ids.Current,
                    OrganisationId = received.OrganisationId,
                    EventId = received.Id,
                    SubscriptionId = subscription.Id,
                    ConnectionId = received.ConnectionId,
                    ActivationId = activation,
                    NextAttemptAt = now,
                    CreatedAt = now,
                    UpdatedAt = now,
                }));
            }
        }

        return (events.Count, await StoreAsync(db, [.. events.Select(e => e.Id)], made, cancellationToken));
    }

    private static async Task<IReadOnlyCollection<Ulid>> StoreAsync(
        PatchbayDb db, List<Ulid> events, List<(Ulid Event, Delivery Delivery)> made, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, Key, cancellationToken);
        // Another node may have done some of them meanwhile, and owners may have deleted subscriptions.
        var still = (await db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(e => events.Contains(e.Id) && !e.FannedOut).Select(e => e.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        var wanted = made.Select(m => m.Delivery.SubscriptionId).Distinct().ToList();
        var there = (await db.Subscriptions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(s => wanted.Contains(s.Id)).Select(s => s.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        var rows = made.Where(m => still.Contains(m.Event) && there.Contains(m.Delivery.SubscriptionId)).Select(m => m.Delivery).ToList();
        await db.Dialect.StoreDeliveriesAsync(db, rows, cancellationToken);
        await db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(e => still.Contains(e.Id))
            .ExecuteUpdateAsync(e => e.SetProperty(x => x.FannedOut, true), cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return [.. rows.Select(d => d.SubscriptionId).Distinct()];
    }

    /// <summary>The messages that filters look at, each for its activation.</summary>
    private async Task<Dictionary<(Ulid Event, Ulid Activation), byte[]?>> MessagesAsync(
        PatchbayDb db, List<EventHead> events, HashSet<(Ulid Event, Ulid Activation)> looked, CancellationToken cancellationToken)
    {
        var messages = new Dictionary<(Ulid, Ulid), byte[]?>();
        var activations = await EventActivation.ReadAsync(db, looked.Select(l => l.Activation), cancellationToken);
        var perEvent = looked.ToLookup(l => l.Event, l => l.Activation);
        // What is looked at is held in memory, so a few at a time.
        foreach (var some in perEvent.Select(g => g.Key).Chunk(32))
        {
            foreach (var content in await db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(e => some.Contains(e.Id))
                .Select(e => new { e.Id, e.OrganisationId, e.Content }).ToListAsync(cancellationToken))
            {
                try
                {
                    var opened = await EventContent.OpenAsync(secrets, content.OrganisationId, content.Id, content.Content, cancellationToken);
                    foreach (var activation in perEvent[content.Id])
                    {
                        var message = EventMessage.Of(events.Find(e => e.Id == content.Id)!, opened, activations.GetValueOrDefault(activation));
                        messages[(content.Id, activation)] = message.Length > JsonExpression.MaxJson ? null : message;
                    }
                }
                catch (InvalidDataException e)
                {
                    NotOpened(logger, e, content.Id);
                }
            }
        }

        return messages;
    }

    [LoggerMessage(1, LogLevel.Error, "The content of event {EventId} does not open, so that no filter can look at it; it is delivered to all that listen")]
    private static partial void NotOpened(ILogger logger, Exception exception, Ulid eventId);
}
