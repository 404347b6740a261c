using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Integrations;

/// <summary>Reads connection templates with their connectors.</summary>
internal sealed class TemplateReader(PatchbayDb db, HubReader hubs)
{
    /// <summary>Some templates, the hub's own first.</summary>
    public async Task<List<HubConnectionTemplateJson>> ReadAsync(IEnumerable<ConnectionTemplate> templates, CancellationToken cancellationToken)
    {
        var listed = templates.OrderByDescending(t => t.IsPrimary).ThenBy(t => t.Id).ToList();
        var ids = listed.Select(t => t.ConnectorId).Distinct().ToList();
        var connectors = await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. listed.Select(t => Of(t, connectors.GetValueOrDefault(t.ConnectorId)))];
    }

    private HubConnectionTemplateJson Of(ConnectionTemplate t, Connector? connector) => new()
    {
        Id = t.Id,
        ConnectorId = t.ConnectorId,
        Name = connector?.Name ?? "",
        ImageUrl = connector?.ImageUrl is { Length: > 0 } image ? image : hubs.DefaultImageUrl,
        IsUsed = t.IsUsed,
        IsPrimary = t.IsPrimary,
        AuthSchemeConfig = HubReader.ConfigOf(connector, t.AuthSchemeConfigId),
        Variables = ConnectionVariableJson.Of(connector?.ConnectionVariables ?? []),
        Version = t.VersionName,
    };
}
