using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Outbound;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions;

/// <summary>What is checked of a subscription whenever it is saved.</summary>
internal sealed class SubscriptionRules(PatchbayDb db, OutboundNetwork network)
{
    /// <summary>Checks a URL. Names are resolved here, outside of any transaction.</summary>
    public async Task<FieldFault?> UrlFaultAsync(string text, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return new("url", "must be an absolute https URL");
        if (url.UserInfo.Length > 0)
            return new("url", "must not hold a user name or password: messages are signed instead");
        if (url.Fragment.Length > 0)
            return new("url", "must not have a fragment");
        if (url.Scheme == Uri.UriSchemeHttp && !await network.IsNamedAsync(url.IdnHost, cancellationToken))
            return new("url", "must be https: its host is not in a network that the operator opened");
        return await network.IsDeniedAsync(url.IdnHost, cancellationToken)
            ? new("url", "leads to a host that is not public, and not in a network that the operator opened")
            : null;
    }

    /// <summary>Checks that what it listens to is there, and that its filter can be read.</summary>
    public async Task CheckAsync(SubscriptionFieldsJson fields, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        if (!await db.Connectors.AnyAsync(c => c.Id == fields.ConnectorId, cancellationToken))
            faults.Add(new("connectorId", "is no connector of the organisation"));
        if (fields.ConnectionId is { } connection && !await db.Connections.AnyAsync(c => c.Id == connection && c.ConnectorId == fields.ConnectorId, cancellationToken))
            faults.Add(new("connectionId", "is no connection of the connector"));
        if (fields.Version is { } version && !await db.Versions.AnyAsync(v => v.ConnectorId == fields.ConnectorId && v.Name == version, cancellationToken))
            faults.Add(new("version", "is the name of no version of the connector; leave it out for events of any"));
        if (fields.TriggerName is { } trigger && !await HasTriggerAsync(fields.ConnectorId, fields.Version, trigger, cancellationToken))
            faults.Add(new("triggerName", "is no trigger and no poll of the connector, or not in the version"));
        if (fields.Filter is { } filter && !JsonExpression.TryParse(filter, out _, out var fault))
            faults.Add(new("filter", fault));
    }

    /// <summary>The key that is asked for, or a fresh one.</summary>
    public static WebhookKey? KeyOf(string? secret, SigningKind? kind, List<FieldFault> faults)
    {
        if (secret is null)
            return WebhookKey.Generate(kind == SigningKind.Ed25519 ? WebhookKeyKind.Ed25519 : WebhookKeyKind.Hmac);
        if (!WebhookKey.Parse(secret).TryGet(out var key, out var wrong))
        {
            faults.Add(new("secret", wrong[0].Message));
            return null;
        }

        if (!key.CanSign)
            faults.Add(new("secret", "is a public key; it takes a secret to sign"));
        if (kind is not null && (kind == SigningKind.Ed25519) != (key.Kind == WebhookKeyKind.Ed25519))
            faults.Add(new("signing", "is of another kind than the secret"));
        return key;
    }

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "subscription_exists", $"There is a subscription '{name}' already. Choose another name.");

    private Task<bool> HasTriggerAsync(Ulid connector, string? version, string trigger, CancellationToken cancellationToken) =>
        db.Versions.Where(v => v.ConnectorId == connector && (version == null || v.Name == version))
            .AnyAsync(v => db.Triggers.Any(t => t.VersionId == v.Id && t.Name == trigger) || db.Polls.Any(p => p.ConnectorId == connector && p.Name == trigger), cancellationToken);
}
