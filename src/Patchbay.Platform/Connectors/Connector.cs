using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connectors;

/// <summary>What an API is: its address, how to authenticate there, and versions of what can be done.</summary>
internal sealed class Connector : IOwned
{
    public const string Http = "http";
    public const string BigQuery = "bigquery";
    public const int MaxNameLength = 200;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }

    public string Name
    {
        get;
        set
        {
            field = value;
            NameFolded = Fold(value);
        }
    } = "";

    /// <summary>The name for case-insensitive search, folded by one rule for both databases.</summary>
    public string NameFolded { get; private set; } = "";

    public required string Protocol { get; init; }
    public bool Public { get; set; }

    /// <summary>The base URL template of an HTTP connector.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>The dataset of a BigQuery connector, as <c>project.dataset</c>; empty for any other, and for a draft that lacks it yet.</summary>
    public string DatasetId { get; set; } = "";

    /// <summary>Origins besides the base URL's to which credentials may go; empty by default.</summary>
    public List<string> AllowedHosts { get; set; } = [];

    public string? DocumentationUrl { get; set; }
    public string? ImageUrl { get; set; }
    public List<ConnectionVariable> ConnectionVariables { get; set; } = [];

    /// <summary>The connector of another organisation that this one was imported from, or null.</summary>
    public Ulid? SourceConnectorId { get; init; }

    public Ulid? SourceOrganisationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt
    {
        get;
        set
        {
            field = value;
            Revision++;
        }
    }

    /// <summary>Rises with every change, also with those that do not show, whatever the clock says.</summary>
    public long Revision { get; private set; }

    public List<ConnectorTag> Tags { get; } = [];
    public List<ConnectorCategory> Categories { get; } = [];
    public List<AuthSchemeConfig> AuthSchemeConfigs { get; } = [];
    public List<ConnectorVersion> Versions { get; } = [];

    public static string Fold(string name) => name.ToLowerInvariant();
}

/// <summary>A named value of a connection, or its default on the connector.</summary>
/// <param name="Name">The name as templates use it.</param>
/// <param name="Value">The value; not a secret.</param>
internal sealed record ConnectionVariable(string Name, string Value);

/// <summary>One value of a tag; a tag without values is one row without one.</summary>
internal sealed class ConnectorTag
{
    public required Ulid ConnectorId { get; init; }
    public required int Position { get; init; }
    public required string Key { get; init; }
    public string? Value { get; init; }
}

/// <summary>A category, of the fixed list.</summary>
internal sealed class ConnectorCategory
{
    public required Ulid ConnectorId { get; init; }
    public required int Position { get; init; }
    public required string Category { get; init; }
}

/// <summary>One way to authenticate with the API. What is secret in it lies in a credential of the owner.</summary>
internal sealed class AuthSchemeConfig
{
    public required Ulid ConnectorId { get; init; }

    /// <summary>Given by the client; unique in the connector, and kept by imports.</summary>
    public required string Id { get; init; }

    public required int Position { get; set; }
    public required string SchemeType { get; set; }

    /// <summary>The config as its JSON, without secrets.</summary>
    public required string Config { get; set; }
}
