using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;
using Patchbay.Platform.Uploads;

namespace Patchbay.Platform.Versions;

/// <summary>A description as it came in.</summary>
/// <param name="Document">The bytes.</param>
/// <param name="Options">What is known about them.</param>
/// <param name="Others">Fetches what the description refers to; null for one that was uploaded, which is alone or a zip.</param>
/// <param name="Format">What the client says that it is.</param>
/// <param name="UploadId">The upload that it was sent by before, which the import uses up.</param>
internal sealed record DescriptionSource(
    byte[] Document, ImportOptions Options, FetchedDocuments? Others = null, ConnectorFormat Format = ConnectorFormat.OpenApi, Ulid? UploadId = null);

/// <summary>What an import made.</summary>
internal sealed record ImportedVersion(Connector Connector, ConnectorVersion Version, IReadOnlyList<MessageJson> Messages)
{
    /// <summary>How it differs from the version that it was held against, where there was one.</summary>
    public VersionDifferenceJson? Difference { get; init; }
}

/// <summary>Into which version of which connector a description goes.</summary>
/// <param name="ConnectorId">The connector, as in the path.</param>
/// <param name="VersionName">The name of the new version.</param>
/// <param name="Against">The version that it is held against; null for latest, else the newest draft.</param>
internal sealed record ImportTarget(string ConnectorId, string VersionName, string? Against);

