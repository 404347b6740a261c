using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>The public URL of a trigger of a connection.</summary>
internal sealed record TriggerEndpointJson
{
    /// <summary>The path under which the server takes requests of triggers in; the token follows.</summary>
    public const string PathPrefix = "/api/triggers/";

    public required Ulid Id { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string TriggerName { get; init; }

    /// <summary>Where the API sends its requests. Whoever knows it can send some, so treat it like a password.</summary>
    public required string Url { get; init; }

    /// <summary>The version whose trigger it is: a name, latest or default.</summary>
    public required string Version { get; init; }

    /// <summary>Until when the URL before the last rotation serves too; left out where it does not.</summary>
    public DateTimeOffset? PreviousUrlUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static TriggerEndpointJson Of(TriggerEndpoint endpoint, EndpointSecret secret, PublicAddress address) => new()
    {
        Id = endpoint.Id,
        ConnectionId = endpoint.ConnectionId,
        TriggerName = endpoint.TriggerName,
        Url = address.Absolute(PathPrefix + secret.Token),
        Version = endpoint.VersionSelector,
        PreviousUrlUntil = endpoint.PreviousUntil,
        CreatedAt = endpoint.CreatedAt,
        UpdatedAt = endpoint.UpdatedAt,
    };
}

/// <summary>A new endpoint.</summary>
internal sealed record TriggerEndpointCreateJson
{
    /// <summary>The version whose trigger it is: a name, latest or default; default where left out.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public string? Version { get; init; }
}

/// <summary>A change of an endpoint.</summary>
internal sealed record TriggerEndpointUpdateJson
{
    /// <summary>The version whose trigger it is from now on: a name, latest or default.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string Version { get; init; }
}

/// <summary>A change of an endpoint's URL.</summary>
internal sealed record TriggerEndpointRotateJson
{
    /// <summary>How many seconds the URL before goes on to serve, a week at most; none where left out.</summary>
    public int? GraceSeconds { get; init; }
}
