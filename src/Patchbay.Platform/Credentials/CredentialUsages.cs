using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Credentials;

/// <summary>Reads credentials with what uses them.</summary>
internal sealed class CredentialUsages(PatchbayDb db)
{
    /// <summary>Credentials as they are shown, in the given order.</summary>
    public async Task<IReadOnlyList<CredentialJson>> ReadAsync(IReadOnlyList<Credential> credentials, CancellationToken cancellationToken)
    {
        var ids = credentials.Select(c => c.Id).ToList();
        var uses = await db.ConnectionCredentials.AsNoTracking().Where(u => ids.Contains(u.CredentialId))
            .Join(db.Connections.Include(c => c.Connector), u => u.ConnectionId, c => c.Id, (u, c) => new { u.CredentialId, Connection = c })
            .ToListAsync(cancellationToken);
        return
        [
            .. credentials.Select(credential => CredentialJson.Of(credential) with
            {
                Usages = [.. uses.Where(u => u.CredentialId == credential.Id).Select(u => u.Connection).DistinctBy(c => c.Id).OrderBy(c => c.Id).Select(UsageOf)],
            }),
        ];
    }

    private static CredentialUsageJson UsageOf(Connections.Connection connection) => new()
    {
        Connection = new CredentialUsageConnectionJson
        {
            Id = connection.Id,
            Name = connection.Name,
            Connector = new ConnectorSummaryJson
            {
                Id = connection.Connector!.Id,
                OrganisationId = connection.Connector.OrganisationId,
                Name = connection.Connector.Name,
                Protocol = connection.Connector.Protocol == Connector.BigQuery ? ProtocolType.BigQuery : ProtocolType.Http,
                CreatedAt = connection.Connector.CreatedAt,
                UpdatedAt = connection.Connector.UpdatedAt,
            },
            CreatedAt = connection.CreatedAt,
            UpdatedAt = connection.UpdatedAt,
        },
    };
}
