using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Where a description and the connector that it goes into say different things of where requests and credentials go.</summary>
internal static class DescribedSettings
{
    /// <param name="connector">The connector before the import.</param>
    /// <param name="imported">What was read.</param>
    public static IReadOnlyList<ConnectorDifferenceJson> Differences(Connector connector, ImportedConnector imported)
    {
        var differences = new List<ConnectorDifferenceJson>();
        if (connector.BaseUrl != imported.BaseUrl)
            differences.Add(new() { Kind = ConnectorSetting.BaseUrl, Own = connector.BaseUrl, Offered = imported.BaseUrl, Taken = false });
        var there = connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of).ToList();
        var known = there.Select(ImportedSchemes.Key).ToHashSet(StringComparer.Ordinal);
        var described = imported.AuthSchemes.Select(s => (s.SourceName, Config: ImportedSchemes.Json(s, s.SourceName))).ToList();
        foreach (var (name, config) in described.DistinctBy(d => ImportedSchemes.Key(d.Config), StringComparer.Ordinal).Where(d => !known.Contains(ImportedSchemes.Key(d.Config))))
        {
            var offered = JsonOf(config).AsObject();
            // It is given one when it is added.
            offered.Remove("id");
            differences.Add(new() { Kind = ConnectorSetting.AuthSchemeConfig, Name = name, Offered = offered, Taken = true });
        }

        var offeredKeys = described.Select(d => ImportedSchemes.Key(d.Config)).ToHashSet(StringComparer.Ordinal);
        foreach (var config in there.Where(c => !offeredKeys.Contains(ImportedSchemes.Key(c))))
            differences.Add(new() { Kind = ConnectorSetting.AuthSchemeConfig, Name = config.Id, Own = JsonOf(config), Taken = false });
        foreach (var variable in imported.Variables)
        {
            var own = connector.ConnectionVariables.Find(v => v.Name == variable.Name);
            if (own?.Value != variable.Value)
                differences.Add(new() { Kind = ConnectorSetting.ConnectionVariable, Name = variable.Name, Own = own?.Value, Offered = variable.Value, Taken = own is null });
        }

        return differences;
    }

    private static JsonNode JsonOf(AuthSchemeConfigJson config) => JsonSerializer.SerializeToNode(config, ApiJson.Options)!;
}
