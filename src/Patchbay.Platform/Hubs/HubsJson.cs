using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Hubs;

/// <summary>A hub.</summary>
internal sealed record HubJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The connector of the product.</summary>
    public required ConnectorInfoJson PrimaryConnector { get; init; }

    /// <summary>Whether it is the organisation's default; one is at most.</summary>
    public required bool IsDefault { get; init; }
}

/// <summary>A connector, as far as it takes to connect with it.</summary>
internal sealed record ConnectorInfoJson
{
    public required Ulid ConnectorId { get; init; }
    public required string Name { get; init; }

    /// <summary>How users authenticate with it.</summary>
    public required AuthSchemeConfigJson AuthSchemeConfig { get; init; }

    /// <summary>A picture; one of the server's where the connector has none.</summary>
    public required string ImageUrl { get; init; }

    /// <summary>Values that a connection can change, with their defaults.</summary>
    public required IReadOnlyList<ConnectionVariableJson> Variables { get; init; }
}

/// <summary>The hubs of an organisation.</summary>
internal sealed record HubsPageJson : PageInfoJson
{
    public required IReadOnlyList<HubJson> Hubs { get; init; }
}

/// <summary>A new hub.</summary>
internal sealed record HubCreateJson
{
    public required Ulid OrganisationId { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>The connector of the product, one of the organisation's own.</summary>
    public required Ulid PrimaryConnectorId { get; init; }

    /// <summary>One of the connector's auth scheme configs; its id counts and nothing else.</summary>
    [DescribedAs(typeof(AuthSchemeConfigJson))]
    public required JsonElement AuthSchemeConfig { get; init; }
}

/// <summary>Changes of a hub; what is left out stays.</summary>
internal sealed record HubUpdateJson
{
    [MinLength(1), MaxLength(200)]
    public string? Name { get; init; }

    /// <summary>True takes it from the hub that was the default.</summary>
    public bool? IsDefault { get; init; }
}

/// <summary>That the API is there.</summary>
internal sealed record HealthResponseJson
{
    public string? Message { get; init; }
}
