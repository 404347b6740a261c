using Patchbay.Protocols.Http;

namespace Patchbay.Protocols.Incoming;

/// <summary>How a time of signing is written.</summary>
public enum SentTimeUnit
{
    /// <summary>Seconds since 1970.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,

    /// <summary>RFC 3339, or the date of RFC 9110.</summary>
    Text,
}

/// <summary>Where a time of signing is sent.</summary>
public enum SentTimeIn
{
    /// <summary>A header of its own.</summary>
    Header,

    /// <summary>A query parameter.</summary>
    Query,

    /// <summary>An element of the signature's own value, beside the signature.</summary>
    Element,
}

/// <summary>The time of signing.</summary>
public sealed record SentTime
{
    /// <summary>Where it is sent.</summary>
    public required SentTimeIn In { get; init; }

    /// <summary>The name of the header, query parameter or element.</summary>
    public required string Name { get; init; }

    /// <summary>How it is written.</summary>
    public SentTimeUnit Unit { get; init; }

    /// <summary>How far it may be from now, before and after.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A digest of the body that the signature covers in the body's place.</summary>
public sealed record SentDigest
{
    /// <summary>Where it is sent: a header or a query parameter.</summary>
    public required CredentialPlace In { get; init; }

    /// <summary>The name of the header or query parameter.</summary>
    public required string Name { get; init; }

    /// <summary>The hash.</summary>
    public HmacAlgorithm Algorithm { get; init; } = HmacAlgorithm.Sha256;

    /// <summary>How its bytes become text.</summary>
    public SignatureEncoding Encoding { get; init; } = SignatureEncoding.Hex;

    /// <summary>What stands before it, such as <c>SHA-256=</c>.</summary>
    public string Prefix { get; init; } = string.Empty;
}

/// <summary>How the text of a key becomes its bytes.</summary>
public enum KeyEncoding
{
    /// <summary>As UTF-8.</summary>
    Text,

    /// <summary>As Base64, with or without padding, either alphabet.</summary>
    Base64,

    /// <summary>As hexadecimal digits.</summary>
    Hex,
}

/// <summary>How an API signs the requests that it makes to us. Everything in which APIs differ is here.</summary>
public sealed record SignatureOptions
{
    /// <summary>The hash.</summary>
    public required HmacAlgorithm Algorithm { get; init; }

    /// <summary>Where the signature stands.</summary>
    public required CredentialPlace In { get; init; }

    /// <summary>The name of the header, query parameter or cookie.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What is signed: a text with parts of the request in braces, <c>{body}</c>, <c>{url}</c>, <c>{method}</c>, <c>{path}</c>, <c>{target}</c>,
    /// <c>{query}</c>, <c>{timestamp}</c>, <c>{form}</c>, <c>{header:NAME}</c>, <c>{query:NAME}</c>, <c>{element:NAME}</c>; null for <see cref="Inputs"/>.
    /// </summary>
    public string? Template { get; init; }

    /// <summary>What is signed, where no template says it: names of parts, in this order.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>What stands between two inputs.</summary>
    public string Joiner { get; init; } = string.Empty;

    /// <summary>How the signature's bytes become text; the case of hexadecimal digits does not matter.</summary>
    public SignatureEncoding Encoding { get; init; } = SignatureEncoding.Hex;

    /// <summary>What stands before the signature, such as <c>sha256=</c>.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The name of the elements that are signatures, where the value is a list such as <c>t=…,v1=…,v1=…</c>; null where it is none.</summary>
    public string? Element { get; init; }

    /// <summary>What stands between two elements, or between two signatures where elements have no names; empty for one signature only.</summary>
    public string Separator { get; init; } = string.Empty;

    /// <summary>What stands between an element's name and its value.</summary>
    public string Assignment { get; init; } = "=";

    /// <summary>The time of signing; null where none is sent.</summary>
    public SentTime? Timestamp { get; init; }

    /// <summary>A digest of the body; null where none is sent.</summary>
    public SentDigest? BodyDigest { get; init; }

    /// <summary>How keys are written.</summary>
    public KeyEncoding KeyEncoding { get; init; }

    /// <summary>What stands before a key and is not of it, such as <c>whsec_</c>.</summary>
    public string KeyPrefix { get; init; } = string.Empty;
}
