using System.ComponentModel.DataAnnotations;
using Patchbay.OAuth.OAuth1;

namespace Patchbay.Platform.Connectors;

/// <summary>Ours: OAuth 1.0a (RFC 5849). Without URLs, the variant whose tokens an account's administrator makes.</summary>
internal sealed record AuthSchemeConfigOAuth1Json : AuthSchemeConfigJson
{
    /// <summary>In what the provider differs from others.</summary>
    public OAuth1Profile? Profile { get; init; }
}

/// <summary>Ours: AWS Signature Version 4.</summary>
internal sealed record AuthSchemeConfigAwsSignatureJson : AuthSchemeConfigJson
{
    /// <summary>The region, such as eu-west-1. A placeholder takes it from a connection variable.</summary>
    [MinLength(1), MaxLength(128)]
    public required string Region { get; init; }

    /// <summary>The service's name in signatures, such as s3 or execute-api. A placeholder takes it from a connection variable.</summary>
    [MinLength(1), MaxLength(128)]
    public required string Service { get; init; }

    /// <summary>Whether bodies are left out of the signature, so that they need not be held; only some services take that.</summary>
    public bool? UnsignedPayload { get; init; }
}
