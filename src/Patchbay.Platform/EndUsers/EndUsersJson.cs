using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.EndUsers;

/// <summary>A user of the organisation's product.</summary>
internal sealed record EndUserJson
{
    public required Ulid Id { get; init; }

    /// <summary>Who they are in the product; unique in the hub.</summary>
    public required string ExternalId { get; init; }

    /// <summary>Empty where none was given.</summary>
    public required string DisplayName { get; init; }

    public required Ulid HubId { get; init; }

    /// <summary>Their connection with the hub's primary connector; left out until there is one.</summary>
    public required ConnectionJson? PrimaryConnection { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An end user without their connection.</summary>
internal sealed record EndUserSummaryJson
{
    public required Ulid Id { get; init; }
    public required string ExternalId { get; init; }
    public required string DisplayName { get; init; }
    public required Ulid HubId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static EndUserSummaryJson Of(EndUser user) => new()
    {
        Id = user.Id, ExternalId = user.ExternalId, DisplayName = user.DisplayName, HubId = user.HubId, CreatedAt = user.CreatedAt, UpdatedAt = user.UpdatedAt,
    };
}

/// <summary>End users, a page of them.</summary>
internal sealed record EndUserPageJson : PageInfoJson
{
    public required IReadOnlyList<EndUserSummaryJson> Users { get; init; }
}

/// <summary>A new end user.</summary>
internal sealed record EndUserCreateJson
{
    /// <summary>Who they are in the product. It never changes, so it is better no mail address.</summary>
    [MinLength(1), MaxLength(EndUser.LongestExternalId), RegularExpression(@"^\P{Cc}+$", ErrorMessage = "must not contain control characters")]
    public required string ExternalId { get; init; }

    [MaxLength(200)]
    public string? DisplayName { get; init; }

    /// <summary>Their connection with the hub's primary connector; it may come later.</summary>
    public ConnectionCreateJson? PrimaryConnection { get; init; }
}

/// <summary>A connection of an end user, with the connector that it is for.</summary>
internal sealed record CreateEndUserConnectionJson
{
    public required Ulid ConnectorId { get; init; }
    public required ConnectionCreateJson Connection { get; init; }
}

/// <summary>Ours: what a connection of an end user is to show from now on.</summary>
internal sealed record EndUserConnectionUpdateJson
{
    /// <summary>One credential, for the auth scheme config that the connection uses.</summary>
    public required ConnectionCredentialsCreateJson Credentials { get; init; }
}

/// <summary>Connections of an end user, a page of them.</summary>
internal sealed record EndUserConnectionsPageJson : PageInfoJson
{
    public required IReadOnlyList<ConnectionSummaryJson> Connections { get; init; }
}
