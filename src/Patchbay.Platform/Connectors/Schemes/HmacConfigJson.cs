using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;

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

    /// <summary>Ours: how requests are signed that the API makes to us, beyond what the other fields say.</summary>
    public AuthSchemeConfigHMACIncomingJson? Incoming { get; init; }

    /// <summary>How requests are signed.</summary>
    public HmacOptions ToOptions() => new()
    {
        Algorithm = HmacNames.Of(Algorithm),
        In = HmacNames.Of(In),
        Name = Name,
        DigestInputs = InputNames,
        Encoding = HmacNames.Of(Encoding),
        Prefix = Prefix ?? "",
        Joiner = Joiner ?? "",
        Timestamp = TimestampHeader is null ? null
            : new HmacTimestamp(TimestampHeader, TimestampUnit == AuthSchemeConfigHMACTimestampUnit.Milliseconds ? Protocols.Http.TimestampUnit.Milliseconds : Protocols.Http.TimestampUnit.Seconds),
    };

    /// <summary>How requests to us are signed.</summary>
    public SignatureOptions ToIncomingOptions() => new()
    {
        Algorithm = HmacNames.Of(Algorithm),
        In = HmacNames.Of(In),
        Name = Name,
        Template = Incoming?.Template,
        Inputs = InputNames,
        Joiner = Joiner ?? "",
        Encoding = HmacNames.Of(Encoding),
        Prefix = Prefix ?? "",
        Element = Incoming?.Element,
        Separator = Incoming?.Separator ?? (Incoming?.Element is null ? "" : ","),
        Assignment = Incoming?.Assignment ?? "=",
        Timestamp = IncomingTimestamp,
        BodyDigest = Incoming?.BodyDigest is not { } digest ? null : new SentDigest
        {
            In = HmacNames.Of(digest.In),
            Name = digest.Name,
            Algorithm = HmacNames.Of(digest.Algorithm ?? AuthSchemeConfigHMACAlgorithm.Sha256),
            Encoding = HmacNames.Of(digest.Encoding),
            Prefix = digest.Prefix ?? "",
        },
        KeyEncoding = Incoming?.KeyEncoding switch
        {
            AuthSchemeConfigHMACKeyEncoding.Base64 => Protocols.Incoming.KeyEncoding.Base64,
            AuthSchemeConfigHMACKeyEncoding.Hex => Protocols.Incoming.KeyEncoding.Hex,
            _ => Protocols.Incoming.KeyEncoding.Text,
        },
        KeyPrefix = Incoming?.KeyPrefix ?? "",
    };

    private IReadOnlyList<string> InputNames =>
        Inputs is { Count: > 0 } ? Inputs : [.. DigestInputs.Select(i => i == AuthSchemeConfigHMACDigestInput.Body ? "body" : "url")];

    /// <summary>A header that only carries a time proves nothing: it counts where the signature covers it.</summary>
    private SentTime? IncomingTimestamp
    {
        get
        {
            if (Incoming?.Timestamp is { } sent)
            {
                return new SentTime
                {
                    In = sent.In switch
                    {
                        AuthSchemeConfigHMACTimestampIn.Header => SentTimeIn.Header,
                        AuthSchemeConfigHMACTimestampIn.Query => SentTimeIn.Query,
                        _ => SentTimeIn.Element,
                    },
                    Name = sent.Name,
                    Unit = sent.Format switch
                    {
                        AuthSchemeConfigHMACTimestampFormat.Milliseconds => SentTimeUnit.Milliseconds,
                        AuthSchemeConfigHMACTimestampFormat.Text => SentTimeUnit.Text,
                        _ => SentTimeUnit.Seconds,
                    },
                    Tolerance = TimeSpan.FromSeconds(sent.ToleranceSeconds ?? 300),
                };
            }

            var covered = TimestampHeader is not null && (Incoming?.Template is { } template
                ? template.Contains("{timestamp}", StringComparison.Ordinal) || template.Contains($"{{header:{TimestampHeader}}}", StringComparison.OrdinalIgnoreCase)
                : InputNames.Contains("timestamp", StringComparer.Ordinal) || InputNames.Contains($"header:{TimestampHeader}", StringComparer.OrdinalIgnoreCase));
            return !covered ? null : new SentTime
            {
                In = SentTimeIn.Header,
                Name = TimestampHeader!,
                Unit = TimestampUnit == AuthSchemeConfigHMACTimestampUnit.Milliseconds ? SentTimeUnit.Milliseconds : SentTimeUnit.Seconds,
            };
        }
    }
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
