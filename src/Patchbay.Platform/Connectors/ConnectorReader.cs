using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connectors;

/// <summary>Reads connectors with all that their JSON shows.</summary>
internal sealed class ConnectorReader(PatchbayDb db)
{
    /// <summary>Reads one of the organisation's connectors; its row is there.</summary>
    public async Task<ConnectorJson> ReadAsync(Ulid id, CancellationToken cancellationToken) =>
        await ReadAsync([id], cancellationToken) is [var connector] ? connector : throw new DeletedMeanwhileException("connector");

    /// <summary>Reads connectors of the organisation, in the order of the ids.</summary>
    public async Task<IReadOnlyList<ConnectorJson>> ReadAsync(IReadOnlyList<Ulid> ids, CancellationToken cancellationToken)
    {
        var connectors = await Whole(db.Connectors.AsNoTracking()).Include(c => c.Versions)
            .Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        var connections = await db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .Where(c => ids.Contains(c.ConnectorId) && c.Owner == "").OrderByDescending(c => c.UpdatedAt).ThenBy(c => c.Id)
            .ToListAsync(cancellationToken);
        var byConnector = connections.ToLookup(c => c.ConnectorId);
        return [.. ids.Where(connectors.ContainsKey).Select(id => Json(connectors[id], byConnector[id]))];
    }

    /// <summary>Reads connectors of any organisation as strangers see them in the library: without connections and drafts.</summary>
    public async Task<IReadOnlyList<ConnectorJson>> ReadPublicAsync(IReadOnlyList<Ulid> ids, CancellationToken cancellationToken)
    {
        var connectors = await Whole(db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking())
            .Include(c => c.Versions.Where(v => v.PublishedAt != null))
            .Where(c => ids.Contains(c.Id) && c.Public).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. ids.Where(connectors.ContainsKey).Select(id => Json(connectors[id], []))];
    }

    private static IQueryable<Connector> Whole(IQueryable<Connector> connectors) =>
        connectors.Include(c => c.Tags).Include(c => c.Categories).Include(c => c.AuthSchemeConfigs);

    private static ConnectorJson Json(Connector connector, IEnumerable<Connection> connections)
    {
        var http = Http(connector, connections);
        return connector.Protocol == Connector.BigQuery ? new BigQueryConnectorJson(http, connector.DatasetId) : http;
    }

    private static HTTPConnectorJson Http(Connector connector, IEnumerable<Connection> connections)
    {
        var latest = VersionLookup.LatestOf(connector.Versions);
        var configs = connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of).ToList();
        return new HTTPConnectorJson
        {
            Id = connector.Id,
            OrganisationId = connector.OrganisationId,
            Name = connector.Name,
            Public = connector.Public,
            DocumentationURL = connector.DocumentationUrl,
            ImageURL = connector.ImageUrl,
            Tags = TagsOf(connector),
            Categories = CategoriesOf(connector),
            AuthSchemeConfigs = configs,
            ConnectionVariables = ConnectionVariableJson.Of(connector.ConnectionVariables),
            Connections = [.. connections.Select(c => ConnectionJson.Of(c, configs))],
            Versions = [.. connector.Versions.OrderByDescending(v => v.UpdatedAt).ThenBy(v => v.Id).Select(v => ConnectorVersionJson.Of(v, v.Id == latest))],
            CreatedAt = connector.CreatedAt,
            UpdatedAt = connector.UpdatedAt,
            Source = connector.SourceConnectorId is { } source
                ? new ConnectorSourceJson { ConnectorId = source, OrganisationId = connector.SourceOrganisationId!.Value } : null,
            StateBehind = connector.Revision.ToString(CultureInfo.InvariantCulture),
            BaseUrl = connector.BaseUrl,
            AllowedHosts = connector.AllowedHosts.Count == 0 ? null : connector.AllowedHosts,
        };
    }

    private static Dictionary<string, IReadOnlyList<string>> TagsOf(Connector connector) =>
        connector.Tags.OrderBy(t => t.Position).GroupBy(t => t.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Where(t => t.Value is not null).Select(t => t.Value!)], StringComparer.Ordinal);

    private static List<Category>? CategoriesOf(Connector connector) => connector.Categories.Count == 0 ? null :
        [.. connector.Categories.OrderBy(c => c.Position).Select(c => CategoryNames.Parse(c.Category))];
}

/// <summary>Categories as their published names.</summary>
internal static class CategoryNames
{
    public static string Of(Category category) => JsonSerializer.SerializeToElement(category, ApiJson.Options).GetString()!;

    public static Category Parse(string name) => JsonSerializer.Deserialize<Category>($"\"{name}\"", ApiJson.Options);

    public static bool IsKnown(string name) => Enum.GetValues<Category>().Any(c => Of(c) == name);
}
