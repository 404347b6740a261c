namespace Patchbay.Protocols.Http;

/// <summary>The hash under an HMAC.</summary>
public enum HmacAlgorithm
{
    /// <summary>SHA-1; as an HMAC it is not broken.</summary>
    Sha1,

    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-512.</summary>
    Sha512,
}

/// <summary>How the bytes of a signature become text.</summary>
public enum SignatureEncoding
{
    /// <summary>Hexadecimal in lower case.</summary>
    Hex,

    /// <summary>Hexadecimal in upper case.</summary>
    HexUpper,

    /// <summary>Base64 with padding (RFC 4648, section 4).</summary>
    Base64,

    /// <summary>Base64 for URLs, without padding (RFC 4648, section 5).</summary>
    Base64Url,
}

/// <summary>What a timestamp counts since 1970-01-01T00:00:00Z.</summary>
public enum TimestampUnit
{
    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Milliseconds.</summary>
    Milliseconds,
}

/// <summary>The time of signing, sent along.</summary>
/// <param name="Header">The name of the header that holds it.</param>
/// <param name="Unit">What it counts.</param>
public sealed record HmacTimestamp(string Header, TimestampUnit Unit);

/// <summary>How an API wants its requests signed.</summary>
public sealed record HmacOptions
{
    /// <summary>The hash.</summary>
    public required HmacAlgorithm Algorithm { get; init; }

    /// <summary>Where the signature goes.</summary>
    public required CredentialPlace In { get; init; }

    /// <summary>The name of the header, query parameter or cookie that holds the signature.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What is signed, in this order: <c>body</c>, the bytes of the body; <c>url</c>, the absolute URL as it is sent, without the signature's
    /// own parameter; <c>method</c>; <c>path</c>, the raw path; <c>target</c>, the raw path and query, without the signature's own parameter;
    /// <c>timestamp</c>; and <c>header:NAME</c>, a header's value as it is sent, empty where it is not set.
    /// </summary>
    public required IReadOnlyList<string> DigestInputs { get; init; }

    /// <summary>How the signature becomes text.</summary>
    public SignatureEncoding Encoding { get; init; } = SignatureEncoding.Hex;

    /// <summary>What stands before the signature, such as <c>sha256=</c>.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>What stands between two inputs, such as <c>.</c> or a line break; it is signed as UTF-8.</summary>
    public string Joiner { get; init; } = string.Empty;

    /// <summary>The timestamp to send; null for none.</summary>
    public HmacTimestamp? Timestamp { get; init; }
}
