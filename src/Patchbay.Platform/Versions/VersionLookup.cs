using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>Finds connectors and versions by what stands in a path.</summary>
internal static class VersionLookup
{
    public static async Task<Outcome<Connector>> FindConnectorAsync(this PatchbayDb db, string connectorId, CancellationToken cancellationToken) =>
        Ulid.TryParse(connectorId, out var id)
        && await db.Connectors.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is { } connector
            ? connector
            : Failure.NotFound("connector");

    /// <summary>Finds a version by its name, by <c>latest</c> (the one published last) or by <c>default</c> (the one marked, else the latest).</summary>
    public static async Task<Outcome<ConnectorVersion>> FindVersionAsync(
        this PatchbayDb db, string connectorId, string name, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        var versions = db.Versions.Where(v => v.ConnectorId == id);
        var version = await (name switch
        {
            ConnectorVersion.Latest => versions.Where(v => v.PublishedAt != null).OrderByDescending(v => v.PublishedAt),
            ConnectorVersion.Default => versions.Where(v => v.PublishedAt != null).OrderByDescending(v => v.IsDefault).ThenByDescending(v => v.PublishedAt),
            _ => versions.Where(v => v.Name == name).OrderByDescending(v => v.PublishedAt),
        }).ThenByDescending(v => v.Id).FirstOrDefaultAsync(cancellationToken);
        if (version is not null)
            return version;
        return await db.Connectors.AnyAsync(c => c.Id == id, cancellationToken) ? Failure.NotFound("version") : Failure.NotFound("connector");
    }

    /// <summary>The id of the published version with the newest <c>publishedAt</c>, or null where nothing is published.</summary>
    public static async Task<Ulid?> LatestVersionIdAsync(this PatchbayDb db, Ulid connectorId, CancellationToken cancellationToken) =>
        await db.Versions.Where(v => v.ConnectorId == connectorId && v.PublishedAt != null)
            .OrderByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id)
            .Select(v => (Ulid?)v.Id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>A version as its own GET answers.</summary>
    public static async Task<ConnectorVersionJson> ShownAsync(this PatchbayDb db, ConnectorVersion version, CancellationToken cancellationToken) =>
        ConnectorVersionJson.Of(version, version.Id == await db.LatestVersionIdAsync(version.ConnectorId, cancellationToken));

    /// <summary>Those whose name has a text in it, whatever its case; all where there is no text.</summary>
    public static IQueryable<T> Named<T>(this IQueryable<T> rows, string? text)
        where T : class, IVersionPart
    {
        if (string.IsNullOrEmpty(text))
            return rows;
        // Names are ASCII by their pattern, so that lower-casing in the database is the same everywhere.
        var folded = text.ToLowerInvariant();
#pragma warning disable CA1862 // It is SQL: the database has no comparisons.
        return rows.Where(r => r.Name.ToLower().Contains(folded));
#pragma warning restore CA1862
    }

    /// <summary>The same over versions in memory.</summary>
    public static Ulid? LatestOf(IEnumerable<ConnectorVersion> versions) =>
        versions.Where(v => v.IsPublished).OrderByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id).FirstOrDefault()?.Id;
}
