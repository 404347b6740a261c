using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Renames or describes a draft, or marks a published version as the default.</summary>
internal sealed class UpdateVersion(PatchbayDb db, TimeProvider clock)
{
    public async Task<Outcome<ConnectorVersion>> RunAsync(
        string connectorId, string versionName, ConnectorVersionJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: false, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var latest = await db.LatestVersionIdAsync(version.ConnectorId, cancellationToken);
        if (ReadOnlyFaults(ConnectorVersionJson.Of(version, version.Id == latest), request) is { Count: > 0 } faults)
            return Failure.InvalidFields(faults);
        if (request.Name != version.Name || request.Description != version.Description)
        {
            if (VersionChange.RefusePublished(version) is { } refusal)
                return refusal;
            if (request.Name != version.Name)
            {
                if (ConnectorVersion.NameFault(request.Name) is { } fault)
                    return Failure.InvalidField("name", fault);
                if (await db.Versions.AnyAsync(v => v.ConnectorId == version.ConnectorId && v.Name == request.Name, cancellationToken))
                    return CreateVersion.NameTaken(request.Name);
            }

            (version.Name, version.Description) = (request.Name, request.Description);
        }

        if (request.IsDefault && !version.IsPublished)
            return Failure.InvalidField("isDefault", "only a published version can be the default; publish it first");
        if (request.IsDefault && !version.IsDefault)
        {
            await db.Versions.Where(v => v.ConnectorId == version.ConnectorId && v.IsDefault)
                .ExecuteUpdateAsync(v => v.SetProperty(x => x.IsDefault, false), cancellationToken);
        }

        version.IsDefault = request.IsDefault;
        await change.CommitAsync(clock.Now(), cancellationToken);
        return version;
    }

    private static List<FieldFault> ReadOnlyFaults(ConnectorVersionJson stored, ConnectorVersionJson sent)
    {
        var faults = new List<FieldFault>();
        Require("id", stored.Id == sent.Id);
        Require("isLatest", stored.IsLatest == sent.IsLatest);
        Require("createdAt", SameTime(stored.CreatedAt, sent.CreatedAt));
        Require("updatedAt", SameTime(stored.UpdatedAt, sent.UpdatedAt));
        Require("publishedAt", SameTime(stored.PublishedAt, sent.PublishedAt));
        return faults;

        void Require(string field, bool same)
        {
            if (!same)
                faults.Add(new(field, "is read-only and differs from what is stored; read the version again and send its value back"));
        }

        // Many clients keep times to the millisecond only.
        static bool SameTime(DateTimeOffset? a, DateTimeOffset? b) => a?.ToUnixTimeMilliseconds() == b?.ToUnixTimeMilliseconds();
    }
}
