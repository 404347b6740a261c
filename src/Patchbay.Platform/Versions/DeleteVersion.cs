using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;

namespace Patchbay.Platform.Versions;

/// <summary>Deletes a draft, or with force a published version.</summary>
internal sealed class DeleteVersion(PatchbayDb db, MergeBases bases, VersionUses uses, TimeProvider clock)
{
    public async Task<Outcome<Done>> RunAsync(string connectorId, string versionName, bool force, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: false, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        if (change.Version.IsPublished && !force)
        {
            return new Failure(FailureKind.Conflict, "version_published",
                $"Version '{change.Version.Name}' is published. Unpublish it first, or delete it with ?force=true.");
        }

        if (!force && await uses.RefusalAsync(change.Version, "Move them to another version first, or delete it with ?force=true.", cancellationToken) is { } inUse)
            return inUse;
        await bases.KeepAsync(db.Versions.Where(v => v.Id == change.Version.Id), cancellationToken);
        db.Remove(change.Version);
        await change.CommitAsync(clock.Now(), cancellationToken);
        return new Done();
    }
}
