using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Connections;

/// <summary>A use of a connector: credentials and variables.</summary>
internal sealed record ConnectionJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the connector.</summary>
    public required string Name { get; init; }

    public required ConnectionCredentialsJson Credentials { get; init; }
    public required IReadOnlyList<ConnectionVariableJson> Variables { get; init; }

    /// <summary>How many requests of actions it makes at once and in a time; left out where the server's defaults hold (ours).</summary>
    public ConnectionLimitsJson? Limits { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static ConnectionJson Of(Connection connection, IReadOnlyList<AuthSchemeConfigJson> configs)
    {
        return new ConnectionJson
        {
            Id = connection.Id,
            Name = connection.Name,
            Credentials = new ConnectionCredentialsJson { Action = For(CredentialUse.Action), Trigger = For(CredentialUse.Trigger) },
            Variables = ConnectionVariableJson.Of(connection.Variables),
            Limits = connection.Limits is { } limits ? ConnectionLimitsJson.Of(limits) : null,
            CreatedAt = connection.CreatedAt,
            UpdatedAt = connection.UpdatedAt,
        };

        List<ConnectionCredentialJson> For(CredentialUse use) =>
        [
            .. connection.Credentials.Where(c => c.Use == use).OrderBy(c => c.Position).Select(c => new ConnectionCredentialJson
            {
                Id = c.Id,
                AuthSchemeConfig = configs.FirstOrDefault(a => a.Id == c.AuthSchemeConfigId)
                    // The config was deleted; the credential stays, and says which config it was made for.
                    ?? new AuthSchemeConfigNoneJson { Id = c.AuthSchemeConfigId, Description = "This auth scheme config was deleted." },
                Credential = Shown(CredentialJson.Of(c.Credential!)),
            }),
        ];

        // An end user's connection shows only in the Embedded API, where a grant must have a refresh token.
        CredentialJson Shown(CredentialJson credential) => connection.Owner.Length > 0 && credential is { Type: CredentialType.OAuth2Token, Data: JsonObject grant }
            ? credential with { Data = new JsonObject(grant.Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()))) { ["refreshToken"] = Redaction.Placeholder } }
            : credential;
    }
}

/// <summary>The credentials of a connection, in the order in which they are used.</summary>
internal sealed record ConnectionCredentialsJson
{
    /// <summary>Applied to outgoing requests.</summary>
    public IReadOnlyList<ConnectionCredentialJson>? Action { get; init; }

    /// <summary>Checked on incoming requests.</summary>
    public IReadOnlyList<ConnectionCredentialJson>? Trigger { get; init; }
}

/// <summary>A credential and the auth scheme config that says how it is used.</summary>
internal sealed record ConnectionCredentialJson
{
    public required Ulid Id { get; init; }
    public required AuthSchemeConfigJson AuthSchemeConfig { get; init; }
    public required CredentialJson Credential { get; init; }
}

/// <summary>Connections, a page of them.</summary>
internal sealed record ConnectorConnectionPageJson : PageInfoJson
{
    public IReadOnlyList<ConnectionSummaryJson>? Items { get; init; }
}

/// <summary>A connection without its credentials and variables.</summary>
internal sealed record ConnectionSummaryJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A new connection.</summary>
internal sealed record ConnectionCreateJson
{
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    public required ConnectionCredentialsCreateJson Credentials { get; init; }

    /// <summary>Values that differ from the connector's defaults, and further ones.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<ConnectionVariableJson> Variables { get; init; }

    /// <summary>How many requests of actions it makes at once and in a time; left out, the server's defaults hold (ours).</summary>
    public ConnectionLimitsJson? Limits { get; init; }
}

/// <summary>How many requests of actions a connection makes at once and in a time. Further calls wait their turn; each server of several counts by itself.</summary>
internal sealed record ConnectionLimitsJson
{
    /// <summary>How many at once.</summary>
    [Range(1, 1000)]
    public int? Concurrency { get; init; }

    /// <summary>How many calls may wait; further ones are answered 429 with the code connection_busy.</summary>
    [Range(0, 10_000)]
    public int? Queue { get; init; }

    /// <summary>How many in a period; left out, as many as there are.</summary>
    [Range(1, 1_000_000)]
    public int? Requests { get; init; }

    /// <summary>The period of requests, in seconds; 1 unless given.</summary>
    [Range(1, 86_400)]
    public int? PerSeconds { get; init; }

    public static ConnectionLimitsJson Of(ConnectionLimits limits) => new()
    {
        Concurrency = limits.Concurrency,
        Queue = limits.Queue,
        Requests = limits.Requests,
        PerSeconds = limits.Requests is null ? null : limits.PerSeconds,
    };

    /// <summary>The limits to keep; null where none is given, so that the server's defaults hold.</summary>
    public ConnectionLimits? Read() =>
        this == new ConnectionLimitsJson() ? null : new ConnectionLimits(Concurrency, Queue, Requests, PerSeconds ?? 1);
}

/// <summary>The credentials of a new connection.</summary>
internal sealed record ConnectionCredentialsCreateJson
{
    [MaxLength(16)]
    public IReadOnlyList<ConnectionCredentialCreateJson>? Action { get; init; }

    [MaxLength(16)]
    public IReadOnlyList<ConnectionCredentialCreateJson>? Trigger { get; init; }
}

/// <summary>A new credential, and by its id the auth scheme config that says how it is used.</summary>
internal sealed record ConnectionCredentialCreateJson
{
    /// <summary>Only its id counts; everything else is taken from the connector.</summary>
    [DescribedAs(typeof(AuthSchemeConfigJson))]
    public required JsonElement AuthSchemeConfig { get; init; }

    public required CredentialCreateJson Credential { get; init; }
}

/// <summary>A connection as it is to be from now on.</summary>
internal sealed record ConnectionUpdateJson
{
    /// <summary>Must be the id of the connection.</summary>
    public required Ulid Id { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>The order and configs of its credentials; left out, they stay.</summary>
    public ConnectionCredentialsUpdateJson? Credentials { get; init; }

    /// <summary>Replaces the variables; left out, they stay.</summary>
    [MaxLength(100)]
    public IReadOnlyList<ConnectionVariableJson>? Variables { get; init; }

    /// <summary>Replaces the limits; left out, they stay, and an empty object takes them away (ours).</summary>
    public ConnectionLimitsJson? Limits { get; init; }
}

/// <summary>Every credential of a connection in its new order.</summary>
internal sealed record ConnectionCredentialsUpdateJson
{
    [MaxLength(16)]
    public IReadOnlyList<ConnectionCredentialUpdateJson>? Action { get; init; }

    [MaxLength(16)]
    public IReadOnlyList<ConnectionCredentialUpdateJson>? Trigger { get; init; }
}

/// <summary>A credential of a connection, and the config by which it is used from now on.</summary>
internal sealed record ConnectionCredentialUpdateJson
{
    public required Ulid Id { get; init; }

    /// <summary>Only its id counts; its scheme must be the one before.</summary>
    [DescribedAs(typeof(AuthSchemeConfigJson))]
    public required JsonElement AuthSchemeConfig { get; init; }
}
