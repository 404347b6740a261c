using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Subscriptions of an organisation to its events (ours).</summary>
internal static class SubscriptionsEndpoints
{
    private static readonly ListOrder<Subscription> Order = new ListOrder<Subscription>()
        .ById(s => s.Id).By("name", s => s.Name).By("createdAt", s => s.CreatedAt).By("updatedAt", s => s.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapSubscriptions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/subscriptions").WithTags("subscriptions").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateSubscription").Needs(Permission.EventEdit);
        group.MapGet("", ListAsync).WithName("ListSubscriptions").Needs(Permission.EventRead);
        group.MapGet("/{subscription_id}", GetAsync).WithName("GetSubscription").Needs(Permission.EventRead);
        group.MapPut("/{subscription_id}", UpdateAsync).WithName("UpdateSubscription").Needs(Permission.EventEdit);
        group.MapDelete("/{subscription_id}", DeleteAsync).WithName("DeleteSubscription").Needs(Permission.EventEdit);
        group.MapGet("/{subscription_id}/health", GetHealthAsync).WithName("GetSubscriptionHealth").Needs(Permission.EventRead);
        group.MapPost("/{subscription_id}/secrets", RotateAsync).WithName("RotateSubscriptionSecret").Needs(Permission.EventEdit);
        group.MapPost("/{subscription_id}/enable", EnableAsync).WithName("EnableSubscription").Needs(Permission.EventEdit);
        group.MapPost("/{subscription_id}/disable", DisableAsync).WithName("DisableSubscription").Needs(Permission.EventEdit);
    }

    /// <summary>Subscribes a URL to events. The answer shows the secret that messages are signed with, this once.</summary>
    internal static async Task<Results<TaggedCreated<SubscriptionCreatedJson>, ApiError>> CreateAsync(
        string organisation_id, Body<SubscriptionCreateJson> body, CreateSubscription create, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(body.Value, cancellationToken);
        return created.Succeeded(out var made, out var failure) ? Shown(made, clock, response) : new ApiError(failure);
    }

    /// <summary>Lists subscriptions, the one changed last first.</summary>
    /// <param name="connector_id">Of this connector only.</param>
    internal static async Task<Results<Ok<SubscriptionPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, PatchbayDb db, TimeProvider clock, CancellationToken cancellationToken, string? connector_id = null)
    {
        var rows = db.Subscriptions.AsNoTracking();
        if (connector_id is not null)
        {
            if (!Ulid.TryParse(connector_id, out var connector))
                return new ApiError(Failure.InvalidField("connector_id", "must be the id of a connector"));
            rows = rows.Where(s => s.ConnectorId == connector);
        }

        var listed = await Order.PageAsync(rows, page, cancellationToken);
        if (!listed.Succeeded(out var found, out var failure))
            return new ApiError(failure);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new SubscriptionPageJson
        {
            Subscriptions = [.. found.Items.Select(s => (SubscriptionJson)SubscriptionJson.Of(s, now))], TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev,
        });
    }

    /// <summary>Gets a subscription.</summary>
    internal static async Task<Results<Tagged<SubscriptionJson>, ApiError>> GetAsync(
        string organisation_id, string subscription_id, PatchbayDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(db, subscription_id, cancellationToken) is { } subscription
            ? Tagged.Ok(SubscriptionJson.Of(subscription, clock.GetUtcNow()))
            : new ApiError(Failure.NotFound("subscription"));

    /// <summary>Replaces what a subscription listens to and where it sends. Its state and its keys stay.</summary>
    internal static async Task<Results<Tagged<SubscriptionJson>, ApiError>> UpdateAsync(
        string organisation_id, string subscription_id, Body<SubscriptionUpdateJson> body, Precondition precondition, UpdateSubscription update, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(subscription_id, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var subscription, out var failure)
            ? Tagged.Ok(SubscriptionJson.Of(subscription, clock.GetUtcNow()))
            : new ApiError(failure);
    }

    /// <summary>Deletes a subscription, and with it the deliveries that wait for it. The events stay.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string subscription_id, Precondition precondition, PatchbayDb db, DeliveryEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(subscription_id, out var id))
            return new ApiError(Failure.NotFound("subscription"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.LockedSubscriptionAsync(subscription_id, cancellationToken) is not { } subscription)
            return new ApiError(Failure.NotFound("subscription"));
        if (precondition.RefusalOf(SubscriptionJson.Of(subscription, clock.GetUtcNow())) is { } changed)
            return new ApiError(changed);
        await db.Subscriptions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        engine.Forget(id);
        return TypedResults.NoContent();
    }

    /// <summary>Gets how it goes with a subscription: whether its receiver accepts, and what waits.</summary>
    internal static async Task<Results<Ok<SubscriptionHealthJson>, ApiError>> GetHealthAsync(
        string organisation_id, string subscription_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, subscription_id, cancellationToken) is not { } subscription)
            return new ApiError(Failure.NotFound("subscription"));
        var health = await db.SubscriptionHealth.AsNoTracking().FirstAsync(h => h.Id == subscription.Id, cancellationToken);
        var deliveries = db.Deliveries.AsNoTracking().Where(d => d.SubscriptionId == subscription.Id);
        var oldest = await deliveries.Where(d => d.State == DeliveryState.Pending).OrderBy(d => d.EventId).Select(d => (Ulid?)d.EventId).FirstOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(new SubscriptionHealthJson
        {
            State = subscription.State == SubscriptionState.Enabled ? SubscriptionStateJson.Enabled : SubscriptionStateJson.Disabled,
            DisabledReason = subscription.DisabledReason,
            ConsecutiveFailures = health.ConsecutiveFailures,
            FailingSince = health.FailingSince,
            LastSuccessAt = health.LastSuccessAt,
            LastFailureAt = health.LastFailureAt,
            LastError = health.LastError,
            Pending = await deliveries.CountAsync(d => d.State == DeliveryState.Pending, cancellationToken),
            OldestPendingAt = oldest?.Time,
            Dead = await deliveries.CountAsync(d => d.State == DeliveryState.Dead, cancellationToken),
        });
    }

    /// <summary>Gives a subscription a new key. Those before it sign too until their end, so that the receiver can change over.</summary>
    internal static async Task<Results<TaggedCreated<SubscriptionCreatedJson>, ApiError>> RotateAsync(
        string organisation_id, string subscription_id, Body<SubscriptionSecretCreateJson> body, Precondition precondition, RotateSecret rotate, TimeProvider clock,
        HttpResponse response, CancellationToken cancellationToken)
    {
        var rotated = await rotate.RunAsync(subscription_id, body.Value, precondition, cancellationToken);
        return rotated.Succeeded(out var made, out var failure) ? Shown(made, clock, response) : new ApiError(failure);
    }

    /// <summary>Enables a subscription, and sends at once what has waited.</summary>
    internal static Task<Results<Tagged<SubscriptionJson>, ApiError>> EnableAsync(
        string organisation_id, string subscription_id, Precondition precondition, SwitchSubscription change, TimeProvider clock, CancellationToken cancellationToken) =>
        SwitchAsync(change.RunAsync(subscription_id, enable: true, precondition, cancellationToken), clock);

    /// <summary>Disables a subscription: its events wait until it is enabled.</summary>
    internal static Task<Results<Tagged<SubscriptionJson>, ApiError>> DisableAsync(
        string organisation_id, string subscription_id, Precondition precondition, SwitchSubscription change, TimeProvider clock, CancellationToken cancellationToken) =>
        SwitchAsync(change.RunAsync(subscription_id, enable: false, precondition, cancellationToken), clock);

    private static async Task<Results<Tagged<SubscriptionJson>, ApiError>> SwitchAsync(Task<Outcome<Subscription>> switching, TimeProvider clock) =>
        (await switching).Succeeded(out var subscription, out var failure) ? Tagged.Ok(SubscriptionJson.Of(subscription, clock.GetUtcNow())) : new ApiError(failure);

    private static TaggedCreated<SubscriptionCreatedJson> Shown(KeyedSubscription made, TimeProvider clock, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        var now = clock.GetUtcNow();
        return Tagged.Created($"/api/connect/v1/o/{made.Subscription.OrganisationId}/subscriptions/{made.Subscription.Id}",
            SubscriptionJson.Of(made.Subscription, now, made.Key), EntityTag.Of(SubscriptionJson.Of(made.Subscription, now)));
    }

    private static async Task<Subscription?> FindAsync(PatchbayDb db, string id, CancellationToken cancellationToken) =>
        Ulid.TryParse(id, out var subscription) ? await db.Subscriptions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == subscription, cancellationToken) : null;
}
