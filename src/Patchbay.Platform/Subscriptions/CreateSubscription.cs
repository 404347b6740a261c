using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Subscribes a URL to events.</summary>
internal sealed class CreateSubscription(PatchbayDb db, RequestScope scope, SubscriptionRules rules, SigningSecrets secrets, TimeProvider clock)
{
    public async Task<Outcome<KeyedSubscription>> RunAsync(SubscriptionCreateJson request, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        if (await rules.UrlFaultAsync(request.Url, cancellationToken) is { } unfit)
            faults.Add(unfit);
        var key = SubscriptionRules.KeyOf(request.Secret, request.Signing, faults);
        // By the connector: whoever unpublishes or deletes a version looks whether it is in use.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, request.ConnectorId, cancellationToken);
        await rules.CheckAsync(request, faults, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (await db.Subscriptions.AnyAsync(s => s.Name == request.Name, cancellationToken))
            return SubscriptionRules.NameTaken(request.Name);
        var now = clock.Now();
        var subscription = new Subscription
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            ConnectorId = request.ConnectorId,
            ConnectionId = request.ConnectionId,
            TriggerName = request.TriggerName,
            VersionName = request.Version,
            Name = request.Name,
            Url = request.Url,
            Filter = request.Filter,
            Ordered = request.Ordered ?? false,
            ActivationsOnly = request.ActivationsOnly ?? false,
            Keys = [Described(key!, Identifiers.New(clock), now)],
            CreatedAt = now,
            UpdatedAt = now,
        };
        subscription.Secret = await secrets.SealAsync(db, subscription, new Dictionary<Ulid, WebhookKey> { [subscription.Keys[0].Id] = key! }, cancellationToken);
        db.Add(subscription);
        db.Add(new SubscriptionHealth { Id = subscription.Id, OrganisationId = subscription.OrganisationId });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return SubscriptionRules.NameTaken(request.Name);
        }

        await transaction.CommitAsync(cancellationToken);
        return new KeyedSubscription(subscription, key!);
    }

    /// <summary>What of a key is kept beside its secret.</summary>
    public static SigningKey Described(WebhookKey key, Ulid id, DateTimeOffset now) =>
        new(id, key.Kind, key.Kind == WebhookKeyKind.Ed25519 ? key.ToVerifyingText() : null, now, null);
}

/// <summary>A subscription and the key that was just given to it.</summary>
internal sealed record KeyedSubscription(Subscription Subscription, WebhookKey Key);
