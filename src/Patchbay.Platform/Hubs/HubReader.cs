using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Hubs;

/// <summary>Reads hubs with their connectors, and what pages show of connectors.</summary>
internal sealed class HubReader(PatchbayDb db, PublicAddress address)
{
    /// <summary>A picture for what has none.</summary>
    public string DefaultImageUrl => address.Absolute("/docs/favicon.svg");

    /// <summary>Some hubs, in the order in which they come.</summary>
    public async Task<List<HubJson>> ReadAsync(IReadOnlyList<Hub> hubs, CancellationToken cancellationToken)
    {
        var ids = hubs.Select(h => h.PrimaryConnectorId).Distinct().ToList();
        var connectors = await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. hubs.Select(h => new HubJson
        {
            Id = h.Id, Name = h.Name, IsDefault = h.IsDefault, PrimaryConnector = InfoOf(connectors.GetValueOrDefault(h.PrimaryConnectorId), h.PrimaryConnectorId, h.AuthSchemeConfigId),
        })];
    }

    public async Task<HubJson> ReadAsync(Hub hub, CancellationToken cancellationToken) => (await ReadAsync([hub], cancellationToken))[0];

    /// <summary>The config of a connector, or what stands in its place once it was deleted.</summary>
    public static AuthSchemeConfigJson ConfigOf(Connector? connector, string id) =>
        connector?.AuthSchemeConfigs.Find(c => c.Id == id) is { } config
            ? AuthSchemeConfigJson.Of(config)
            : new AuthSchemeConfigNoneJson { Id = id, Description = "This auth scheme config was deleted." };

    private ConnectorInfoJson InfoOf(Connector? connector, Ulid id, string config) => new()
    {
        ConnectorId = id,
        Name = connector?.Name ?? "",
        AuthSchemeConfig = ConfigOf(connector, config),
        ImageUrl = connector?.ImageUrl is { Length: > 0 } image ? image : DefaultImageUrl,
        Variables = ConnectionVariableJson.Of(connector?.ConnectionVariables ?? []),
    };
}
