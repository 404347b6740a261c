using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing;
using Patchbay.Importing.Archives;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>The forms that a version is exported in.</summary>
internal enum ExportFormat
{
    OpenApi,
    OpenApiYaml,
    Archive,
}

/// <summary>A version that may be exported, and what tells one state of it from another.</summary>
/// <param name="Connector">With tags, categories and configs.</param>
/// <param name="Version">The version.</param>
/// <param name="ContentHash">The hash over its contents.</param>
/// <param name="ETag">Changes with everything that the export shows.</param>
internal sealed record ExportableVersion(Connector Connector, ConnectorVersion Version, byte[] ContentHash, string ETag);

/// <summary>Writes a version as a description or an archive, for whoever may read it.</summary>
internal sealed class ExportVersion(PatchbayDb db, DescriptionReading turns)
{
    private const int MostTries = 5;

    /// <summary>Raised whenever the same version comes to be written otherwise.</summary>
    private const string Writing = "1";

    /// <summary>Finds a version.</summary>
    public async Task<Outcome<ExportableVersion>> FindAsync(string connectorId, string versionName, ExportFormat format, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connectorId, versionName, cancellationToken);
        if (!found.Succeeded(out var version, out var failure))
            return failure;
        var connector = await db.Connectors.AsNoTracking().Include(c => c.Tags).Include(c => c.Categories).Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.Id == version.ConnectorId, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (connector.Protocol != Connector.Http)
        {
            return new Failure(FailureKind.Invalid, "export_unsupported",
                $"Only connectors over HTTP are exported; this one's protocol is {connector.Protocol}.");
        }

        var hash = version.ContentHash ?? await PublishVersion.HashAsync(db, version.Id, cancellationToken);
        var state = string.Join('\n', Writing, format, Convert.ToHexStringLower(hash), version.Name, version.Description, version.Messages,
            ArchivedConnectorJson.Of(connector).ToJson().ToJsonString());
        return new ExportableVersion(connector, version, hash, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state))));
    }

    /// <summary>Writes a version.</summary>
    public async Task<Outcome<byte[]>> RunAsync(ExportableVersion export, ExportFormat format, CancellationToken cancellationToken)
    {
        var read = await ReadContentsAsync(export.Version, format, cancellationToken);
        if (!read.Succeeded(out var contents, out var failure))
            return failure;
        if (format == ExportFormat.Archive)
        {
            var archive = new ConnectorArchive
            {
                Connector = ArchivedConnectorJson.Of(export.Connector).ToJson(),
                Version = export.Version.Name,
                Description = export.Version.Description,
                Messages = export.Version.Messages is { } messages ? JsonNode.Parse(messages)!.AsArray() : null,
                Contents = contents,
            };
            return await turns.InTurnAsync(() => ArchiveWriter.Write(archive, ArchiveLimits.Default, cancellationToken), cancellationToken) is { } file ? file : TooLarge();
        }

        var connector = ExportedConnector.Of(export.Connector, export.Version, contents, out var remarks);
        var description = await turns.InTurnAsync(
            () => OpenApiExporter.Export(connector, format == ExportFormat.OpenApiYaml ? DescriptionFormat.Yaml : DescriptionFormat.Json, remarks, cancellationToken), cancellationToken);
        return description.Document;
    }

    /// <summary>
    /// Reads all contents as they were at one moment. A draft may be changing: the contents that were read are held against the rows once
    /// more, and read again where these have moved on.
    /// </summary>
    private async Task<Outcome<ConnectorContents>> ReadContentsAsync(ConnectorVersion version, ExportFormat format, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await SizeAsync(version.Id, cancellationToken) > (format == ExportFormat.Archive ? ArchiveLimits.Default.MaxUnpackedBytes : ImportOptions.Default.MaxDocumentBytes))
                return TooLarge();
            var before = await PublishVersion.HashAsync(db, version.Id, cancellationToken);
            var contents = await ReadAsync(version.Id, cancellationToken);
            var after = version.IsPublished ? before : await PublishVersion.HashAsync(db, version.Id, cancellationToken);
            if (before.AsSpan().SequenceEqual(after))
                return contents;
        }

        return new Failure(FailureKind.Conflict, "version_changing", "The draft is being changed all the time; try again when that has ended.");
    }

    private async Task<ConnectorContents> ReadAsync(Ulid versionId, CancellationToken cancellationToken)
    {
        var actions = await db.Actions.Where(a => a.VersionId == versionId).OrderBy(a => a.Id)
            .Join(db.Contents, a => a.ContentHash, c => c.Hash, (a, c) => new { a.Name, c.Body }).ToListAsync(cancellationToken);
        var triggers = await db.Triggers.Where(t => t.VersionId == versionId).OrderBy(t => t.Id)
            .Join(db.Contents, t => t.ContentHash, c => c.Hash, (t, c) => new { t.Name, c.Body }).ToListAsync(cancellationToken);
        var definitions = await db.Definitions.AsNoTracking().Where(d => d.VersionId == versionId).OrderBy(d => d.Id)
            .Join(db.Contents, d => d.ContentHash, c => c.Hash, (d, c) => new { Row = d, c.Body }).ToListAsync(cancellationToken);
        return new ConnectorContents(
            [.. actions.Select(a => StoredContent.Read<ActionContent>(a.Body) with { Name = a.Name })],
            [.. triggers.Select(t => StoredContent.Read<TriggerContent>(t.Body) with { Name = t.Name })],
            [.. definitions.Select(d => new DefinitionContent
            {
                Name = d.Row.Name,
                Description = d.Row.Description,
                Accept = d.Row.Accept,
                ContentType = d.Row.ContentType,
                Schema = Encoding.UTF8.GetString(d.Body),
            })]);
    }

    /// <summary>How many bytes of contents a version has.</summary>
    private async Task<long> SizeAsync(Ulid versionId, CancellationToken cancellationToken)
    {
        var hashes = db.Actions.Where(a => a.VersionId == versionId).Select(a => a.ContentHash)
            .Concat(db.Triggers.Where(t => t.VersionId == versionId).Select(t => t.ContentHash))
            .Concat(db.Definitions.Where(d => d.VersionId == versionId).Select(d => d.ContentHash));
        return await hashes.Join(db.Contents, h => h, c => c.Hash, (_, c) => (long)c.Body.Length).SumAsync(cancellationToken);
    }

    private static Failure TooLarge() => new(FailureKind.Conflict, "version_too_large", "The version is larger than any import would take.");
}
