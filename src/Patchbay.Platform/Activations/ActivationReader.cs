using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Activations;

/// <summary>Reads activations with their users and integrations.</summary>
internal sealed class ActivationReader(PatchbayDb db, EndUserReader users, HubReader hubs)
{
    /// <summary>An activation as its own GET answers; null where there is none.</summary>
    public async Task<ActivationJson?> ReadAsync(Ulid id, CancellationToken cancellationToken)
    {
        if (await db.Activations.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } activation
            || await db.EndUsers.AsNoTracking().FirstOrDefaultAsync(u => u.Id == activation.EndUserId, cancellationToken) is not { } user)
        {
            return null;
        }

        var integration = await db.Integrations.AsNoTracking().FirstAsync(i => i.Id == activation.IntegrationId, cancellationToken);
        return new ActivationJson
        {
            Id = activation.Id,
            HubId = activation.HubId,
            User = await users.ReadAsync(user, cancellationToken),
            Integration = EmbeddedIntegrationSummaryJson.Of(integration, isActivated: true, hubs.DefaultImageUrl),
            DynamicVariables = JsonElement.Parse(activation.Variables),
        };
    }
}
