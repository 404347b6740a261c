using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Validates a draft in full and makes it immutable.</summary>
internal sealed class PublishVersion(PatchbayDb db, TimeProvider clock)
{
    public async Task<Outcome<ConnectorVersion>> RunAsync(string connectorId, string versionName, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var faults = await FaultsAsync(version, cancellationToken);
        if (faults.Count > 0)
        {
            return new Failure(FailureKind.Invalid, "version_invalid",
                $"Version '{version.Name}' cannot be published: {faults.Count} thing{(faults.Count == 1 ? " has" : "s have")} to be mended first.")
            { Fields = faults };
        }

        version.PublishedAt = await NextPublishedAtAsync(version.ConnectorId, cancellationToken);
        version.ContentHash = await HashAsync(db, version.Id, cancellationToken);
        await change.CommitAsync(clock.Now(), cancellationToken);
        return version;
    }

    /// <summary>The hash over everything in a version, whatever the ids: equal exactly when the contents are.</summary>
    public static async Task<byte[]> HashAsync(PatchbayDb db, Ulid versionId, CancellationToken cancellationToken)
    {
        var actions = await db.Actions.Where(a => a.VersionId == versionId).Select(a => new { a.Name, a.ContentHash }).ToListAsync(cancellationToken);
        var triggers = await db.Triggers.Where(t => t.VersionId == versionId).Select(t => new { t.Name, t.ContentHash }).ToListAsync(cancellationToken);
        var definitions = await db.Definitions.AsNoTracking().Where(d => d.VersionId == versionId).ToListAsync(cancellationToken);
        return ContentHash.Of(
            actions.Select(a => new HashedPart(a.Name, a.ContentHash)),
            triggers.Select(t => new HashedPart(t.Name, t.ContentHash)),
            definitions.Select(d => new HashedDefinition(d.Name, d.ContentType, d.Description, d.Accept, d.ContentHash)));
    }

    /// <summary>Now, but behind every other version's: the order of publication is what <c>latest</c> goes by, even if the clock is set back.</summary>
    private async Task<DateTimeOffset> NextPublishedAtAsync(Ulid connectorId, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var newest = await db.Versions.Where(v => v.ConnectorId == connectorId).MaxAsync(v => v.PublishedAt, cancellationToken);
        return newest >= now ? newest.Value.AddMicroseconds(1) : now;
    }

    private async Task<List<FieldFault>> FaultsAsync(ConnectorVersion version, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        var definitions = await db.Definitions.Where(d => d.VersionId == version.Id).Select(d => d.Name).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        var dangling = await db.DefinitionUses.AsNoTracking().Where(u => u.VersionId == version.Id).ToListAsync(cancellationToken);
        foreach (var use in dangling.Where(u => !definitions.Contains(u.Definition)))
        {
            faults.Add(new($"{use.ReferrerKind.ToString().ToLowerInvariant()}s.{use.Referrer}", ContentRules.Missing(use.Definition)));
        }

        await foreach (var (name, body) in db.Actions.Where(a => a.VersionId == version.Id).Select(a => new { a.Name, a.ContentHash })
            .Join(db.Contents, a => a.ContentHash, c => c.Hash, (a, c) => new NamedBody(a.Name, c.Body)).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            faults.AddRange(ContentRules.Of(StoredContent.Read<ActionContent>(body)).Select(f => new FieldFault($"actions.{name}.{f.Field}", f.Message)));
        }

        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(c => c.ConnectorId == version.ConnectorId)
            .OrderBy(c => c.Position).ToListAsync(cancellationToken);
        await foreach (var (name, body) in db.Triggers.Where(t => t.VersionId == version.Id).Select(t => new { t.Name, t.ContentHash })
            .Join(db.Contents, t => t.ContentHash, c => c.Hash, (t, c) => new NamedBody(t.Name, c.Body)).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var trigger = StoredContent.Read<TriggerContent>(body);
            faults.AddRange(ContentRules.Of(trigger).Select(f => new FieldFault($"triggers.{name}.{f.Field}", f.Message)));
            faults.AddRange((trigger.Intake?.VerifiedBy ?? []).Where(id => !configs.Exists(c => c.Id == id))
                .Select(id => new FieldFault($"triggers.{name}.intake.verifiedBy", $"names the auth scheme config '{id}', which the connector does not have")));
        }

        foreach (var config in configs)
            faults.AddRange(AuthSchemeCompleteness.Faults(AuthSchemeConfigJson.Of(config), $"authSchemeConfigs.{config.Id}"));
        if (await db.Connectors.AnyAsync(c => c.Id == version.ConnectorId && c.Protocol == Connector.BigQuery && c.DatasetId == "", cancellationToken))
            faults.Add(new("datasetId", "is required: the dataset of a BigQuery connector"));
        return faults;
    }

    private sealed record NamedBody(string Name, byte[] Body);
}
