using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>What a credential's data is.</summary>
internal enum CredentialType
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("string")]
    String,

    [JsonStringEnumMemberName("binary")]
    Binary,

    [JsonStringEnumMemberName("basic-auth")]
    BasicAuth,

    [JsonStringEnumMemberName("oauth2-client")]
    OAuth2Client,

    [JsonStringEnumMemberName("oauth2-code")]
    OAuth2Code,

    [JsonStringEnumMemberName("oauth2-password")]
    OAuth2Password,

    [JsonStringEnumMemberName("oauth2-token")]
    OAuth2Token,

    [JsonStringEnumMemberName("custom-function")]
    CustomFunction,

    [JsonStringEnumMemberName("certificate")]
    Certificate,

    [JsonStringEnumMemberName("jwt-bearer")]
    JwtBearer,

    /// <summary>Ours: named texts, for the scheme two-step.</summary>
    [JsonStringEnumMemberName("values")]
    Values,

    /// <summary>Ours: a consumer and a token of OAuth 1.0a.</summary>
    [JsonStringEnumMemberName("oauth1-token")]
    OAuth1Token,

    /// <summary>Ours: what a user brings back from an OAuth 1.0a provider; exchanged at once for an oauth1-token.</summary>
    [JsonStringEnumMemberName("oauth1-verifier")]
    OAuth1Verifier,

    /// <summary>Ours: an access key of AWS or of a service that signs like it.</summary>
    [JsonStringEnumMemberName("aws-keys")]
    AwsKeys,
}

/// <summary>Who we are at an API. Secrets in its data read as [redacted].</summary>
internal sealed record CredentialJson : IStateBehind
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required CredentialType Type { get; init; }
    public required string Name { get; init; }

    /// <summary>What uses it, where that was asked for.</summary>
    public IReadOnlyList<CredentialUsageJson>? Usages { get; init; }

    /// <summary>What failed when it was last checked; empty when it is valid, left out when it never was checked.</summary>
    public IReadOnlyList<string>? Errors { get; init; }

    [DescribedAs(typeof(CredentialDataNoneJson), typeof(CredentialDataStringJson), typeof(CredentialDataBinaryJson), typeof(CredentialDataBasicAuthJson),
        typeof(CredentialDataOAuth2ClientJson), typeof(CredentialDataOAuth2TokenJson), typeof(CredentialDataOAuth2CodeJson),
        typeof(CredentialDataOAuth2PasswordJson), typeof(CredentialDataCertificateJson), typeof(CredentialDataJwtBearerJson),
        typeof(CredentialDataValuesJson), typeof(CredentialDataOAuth1TokenJson), typeof(CredentialDataAwsKeysJson))]
    public required JsonNode Data { get; init; }

    /// <summary>When its owner wants it deleted.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonIgnore]
    public string StateBehind { get; init; } = "";

    public static CredentialJson Of(Credential credential)
    {
        var kind = CredentialKind.OfStored(credential.Type);
        return new CredentialJson
        {
            Id = credential.Id,
            OrganisationId = credential.OrganisationId,
            Type = kind.Type,
            Name = credential.Name,
            Errors = credential.Errors,
            Data = kind.Show(credential.PublicData),
            ExpiresAt = credential.ExpiresAt,
            StateBehind = credential.Revision.ToString(CultureInfo.InvariantCulture),
        };
    }
}

/// <summary>A use of a credential.</summary>
internal sealed record CredentialUsageJson
{
    public required CredentialUsageConnectionJson Connection { get; init; }
}

