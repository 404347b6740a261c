using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>Reads what a library connector has published, for those who imported from it.</summary>
internal sealed class UpstreamVersions(PatchbayDb db, StoredPartsReader reader)
{
    /// <summary>The connector, with its configs, if it is in the library now.</summary>
    public async Task<Connector?> FindConnectorAsync(Ulid id, CancellationToken cancellationToken) =>
        await db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.Id == id && c.Public, cancellationToken);

    /// <summary>What it has published since what a version came from, the newest first.</summary>
    public async Task<IReadOnlyList<ConnectorVersion>> NewerAsync(Connector connector, ConnectorVersion draft, CancellationToken cancellationToken)
    {
        var since = await SinceAsync(draft, cancellationToken);
        return await Published(connector.Id).Where(v => v.PublishedAt > since).OrderByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id).ToListAsync(cancellationToken);
    }

    /// <summary>A published version by its name, by latest or by default; null for none.</summary>
    public async Task<ConnectorVersion?> FindAsync(Connector connector, string name, CancellationToken cancellationToken)
    {
        var published = Published(connector.Id);
        return await (name switch
        {
            ConnectorVersion.Latest => published.OrderByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id),
            ConnectorVersion.Default => published.OrderByDescending(v => v.IsDefault).ThenByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id),
            _ => published.Where(v => v.Name == name),
        }).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The parts that a version was imported with: those of its source while that is what it was, else those that were kept.</summary>
    public async Task<StoredParts?> BaseOfAsync(ConnectorVersion draft, CancellationToken cancellationToken)
    {
        var (source, hash) = (draft.SourceVersionId!.Value, draft.SourceContentHash!);
        return await AllVersions().AnyAsync(v => v.Id == source && v.ContentHash == hash, cancellationToken)
            ? await reader.OfVersionAsync(source, cancellationToken)
            : await reader.OfKeptBaseAsync(hash, cancellationToken);
    }

    /// <summary>When what a version came from was published.</summary>
    public async Task<DateTimeOffset> SinceAsync(ConnectorVersion draft, CancellationToken cancellationToken)
    {
        if (SourceSettings.Read(draft.SourceSettings) is { } settings)
            return settings.PublishedAt;
        // It was imported before this was kept.
        var (source, hash) = (draft.SourceVersionId!.Value, draft.SourceContentHash!);
        return await AllVersions().Where(v => v.Id == source && v.ContentHash == hash).Select(v => v.PublishedAt).FirstOrDefaultAsync(cancellationToken)
            ?? draft.CreatedAt;
    }

    private IQueryable<ConnectorVersion> Published(Ulid connectorId) => AllVersions().Where(v => v.ConnectorId == connectorId && v.PublishedAt != null);

    private IQueryable<ConnectorVersion> AllVersions() => db.Versions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking();
}
