using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connectors;

/// <summary>What an API is, with its versions and connections.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "protocol")]
[JsonDerivedType(typeof(HTTPConnectorJson), Connector.Http)]
[JsonDerivedType(typeof(BigQueryConnectorJson), Connector.BigQuery)]
internal abstract record ConnectorJson : IStateBehind
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; init; }

    /// <summary>Whether its published versions are in the library.</summary>
    public required bool Public { get; init; }

    public string? DocumentationURL { get; init; }
    public string? ImageURL { get; init; }

    /// <summary>Free labels.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags { get; init; }

    /// <summary>Categories out of the fixed list (ours).</summary>
    public IReadOnlyList<Category>? Categories { get; init; }

    public required IReadOnlyList<AuthSchemeConfigJson> AuthSchemeConfigs { get; init; }

    /// <summary>Variables that every new connection begins with.</summary>
    public IReadOnlyList<ConnectionVariableJson>? ConnectionVariables { get; init; }

    /// <summary>The organisation's own connections; empty for strangers.</summary>
    public required IReadOnlyList<ConnectionJson> Connections { get; init; }

    public required IReadOnlyList<ConnectorVersionJson> Versions { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it, or anything in it, was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The library connector that this one was imported from (ours).</summary>
    public ConnectorSourceJson? Source { get; init; }

    [JsonIgnore]
    public string StateBehind { get; init; } = "";
}

/// <summary>A connector over HTTP.</summary>
internal sealed record HTTPConnectorJson : ConnectorJson
{
    /// <summary>What every action's path is appended to; takes variables, as in <c>https://{{ conn.region }}.example.com</c>.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Origins besides the base URL's to which credentials may go (ours).</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}

/// <summary>A connector to a Google BigQuery dataset.</summary>
internal sealed record BigQueryConnectorJson : ConnectorJson
{
    public BigQueryConnectorJson()
    {
    }

    /// <summary>With what every connector has, out of another answer.</summary>
    [SetsRequiredMembers]
    internal BigQueryConnectorJson(ConnectorJson fields, string datasetId)
        : base(fields) => DatasetId = datasetId;

    /// <summary>The dataset, as <c>project.dataset</c>; empty where it is not set yet.</summary>
    public required string DatasetId { get; init; }
}

/// <summary>From where a connector was imported.</summary>
internal sealed record ConnectorSourceJson
{
    public required Ulid ConnectorId { get; init; }
    public required Ulid OrganisationId { get; init; }
}

/// <summary>Connectors, a page of them.</summary>
internal sealed record ConnectorPageJson : PageInfoJson
{
    public required IReadOnlyList<ConnectorJson> Connectors { get; init; }
}

/// <summary>A named value that configures a connection.</summary>
internal sealed record ConnectionVariableJson
{
    [MinLength(1), MaxLength(256), RegularExpression(@"^[^{}\r\n]+$", ErrorMessage = "must not contain braces or line breaks")]
    public required string Name { get; init; }

    [MaxLength(4096)]
    public required string Value { get; init; }

    public static List<ConnectionVariable> Read(IEnumerable<ConnectionVariableJson>? variables) =>
        [.. (variables ?? []).Select(v => new ConnectionVariable(v.Name, v.Value))];

    public static List<ConnectionVariableJson> Of(IEnumerable<ConnectionVariable> variables) =>
        [.. variables.Select(v => new ConnectionVariableJson { Name = v.Name, Value = v.Value })];
}

/// <summary>A new BigQuery connector.</summary>
internal sealed record BigQueryConnectorCreateJson
{
    [MinLength(1), MaxLength(Connector.MaxNameLength)]
    public required string Name { get; init; }

    /// <summary>The dataset, as project.dataset; it may be set later, before a version is published.</summary>
    [MaxLength(ConnectorRules.MaxDatasetIdLength)]
    public string? DatasetId { get; init; }