/// <summary>Makes a draft of an API description, in a new connector or in one that is there.</summary>
internal sealed class ImportDescription(
    PatchbayDb db, RequestScope scope, DescriptionReading reading, CompareVersions compare, StoredPartsReader parts, ConnectorReader connectors, TakeUpload uploads, TimeProvider clock)
{
    public async Task<Outcome<ImportedVersion>> IntoNewConnectorAsync(DescriptionSource source, CancellationToken cancellationToken)
    {
        var read = await reading.ReadAsync(source, cancellationToken);
        if (!read.Succeeded(out var description, out var failure))
            return failure;
        var imported = description.Connector!;
        var opened = ArchivedConnector.Open(imported.Archived);
        if (!opened.Succeeded(out var archived, out failure))
            return failure;
        var now = clock.Now();
        var connector = new Connector
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            Name = ImportedText.Keepable(imported.Name, Connector.MaxNameLength),
            Protocol = Connector.Http,
            BaseUrl = ImportedText.Keepable(imported.BaseUrl),
            DocumentationUrl = imported.DocumentationUrl,
            ConnectionVariables = [.. imported.Variables.Select(ConnectionVariableOf)],
            CreatedAt = now,
            UpdatedAt = now,
        };
        var messages = description.Messages.Select(ImportMessages.Json).ToList();
        ImportMessages.AddBaseUrlFault(messages, imported.BaseUrl);
        if (!ConnectorRules.IsUsableLink(connector.DocumentationUrl))
        {
            messages.Add(ImportMessages.Warning("The link to the documentation was left out: it is no http or https URL that can be used."));
            connector.DocumentationUrl = null;
        }

        AddSchemes(connector, imported, messages, announce: false);
        archived.Fill(connector);
        archived.AddTo(connector, messages, clock);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        if (source.UploadId is { } upload && await uploads.UseUpAsync(upload, cancellationToken) is { } over)
            return over;
        db.Add(connector);
        return await SaveAsync(connector, imported.Version, imported, messages, transaction, cancellationToken);
    }

    /// <summary>The connector's address, configs and variables stay; missing ones are added, differences reported.</summary>
    public async Task<Outcome<ImportedVersion>> IntoConnectorAsync(
        ImportTarget target, DescriptionSource source, Precondition precondition, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(target, source, cancellationToken);
        if (!read.Succeeded(out var described, out var failure))
            return failure;
        // Before the connector is held: comparing takes a while.
        var difference = await CompareAsync(target, described, cancellationToken);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, described.ConnectorId, cancellationToken);
        db.ChangeTracker.Clear();
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == described.ConnectorId, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (await precondition.RefusalAsync(() => connectors.ReadAsync(connector.Id, cancellationToken)) is { } changed)
            return changed;
        if (await RefusalAsync(connector, target, cancellationToken) is { } refusal)
            return refusal;
        if (source.UploadId is { } upload && await uploads.UseUpAsync(upload, cancellationToken) is { } over)
            return over;
        var messages = Complete(connector, described);
        return await SaveAsync(connector, target.VersionName, described.Imported, messages, transaction, cancellationToken, difference);
    }

    /// <summary>What <see cref="IntoConnectorAsync"/> would do, without doing it.</summary>
    public async Task<Outcome<ImportPreviewJson>> PreviewAsync(
        ImportTarget target, DescriptionSource source, Precondition precondition, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(target, source, cancellationToken);
        if (!read.Succeeded(out var described, out var failure))
            return failure;
        // Never saved: what is added to it shows what would be.
        var connector = await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.Id == described.ConnectorId, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (await precondition.RefusalAsync(() => connectors.ReadAsync(connector.Id, cancellationToken)) is { } changed)
            return changed;
        if (await RefusalAsync(connector, target, cancellationToken) is { } refusal)
            return refusal;
        var settings = DescribedSettings.Differences(connector, described.Imported);
        var messages = Complete(connector, described);
        return new ImportPreviewJson
        {
            Version = target.VersionName,
            Difference = await CompareAsync(target, described, cancellationToken),
            Connector = settings,
            Hosts = CredentialHosts.Places(connector),
            Messages = ImportMessages.Keepable(messages),
        };
    }

    private async Task<Outcome<DescribedVersion>> ReadAsync(ImportTarget target, DescriptionSource source, CancellationToken cancellationToken)
    {
        if (ConnectorVersion.NameFault(target.VersionName) is { } fault)
            return Failure.InvalidField("version", fault);
        if (!Ulid.TryParse(target.ConnectorId, out var id))
            return Failure.NotFound("connector");
        var basis = await compare.FindBasisAsync(id, target.Against, null, cancellationToken);
        if (!basis.Succeeded(out var against, out var failure))
            return failure;
        var read = await reading.ReadAsync(source, cancellationToken);
        if (!read.Succeeded(out var description, out failure))
            return failure;
        var opened = ArchivedConnector.Open(description.Connector!.Archived);
        return opened.Succeeded(out var archived, out failure)
            ? new DescribedVersion(id, description.Connector, description, against.Version, archived)
            : failure;
    }

    private async Task<Failure?> RefusalAsync(Connector connector, ImportTarget target, CancellationToken cancellationToken)
    {
        if (connector.Protocol != Connector.Http)
            return Failure.InvalidField("connector_id", "is not an HTTP connector");
        return await db.Versions.AnyAsync(v => v.ConnectorId == connector.Id && v.Name == target.VersionName, cancellationToken)
            ? CreateVersion.NameTaken(target.VersionName)
            : null;
    }

    private async Task<VersionDifferenceJson?> CompareAsync(ImportTarget target, DescribedVersion described, CancellationToken cancellationToken)
    {
        if (described.Against is not { } against)
            return null;
        var difference = await compare.RunAsync(
            await parts.OfVersionAsync(against.Id, cancellationToken), StoredParts.Of(described.Imported.Contents), cancellationToken);
        return VersionDifferenceJson.Of(difference, ComparedVersionJson.Of(against), new ComparedVersionJson { Name = target.VersionName });
    }

    /// <summary>Gives the connector what it lacks, and says what differs.</summary>
    private List<MessageJson> Complete(Connector connector, DescribedVersion described)
    {
        var imported = described.Imported;
        var messages = described.Description.Messages.Select(ImportMessages.Json).ToList();
        if (connector.BaseUrl != imported.BaseUrl)
        {
            messages.Add(ImportMessages.Info(
                $"The description's base URL is '{imported.BaseUrl}'; the connector keeps '{connector.BaseUrl}'."));
        }

        AddSchemes(connector, imported, messages, announce: true);
        described.Archived.AddTo(connector, messages, clock);
        foreach (var variable in imported.Variables.Select(ConnectionVariableOf))
        {
            if (connector.ConnectionVariables.Find(v => v.Name == variable.Name) is not { } there)
            {
                connector.ConnectionVariables = [.. connector.ConnectionVariables, variable];
                messages.Add(ImportMessages.Info($"The connection variable '{variable.Name}' was added."));
            }
            else if (there.Value != variable.Value)
                messages.Add(ImportMessages.Info($"The description's default for the variable '{variable.Name}' differs; the connector keeps its own."));
        }

        return messages;
    }

    private async Task<Outcome<ImportedVersion>> SaveAsync(
        Connector connector, string versionName, ImportedConnector imported, IReadOnlyList<MessageJson> messages,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancellationToken, VersionDifferenceJson? difference = null)
    {
        var now = clock.Now();
        var kept = ImportMessages.Keepable(messages);
        connector.UpdatedAt = now;
        var version = new ConnectorVersion
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Name = versionName,
            Description = imported.Description is { } text ? ImportedText.Keepable(text, ConnectorVersion.MaxDescriptionLength) : null,
            CreatedAt = now,
            UpdatedAt = now,
            Messages = kept.Count == 0 ? null : JsonSerializer.Serialize(kept, ApiJson.Options),
        };
        db.Add(version);
        if (difference is not null)
            db.Add(new VersionChanges { VersionId = version.Id, Difference = JsonSerializer.Serialize(difference, ApiJson.Options) });
        var contents = new Dictionary<string, Content>(StringComparer.Ordinal);
        var ids = Identifiers.Sequence(clock).GetEnumerator();
        foreach (var definition in imported.Contents.Definitions)
        {
            db.Add(new VersionDefinition
            {
                Id = NextId(),
                VersionId = version.Id,
                Name = definition.Name,
                Description = definition.Description is { } what ? ImportedText.Keepable(what) : null,
                Accept = [.. definition.Accept],
                ContentType = definition.ContentType,
                ContentHash = Keep(StoredContent.OfText(definition.Schema)),
                UpdatedAt = now,
            });
            AddUses(definition.References, ReferrerKind.Definition, definition.Name);
        }

        foreach (var action in imported.Contents.Actions)
        {
            db.Add(new VersionAction { Id = NextId(), VersionId = version.Id, Name = action.Name, ContentHash = Keep(StoredContent.Of(action)), UpdatedAt = now });
            AddUses(DefinitionUses.Of(action), ReferrerKind.Action, action.Name);
        }

        foreach (var trigger in imported.Contents.Triggers)
        {
            db.Add(new VersionTrigger { Id = NextId(), VersionId = version.Id, Name = trigger.Name, ContentHash = Keep(StoredContent.Of(trigger)), UpdatedAt = now });
            AddUses(DefinitionUses.Of(trigger), ReferrerKind.Trigger, trigger.Name);
        }

        await db.Dialect.StoreContentsAsync(db, [.. contents.Values], cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportedVersion(connector, version, kept) { Difference = difference };

        Ulid NextId()
        {
            ids.MoveNext();
            return ids.Current;
        }

        byte[] Keep(Content content)
        {
            contents.TryAdd(Convert.ToHexString(content.Hash), content);
            return content.Hash;
        }

        void AddUses(IEnumerable<string> definitions, ReferrerKind kind, string referrer) => db.AddRange(definitions
            .Distinct(StringComparer.Ordinal)
            .Select(d => new DefinitionUse { VersionId = version.Id, Definition = d, ReferrerKind = kind, Referrer = referrer }));
    }

    /// <summary>A description that was read, and where it goes.</summary>
    private sealed record DescribedVersion(Ulid ConnectorId, ImportedConnector Imported, ImportResult Description, ConnectorVersion? Against, ArchivedConnector Archived);

    private static ConnectionVariable ConnectionVariableOf(ImportedVariable variable) =>
        new(ImportedText.Keepable(variable.Name), ImportedText.Keepable(variable.Value));

    /// <summary>Adds the schemes of the description that the connector has not, each under a fresh id.</summary>
    private void AddSchemes(Connector connector, ImportedConnector imported, List<MessageJson> messages, bool announce)
    {
        var there = connector.AuthSchemeConfigs.Select(c => ImportedSchemes.Key(AuthSchemeConfigJson.Of(c))).ToHashSet(StringComparer.Ordinal);
        foreach (var scheme in imported.AuthSchemes)
        {
            var config = ImportedSchemes.Json(scheme, Identifiers.New(clock).ToString());
            // What a client could not send back is none of our configs.
            var faults = new List<FieldFault>(BodyShape.Check(JsonSerializer.SerializeToElement(config, ApiJson.Options), typeof(AuthSchemeConfigJson)));
            AuthSchemeConfigs.Check(config, "", faults);
            if (faults.Count > 0)
            {
                messages.Add(new MessageJson
                {
                    Severity = MessageSeverity.Warning,
                    Text = $"The security scheme '{scheme.SourceName}' was left out: it cannot be used as it stands.",
                    Detail = [.. faults.Select(f => $"{f.Field.TrimStart('.')} {f.Message}")],
                });
            }
            else if (there.Add(ImportedSchemes.Key(config)))
            {
                connector.AuthSchemeConfigs.Add(new AuthSchemeConfig
                {
                    ConnectorId = connector.Id,
                    Id = config.Id,
                    Position = connector.AuthSchemeConfigs.Count == 0 ? 0 : connector.AuthSchemeConfigs.Max(c => c.Position) + 1,
                    SchemeType = config.SchemeType,
                    Config = config.ToStored(),
                });
                if (announce)
                    messages.Add(ImportMessages.Info($"The auth scheme config '{scheme.SourceName}' was added."));
            }
        }
    }
}
