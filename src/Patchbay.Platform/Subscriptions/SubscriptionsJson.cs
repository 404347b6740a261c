using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions;

/// <summary>Which events go where.</summary>
internal abstract record SubscriptionFieldsJson
{
    /// <summary>Unique in the organisation.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>Where events are sent by POST: an https URL. http is taken where the operator opened the network that the host is in.</summary>
    [MinLength(1), MaxLength(2000)]
    public required string Url { get; init; }

    /// <summary>The connector whose events are sent.</summary>
    public required Ulid ConnectorId { get; init; }

    /// <summary>The connection whose events are sent; every one of the connector, where it is left out.</summary>
    public Ulid? ConnectionId { get; init; }

    /// <summary>The trigger, or the poll, whose events are sent; every one, where it is left out.</summary>
    [MinLength(1), MaxLength(200)]
    public string? TriggerName { get; init; }

    /// <summary>The version whose events are sent, which thereby is in use and cannot be unpublished or deleted; any, where it is left out.</summary>
    [MinLength(1), MaxLength(64)]
    public string? Version { get; init; }

    /// <summary>A JMESPath expression over the message: what it is true for is sent. Without it all is.</summary>
    [MinLength(1), MaxLength(JsonExpression.MaxLength)]
    public string? Filter { get; init; }

    /// <summary>Whether events of one connection go one after the other in the order in which they came; false, where it is left out.</summary>
    public bool? Ordered { get; init; }

    /// <summary>Whether only events of activated users are sent that a deployed integration names this subscription for; false, where it is left out.</summary>
    public bool? ActivationsOnly { get; init; }
}

/// <summary>A new subscription.</summary>
internal sealed record SubscriptionCreateJson : SubscriptionFieldsJson
{
    /// <summary>How messages are signed; by hmac, where it is left out.</summary>
    public SigningKind? Signing { get; init; }

    /// <summary>A secret of your own, which begins with whsec_ or whsk_. One is made, where it is left out.</summary>
    [MinLength(1), MaxLength(256)]
    public string? Secret { get; init; }
}

/// <summary>A changed subscription. Fields left out are unset.</summary>
internal sealed record SubscriptionUpdateJson : SubscriptionFieldsJson
{
    /// <summary>Read-only.</summary>
    public required Ulid Id { get; init; }
}

/// <summary>A subscription. What signs its messages is never shown again.</summary>
internal record SubscriptionJson : SubscriptionFieldsJson
{
    public required Ulid Id { get; init; }

    /// <summary>Whether it sends. Of one that does not, events wait.</summary>
    public required SubscriptionStateJson State { get; init; }

    /// <summary>Why the server disabled it.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The keys that sign, each message with all of them.</summary>
    public required IReadOnlyList<SigningKeyJson> SigningKeys { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static SubscriptionJson Of(Subscription subscription, DateTimeOffset now) => Fill(subscription, now, null);

    /// <summary>The same with the secret that was just made.</summary>
    public static SubscriptionCreatedJson Of(Subscription subscription, DateTimeOffset now, WebhookKey key) => Fill(subscription, now, key);

    private static SubscriptionCreatedJson Fill(Subscription subscription, DateTimeOffset now, WebhookKey? key) => new()
    {
        Id = subscription.Id,
        Name = subscription.Name,
        Url = subscription.Url,
        ConnectorId = subscription.ConnectorId,
        ConnectionId = subscription.ConnectionId,
        TriggerName = subscription.TriggerName,
        Version = subscription.VersionName,
        Filter = subscription.Filter,
        Ordered = subscription.Ordered,
        ActivationsOnly = subscription.ActivationsOnly ? true : null,
        State = subscription.State == SubscriptionState.Enabled ? SubscriptionStateJson.Enabled : SubscriptionStateJson.Disabled,
        DisabledReason = subscription.DisabledReason,
        SigningKeys = [.. subscription.Keys.Where(k => k.SignsAt(now)).Select(SigningKeyJson.Of)],
        CreatedAt = subscription.CreatedAt,
        UpdatedAt = subscription.UpdatedAt,
        Secret = key?.Kind == WebhookKeyKind.Hmac ? key.ToSecretText() : null,
    };
}

/// <summary>A subscription as it was made, or with its new key.</summary>
internal sealed record SubscriptionCreatedJson : SubscriptionJson
{
    /// <summary>What the receiver verifies messages with, where they are signed by hmac. It is shown this once: keep it.</summary>
    public string? Secret { get; init; }
}

/// <summary>A key that signs.</summary>
internal sealed record SigningKeyJson
{
    public required Ulid Id { get; init; }
    public required SigningKind Kind { get; init; }

    /// <summary>What the receiver verifies messages with, where they are signed by ed25519.</summary>
    public string? PublicKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops to sign.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public static SigningKeyJson Of(SigningKey key) => new()
    {
        Id = key.Id, Kind = key.Kind == WebhookKeyKind.Hmac ? SigningKind.Hmac : SigningKind.Ed25519, PublicKey = key.PublicKey, CreatedAt = key.CreatedAt, EndsAt = key.EndsAt,
    };
}

/// <summary>A new key for a subscription.</summary>
internal sealed record SubscriptionSecretCreateJson
{
    /// <summary>How it signs; by hmac, where it is left out.</summary>
    public SigningKind? Signing { get; init; }

    /// <summary>A secret of your own, which begins with whsec_ or whsk_. One is made, where it is left out.</summary>
    [MinLength(1), MaxLength(256)]
    public string? Secret { get; init; }

    /// <summary>When the keys before it stop to sign; 24 hours from now, where it is left out. A time that is over ends them at once.</summary>
    public DateTimeOffset? PreviousEndsAt { get; init; }
}

/// <summary>How it goes with a subscription.</summary>
internal sealed record SubscriptionHealthJson
{
    public required SubscriptionStateJson State { get; init; }

    /// <summary>Why the server disabled it.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>How many attempts failed since the last that did not.</summary>
    public required int ConsecutiveFailures { get; init; }

    /// <summary>When the first of them failed.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }
    public DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>What the last failure was.</summary>
    public string? LastError { get; init; }

    /// <summary>How many deliveries wait.</summary>
    public required int Pending { get; init; }

    /// <summary>When the event came that waits for longest.</summary>
    public DateTimeOffset? OldestPendingAt { get; init; }

    /// <summary>How many deliveries were given up.</summary>
    public required int Dead { get; init; }
}

/// <summary>A page of subscriptions.</summary>
internal sealed record SubscriptionPageJson : PageInfoJson
{
    public required IReadOnlyList<SubscriptionJson> Subscriptions { get; init; }
}

/// <summary>How messages are signed.</summary>
internal enum SigningKind
{
    [JsonStringEnumMemberName("hmac")]
    Hmac,

    [JsonStringEnumMemberName("ed25519")]
    Ed25519,
}

/// <summary>Whether a subscription sends.</summary>
internal enum SubscriptionStateJson
{
    [JsonStringEnumMemberName("enabled")]
    Enabled,

    [JsonStringEnumMemberName("disabled")]
    Disabled,
}