/// <summary>A connection that uses a credential.</summary>
internal sealed record CredentialUsageConnectionJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required ConnectorSummaryJson Connector { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A connector without what is in it.</summary>
internal sealed record ConnectorSummaryJson
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; init; }
    public required ProtocolType Protocol { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A new credential; its type says what its data must be.</summary>
internal sealed record CredentialCreateJson
{
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    public required CredentialType Type { get; init; }

    [DescribedAs(typeof(CredentialDataNoneJson), typeof(CredentialDataStringJson), typeof(CredentialDataBinaryJson), typeof(CredentialDataBasicAuthJson),
        typeof(CredentialDataOAuth2ClientJson), typeof(CredentialDataOAuth2CodeJson), typeof(CredentialDataOAuth2TokenJson),
        typeof(CredentialDataOAuth2PasswordJson), typeof(CredentialDataCertificateJson), typeof(CredentialDataJwtBearerJson),
        typeof(CredentialDataValuesJson), typeof(CredentialDataOAuth1TokenJson), typeof(CredentialDataOAuth1VerifierJson),
        typeof(CredentialDataAwsKeysJson))]
    public required JsonElement Data { get; init; }

    /// <summary>Ours: when the credential is to be deleted.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>No data.</summary>
internal sealed record CredentialDataNoneJson;

/// <summary>A text, such as an API key.</summary>
internal sealed record CredentialDataStringJson
{
    [MinLength(1), MaxLength(16 * 1024)]
    public required string Value { get; init; }
}

/// <summary>Bytes, such as a private key.</summary>
internal sealed record CredentialDataBinaryJson
{
    [MinLength(1), MaxLength(256 * 1024)]
    public required string ValueBase64 { get; init; }
}

/// <summary>A user name and a password.</summary>
internal sealed record CredentialDataBasicAuthJson
{
    [MaxLength(1024)]
    public required string Username { get; init; }

    [MaxLength(4096)]
    public required string Password { get; init; }
}

/// <summary>An OAuth 2.0 client.</summary>
internal sealed record CredentialDataOAuth2ClientJson
{
    public required string ClientId { get; init; }
    public required string ClientSecret { get; init; }

    /// <summary>Empty for the client credentials grant.</summary>
    public required string AuthorizeUrl { get; init; }

    public required string TokenUrl { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Form-encoded parameters that are added to token requests.</summary>
    public string? AdditionalParams { get; init; }

    [JsonPropertyName("mTLSEnabled")]
    public bool? MtlsEnabled { get; init; }

    [JsonPropertyName("mTLSCredentialId")]
    public string? MtlsCredentialId { get; init; }
}

/// <summary>An OAuth 2.0 grant; only its scopes can be read.</summary>
internal sealed record CredentialDataOAuth2TokenJson
{
    public required IReadOnlyList<string> Scopes { get; init; }
    public string? AccessToken { get; init; }
    public string? RefreshToken { get; init; }

    /// <summary>How the access token is sent; only Bearer is known, whatever its case.</summary>
    public string? TokenType { get; init; }

    /// <summary>When the access token expires; where that is not said, it is renewed once the API refuses it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An authorization code, to be exchanged at once.</summary>
internal sealed record CredentialDataOAuth2CodeJson
{
    public required string Code { get; init; }
    public required string State { get; init; }
}

/// <summary>A resource owner's user name and password.</summary>
internal sealed record CredentialDataOAuth2PasswordJson
{
    public required string Username { get; init; }
    public required string Password { get; init; }
}

/// <summary>A client certificate, its key and the authority that the server is checked against, each as PEM.</summary>
internal sealed record CredentialDataCertificateJson
{
    [MaxLength(256 * 1024)]
    public required string Certificate { get; init; }

    [MaxLength(256 * 1024)]
    public required string Key { get; init; }

    [MaxLength(256 * 1024)]
    public required string Ca { get; init; }
}

/// <summary>Ours: a private key that signs JWTs, and what goes into them.</summary>
internal sealed record CredentialDataJwtBearerJson
{
    /// <summary>The key, as PEM or JWK; for the HS algorithms the shared secret.</summary>
    [MinLength(1), MaxLength(64 * 1024)]
    public required string PrivateKey { get; init; }

    /// <summary>The id of the key, in place of the config's.</summary>
    [MaxLength(1024)]
    public string? KeyId { get; init; }

    /// <summary>What the placeholders of the config's claims stand for, such as issuer and subject. They can be read.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }
}

/// <summary>Ours: texts by name, all of them secret.</summary>
internal sealed record CredentialDataValuesJson
{
    public required IReadOnlyDictionary<string, string> Values { get; init; }
}

/// <summary>Ours: a consumer and a token of OAuth 1.0a (RFC 5849).</summary>
internal sealed record CredentialDataOAuth1TokenJson
{
    [MinLength(1), MaxLength(4096)]
    public required string ConsumerKey { get; init; }

    /// <summary>The shared secret; for the RSA methods the private key, as PEM.</summary>
    [MaxLength(64 * 1024)]
    public required string ConsumerSecret { get; init; }

    /// <summary>Left out, requests are signed by the consumer alone.</summary>
    [MaxLength(4096)]
    public string? Token { get; init; }

    [MaxLength(4096)]
    public string? TokenSecret { get; init; }
}

/// <summary>Ours: the temporary token and the verifier that a user brought back (RFC 5849, 2.2), to be exchanged at once.</summary>
internal sealed record CredentialDataOAuth1VerifierJson
{
    [MinLength(1), MaxLength(4096)]
    public required string Token { get; init; }

    [MinLength(1), MaxLength(4096)]
    public required string Verifier { get; init; }
}

/// <summary>Ours: an access key of AWS, or of a service that signs like it.</summary>
internal sealed record CredentialDataAwsKeysJson
{
    [MinLength(1), MaxLength(256)]
    public required string AccessKeyId { get; init; }

    [MinLength(1), MaxLength(4096)]
    public required string SecretAccessKey { get; init; }

    [MaxLength(16 * 1024)]
    public string? SessionToken { get; init; }
}
