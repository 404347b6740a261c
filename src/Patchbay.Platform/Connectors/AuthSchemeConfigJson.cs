using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>One way to authenticate with the API. It holds no secret: a client secret that is sent goes into the vault and is not read back.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "schemeType")]
[JsonDerivedType(typeof(AuthSchemeConfigNoneJson), "none")]
[JsonDerivedType(typeof(AuthSchemeConfigAPIKeyJson), "api-key")]
[JsonDerivedType(typeof(AuthSchemeConfigBasicAuthJson), "basic-auth")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2Json), "oauth2")]
[JsonDerivedType(typeof(AuthSchemeConfigHMACJson), "hmac")]
[JsonDerivedType(typeof(AuthSchemeConfigCertificateJson), "certificate")]
internal abstract record AuthSchemeConfigJson
{
    internal const int MaxDescriptionLength = 10_000;

    /// <summary>Given by the client, unique in the connector.</summary>
    [MinLength(1), MaxLength(64), RegularExpression("^[A-Za-z0-9_-]+$", ErrorMessage = "must have letters, digits, hyphens and underscores only")]
    public required string Id { get; init; }

    /// <summary>Tells several configs of one scheme apart, for people.</summary>
    [MaxLength(MaxDescriptionLength)]
    public required string Description { get; init; }

    /// <summary>Remarks of the server; ignored when sent.</summary>
    public IReadOnlyList<MessageJson>? ValidationMessages { get; init; }

    public static AuthSchemeConfigJson Of(AuthSchemeConfig config) =>
        JsonSerializer.Deserialize<AuthSchemeConfigJson>(config.Config, ApiJson.Options)!;

    /// <summary>The scheme type as clients see it.</summary>
    [JsonIgnore]
    public string SchemeType => this switch
    {
        AuthSchemeConfigNoneJson => "none",
        AuthSchemeConfigAPIKeyJson => "api-key",
        AuthSchemeConfigBasicAuthJson => "basic-auth",
        AuthSchemeConfigOAuth2Json => "oauth2",
        AuthSchemeConfigHMACJson => "hmac",
        AuthSchemeConfigCertificateJson => "certificate",
        _ => throw new InvalidOperationException($"{GetType().Name} has no scheme type."),
    };

    public string ToStored() => JsonSerializer.Serialize(this with { ValidationMessages = null }, ApiJson.Options);
}

/// <summary>The API asks for no authentication.</summary>
internal sealed record AuthSchemeConfigNoneJson : AuthSchemeConfigJson;

/// <summary>Where an API key goes in the request.</summary>
internal enum AuthSchemeConfigAPIKeyIn
{
    [JsonStringEnumMemberName("query")]
    Query,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("cookie")]
    Cookie,
}

/// <summary>A key in a header, the query or a cookie. A bearer token is one in the header Authorization, whose value is the whole header value.</summary>
internal sealed record AuthSchemeConfigAPIKeyJson : AuthSchemeConfigJson
{
    /// <summary>The name of the header, query parameter or cookie.</summary>
    [MinLength(1), MaxLength(256)]
    public required string Name { get; init; }

    public required AuthSchemeConfigAPIKeyIn In { get; init; }
}

/// <summary>HTTP Basic authentication (RFC 7617).</summary>
internal sealed record AuthSchemeConfigBasicAuthJson : AuthSchemeConfigJson;

/// <summary>OAuth 2.0 (RFC 6749).</summary>
internal sealed record AuthSchemeConfigOAuth2Json : AuthSchemeConfigJson
{
    /// <summary>Where the user grants access; empty for a grant that has no such step.</summary>
    public required string AuthorizeUrl { get; init; }

    /// <summary>Where tokens are issued.</summary>
    public required string TokenUrl { get; init; }

    /// <summary>The scopes that the API knows.</summary>
    [MaxLength(5000)]
    public required IReadOnlyList<OAuth2ScopeJson> Scopes { get; init; }

    /// <summary>The scopes that are asked for where a connection names none.</summary>
    public required IReadOnlyList<string> DefaultScopes { get; init; }

