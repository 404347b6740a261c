using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Subscriptions;

/// <summary>The activation for which an event is delivered, with what its user has set by now.</summary>
/// <param name="Id">The activation.</param>
/// <param name="IntegrationId">What was activated; empty where the activation is gone, and then all that follows too.</param>
/// <param name="HubId">The hub.</param>
/// <param name="UserId">The user's external id.</param>
/// <param name="Variables">What the user has set, as JSON.</param>
internal sealed record EventActivation(Ulid Id, Ulid IntegrationId, Ulid HubId, string UserId, string Variables)
{
    /// <summary>Reads activations, of whatever organisation; one that is gone is there without more than its id.</summary>
    public static async Task<Dictionary<Ulid, EventActivation>> ReadAsync(PatchbayDb db, IEnumerable<Ulid> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Where(id => id != default).Distinct().ToList();
        if (wanted.Count == 0)
            return [];
        var found = await db.Activations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(a => wanted.Contains(a.Id))
            .Join(db.EndUsers.IgnoreQueryFilters([PatchbayDb.TenantFilter]), a => a.EndUserId, u => u.Id, (a, u) => new EventActivation(a.Id, a.IntegrationId, a.HubId, u.ExternalId, a.Variables))
            .ToDictionaryAsync(a => a.Id, cancellationToken);
        foreach (var id in wanted)
            found.TryAdd(id, new EventActivation(id, default, default, "", "{}"));
        return found;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("activation"u8);
        writer.WriteString("id"u8, Id.ToString());
        if (IntegrationId == default)
        {
            writer.WriteBoolean("deleted"u8, true);
        }
        else
        {
            writer.WriteString("integrationId"u8, IntegrationId.ToString());
            writer.WriteString("hubId"u8, HubId.ToString());
            writer.WriteString("userId"u8, UserId);
            writer.WritePropertyName("dynamicVariables"u8);
            writer.WriteRawValue(Variables);
        }

        writer.WriteEndObject();
    }

    /// <summary>The activation's id; never what its user has set.</summary>
    public override string ToString() => Id.ToString();
}
