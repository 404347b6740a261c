using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Integrations;

/// <summary>An integration, as its owner sees it.</summary>
internal sealed record IntegrationJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public string? ImageUrl { get; init; }

    /// <summary>Never set: no picture is taken.</summary>
    public string? ScreenshotUrl { get; init; }

    public string? Description { get; init; }

    /// <summary>Ours: a line for lists.</summary>
    public string? Summary { get; init; }

    /// <summary>The JSON Schema of what users set when they activate.</summary>
    public JsonElement? VariablesSchema { get; init; }

    /// <summary>The integration's own id: there are no boards here.</summary>
    public required Ulid BoardId { get; init; }

    /// <summary>Ours: whether users can activate it.</summary>
    public required bool IsDeployed { get; init; }

    /// <summary>Ours: the connection templates that an activation needs.</summary>
    public required IReadOnlyList<Ulid> UsedConnectionTemplates { get; init; }

    /// <summary>Ours: which events of activated users go to which subscriptions; left out where none do.</summary>
    public IReadOnlyList<IntegrationEventJson>? Events { get; init; }

    public static IntegrationJson Of(Integration integration, string defaultImage) => new()
    {
        Id = integration.Id,
        Name = integration.Name,
        ImageUrl = integration.ImageUrl ?? defaultImage,
        Description = integration.Description,
        Summary = integration.Summary,
        VariablesSchema = SchemaOf(integration),
        BoardId = integration.Id,
        IsDeployed = integration.DeployedAt is not null,
        UsedConnectionTemplates = [.. integration.Templates.Where(t => t.IsUsed).Select(t => t.Id).Order()],
        Events = integration.Events.Count == 0 ? null : [.. integration.Events.OrderBy(e => e.Id).Select(IntegrationEventJson.Of)],
    };

    public static JsonElement? SchemaOf(Integration integration) => integration.VariablesSchema is { } schema ? JsonElement.Parse(schema) : null;
}

/// <summary>Integrations of a hub, a page of them.</summary>
internal sealed record ListIntegrationsJson
{
    /// <summary>How many the hub has in all.</summary>
    public required int Total { get; init; }

    public required IReadOnlyList<IntegrationJson> Integrations { get; init; }

    /// <summary>Ours: the cursor for after that gives the next page.</summary>
    public string? Next { get; init; }

    /// <summary>Ours: the cursor for before that gives the page before.</summary>
    public string? Prev { get; init; }
}

/// <summary>A new integration.</summary>
internal sealed record IntegrationCreateJson
{
    public required Ulid OrganisationId { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    [MaxLength(5000)]
    public string? Description { get; init; }

    [MaxLength(500)]
    public string? Summary { get; init; }

    /// <summary>A JSON Schema of what users set when they activate.</summary>
    public JsonElement? VariablesSchema { get; init; }

    /// <summary>What users connect with, besides the product itself.</summary>
    public HubConnectionTemplateCreateJson? ConnectionTemplate { get; init; }
}

/// <summary>Changes of an integration; what is left out stays.</summary>
internal sealed record UpdateIntegrationJson
{
    [MinLength(1), MaxLength(200)]
    public string? Name { get; init; }

    [MaxLength(2000), Url(ErrorMessage = "must be a URL")]
    public string? ImageUrl { get; init; }

    [MaxLength(5000)]
    public string? Description { get; init; }

    /// <summary>A JSON Schema of what users set when they activate.</summary>
    public JsonElement? VariablesSchema { get; init; }
}

/// <summary>A connection that users are to make when they activate.</summary>
internal sealed record HubConnectionTemplateCreateJson
{
    /// <summary>One of the connector's auth scheme configs; its id counts and nothing else.</summary>
    [DescribedAs(typeof(AuthSchemeConfigJson))]
    public required JsonElement AuthSchemeConfig { get; init; }

    public required Ulid ConnectorId { get; init; }
}

/// <summary>A connection that users make when they activate.</summary>
internal sealed record HubConnectionTemplateJson
{
    public required Ulid Id { get; init; }
    public required Ulid ConnectorId { get; init; }

    /// <summary>A picture; one of the server's where the connector has none.</summary>
    public required string ImageUrl { get; init; }

    /// <summary>The connector's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an activation needs it.</summary>
    public required bool IsUsed { get; init; }

    /// <summary>Whether it is the connection with the product itself, which users make once.</summary>
    public required bool IsPrimary { get; init; }

    public required AuthSchemeConfigJson AuthSchemeConfig { get; init; }

    /// <summary>Ours: values that a connection can change, with the connector's defaults.</summary>
    public required IReadOnlyList<ConnectionVariableJson> Variables { get; init; }

    /// <summary>Ours: the version of the connector that the deployed integration is made for.</summary>
    public string? Version { get; init; }
}

/// <summary>Connection templates of an integration, a page of them.</summary>
internal sealed record HubConnectionTemplatePageJson : PageInfoJson
{
    public required IReadOnlyList<HubConnectionTemplateJson> ConnectionTemplates { get; init; }
}

/// <summary>Which templates an activation needs.</summary>
internal sealed record IntegrationMetadataJson
{
    [MaxLength(100)]
    public IReadOnlyList<Ulid>? UsedConnectionTemplates { get; init; }
}

/// <summary>What an integration is made for when it is deployed.</summary>
internal sealed record DeployIntegrationJson
{
    /// <summary>Versions of the templates' connectors, which are in use from then on.</summary>
    [MaxLength(100)]
    public IReadOnlyList<DeployedVersionJson>? Versions { get; init; }

    /// <summary>
    /// Which events of activated users go to which subscriptions. Each trigger gets a URL for each activated connection, also of those who activated
    /// before; a URL that was made for an activation goes when no event is asked of it any more.
    /// </summary>
    [MaxLength(100)]
    public IReadOnlyList<IntegrationEventJson>? Events { get; init; }
}

/// <summary>Ours: that events of a trigger go to a subscription, with the activation and its variables in them.</summary>
internal sealed record IntegrationEventJson
{
    /// <summary>The connection template with whose connector the trigger is.</summary>
    public required Ulid TemplateId { get; init; }

    /// <summary>A trigger of the version that the deployment names for the template, or else of the connector's default version.</summary>
    [MinLength(1), MaxLength(200)]
    public required string TriggerName { get; init; }

    /// <summary>A subscription to the template's connector. What else it listens to makes no difference, its filter does.</summary>
    public required Ulid SubscriptionId { get; init; }

    public static IntegrationEventJson Of(IntegrationEvent e) => new() { TemplateId = e.TemplateId, TriggerName = e.TriggerName, SubscriptionId = e.SubscriptionId };
}

/// <summary>The version of a template's connector.</summary>
internal sealed record DeployedVersionJson
{
    public required Ulid TemplateId { get; init; }

    /// <summary>A published version.</summary>
    public required string Version { get; init; }
}
