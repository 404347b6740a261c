using System.Text.Json.Serialization;

namespace Patchbay.OAuth.Jwt;

/// <summary>Signature algorithms (RFC 7518, 3.1). EdDSA is missing because the platform has no Ed25519.</summary>
public enum JwtAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    [JsonStringEnumMemberName("RS256")]
    RS256,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    [JsonStringEnumMemberName("RS384")]
    RS384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    [JsonStringEnumMemberName("RS512")]
    RS512,

    /// <summary>RSASSA-PSS with SHA-256.</summary>
    [JsonStringEnumMemberName("PS256")]
    PS256,

    /// <summary>RSASSA-PSS with SHA-384.</summary>
    [JsonStringEnumMemberName("PS384")]
    PS384,

    /// <summary>RSASSA-PSS with SHA-512.</summary>
    [JsonStringEnumMemberName("PS512")]
    PS512,

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    [JsonStringEnumMemberName("ES256")]
    ES256,

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    [JsonStringEnumMemberName("ES384")]
    ES384,

    /// <summary>ECDSA on P-521 with SHA-512.</summary>
    [JsonStringEnumMemberName("ES512")]
    ES512,

    /// <summary>HMAC with SHA-256.</summary>
    [JsonStringEnumMemberName("HS256")]
    HS256,

    /// <summary>HMAC with SHA-384.</summary>
    [JsonStringEnumMemberName("HS384")]
    HS384,

    /// <summary>HMAC with SHA-512.</summary>
    [JsonStringEnumMemberName("HS512")]
    HS512,
}
