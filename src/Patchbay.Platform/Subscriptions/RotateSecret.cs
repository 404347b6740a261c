using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Gives a subscription a new key; those before it sign too for a while, so that the receiver can change over without losing a message.</summary>
internal sealed class RotateSecret(PatchbayDb db, SigningSecrets secrets, TimeProvider clock)
{
    private static readonly TimeSpan DefaultOverlap = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(365);

    public async Task<Outcome<KeyedSubscription>> RunAsync(
        string subscriptionId, SubscriptionSecretCreateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        var key = SubscriptionRules.KeyOf(request.Secret, request.Signing, faults);
        var now = clock.Now();
        if (request.PreviousEndsAt > now + LongestOverlap)
            faults.Add(new("previousEndsAt", $"must be {LongestOverlap.Days} days from now at the latest"));
        if (!Ulid.TryParse(subscriptionId, out var id))
            return Failure.NotFound("subscription");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.LockedSubscriptionAsync(subscriptionId, cancellationToken) is not { } subscription)
            return Failure.NotFound("subscription");
        if (precondition.RefusalOf(SubscriptionJson.Of(subscription, now)) is { } changed)
            return changed;
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var end = (request.PreviousEndsAt ?? now + DefaultOverlap).ToUniversalTime();
        var kept = subscription.Keys.Select(k => k.EndsAt < end ? k : k with { EndsAt = end }).Where(k => k.SignsAt(now)).ToList();
        if (kept.Count >= Subscription.MostKeys)
        {
            return new Failure(FailureKind.Conflict, "too_many_secrets",
                $"It has {kept.Count} keys that still sign, which is as many as may be. Send previousEndsAt with a time that is over to end them.");
        }

        var known = await secrets.OpenAsync(subscription, cancellationToken);
        var fresh = CreateSubscription.Described(key!, Identifiers.New(clock), now);
        var all = kept.ToDictionary(k => k.Id, k => known[k.Id]);
        all.Add(fresh.Id, key!);
        subscription.Keys = [fresh, .. kept];
        subscription.Secret = await secrets.SealAsync(db, subscription, all, cancellationToken);
        subscription.UpdatedAt = now;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new KeyedSubscription(subscription, key!);
    }
}
