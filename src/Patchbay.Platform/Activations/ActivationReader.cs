using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Activations;

/// <summary>Reads activations with their users and integrations.</summary>
internal sealed class ActivationReader(PatchbayDb db, EndUserReader users, HubReader hubs)
{
    private async Task<IReadOnlyList<ActivationConnectionJson>> ConnectionsAsync(Activation activation, CancellationToken cancellationToken)
    {
        var ids = activation.Connections.ToDictionary(c => c.TemplateId, c => c.ConnectionId);
        var used = ids.Values.Distinct().ToList();
        var connections = await db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential).Where(c => used.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. ids.OrderBy(i => i.Key).Select(i => (Template: i.Key, Connection: connections[i.Value])).Select(i => new ActivationConnectionJson
        {
            TemplateId = i.Template,
            ConnectionId = i.Connection.Id,
            Name = i.Connection.Name,
            Variables = ConnectionVariableJson.Of(i.Connection.Variables),
            Errors = i.Connection.Credentials.Select(c => c.Credential!.Errors).OfType<List<string>>().ToList() is { Count: > 0 } checks ? [.. checks.SelectMany(c => c).Distinct(StringComparer.Ordinal)] : null,
        })];
    }

    /// <summary>An activation as its own GET answers; null where there is none.</summary>
    public async Task<ActivationJson?> ReadAsync(Ulid id, CancellationToken cancellationToken)
    {
        if (await db.Activations.AsNoTracking().Include(a => a.Connections).FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } activation
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
            Connections = await ConnectionsAsync(activation, cancellationToken),
        };
    }
}
