using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Changes what a subscription listens to and where it sends. What waits goes to the new URL.</summary>
internal sealed class UpdateSubscription(PatchbayDb db, SubscriptionRules rules, TimeProvider clock)
{
    public async Task<Outcome<Subscription>> RunAsync(string subscriptionId, SubscriptionUpdateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var unfit = await rules.UrlFaultAsync(request.Url, cancellationToken);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, request.ConnectorId, cancellationToken);
        if (await db.LockedSubscriptionAsync(subscriptionId, cancellationToken) is not { } subscription)
            return Failure.NotFound("subscription");
        var now = clock.Now();
        if (precondition.RefusalOf(SubscriptionJson.Of(subscription, now)) is { } changed)
            return changed;
        var faults = new List<FieldFault>();
        if (request.Id != subscription.Id)
            faults.Add(new("id", "is read-only: it must be the id of the subscription"));
        if (unfit is not null)
            faults.Add(unfit);
        if (request.ConnectorId != subscription.ConnectorId && await db.IntegrationEvents.AnyAsync(e => e.SubscriptionId == subscription.Id, cancellationToken))
            faults.Add(new("connectorId", "cannot change while a deployed integration sends events of this connector to the subscription"));
        await rules.CheckAsync(request, faults, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (await db.Subscriptions.AnyAsync(s => s.Name == request.Name && s.Id != subscription.Id, cancellationToken))
            return SubscriptionRules.NameTaken(request.Name);
        subscription.Name = request.Name;
        subscription.Url = request.Url;
        (subscription.ConnectorId, subscription.ConnectionId) = (request.ConnectorId, request.ConnectionId);
        (subscription.TriggerName, subscription.VersionName) = (request.TriggerName, request.Version);
        (subscription.Filter, subscription.Ordered, subscription.ActivationsOnly) = (request.Filter, request.Ordered ?? false, request.ActivationsOnly ?? false);
        subscription.UpdatedAt = now;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return SubscriptionRules.NameTaken(request.Name);
        }

        await transaction.CommitAsync(cancellationToken);
        return subscription;
    }
}

internal static class SubscriptionLookup
{
    /// <summary>Finds a subscription and keeps out other changes to it until the transaction ends.</summary>
    public static async Task<Subscription?> LockedSubscriptionAsync(this PatchbayDb db, string subscriptionId, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(subscriptionId, out var id))
            return null;
        await db.Dialect.LockAsync(db, id, shared: false, cancellationToken);
        return await db.Subscriptions.FirstOrDefaultAsync(s => s.Id == id, cancellationToken);
    }
}
