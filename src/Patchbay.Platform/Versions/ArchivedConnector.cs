using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Archives;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;

namespace Patchbay.Platform.Versions;

/// <summary>What an archive says of its connector besides what every description does; for a description there is nothing.</summary>
internal sealed class ArchivedConnector
{
    private readonly ArchivedConnectorJson? _connector;
    private readonly IReadOnlyList<MessageJson> _messages;

    private ArchivedConnector(ArchivedConnectorJson? connector, IReadOnlyList<MessageJson> messages) => (_connector, _messages) = (connector, messages);

    /// <summary>Holds an archive against the rules for what clients send.</summary>
    /// <param name="archive">The archive, or null for a description.</param>
    public static Outcome<ArchivedConnector> Open(ConnectorArchive? archive)
    {
        if (archive is null)
            return new ArchivedConnector(null, []);
        var faults = new List<FieldFault>();
        var connector = Read<ArchivedConnectorJson>(archive.Connector, "connector.json");
        var messages = archive.Messages is null ? [] : Read<ArchivedMessagesJson>(new JsonObject { ["messages"] = archive.Messages.DeepClone() }, "version.json")?.Messages ?? [];
        faults.AddRange((connector?.Faults() ?? []).Select(f => f with { Field = $"connector.json.{f.Field}" }));
        faults.AddRange(archive.Contents.Actions.Where(a => !Enum.TryParse<HTTPMethod>(a.Method, out _)).Select(a => new FieldFault($"actions/{a.Name}.json.method", "is no method that can be used")));
        faults.AddRange(archive.Contents.Triggers.Where(t => !Enum.TryParse<HTTPMethod>(t.Method, out _)).Select(t => new FieldFault($"triggers/{t.Name}.json.method", "is no method that can be used")));
        if (archive.Description?.Length > ConnectorVersion.MaxDescriptionLength)
            faults.Add(new("version.json.description", $"is longer than {ConnectorVersion.MaxDescriptionLength} characters"));
        if (ConnectorVersion.NameFault(archive.Version) is { } fault)
            faults.Add(new("version.json.name", fault));
        return faults.Count > 0
            ? new Failure(FailureKind.Invalid, "archive_invalid", "The archive holds what a connector cannot have.") { Fields = [.. faults.Take(100)] }
            : new ArchivedConnector(connector, messages);

        T? Read<T>(JsonNode node, string path)
            where T : class
        {
            JsonElement value;
            try
            {
                value = JsonSerializer.SerializeToElement(node, ApiJson.Options);
            }
            catch (JsonException)
            {
                faults.Add(new(path, $"nests deeper than {ApiJson.MaxDepth} levels"));
                return null;
            }

            var read = JsonBody.Read<T>(value, path);
            if (read.Succeeded(out var result, out var failure))
                return result;
            faults.AddRange(failure.Fields);
            return null;
        }
    }

    /// <summary>Gives a new connector what only an archive says.</summary>
    public void Fill(Connector connector)
    {
        if (_connector is null)
            return;
        connector.AllowedHosts = [.. _connector.AllowedHosts ?? []];
        connector.ImageUrl = _connector.ImageURL;
        connector.Tags.AddRange(ConnectorRules.TagRows(connector.Id, _connector.Tags));
        connector.Categories.AddRange((_connector.Categories ?? []).Distinct()
            .Select((c, position) => new ConnectorCategory { ConnectorId = connector.Id, Position = position, Category = CategoryNames.Of(c) }));
    }

    /// <summary>Adds the configs that a connector has not, and says where its credentials go and what code came along.</summary>
    public void AddTo(Connector connector, List<MessageJson> messages, TimeProvider clock)
    {
        if (_connector is null)
            return;
        var there = connector.AuthSchemeConfigs.Select(c => ImportedSchemes.Key(AuthSchemeConfigJson.Of(c))).ToHashSet(StringComparer.Ordinal);
        var isNew = connector.AuthSchemeConfigs.Count == 0;
        foreach (var config in (_connector.AuthSchemeConfigs ?? []).Select(ArchivedConnectorJson.WithoutApplication))
        {
            // One archive may hold two that differ in more than their key; a connector that has its own keeps those.
            if (!isNew && !there.Add(ImportedSchemes.Key(config)))
                continue;
            var id = connector.AuthSchemeConfigs.Exists(c => c.Id == config.Id) ? Identifiers.New(clock).ToString() : config.Id;
            connector.AuthSchemeConfigs.Add(new AuthSchemeConfig
            {
                ConnectorId = connector.Id,
                Id = id,
                Position = connector.AuthSchemeConfigs.Count == 0 ? 0 : connector.AuthSchemeConfigs.Max(c => c.Position) + 1,
                SchemeType = config.SchemeType,
                Config = (config with { Id = id }).ToStored(),
            });
            if (!isNew)
                messages.Add(ImportMessages.Info($"The auth scheme config '{id}' was added."));
        }

        if (_connector.AuthSchemeConfigs?.Any(c => c is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson }) == true)
            messages.Add(ImportMessages.Info("An archive holds no OAuth application: set client id and secret of the connector's OAuth 2.0 configs anew."));
        foreach (var host in (_connector.AllowedHosts ?? []).Except(connector.AllowedHosts, StringComparer.Ordinal))
            messages.Add(ImportMessages.Info($"The archive allows the host '{host}'; the connector keeps its own list."));
        messages.Insert(0, CredentialHosts.Message(connector));
        messages.AddRange(_messages);
    }
}

/// <summary>The remarks on a version, as its archive has them.</summary>
internal sealed record ArchivedMessagesJson
{
    [MaxLength(ConnectorVersion.MaxMessages)]
    public required IReadOnlyList<MessageJson> Messages { get; init; }
}
