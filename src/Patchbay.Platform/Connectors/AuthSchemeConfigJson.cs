using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.OAuth.Profiles;
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
[JsonDerivedType(typeof(AuthSchemeConfigJwtBearerJson), "jwt-bearer")]
[JsonDerivedType(typeof(AuthSchemeConfigGoogleServiceAccountJson), "google-service-account")]
[JsonDerivedType(typeof(AuthSchemeConfigCustomFunctionJson), "custom-function")]
[JsonDerivedType(typeof(AuthSchemeConfigTwoStepJson), "two-step")]
[JsonDerivedType(typeof(AuthSchemeConfigOAuth1Json), "oauth1")]
[JsonDerivedType(typeof(AuthSchemeConfigAwsSignatureJson), "aws-signature")]
internal abstract record AuthSchemeConfigJson
{
    internal const int MaxDescriptionLength = 10_000;

    /// <summary>Given by the client, unique in the connector.</summary>
    [MinLength(1), MaxLength(64), RegularExpression("^[A-Za-z0-9_-]+$", ErrorMessage = "must have letters, digits, hyphens and underscores only")]
    public required string Id { get; init; }

    /// <summary>Tells several configs of one scheme apart, for people.</summary>
    [MaxLength(MaxDescriptionLength)]
    public required string Description { get; init; }

    /// <summary>Ours: the request that shows whether a connection works.</summary>
    public VerificationRequest? Verification { get; init; }

    /// <summary>Ours: how the API finds out that the URL of a trigger is ours, before it sends events to it.</summary>
    public AuthSchemeChallengeJson? Challenge { get; init; }

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
        AuthSchemeConfigJwtBearerJson => "jwt-bearer",
        AuthSchemeConfigGoogleServiceAccountJson => "google-service-account",
        AuthSchemeConfigCustomFunctionJson => "custom-function",
        AuthSchemeConfigTwoStepJson => "two-step",
        AuthSchemeConfigOAuth1Json => "oauth1",
        AuthSchemeConfigAwsSignatureJson => "aws-signature",
        _ => throw new InvalidOperationException($"{GetType().Name} has no scheme type."),
    };

    /// <summary>The scheme as credentials belong to it: for OAuth 2.0 each grant has its own.</summary>
    [JsonIgnore]
    public string SchemeOfCredentials => this is AuthSchemeConfigOAuth2Json oauth2
        ? $"oauth2/{oauth2.Grant switch
        {
            AuthSchemeConfigOAuth2GrantClientCredentialsJson => "client_credentials",
            AuthSchemeConfigOAuth2GrantPasswordJson => "password",
            _ => "authorization_code",
        }}"
        : SchemeType;

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

/// <summary>A client certificate (RFC 8446, 4.4.2).</summary>
internal sealed record AuthSchemeConfigCertificateJson : AuthSchemeConfigJson;