    /// <summary>Its first connections. The auth scheme configs in them become the connector's.</summary>
    [MaxLength(16)]
    public required IReadOnlyList<ConnectionCreateJson> Connections { get; init; }
}

/// <summary>A new HTTP connector.</summary>
internal sealed record HTTPConnectorCreateJson
{
    [MinLength(1), MaxLength(Connector.MaxNameLength)]
    public required string Name { get; init; }

    [MaxLength(2048)]
    public required string BaseUrl { get; init; }

    public IReadOnlyList<ConnectionVariableJson>? ConnectionVariables { get; init; }

    [MaxLength(100)]
    public required IReadOnlyList<AuthSchemeConfigJson> AuthSchemeConfigs { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags { get; init; }

    public bool? Public { get; init; }

    /// <summary>Origins besides the base URL's to which credentials may go (ours).</summary>
    [MaxLength(100)]
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}

/// <summary>A connector as it is to be from now on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "protocol")]
[JsonDerivedType(typeof(HTTPConnectorUpdateJson), Connector.Http)]
[JsonDerivedType(typeof(BigQueryConnectorUpdateJson), Connector.BigQuery)]
internal abstract record ConnectorUpdateJson
{
    /// <summary>Must be the id of the connector.</summary>
    public required Ulid Id { get; init; }

    /// <summary>Must be the owner of the connector.</summary>
    public required Ulid OrganisationId { get; init; }

    [MinLength(1), MaxLength(Connector.MaxNameLength)]
    public required string Name { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags { get; init; }

    /// <summary>Every id of an auth scheme config, in their new order; left out, the order stays.</summary>
    public IReadOnlyList<string>? AuthSchemeConfigIds { get; init; }

    /// <summary>Left out, it stays as it is.</summary>
    public bool? Public { get; init; }

    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? DocumentationURL { get; init; }

    [MaxLength(ConnectorRules.MaxLinkLength)]
    public string? ImageURL { get; init; }
}

/// <summary>An HTTP connector as it is to be from now on.</summary>
internal sealed record HTTPConnectorUpdateJson : ConnectorUpdateJson
{
    [MaxLength(2048)]
    public required string BaseUrl { get; init; }

    /// <summary>Replaces the list; connections follow where they kept a default value. Left out, it stays.</summary>
    public IReadOnlyList<ConnectionVariableJson>? ConnectionVariables { get; init; }

    /// <summary>Origins besides the base URL's to which credentials may go (ours). Left out, they stay.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}

/// <summary>A BigQuery connector as it is to be from now on.</summary>
internal sealed record BigQueryConnectorUpdateJson : ConnectorUpdateJson
{
    /// <summary>The dataset, as project.dataset.</summary>
    [MaxLength(ConnectorRules.MaxDatasetIdLength)]
    public required string DatasetId { get; init; }
}

/// <summary>The tags of a connector.</summary>
internal sealed record ConnectorTagsUpdateJson
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags { get; init; }
}

/// <summary>The categories of a connector.</summary>
internal sealed record ConnectorCategoriesUpdateJson
{
    public IReadOnlyList<Category>? Categories { get; init; }
}

/// <summary>What an API is about.</summary>
internal enum Category
{
    [JsonStringEnumMemberName("Development & IT")]
    DevelopmentAndIT,

    [JsonStringEnumMemberName("ERP")]
    Erp,

    [JsonStringEnumMemberName("Supply Chain & Logistics")]
    SupplyChainAndLogistics,

    [JsonStringEnumMemberName("Communication")]
    Communication,

    [JsonStringEnumMemberName("Accounting")]
    Accounting,

    [JsonStringEnumMemberName("Hospitality")]
    Hospitality,

    [JsonStringEnumMemberName("Productivity")]
    Productivity,

    [JsonStringEnumMemberName("HR")]
    HR,

    [JsonStringEnumMemberName("CRM")]
    Crm,

    [JsonStringEnumMemberName("AI/LLMs")]
    AiAndLlms,

    [JsonStringEnumMemberName("eCommerce")]
    Ecommerce,

    [JsonStringEnumMemberName("Business Operations")]
    BusinessOperations,
}
