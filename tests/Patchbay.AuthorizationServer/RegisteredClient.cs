using System.Text.Json.Serialization;

namespace Patchbay.Authorizing;

/// <summary>A client as the authorization server knows it. Without a secret, a key and a certificate it is public.</summary>
public sealed record RegisteredClient
{
    /// <summary>The <c>client_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The <c>client_secret</c> of a confidential client.</summary>
    public string? Secret { get; init; }

    /// <summary>By which ways the secret is accepted.</summary>
    public SecretTransport SecretTransport { get; init; } = SecretTransport.Any;

    /// <summary>Public JSON Web Keys, each as JSON, of a client that authenticates by <c>private_key_jwt</c> (RFC 7523): RS256 or ES256.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>
    /// A self-signed certificate, as PEM, of a client that authenticates by <c>self_signed_tls_client_auth</c> (RFC 8705, section 2.2). It needs the
    /// key usage "digital signature" and the extended key usage "client authentication".
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>Whether it authenticates by a certificate of <see cref="AuthorizationServerOptions.ClientCertificateAuthorities"/>.</summary>
    public bool CertificateOfAuthority { get; init; }

    /// <summary>Where a browser may be sent back to; compared exactly.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>What it may ask for; anything else is <c>unauthorized_client</c>.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ["authorization_code", "client_credentials", "password", "refresh_token"];

    /// <summary>Whether an authorization request without a code challenge is refused (RFC 7636). One that came with a challenge always needs its verifier.</summary>
    public bool RequirePkce { get; init; }

    [JsonIgnore]
    internal bool IsPublic => Secret is null && PublicKeys.Count == 0 && Certificate is null && !CertificateOfAuthority;

    /// <summary>The id: a secret is never printed.</summary>
    public override string ToString() => Id;
}

/// <summary>By which ways a client secret is accepted (RFC 6749, section 2.3.1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SecretTransport>))]
public enum SecretTransport
{
    /// <summary>In the header or in the body.</summary>
    Any,

    /// <summary>By HTTP Basic only.</summary>
    Basic,

    /// <summary>In the body only.</summary>
    Post,
}
