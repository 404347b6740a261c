using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Versions;

/// <summary>What a connector is, as its archive has it in connector.json: all that describes the API, and nothing that says who anyone is there.</summary>
internal sealed record ArchivedConnectorJson
{
    [MinLength(1), MaxLength(Connector.MaxNameLength)]
    public required string Name { get; init; }

    public required ProtocolType Protocol { get; init; }

    [MaxLength(16_384)]
    public required string BaseUrl { get; init; }

    [MaxLength(100)]
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? DocumentationURL { get; init; }

    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? ImageURL { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags { get; init; }

    public IReadOnlyList<Category>? Categories { get; init; }

    public IReadOnlyList<ConnectionVariableJson>? ConnectionVariables { get; init; }

    [MaxLength(1000)]
    public IReadOnlyList<AuthSchemeConfigJson>? AuthSchemeConfigs { get; init; }

    /// <summary>A connector with its tags, categories and configs.</summary>
    public static ArchivedConnectorJson Of(Connector connector) => new()
    {
        Name = connector.Name,
        Protocol = connector.Protocol == Connector.BigQuery ? ProtocolType.BigQuery : ProtocolType.Http,
        BaseUrl = connector.BaseUrl,
        AllowedHosts = connector.AllowedHosts.Count == 0 ? null : connector.AllowedHosts,
        DocumentationURL = connector.DocumentationUrl,
        ImageURL = connector.ImageUrl,
        Tags = connector.Tags.Count == 0 ? null : connector.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).ThenBy(t => t.Position)
            .GroupBy(t => t.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Where(t => t.Value is not null).Select(t => t.Value!)], StringComparer.Ordinal),
        Categories = connector.Categories.Count == 0 ? null : [.. connector.Categories.OrderBy(c => c.Position).Select(c => CategoryNames.Parse(c.Category))],
        ConnectionVariables = connector.ConnectionVariables.Count == 0 ? null : ConnectionVariableJson.Of(connector.ConnectionVariables),
        AuthSchemeConfigs = connector.AuthSchemeConfigs.Count == 0 ? null : [.. connector.AuthSchemeConfigs.OrderBy(c => c.Position)
            .Select(AuthSchemeConfigJson.Of).Select(WithoutApplication)],
    };

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, ApiJson.Options)!.AsObject();

    /// <summary>
    /// A config without the publisher's application: neither its secret nor the credential that holds it nor the id that it is known by.
    /// Stored configs hold no secret; one that somebody wrote into an archive stays out of the store like this.
    /// </summary>
    public static AuthSchemeConfigJson WithoutApplication(AuthSchemeConfigJson config)
    {
        var bare = config with { ValidationMessages = null };
        if (bare is not AuthSchemeConfigOAuth2Json oauth2)
            return bare;
        return oauth2 with
        {
            MtlsCredentialId = null,
            Grant = oauth2.Grant is AuthSchemeConfigOAuth2ApplicationGrantJson grant
                ? grant with { CredentialId = null, OrganisationId = null, ClientId = null, ClientSecret = null }
                : oauth2.Grant,
        };
    }

    /// <summary>What is wrong with the connector, by the rules for connectors that clients send.</summary>
    public List<FieldFault> Faults()
    {
        var faults = new List<FieldFault>();
        if (Protocol != ProtocolType.Http)
            faults.Add(new("protocol", "is not http"));
        ConnectorRules.CheckAllowedHosts(AllowedHosts, "allowedHosts", faults);
        ConnectorRules.CheckVariables(ConnectionVariables, "connectionVariables", faults);
        ConnectorRules.CheckTags(Tags, "tags", faults);
        ConnectorRules.CheckLink(ImageURL, "imageURL", faults);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, config) in (AuthSchemeConfigs ?? []).Index())
        {
            if (!ids.Add(config.Id))
                faults.Add(new($"authSchemeConfigs[{index}].id", "stands twice"));
            Connectors.AuthSchemeConfigs.Check(config, $"authSchemeConfigs[{index}]", faults);
        }

        return faults;
    }
}
