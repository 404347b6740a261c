using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Bench.Library;

/// <summary>The measure of the library import: the same rows, read as objects, copied one by one and saved, in one transaction.</summary>
internal static class RowByRow
{
    public static async Task CopyAsync(AsyncServiceScope scope, SourceVersion source)
    {
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var owner = scope.ServiceProvider.GetRequiredService<RequestScope>().OrganisationId!.Value;
        var now = TimeProvider.System.Now();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, owner, CancellationToken.None);
        var connector = await db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstAsync(c => c.Id == source.ConnectorId);
        var copy = new Connector
        {
            Id = Identifiers.New(TimeProvider.System),
            OrganisationId = owner,
            Name = connector.Name,
            Protocol = connector.Protocol,
            BaseUrl = connector.BaseUrl,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var draft = new ConnectorVersion
        {
            Id = Identifiers.New(TimeProvider.System),
            OrganisationId = owner,
            ConnectorId = copy.Id,
            Name = source.Name,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Add(copy);
        db.Add(draft);
        foreach (var action in await db.Actions.AsNoTracking().Where(a => a.VersionId == source.Id).ToListAsync())
        {
            db.Add(new VersionAction
            {
                Id = Identifiers.New(TimeProvider.System), VersionId = draft.Id, Name = action.Name, ContentHash = action.ContentHash, UpdatedAt = now,
            });
        }

        foreach (var definition in await db.Definitions.AsNoTracking().Where(d => d.VersionId == source.Id).ToListAsync())
        {
            db.Add(new VersionDefinition
            {
                Id = Identifiers.New(TimeProvider.System),
                VersionId = draft.Id,
                Name = definition.Name,
                Description = definition.Description,
                Accept = definition.Accept,
                ContentType = definition.ContentType,
                ContentHash = definition.ContentHash,
                UpdatedAt = now,
            });
        }

        foreach (var use in await db.DefinitionUses.AsNoTracking().Where(u => u.VersionId == source.Id).ToListAsync())
        {
            db.Add(new DefinitionUse
            {
                VersionId = draft.Id, Definition = use.Definition, ReferrerKind = use.ReferrerKind, Referrer = use.Referrer,
            });
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
