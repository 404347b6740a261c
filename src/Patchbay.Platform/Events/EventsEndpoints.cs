using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Subscriptions;

namespace Patchbay.Platform.Events;

/// <summary>Events of an organisation (ours): list, get, replay.</summary>
internal static class EventsEndpoints
{
    private const int MostDeliveries = 100;
    private const int MostAttempts = 50;

    private static readonly ListOrder<ReceivedEvent> Order = new ListOrder<ReceivedEvent>()
        .ById(e => e.Id).By("receivedAt", e => e.ReceivedAt).Default("id", descending: true);

    public static void MapEvents(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/events").WithTags("events").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("ListEvents").Needs(Permission.EventRead);
        group.MapPost("/replay", ReplayManyAsync).WithName("ReplayEvents").Needs(Permission.EventEdit);
        group.MapGet("/{event_id}", GetAsync).WithName("GetEvent").Needs(Permission.EventRead);
        group.MapPost("/{event_id}/replay", ReplayAsync).WithName("ReplayEvent").Needs(Permission.EventEdit);
    }

    /// <summary>Lists events, the newest first, without what came.</summary>
    /// <param name="connector_id">Of this connector.</param>
    /// <param name="connection_id">Of this connection.</param>
    /// <param name="trigger_name">Of this trigger or poll.</param>
    /// <param name="version">Of this version.</param>
    /// <param name="origin">webhook or poll.</param>
    /// <param name="delivery">By what became of them: pending, delivered, dead, or none where nobody listened.</param>
    /// <param name="subscription_id">With delivery: by what became of them at this subscription.</param>
    /// <param name="received_after">Those that came at this time or later.</param>
    /// <param name="received_before">Those that came before this time.</param>
    internal static async Task<Results<Ok<EventPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken, string? connector_id = null, string? connection_id = null,
        string? trigger_name = null, string? version = null, string? origin = null, string? delivery = null, string? subscription_id = null,
        string? received_after = null, string? received_before = null)
    {
        var read = EventSearch.Read(connector_id, connection_id, trigger_name, version, origin, delivery, subscription_id, received_after, received_before);
        if (!read.Succeeded(out var search, out var failure))
            return new ApiError(failure);
        // What came stays in the store.
        var rows = search.In(db.Events.AsNoTracking(), db).Select(e => new ReceivedEvent
        {
            Id = e.Id, OrganisationId = e.OrganisationId, ConnectorId = e.ConnectorId, ConnectionId = e.ConnectionId, TriggerName = e.TriggerName,
            VersionName = e.VersionName, Origin = e.Origin, ReceivedAt = e.ReceivedAt, Content = Array.Empty<byte>(),
        });
        var listed = await Order.PageAsync(rows, page, cancellationToken);
        if (!listed.Succeeded(out var found, out failure))
            return new ApiError(failure);
        var ids = found.Items.Select(e => e.Id).ToList();
        var counts = (await db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.EventId)).GroupBy(d => new { d.EventId, d.State })
            .Select(g => new { g.Key.EventId, g.Key.State, Count = g.Count() }).ToListAsync(cancellationToken)).ToLookup(c => c.EventId, c => (c.State, c.Count));
        return TypedResults.Ok(new EventPageJson
        {
            Events = [.. found.Items.Select(e => Fill(new EventSummaryFields(e, counts[e.Id])))],
            TotalCount = found.TotalCount,
            Next = found.Next,
            Prev = found.Prev,
        });
    }

    /// <summary>Gets an event with what came, its deliveries and their attempts.</summary>
    internal static async Task<Results<Ok<EventJson>, ApiError>> GetAsync(
        string organisation_id, string event_id, PatchbayDb db, SecretStore secrets, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(event_id, out var id) || await db.Events.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } received)
            return new ApiError(Failure.NotFound("event"));
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => d.EventId == id).OrderByDescending(d => d.Id).Take(MostDeliveries).ToListAsync(cancellationToken);
        var message = EventMessage.Of(EventHead.Of(received), await EventContent.OpenAsync(secrets, received, cancellationToken));
        var shown = new List<EventDeliveryJson>(deliveries.Count);
        foreach (var delivery in deliveries)
        {
            var attempts = await db.DeliveryAttempts.AsNoTracking().Where(a => a.DeliveryId == delivery.Id).OrderByDescending(a => a.Id).Take(MostAttempts).ToListAsync(cancellationToken);
            shown.Add(new EventDeliveryJson
            {
                Id = delivery.Id,
                SubscriptionId = delivery.SubscriptionId,
                ActivationId = delivery.ActivationId == default ? null : delivery.ActivationId,
                State = (DeliveryStateJson)delivery.State,
                NextAttemptAt = delivery.State == DeliveryState.Pending ? delivery.NextAttemptAt : null,
                Replay = delivery.Replay != default,
                CreatedAt = delivery.CreatedAt,
                Attempts = [.. await Task.WhenAll(attempts.Select(a => ShowAsync(a, secrets, cancellationToken)))],
            });
        }

        var head = Fill(new EventSummaryFields(received, deliveries.GroupBy(d => d.State).Select(g => (g.Key, g.Count()))));
        return TypedResults.Ok(new EventJson
        {
            Id = head.Id,
            ConnectorId = head.ConnectorId,
            ConnectionId = head.ConnectionId,
            TriggerName = head.TriggerName,
            Version = head.Version,
            Origin = head.Origin,
            ReceivedAt = head.ReceivedAt,
            DeliveryCounts = head.DeliveryCounts,
            Message = JsonSerializer.Deserialize<JsonElement>(message, ApiJson.Options),
            Deliveries = shown,
        });
    }

    /// <summary>Sends an event again: to all that listen, or to one subscription. Its webhook-id stays the same.</summary>
    internal static async Task<Results<Ok<EventReplayResultJson>, ApiError>> ReplayAsync(
        string organisation_id, string event_id, Body<EventReplayJson> body, ReplayEvents replay, CancellationToken cancellationToken) =>
        Shown(await replay.RunAsync(event_id, body.Value.SubscriptionId, cancellationToken));

    /// <summary>Sends events again, the oldest first, up to 1000 at once: those of a filter, since a time, to one subscription, or dead letters.</summary>
    internal static async Task<Results<Ok<EventReplayResultJson>, ApiError>> ReplayManyAsync(
        string organisation_id, Body<EventReplayManyJson> body, ReplayEvents replay, CancellationToken cancellationToken) =>
        Shown(await replay.RunAsync(EventSearch.Of(body.Value), body.Value.After, cancellationToken));

    private static Results<Ok<EventReplayResultJson>, ApiError> Shown(Outcome<Replayed> outcome) => outcome.Succeeded(out var replayed, out var failure)
        ? TypedResults.Ok(new EventReplayResultJson { Events = replayed.Events, Deliveries = replayed.Deliveries, Next = replayed.Next })
        : new ApiError(failure);

    private static async Task<EventAttemptJson> ShowAsync(DeliveryAttempt attempt, SecretStore secrets, CancellationToken cancellationToken) => new()
    {
        At = attempt.At,
        DurationMs = attempt.DurationMs,
        Status = attempt.Status,
        Error = attempt.Error,
        ResponseExcerpt = attempt.Excerpt is null ? null
            : Encoding.UTF8.GetString(await secrets.OpenAsync(SealedColumn.AttemptExcerpt, attempt.OrganisationId, attempt.Id, attempt.Excerpt, cancellationToken)),
    };

    private static EventSummaryJson Fill(EventSummaryFields fields)
    {
        var (e, counts) = (fields.Event, fields.Counts.ToDictionary(c => c.State, c => c.Count));
        return new EventSummaryJson
        {
            Id = e.Id,
            ConnectorId = e.ConnectorId,
            ConnectionId = e.ConnectionId,
            TriggerName = e.TriggerName,
            Version = e.VersionName,
            Origin = (EventOriginJson)e.Origin,
            ReceivedAt = e.ReceivedAt,
            DeliveryCounts = new EventDeliveryCountsJson
            {
                Pending = counts.GetValueOrDefault(DeliveryState.Pending),
                Delivered = counts.GetValueOrDefault(DeliveryState.Delivered),
                Dead = counts.GetValueOrDefault(DeliveryState.Dead),
            },
        };
    }

    private sealed record EventSummaryFields(ReceivedEvent Event, IEnumerable<(DeliveryState State, int Count)> Counts);
}
