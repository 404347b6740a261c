using System.Globalization;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;

namespace Patchbay.Platform.Events;

/// <summary>Which events are meant.</summary>
internal sealed record EventSearch
{
    public Ulid? ConnectorId { get; init; }
    public Ulid? ConnectionId { get; init; }
    public string? TriggerName { get; init; }
    public string? Version { get; init; }
    public EventOrigin? Origin { get; init; }
    public EventDeliveryFilter? Delivery { get; init; }
    public Ulid? SubscriptionId { get; init; }
    public DateTimeOffset? ReceivedAfter { get; init; }
    public DateTimeOffset? ReceivedBefore { get; init; }

    public static EventSearch Of(EventReplayManyJson json) => new()
    {
        ConnectorId = json.ConnectorId,
        ConnectionId = json.ConnectionId,
        TriggerName = json.TriggerName,
        Version = json.Version,
        Origin = json.Origin is { } origin ? (EventOrigin)origin : null,
        Delivery = json.Delivery,
        SubscriptionId = json.SubscriptionId,
        ReceivedAfter = json.ReceivedAfter,
        ReceivedBefore = json.ReceivedBefore,
    };

    /// <summary>Reads what stands in a query, as texts; every fault at once.</summary>
    public static Outcome<EventSearch> Read(
        string? connector, string? connection, string? trigger, string? version, string? origin, string? delivery, string? subscription, string? after, string? before)
    {
        var faults = new List<FieldFault>();
        var search = new EventSearch
        {
            ConnectorId = Id("connector_id", connector),
            ConnectionId = Id("connection_id", connection),
            TriggerName = trigger,
            Version = version,
            Origin = Word<EventOrigin>("origin", origin),
            Delivery = Word<EventDeliveryFilter>("delivery", delivery),
            SubscriptionId = Id("subscription_id", subscription),
            ReceivedAfter = Time("received_after", after),
            ReceivedBefore = Time("received_before", before),
        };
        return faults.Count == 0 ? search : Failure.InvalidFields(faults);

        Ulid? Id(string name, string? text)
        {
            if (text is null)
                return null;
            if (Ulid.TryParse(text, out var id))
                return id;
            faults.Add(new(name, "must be an id"));
            return null;
        }

        T? Word<T>(string name, string? text)
            where T : struct, Enum
        {
            if (text is null)
                return null;
            foreach (var value in Enum.GetValues<T>())
            {
                if (string.Equals(value.ToString().ToLowerInvariant(), text, StringComparison.Ordinal))
                    return value;
            }

            faults.Add(new(name, $"must be one of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}"));
            return null;
        }

        DateTimeOffset? Time(string name, string? text)
        {
            if (text is null)
                return null;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return time;
            faults.Add(new(name, "must be an RFC 3339 time"));
            return null;
        }
    }

    /// <summary>Those of the rows that are meant.</summary>
    public IQueryable<ReceivedEvent> In(IQueryable<ReceivedEvent> rows, PatchbayDb db)
    {
        if (ConnectorId is { } connector)
            rows = rows.Where(e => e.ConnectorId == connector);
        if (ConnectionId is { } connection)
            rows = rows.Where(e => e.ConnectionId == connection);
        if (TriggerName is { } trigger)
            rows = rows.Where(e => e.TriggerName == trigger);
        if (Version is { } version)
            rows = rows.Where(e => e.VersionName == version);
        if (Origin is { } origin)
            rows = rows.Where(e => e.Origin == origin);
        // Times are in the ids, which are what the store is ordered by.
        if (ReceivedAfter is { } after)
            rows = rows.Where(e => e.ReceivedAt >= after.ToUniversalTime());
        if (ReceivedBefore is { } before)
            rows = rows.Where(e => e.ReceivedAt < before.ToUniversalTime());
        return Delivery switch
        {
            EventDeliveryFilter.None => rows.Where(e => !db.Deliveries.Any(d => d.EventId == e.Id)),
            EventDeliveryFilter.Pending => With(rows, db, DeliveryState.Pending),
            EventDeliveryFilter.Delivered => With(rows, db, DeliveryState.Delivered),
            EventDeliveryFilter.Dead => With(rows, db, DeliveryState.Dead),
            _ => rows,
        };
    }

    private IQueryable<ReceivedEvent> With(IQueryable<ReceivedEvent> rows, PatchbayDb db, DeliveryState state) => SubscriptionId is { } subscription
        ? rows.Where(e => db.Deliveries.Any(d => d.EventId == e.Id && d.State == state && d.SubscriptionId == subscription))
        : rows.Where(e => db.Deliveries.Any(d => d.EventId == e.Id && d.State == state));
}
