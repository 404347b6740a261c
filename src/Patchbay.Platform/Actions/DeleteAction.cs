using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Deletes an action of a draft.</summary>
internal sealed class DeleteAction(PatchbayDb db, VersionReader reader, TimeProvider clock)
{
    public async Task<Outcome<Done>> RunAsync(string connectorId, string versionName, string name, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var row = await db.Actions.FirstOrDefaultAsync(a => a.VersionId == change.Version.Id && a.Name == name, cancellationToken);
        if (row is null)
            return Failure.NotFound("action");
        if (await precondition.RefusalAsync(() => reader.ActionAsync(change.Version, row, cancellationToken)) is { } refusal)
            return refusal;
        db.Remove(row);
        await DefinitionUses.ReplaceAsync(db, change.Version.Id, ReferrerKind.Action, name, name, [], cancellationToken);
        await change.CommitAsync(clock.Now(), cancellationToken);
        return new Done();
    }
}
