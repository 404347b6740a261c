using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Connectors;

/// <summary>How an API signs the requests that it makes to us, in what the fields of the config itself do not say (ours).</summary>
internal sealed record AuthSchemeConfigHMACIncomingJson
{
    /// <summary>
    /// What is signed, in place of digestInputs: a text with parts of the request in braces, such as <c>v0:{timestamp}:{body}</c>. Parts are body, url,
    /// method, path, target, query, timestamp, form, header:NAME, query:NAME and element:NAME; form stands for the parameters of a form, sorted by
    /// name, each name followed by its value.
    /// </summary>
    [MinLength(1), MaxLength(500)]
    public string? Template { get; init; }

    /// <summary>The name of the elements that are signatures, where the value is a list such as <c>t=…,v1=…</c>.</summary>
    [MinLength(1), MaxLength(64)]
    public string? Element { get; init; }

    /// <summary>What stands between two elements, or between two signatures without names; a comma where an element is named.</summary>
    [MinLength(1), MaxLength(64)]
    public string? Separator { get; init; }

    /// <summary>What stands between the name and the value of an element; an equals sign where left out.</summary>
    [MinLength(1), MaxLength(64)]
    public string? Assignment { get; init; }

    /// <summary>The time of signing, which makes old copies of a request worthless.</summary>
    public AuthSchemeConfigHMACTimestampJson? Timestamp { get; init; }

    /// <summary>A digest of the body that the signature covers in the body's place.</summary>
    public AuthSchemeConfigHMACDigestJson? BodyDigest { get; init; }

    /// <summary>How the text of the secret becomes the key's bytes; text where left out.</summary>
    public AuthSchemeConfigHMACKeyEncoding? KeyEncoding { get; init; }

    /// <summary>What stands before the secret and is not of the key, such as <c>whsec_</c>.</summary>
    [MaxLength(64)]
    public string? KeyPrefix { get; init; }
}

/// <summary>How the text of a secret becomes the bytes of a key.</summary>
internal enum AuthSchemeConfigHMACKeyEncoding
{
    [JsonStringEnumMemberName("text")]
    Text,

    [JsonStringEnumMemberName("base64")]
    Base64,

    [JsonStringEnumMemberName("hex")]
    Hex,
}

/// <summary>Where the time of signing is sent.</summary>
internal enum AuthSchemeConfigHMACTimestampIn
{
    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("query")]
    Query,

    /// <summary>An element of the signature's own value.</summary>
    [JsonStringEnumMemberName("element")]
    Element,
}

/// <summary>How the time of signing is written.</summary>
internal enum AuthSchemeConfigHMACTimestampFormat
{
    [JsonStringEnumMemberName("seconds")]
    Seconds,

    [JsonStringEnumMemberName("milliseconds")]
    Milliseconds,

    /// <summary>RFC 3339, or the date of RFC 9110.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>The time of signing.</summary>
internal sealed record AuthSchemeConfigHMACTimestampJson
{
    public required AuthSchemeConfigHMACTimestampIn In { get; init; }

    /// <summary>The name of the header, query parameter or element.</summary>
    [MinLength(1), MaxLength(256)]
    public required string Name { get; init; }

    /// <summary>Seconds since 1970 where left out.</summary>
    public AuthSchemeConfigHMACTimestampFormat? Format { get; init; }

    /// <summary>How many seconds it may be from now, before and after; 300 where left out.</summary>
    public int? ToleranceSeconds { get; init; }
}

/// <summary>A digest of the body.</summary>
internal sealed record AuthSchemeConfigHMACDigestJson
{
    /// <summary>A header or a query parameter, which the signature covers.</summary>
    public required AuthSchemeConfigHMACIn In { get; init; }

    [MinLength(1), MaxLength(256)]
    public required string Name { get; init; }

    /// <summary>sha256 where left out.</summary>
    public AuthSchemeConfigHMACAlgorithm? Algorithm { get; init; }

    /// <summary>hex where left out.</summary>
    public AuthSchemeConfigHMACEncoding? Encoding { get; init; }

    /// <summary>What stands before it, such as <c>SHA-256=</c>.</summary>
    [MaxLength(64)]
    public string? Prefix { get; init; }
}

/// <summary>The method of a handshake.</summary>
internal enum AuthSchemeChallengeMethod
{
    [JsonStringEnumMemberName("GET")]
    Get,

    [JsonStringEnumMemberName("POST")]
    Post,
}

/// <summary>How an API finds out, before it sends events, that an address is ours: we send back a text that it sends (ours).</summary>
internal sealed record AuthSchemeChallengeJson
{
    public required AuthSchemeChallengeMethod Method { get; init; }

    /// <summary>What tells it from an event: values by their places, such as <c>body:/type</c>; <c>*</c> for any value.</summary>
    public IReadOnlyDictionary<string, string>? When { get; init; }

    /// <summary>The place of the text that is sent back, such as <c>query:hub.challenge</c> or <c>body:/challenge</c>.</summary>
    [MinLength(1), MaxLength(ValuePlace.MaxLength)]
    public required string Echo { get; init; }

    /// <summary>
    /// The answer as JSON, where it is not the text itself: fields, in whose values {echo} stands for the text and {hmac} for its signature with the
    /// secret of this config. Only a text of letters, digits and a few marks is signed.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Answer { get; init; }

    /// <summary>The hash of {hmac}; sha256 where left out.</summary>
    public AuthSchemeConfigHMACAlgorithm? Algorithm { get; init; }

    /// <summary>How {hmac} is written; hex where left out.</summary>
    public AuthSchemeConfigHMACEncoding? Encoding { get; init; }

    /// <summary>Whether the request of the handshake is verified by this config, as events are; true where left out.</summary>
    public bool? Verified { get; init; }

    /// <summary>Whether the config is for the handshake only, and events are not verified by it; false where left out.</summary>
    public bool? Only { get; init; }

    public HandshakeOptions ToOptions() => new()
    {
        Method = Method == AuthSchemeChallengeMethod.Get ? "GET" : "POST",
        When = When ?? new Dictionary<string, string>(StringComparer.Ordinal),
        Echo = Echo,
        Answer = Answer,
        Algorithm = HmacNames.Of(Algorithm ?? AuthSchemeConfigHMACAlgorithm.Sha256),
        Encoding = HmacNames.Of(Encoding ?? AuthSchemeConfigHMACEncoding.Hex),
    };
}

/// <summary>The names of the contract for what the kernel knows by its own.</summary>
internal static class HmacNames
{
    public static HmacAlgorithm Of(AuthSchemeConfigHMACAlgorithm algorithm) => algorithm switch
    {
        AuthSchemeConfigHMACAlgorithm.Sha1 => HmacAlgorithm.Sha1,
        AuthSchemeConfigHMACAlgorithm.Sha256 => HmacAlgorithm.Sha256,
        _ => HmacAlgorithm.Sha512,
    };

    public static SignatureEncoding Of(AuthSchemeConfigHMACEncoding? encoding) => encoding switch
    {
        AuthSchemeConfigHMACEncoding.HexUpper => SignatureEncoding.HexUpper,
        AuthSchemeConfigHMACEncoding.Base64 => SignatureEncoding.Base64,
        AuthSchemeConfigHMACEncoding.Base64Url => SignatureEncoding.Base64Url,
        _ => SignatureEncoding.Hex,
    };

    public static CredentialPlace Of(AuthSchemeConfigHMACIn place) => place switch
    {
        AuthSchemeConfigHMACIn.Header => CredentialPlace.Header,
        AuthSchemeConfigHMACIn.Query => CredentialPlace.Query,
        _ => CredentialPlace.Cookie,
    };
}
