using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Protocols.Http;

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

    /// <summary>
    /// Ours: what is signed, in place of digestInputs: body, url, method, path, target, timestamp and header:NAME, in this order.
    /// </summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Ours: how the signature becomes text; hex where left out.</summary>
    public AuthSchemeConfigHMACEncoding? Encoding { get; init; }

    /// <summary>Ours: what stands before the signature, such as <c>sha256=</c>.</summary>
    [MaxLength(64)]
    public string? Prefix { get; init; }

    /// <summary>Ours: what stands between two inputs.</summary>
    [MaxLength(16)]
    public string? Joiner { get; init; }

    /// <summary>Ours: the header that carries the time of signing.</summary>
    [MaxLength(256)]
    public string? TimestampHeader { get; init; }

    /// <summary>Ours: what that time counts; seconds where left out.</summary>
    public AuthSchemeConfigHMACTimestampUnit? TimestampUnit { get; init; }

    /// <summary>How requests are signed.</summary>
    public HmacOptions ToOptions() => new()
    {
        Algorithm = Algorithm switch
        {
            AuthSchemeConfigHMACAlgorithm.Sha1 => HmacAlgorithm.Sha1,
            AuthSchemeConfigHMACAlgorithm.Sha256 => HmacAlgorithm.Sha256,
            _ => HmacAlgorithm.Sha512,
        },
        In = In switch
        {
            AuthSchemeConfigHMACIn.Header => CredentialPlace.Header,
            AuthSchemeConfigHMACIn.Query => CredentialPlace.Query,
            _ => CredentialPlace.Cookie,
        },
        Name = Name,
        DigestInputs = Inputs is { Count: > 0 } ? Inputs : [.. DigestInputs.Select(i => i == AuthSchemeConfigHMACDigestInput.Body ? "body" : "url")],
        Encoding = Encoding switch
        {
            AuthSchemeConfigHMACEncoding.HexUpper => SignatureEncoding.HexUpper,
            AuthSchemeConfigHMACEncoding.Base64 => SignatureEncoding.Base64,
            AuthSchemeConfigHMACEncoding.Base64Url => SignatureEncoding.Base64Url,
            _ => SignatureEncoding.Hex,
        },
        Prefix = Prefix ?? "",
        Joiner = Joiner ?? "",
        Timestamp = TimestampHeader is null ? null
            : new HmacTimestamp(TimestampHeader, TimestampUnit == AuthSchemeConfigHMACTimestampUnit.Milliseconds ? Protocols.Http.TimestampUnit.Milliseconds : Protocols.Http.TimestampUnit.Seconds),
    };
}

/// <summary>How the bytes of a signature become text.</summary>
internal enum AuthSchemeConfigHMACEncoding
{
    [JsonStringEnumMemberName("hex")]
    Hex,

    [JsonStringEnumMemberName("hex-upper")]
    HexUpper,

    [JsonStringEnumMemberName("base64")]
    Base64,

    [JsonStringEnumMemberName("base64url")]
    Base64Url,
}

/// <summary>What the time of signing counts, since 1970.</summary>
internal enum AuthSchemeConfigHMACTimestampUnit
{
    [JsonStringEnumMemberName("seconds")]
    Seconds,

    [JsonStringEnumMemberName("milliseconds")]
    Milliseconds,
}
