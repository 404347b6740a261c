using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>Finds out whether something would stop to work if a version were a draft, or were gone.</summary>
internal sealed class VersionUses(PatchbayDb db)
{
    private const int Named = 20;

    /// <summary>Why a version must stay as it is, or null. Runs inside the transaction of the connector.</summary>
    /// <param name="version">The version.</param>
    /// <param name="instead">What the caller may do about it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Failure?> RefusalAsync(ConnectorVersion version, string instead, CancellationToken cancellationToken)
    {
        var isLast = version.IsPublished
            && !await db.Versions.AnyAsync(v => v.ConnectorId == version.ConnectorId && v.Id != version.Id && v.PublishedAt != null, cancellationToken);
        // What follows the default or the latest version goes on with another one, as long as there is one.
        var endpoints = await db.TriggerEndpoints.Where(e => e.ConnectorId == version.ConnectorId
            && (e.VersionSelector == version.Name || (isLast && (e.VersionSelector == ConnectorVersion.Latest || e.VersionSelector == ConnectorVersion.Default))))
            .OrderBy(e => e.Id).Select(e => new { e.ConnectionId, e.TriggerName }).Take(Named + 1).ToListAsync(cancellationToken);
        var subscriptions = await db.Subscriptions.Where(s => s.ConnectorId == version.ConnectorId && s.VersionName == version.Name)
            .OrderBy(s => s.Id).Select(s => s.Name).Take(Named + 1).ToListAsync(cancellationToken);
        var integrations = await db.ConnectionTemplates.Where(t => t.ConnectorId == version.ConnectorId && t.VersionName == version.Name)
            .Join(db.Integrations, t => t.IntegrationId, i => i.Id, (_, i) => i).OrderBy(i => i.Id).Select(i => i.Name).Take(Named + 1).ToListAsync(cancellationToken);
        List<string> users =
        [
            .. endpoints.Select(e => $"connection {e.ConnectionId}, trigger {e.TriggerName}"), .. subscriptions.Select(s => $"subscription {s}"),
            .. integrations.Select(i => $"integration {i}"),
        ];
        return users.Count == 0 ? null : new Failure(FailureKind.Conflict, "version_in_use", $"Version '{version.Name}' is in use by the endpoints of triggers, by subscriptions or by integrations. {instead}")
        {
            Details = string.Join('\n', users.Take(Named)) + (users.Count > Named ? "\nand more" : ""),
        };
    }
}
