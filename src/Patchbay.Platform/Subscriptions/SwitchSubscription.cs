using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Enables a subscription, and sends what has waited; or disables it, so that its events wait.</summary>
internal sealed class SwitchSubscription(PatchbayDb db, DeliveryEngine engine, TimeProvider clock)
{
    public async Task<Outcome<Subscription>> RunAsync(string subscriptionId, bool enable, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(subscriptionId, out var id))
            return Failure.NotFound("subscription");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.LockedSubscriptionAsync(subscriptionId, cancellationToken) is not { } subscription)
            return Failure.NotFound("subscription");
        var now = clock.Now();
        if (precondition.RefusalOf(SubscriptionJson.Of(subscription, now)) is { } changed)
            return changed;
        subscription.State = enable ? SubscriptionState.Enabled : SubscriptionState.Disabled;
        subscription.DisabledReason = null;
        subscription.UpdatedAt = now;
        await db.SaveChangesAsync(cancellationToken);
        if (enable)
        {
            // The node that has sent for it until now takes its lease for lost, and whoever takes it begins without its memories.
            await db.SubscriptionHealth.Where(h => h.Id == id).ExecuteUpdateAsync(h => h
                .SetProperty(x => x.ConsecutiveFailures, 0).SetProperty(x => x.FailingSince, (DateTimeOffset?)null)
                .SetProperty(x => x.LeaseHolder, (string?)null).SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
            await db.Deliveries.Where(d => d.SubscriptionId == id && d.State == DeliveryState.Pending && d.NextAttemptAt > now)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.NextAttemptAt, now), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        engine.Wake(id, forgive: enable);
        return subscription;
    }
}
