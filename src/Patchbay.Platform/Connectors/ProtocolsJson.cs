using System.Text.Json.Serialization;

namespace Patchbay.Platform.Connectors;

/// <summary>A way to talk to APIs.</summary>
internal sealed record ProtocolJson
{
    public required string Id { get; init; }

    /// <summary>What paths name it by.</summary>
    public required string Slug { get; init; }

    public required string Name { get; init; }
    public required string Description { get; init; }

    [JsonPropertyName("iconURL")]
    public required string IconUrl { get; init; }
}

/// <summary>Protocols, a page of them.</summary>
internal sealed record ProtocolPageJson : Http.PageInfoJson
{
    public required IReadOnlyList<ProtocolJson> Protocols { get; init; }
}

/// <summary>A way to authenticate that every server knows.</summary>
internal enum AuthSchemeType
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("api-key")]
    ApiKey,

    [JsonStringEnumMemberName("basic-auth")]
    BasicAuth,

    [JsonStringEnumMemberName("oauth2")]
    OAuth2,

    [JsonStringEnumMemberName("google-service-account")]
    GoogleServiceAccount,

    [JsonStringEnumMemberName("hmac")]
    Hmac,

    [JsonStringEnumMemberName("jwt-bearer")]
    JwtBearer,

    [JsonStringEnumMemberName("custom-function")]
    CustomFunction,

    [JsonStringEnumMemberName("certificate")]
    Certificate,
}

/// <summary>A way to authenticate, for people to choose from.</summary>
internal sealed record AuthSchemeJson
{
    public required Ulid Id { get; init; }
    public required AuthSchemeType Type { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
}

/// <summary>Auth schemes.</summary>
internal sealed record AuthSchemePageJson : Http.PageInfoJson
{
    public required IReadOnlyList<AuthSchemeJson> AuthSchemes { get; init; }
}
