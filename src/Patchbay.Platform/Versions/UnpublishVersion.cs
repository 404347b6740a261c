using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;

namespace Patchbay.Platform.Versions;

/// <summary>Makes a published version a draft again.</summary>
internal sealed class UnpublishVersion(PatchbayDb db, MergeBases bases, VersionUses uses, TimeProvider clock)
{
    public async Task<Outcome<ConnectorVersion>> RunAsync(string connectorId, string versionName, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: false, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        if (!version.IsPublished)
            return new Failure(FailureKind.Conflict, "version_not_published", $"Version '{version.Name}' is a draft already.");
        if (await uses.RefusalAsync(version, "Move them to another version first.", cancellationToken) is { } inUse)
            return inUse;
        await bases.KeepAsync(db.Versions.Where(v => v.Id == version.Id), cancellationToken);
        (version.PublishedAt, version.ContentHash, version.IsDefault) = (null, null, false);
        await change.CommitAsync(clock.Now(), cancellationToken);
        return version;
    }
}
