using System.Text.Json;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions;

/// <summary>The secret half of a subscription's signing keys, as the vault keeps it: one JSON object of keys by their ids.</summary>
internal sealed class SigningSecrets(SecretStore secrets)
{
    /// <summary>Seals keys. Runs inside the transaction that stores the result.</summary>
    public Task<byte[]> SealAsync(
        PatchbayDb db, Subscription subscription, IReadOnlyDictionary<Ulid, WebhookKey> keys, CancellationToken cancellationToken) =>
        secrets.SealAsync(db, SealedColumn.SubscriptionSecret, subscription.OrganisationId, subscription.Id,
            JsonSerializer.SerializeToUtf8Bytes(keys.ToDictionary(k => k.Key.ToString(), k => k.Value.ToSecretText(), StringComparer.Ordinal)), cancellationToken);

    /// <summary>Opens the keys of a subscription.</summary>
    /// <exception cref="InvalidDataException">They do not open: the row was changed, or is another's.</exception>
    public async Task<IReadOnlyDictionary<Ulid, WebhookKey>> OpenAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var opened = await secrets.OpenAsync(
            SealedColumn.SubscriptionSecret, subscription.OrganisationId, subscription.Id, subscription.Secret!, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(opened)!.ToDictionary(
                k => Ulid.Parse(k.Key),
                k => WebhookKey.Parse(k.Value).TryGet(out var key, out _) ? key : throw new InvalidDataException($"A signing key of subscription {subscription.Id} cannot be read."));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(opened);
        }
    }
}