    /// <summary>Form-encoded parameters that a client may add to the authorize URL.</summary>
    public string? AdditionalAuthorizeParams { get; init; }

    /// <summary>Form-encoded parameters that are added to token requests.</summary>
    public string? AdditionalTokenParams { get; init; }

    /// <summary>Whether the token endpoint asks for a client certificate.</summary>
    public bool? MtlsEnabled { get; init; }

    /// <summary>The credential with that certificate.</summary>
    public Ulid? MtlsCredentialId { get; init; }

    public required AuthSchemeConfigOAuth2GrantJson Grant { get; init; }
}

/// <summary>A scope of an OAuth 2.0 API.</summary>
internal sealed record OAuth2ScopeJson
{
    public required string Name { get; init; }

    [MaxLength(AuthSchemeConfigJson.MaxDescriptionLength)]
    public string? Description { get; init; }
}

/// <summary>Which OAuth 2.0 grant is used.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "grantType")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantAuthorizationCodeJson), "authorization_code")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantClientCredentialsJson), "client_credentials")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth2GrantPasswordJson), "password")]
internal abstract record AuthSchemeConfigOAuth2GrantJson;

/// <summary>A grant whose client is the connector's own application.</summary>
internal abstract record AuthSchemeConfigOAuth2ApplicationGrantJson : AuthSchemeConfigOAuth2GrantJson
{
    /// <summary>The credential with the application's client id and secret.</summary>
    public Ulid? CredentialId { get; init; }

    /// <summary>The organisation that owns the credential: the publisher, for a connector out of the library.</summary>
    public Ulid? OrganisationId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Goes into the vault; left out of every answer. The placeholder [redacted] keeps what is stored.</summary>
    public string? ClientSecret { get; init; }
}

/// <summary>The authorization code grant (RFC 6749, 4.1).</summary>
internal sealed record AuthSchemeConfigOAuth2GrantAuthorizationCodeJson : AuthSchemeConfigOAuth2ApplicationGrantJson;

/// <summary>The client credentials grant (RFC 6749, 4.4); the client is given by each connection.</summary>
internal sealed record AuthSchemeConfigOAuth2GrantClientCredentialsJson : AuthSchemeConfigOAuth2GrantJson;

/// <summary>The resource owner password grant (RFC 6749, 4.3).</summary>
internal sealed record AuthSchemeConfigOAuth2GrantPasswordJson : AuthSchemeConfigOAuth2ApplicationGrantJson;

/// <summary>Where an HMAC signature goes in the request.</summary>
internal enum AuthSchemeConfigHMACIn
{
    [JsonStringEnumMemberName("query")]
    Query,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("cookie")]
    Cookie,
}

/// <summary>The hash under an HMAC.</summary>
internal enum AuthSchemeConfigHMACAlgorithm
{
    [JsonStringEnumMemberName("sha1")]
    Sha1,

    [JsonStringEnumMemberName("sha256")]
    Sha256,

    [JsonStringEnumMemberName("sha512")]
    Sha512,
}

/// <summary>What an HMAC is computed over.</summary>
internal enum AuthSchemeConfigHMACDigestInput
{
    [JsonStringEnumMemberName("body")]
    Body,

    [JsonStringEnumMemberName("url")]
    Url,
}

/// <summary>A signature over the request (RFC 2104).</summary>
internal sealed record AuthSchemeConfigHMACJson : AuthSchemeConfigJson
{
    /// <summary>The name of the header, query parameter or cookie.</summary>
    [MinLength(1), MaxLength(256)]
    public required string Name { get; init; }

    public required AuthSchemeConfigHMACIn In { get; init; }
    public required AuthSchemeConfigHMACAlgorithm Algorithm { get; init; }

    /// <summary>What is signed, in this order.</summary>
    public required IReadOnlyList<AuthSchemeConfigHMACDigestInput> DigestInputs { get; init; }
}

/// <summary>A client certificate (RFC 8446, 4.4.2).</summary>
internal sealed record AuthSchemeConfigCertificateJson : AuthSchemeConfigJson;
