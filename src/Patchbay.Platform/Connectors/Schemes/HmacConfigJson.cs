using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Connectors;

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
