using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>
/// Takes a published version of another organisation's public connector over as a draft of one's own. All of it happens in one
/// transaction, and copies run set by set in the database; contents are shared by hash.
/// </summary>
internal sealed class ImportPublicConnectorVersion(PatchbayDb db, RequestScope scope, TimeProvider clock)
{
    public async Task<Outcome<Ulid>> RunAsync(string sourceConnectorId, string sourceVersion, CancellationToken cancellationToken)
    {
        // A private, unpublished or unknown source: strangers must not be able to tell which.
        var unknown = new Failure(FailureKind.NotFound, "public_version_not_found", "The library has no such connector version.");
        if (!Ulid.TryParse(sourceConnectorId, out var sourceId))
            return unknown;
        var owner = scope.OrganisationId!.Value;
        // The organisation is what is locked: two imports of one source at once must meet in one connector.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, owner, cancellationToken);
        if (await db.Connectors.AnyAsync(c => c.Id == sourceId, cancellationToken))
        {
            return new Failure(FailureKind.Conflict, "own_connector",
                "The connector is your organisation's own. To start a new version from one of its versions, create a version with fromVersion.");
        }

        await db.Dialect.LockAsync(db, sourceId, shared: true, cancellationToken);
        var source = await db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .Include(c => c.Tags).Include(c => c.Categories).Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.Id == sourceId && c.Public, cancellationToken);
        var version = source is null ? null : await FindPublishedAsync(sourceId, sourceVersion, cancellationToken);
        if (source is null || version is null)
            return unknown;

        var now = clock.Now();
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.SourceConnectorId == sourceId, cancellationToken);
        if (connector is not null)
            await db.Dialect.LockAsync(db, connector.Id, shared: false, cancellationToken);
        if (connector is null)
            db.Add(connector = CopyOf(source, owner, now));
        else if (await db.Versions.AnyAsync(v => v.ConnectorId == connector.Id && v.Name == version.Name, cancellationToken))
            return CreateVersion.NameTaken(version.Name);
        var draft = new ConnectorVersion
        {
            Id = Identifiers.New(clock),
            OrganisationId = owner,
            ConnectorId = connector.Id,
            Name = version.Name,
            Description = version.Description,
            CreatedAt = now,
            UpdatedAt = now,
            SourceVersionId = version.Id,
            SourceVersionName = version.Name,
            SourceContentHash = version.ContentHash,
            SourceSettings = SourceSettings.Of(source, version.PublishedAt!.Value).ToStored(),
            Messages = JsonSerializer.Serialize<MessageJson[]>([CredentialHosts.Message(connector)], ApiJson.Options),
        };
        connector.UpdatedAt = now;
        db.Add(draft);
        await db.SaveChangesAsync(cancellationToken);
        await db.Dialect.CopyContentsAsync(db, version.Id, draft.Id, Identifiers.TimePrefix(clock), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connector.Id;
    }

    private async Task<ConnectorVersion?> FindPublishedAsync(Ulid connectorId, string name, CancellationToken cancellationToken)
    {
        var published = db.Versions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .Where(v => v.ConnectorId == connectorId && v.PublishedAt != null);
        published = name switch
        {
            ConnectorVersion.Latest => published.OrderByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id),
            ConnectorVersion.Default => published.OrderByDescending(v => v.IsDefault).ThenByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id),
            _ => published.Where(v => v.Name == name),
        };
        return await published.FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The connector as the importer's own: private, with everything that describes the API and nothing that says who anyone is there.</summary>
    private Connector CopyOf(Connector source, Ulid owner, DateTimeOffset now)
    {
        var copy = new Connector
        {
            Id = Identifiers.New(clock),
            OrganisationId = owner,
            Name = source.Name,
            Protocol = source.Protocol,
            BaseUrl = source.BaseUrl,
            DatasetId = source.DatasetId,
            AllowedHosts = [.. source.AllowedHosts],
            DocumentationUrl = source.DocumentationUrl,
            ImageUrl = source.ImageUrl,
            ConnectionVariables = [.. source.ConnectionVariables],
            SourceConnectorId = source.Id,
            SourceOrganisationId = source.OrganisationId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        copy.Tags.AddRange(source.Tags.Select(t => new ConnectorTag { ConnectorId = copy.Id, Position = t.Position, Key = t.Key, Value = t.Value }));
        copy.Categories.AddRange(source.Categories.Select(c => new ConnectorCategory { ConnectorId = copy.Id, Position = c.Position, Category = c.Category }));
        copy.AuthSchemeConfigs.AddRange(source.AuthSchemeConfigs.Select(a => new AuthSchemeConfig
        {
            ConnectorId = copy.Id,
            Id = a.Id,
            Position = a.Position,
            SchemeType = a.SchemeType,
            Config = a.Config,
        }));
        return copy;
    }
}
