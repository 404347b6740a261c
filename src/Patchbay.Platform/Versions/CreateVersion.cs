using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Creates a draft, empty or with another version's contents.</summary>
internal sealed class CreateVersion(PatchbayDb db, ConnectorReader reader, TimeProvider clock)
{
    public async Task<Outcome<ConnectorVersion>> RunAsync(
        string connectorId, ConnectorVersionCreateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        if (ConnectorVersion.NameFault(request.Name) is { } fault)
            return Failure.InvalidField("name", fault);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var found = await db.FindConnectorAsync(connectorId, cancellationToken);
        if (!found.Succeeded(out var connector, out var failure))
            return failure;
        if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
            return changed;
        ConnectorVersion? from = null;
        if (request.FromVersion is not null)
        {
            var source = await db.FindVersionAsync(connectorId, request.FromVersion, cancellationToken);
            if (!source.Succeeded(out from, out _))
                return Failure.InvalidField("fromVersion", $"there is no version '{request.FromVersion}' of this connector");
        }

        if (await db.Versions.AnyAsync(v => v.ConnectorId == id && v.Name == request.Name, cancellationToken))
            return NameTaken(request.Name);
        var now = clock.Now();
        var version = new ConnectorVersion
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Name = request.Name,
            Description = from?.Description,
            CreatedAt = now,
            UpdatedAt = now,
            SourceVersionId = from?.SourceVersionId,
            SourceVersionName = from?.SourceVersionName,
            SourceContentHash = from?.SourceContentHash,
            SourceSettings = from?.SourceSettings,
        };
        connector.UpdatedAt = now;
        db.Add(version);
        await db.SaveChangesAsync(cancellationToken);
        if (from is not null)
            await db.Dialect.CopyContentsAsync(db, from.Id, version.Id, Identifiers.TimePrefix(clock), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "version_exists", $"The connector already has a version '{name}'. Choose another name, or delete that version first.");
}
