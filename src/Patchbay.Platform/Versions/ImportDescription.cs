using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>A description as it came in.</summary>
/// <param name="Document">The bytes.</param>
/// <param name="Options">What is known about them.</param>
/// <param name="Others">Fetches what the description refers to; null for one that was uploaded, which is alone or a zip.</param>
internal sealed record DescriptionSource(byte[] Document, ImportOptions Options, FetchedDocuments? Others = null);

/// <summary>What an import made.</summary>
internal sealed record ImportedVersion(Connector Connector, ConnectorVersion Version, IReadOnlyList<MessageJson> Messages);

/// <summary>Makes a draft of an API description, in a new connector or in one that is there.</summary>
internal sealed class ImportDescription(PatchbayDb db, RequestScope scope, DescriptionReading reading, TimeProvider clock)
{
    public async Task<Outcome<ImportedVersion>> IntoNewConnectorAsync(DescriptionSource source, CancellationToken cancellationToken)
    {
        var read = await reading.ReadAsync(source, cancellationToken);
        if (!read.Succeeded(out var description, out var failure))
            return failure;
        var imported = description.Connector!;
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
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        db.Add(connector);
        return await SaveAsync(connector, imported.Version, imported, messages, transaction, cancellationToken);
    }

    /// <summary>The connector's address, configs and variables stay; missing ones are added, differences reported.</summary>
    public async Task<Outcome<ImportedVersion>> IntoConnectorAsync(
        string connectorId, string versionName, DescriptionSource source, CancellationToken cancellationToken)
    {
        if (ConnectorVersion.NameFault(versionName) is { } fault)
            return Failure.InvalidField("version", fault);
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        var read = await reading.ReadAsync(source, cancellationToken);
        if (!read.Succeeded(out var description, out var failure))
            return failure;
        var imported = description.Connector!;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        db.ChangeTracker.Clear();
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (connector.Protocol != Connector.Http)
            return Failure.InvalidField("connector_id", "is not an HTTP connector");
        if (await db.Versions.AnyAsync(v => v.ConnectorId == id && v.Name == versionName, cancellationToken))
            return CreateVersion.NameTaken(versionName);
        var messages = description.Messages.Select(ImportMessages.Json).ToList();
        if (connector.BaseUrl != imported.BaseUrl)
        {
            messages.Add(ImportMessages.Info(
                $"The description's base URL is '{imported.BaseUrl}'; the connector keeps '{connector.BaseUrl}'."));
        }

        AddSchemes(connector, imported, messages, announce: true);
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

        return await SaveAsync(connector, versionName, imported, messages, transaction, cancellationToken);
    }

    private async Task<Outcome<ImportedVersion>> SaveAsync(
        Connector connector, string versionName, ImportedConnector imported, IReadOnlyList<MessageJson> messages,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancellationToken)
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
        return new ImportedVersion(connector, version, kept);

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
