using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Authorizations;

/// <summary>What a user is to be asked for.</summary>
internal sealed record InitialiseOAuth2ConnectionRequestJson
{
    /// <summary>The application that asks: the one of an auth scheme config of the connector.</summary>
    public required InitialiseOAuth2ConnectionRequestCredentialJson Credential { get; init; }

    /// <summary>Must be the authorize URL of that config.</summary>
    public required string AuthorizeUrl { get; init; }

    /// <summary>Must be the client id of that application.</summary>
    public required string ClientId { get; init; }

    /// <summary>The scopes to ask for; the config's default ones where left out.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whether offline_access is left out, which is asked for otherwise.</summary>
    public bool? DisableOfflineAccess { get; init; }

    /// <summary>What the provider shows even to a user whom it knows; login where left out.</summary>
    [MaxLength(200)]
    public string? Prompt { get; init; }

    /// <summary>Form-encoded parameters to add.</summary>
    public string? AdditionalParams { get; init; }

    /// <summary>Ours: the config, where several have the same application.</summary>
    [MaxLength(64)]
    public string? AuthSchemeConfigId { get; init; }

    /// <summary>Ours: the variables that the connection will have, where the config's URLs have placeholders for them.</summary>
    [MaxLength(100)]
    public IReadOnlyList<ConnectionVariableJson>? Variables { get; init; }
}

/// <summary>An OAuth 2.0 application.</summary>
internal sealed record InitialiseOAuth2ConnectionRequestCredentialJson
{
    public required Ulid Id { get; init; }

    public required Ulid OrganisationId { get; init; }
}

/// <summary>Where to send the user.</summary>
internal sealed record InitialiseOAuth2ConnectionResponseJson
{
    public required string Url { get; init; }
}

/// <summary>Ours: what a user is to be asked for at an OAuth 1.0a provider, and by whom.</summary>
internal sealed record InitialiseOAuth1ConnectionRequestJson
{
    /// <summary>The config with the provider's URLs.</summary>
    [MinLength(1), MaxLength(64)]
    public required string AuthSchemeConfigId { get; init; }

    [MinLength(1), MaxLength(4096)]
    public required string ConsumerKey { get; init; }

    /// <summary>The shared secret; for the RSA methods the private key, as PEM. Kept in the vault until the user comes back.</summary>
    [MaxLength(64 * 1024)]
    public required string ConsumerSecret { get; init; }

    /// <summary>The variables that the connection will have, where the config has placeholders for them.</summary>
    [MaxLength(100)]
    public IReadOnlyList<ConnectionVariableJson>? Variables { get; init; }
}
