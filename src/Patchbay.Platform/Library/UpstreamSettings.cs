using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Library;

/// <summary>
/// What an upstream connector changed in its base URL, hosts, auth scheme configs and variables since the last import or merge. It says where
/// credentials go: it is told, and taken over only where that is asked for by name.
/// </summary>
internal sealed class UpstreamSettings(PatchbayDb db, AuthSchemeConfigs configs)
{
    /// <summary>What upstream changed, and the connector has not.</summary>
    /// <param name="own">The connector.</param>
    /// <param name="upstream">The library's connector, as it is now.</param>
    /// <param name="before">What that one was; null where it is not known, and every difference counts.</param>
    /// <param name="taken">Whether something is taken over.</param>
    public static List<ConnectorDifferenceJson> Differences(
        Connector own, SourceSettings upstream, SourceSettings? before, Func<ConnectorSetting, string?, bool> taken)
    {
        var differences = new List<ConnectorDifferenceJson>();
        Compare(ConnectorSetting.BaseUrl, null, own.BaseUrl, upstream.BaseUrl, before?.BaseUrl);
        Compare(ConnectorSetting.AllowedHosts, null, Json(own.AllowedHosts), Json(upstream.AllowedHosts), before is null ? null : Json(before.AllowedHosts));
        var current = SourceSettings.Of(own, default);
        foreach (var id in current.Configs.Concat(upstream.Configs).Select(c => c.Id).Distinct(StringComparer.Ordinal))
            Compare(ConnectorSetting.AuthSchemeConfig, id, Config(current, id), Config(upstream, id), Config(before, id));
        foreach (var name in current.Variables.Concat(upstream.Variables).Select(v => v.Name).Distinct(StringComparer.Ordinal))
            Compare(ConnectorSetting.ConnectionVariable, name, Variable(current, name), Variable(upstream, name), Variable(before, name));
        return differences;

        void Compare(ConnectorSetting kind, string? name, JsonNode? ours, JsonNode? offered, JsonNode? was)
        {
            if (JsonNode.DeepEquals(ours, offered) || (before is not null && JsonNode.DeepEquals(offered, was)))
                return;
            differences.Add(new() { Kind = kind, Name = name, Own = ours, Offered = offered, Base = was, Taken = taken(kind, name) });
        }

        static JsonNode? Json(IEnumerable<string> texts) => new JsonArray([.. texts.Select(t => (JsonNode?)t)]);

        static JsonNode? Config(SourceSettings? settings, string id) =>
            settings?.Configs.FirstOrDefault(c => c.Id == id) is { } config
                ? JsonSerializer.SerializeToNode(JsonSerializer.Deserialize<AuthSchemeConfigJson>(config.Config, ApiJson.Options), ApiJson.Options)
                : null;

        static JsonNode? Variable(SourceSettings? settings, string name) => settings?.Variables.FirstOrDefault(v => v.Name == name)?.Value;
    }

    /// <summary>Makes a setting the connector's own. Configs are loaded; the caller saves.</summary>
    /// <returns>What is wrong with that, or null.</returns>
    public async Task<string?> TakeAsync(Connector connector, SourceSettings upstream, ConnectorSetting kind, string? name, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case ConnectorSetting.BaseUrl:
                connector.BaseUrl = upstream.BaseUrl;
                return null;
            case ConnectorSetting.AllowedHosts:
                connector.AllowedHosts = [.. upstream.AllowedHosts];
                return null;
            case ConnectorSetting.ConnectionVariable:
                var others = connector.ConnectionVariables.Where(v => v.Name != name);
                await UpdateConnector.ReplaceVariablesAsync(db, connector, [.. others, .. upstream.Variables.Where(v => v.Name == name)], cancellationToken);
                return null;
            default:
                return await TakeConfigAsync(connector, upstream.Configs.FirstOrDefault(c => c.Id == name), name!, cancellationToken);
        }
    }

    private async Task<string?> TakeConfigAsync(Connector connector, SourceConfig? offered, string id, CancellationToken cancellationToken)
    {
        var stored = connector.AuthSchemeConfigs.Find(c => c.Id == id);
        // A client secret of one's own is bound to the URLs that it was saved with.
        if (stored is not null && AuthSchemeConfigJson.Of(stored) is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson grant }
            && grant.CredentialId is not null && grant.OrganisationId == connector.OrganisationId)
        {
            return "has an OAuth application of your own, whose secret is bound to its URLs; change the config itself, and send the secret again";
        }

        if (offered is null)
        {
            if (stored is not null)
                await configs.DeleteAsync(connector, stored, cancellationToken);
        }
        else if (stored is not null)
            (stored.SchemeType, stored.Config) = (offered.SchemeType, offered.Config);
        else
        {
            connector.AuthSchemeConfigs.Add(new AuthSchemeConfig
            {
                ConnectorId = connector.Id,
                Id = id,
                Position = connector.AuthSchemeConfigs.Count == 0 ? 0 : connector.AuthSchemeConfigs.Max(c => c.Position) + 1,
                SchemeType = offered.SchemeType,
                Config = offered.Config,
            });
        }

        return null;
    }
}
