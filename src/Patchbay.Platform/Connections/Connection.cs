using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;

namespace Patchbay.Platform.Connections;

/// <summary>A use of a connector with credentials and variables.</summary>
internal sealed class Connection : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public Connector? Connector { get; private set; }

    /// <summary>The internal id of the end user whose connection it is; empty for the organisation's own.</summary>
    public required string Owner { get; init; }

    public required string Name { get; set; }
    public List<ConnectionVariable> Variables { get; set; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public List<ConnectionCredential> Credentials { get; } = [];

    /// <summary>
    /// Credentials that it had and that were deleted at their end. While there is one for outgoing requests, none is sent: it would go
    /// without what it was to show.
    /// </summary>
    public List<LostCredential> LostCredentials { get; set; } = [];

    /// <summary>How many requests of actions it makes at once and in a time; null for the server's defaults.</summary>
    public ConnectionLimits? Limits { get; set; }
}

/// <summary>A credential that a connection has no more.</summary>
/// <param name="CredentialId">Which it was.</param>
/// <param name="Use">Which requests it was for.</param>
/// <param name="AuthSchemeConfigId">By which config it was used.</param>
/// <param name="ExpiredAt">The end that its owner had given it.</param>
internal sealed record LostCredential(Ulid CredentialId, CredentialUse Use, string AuthSchemeConfigId, DateTimeOffset ExpiredAt);

/// <summary>Which requests a credential of a connection is for.</summary>
internal enum CredentialUse
{
    /// <summary>Applied to outgoing requests.</summary>
    Action = 0,

    /// <summary>Checked on incoming ones.</summary>
    Trigger = 1,
}

/// <summary>That a connection uses a credential, by which auth scheme config, in which place of the order.</summary>
internal sealed class ConnectionCredential
{
    public required Ulid Id { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required CredentialUse Use { get; init; }
    public required int Position { get; set; }
    public required string AuthSchemeConfigId { get; set; }
    public required Ulid CredentialId { get; init; }
    public Credential? Credential { get; init; }
}
