using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Integrations;

namespace Patchbay.Platform.Activations;

/// <summary>That an end user uses an integration.</summary>
internal sealed record ActivationJson
{
    public required Ulid Id { get; init; }
    public required EndUserJson User { get; init; }
    public required Ulid HubId { get; init; }
    public required EmbeddedIntegrationSummaryJson Integration { get; init; }

    /// <summary>Ours: what the user set.</summary>
    public required JsonElement DynamicVariables { get; init; }

    /// <summary>Ours: by which of the user's connections the templates are filled, and whether they work.</summary>
    public required IReadOnlyList<ActivationConnectionJson> Connections { get; init; }
}

/// <summary>Ours: a connection of an activation.</summary>
internal sealed record ActivationConnectionJson
{
    public required Ulid TemplateId { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<ConnectionVariableJson> Variables { get; init; }

    /// <summary>What failed when its credentials were last checked or used; empty when nothing did, left out when none ever was.</summary>
    public IReadOnlyList<string>? Errors { get; init; }
}

/// <summary>An activation, for the user whose it is.</summary>
internal sealed record EndUserActivationJson
{
    public required Ulid Id { get; init; }
    public required Ulid HubId { get; init; }
    public required EmbeddedIntegrationSummaryJson Integration { get; init; }
}

/// <summary>Activations of an end user, a page of them.</summary>
internal sealed record EndUserActivationPageJson : PageInfoJson
{
    public required IReadOnlyList<EndUserActivationJson> Activations { get; init; }
}

/// <summary>An integration, as a user sees it in a list.</summary>
internal record EmbeddedIntegrationSummaryJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required string ImageUrl { get; init; }
    public required string Description { get; init; }

    /// <summary>The JSON Schema of what the user sets when they activate it.</summary>
    public JsonElement? VariablesSchema { get; init; }

    /// <summary>Whether it can be activated.</summary>
    public required bool IsDeployed { get; init; }

    /// <summary>Whether the user has activated it.</summary>
    public required bool IsActivated { get; init; }

    public static EmbeddedIntegrationSummaryJson Of(Integration integration, bool isActivated, string defaultImage) => new()
    {
        Id = integration.Id, Name = integration.Name, ImageUrl = integration.ImageUrl ?? defaultImage, Description = integration.Description,
        VariablesSchema = IntegrationJson.SchemaOf(integration), IsDeployed = integration.DeployedAt is not null, IsActivated = isActivated,
    };
}

/// <summary>An integration with what it takes to activate it.</summary>
internal sealed record EmbeddedIntegrationJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required string ImageUrl { get; init; }
    public required string Description { get; init; }

    /// <summary>The JSON Schema of what the user sets when they activate it.</summary>
    public JsonElement? VariablesSchema { get; init; }

    /// <summary>Whether it can be activated.</summary>
    public required bool IsDeployed { get; init; }

    /// <summary>Whether the user has activated it.</summary>
    public required bool IsActivated { get; init; }

    /// <summary>The connections that it takes.</summary>
    public required IReadOnlyList<HubConnectionTemplateJson> ConnectionTemplates { get; init; }
}

/// <summary>The integrations of a hub, as a user sees them.</summary>
internal sealed record EmbeddedIntegrationPageJson : PageInfoJson
{
    public required IReadOnlyList<EmbeddedIntegrationSummaryJson> Integrations { get; init; }

    /// <summary>How many of all integrations the user has activated.</summary>
    public required int TotalConnected { get; init; }
}

/// <summary>An integration to be activated for a user.</summary>
internal sealed record ActivationCreateJson
{
    /// <summary>The external id of the user.</summary>
    public required string UserId { get; init; }

    public required Ulid IntegrationId { get; init; }

    /// <summary>A connection for each template in use. The connection with the product itself may be left out by who has one.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<ActivationConnectionCreateJson> Connections { get; init; }

    /// <summary>What the user sets; it is held against the integration's variablesSchema.</summary>
    public JsonElement? DynamicVariables { get; init; }
}

/// <summary>A connection for a template: one that the user has, named by connectionId, or a new one.</summary>
internal sealed record ActivationConnectionCreateJson
{
    public required Ulid TemplateId { get; init; }

    /// <summary>A connection that the user has; all that follows is for a new one.</summary>
    public Ulid? ConnectionId { get; init; }

    [MinLength(1), MaxLength(200)]
    public string? Name { get; init; }

    public ConnectionCredentialsCreateJson? Credentials { get; init; }

    [MaxLength(100)]
    public IReadOnlyList<ConnectionVariableJson>? Variables { get; init; }
}

/// <summary>What a user set for an activation.</summary>
internal sealed record ActivationVariablesJson
{
    public JsonElement? DynamicVariables { get; init; }
}
