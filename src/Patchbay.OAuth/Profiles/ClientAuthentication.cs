using System.Text.Json.Serialization;

namespace Patchbay.OAuth.Profiles;

/// <summary>How a client shows the token endpoint who it is (RFC 6749, 2.3; names as registered for OpenID Connect and RFC 8705).</summary>
public enum ClientAuthentication
{
    /// <summary>Id and secret in the header Authorization, each form-encoded first (RFC 6749, 2.3.1).</summary>
    [JsonStringEnumMemberName("client_secret_basic")]
    ClientSecretBasic,

    /// <summary>As above, but not form-encoded, for servers that do not decode; it differs only for ids and secrets with special characters.</summary>
    [JsonStringEnumMemberName("client_secret_basic_raw")]
    ClientSecretBasicRaw,

    /// <summary>Id and secret as parameters (RFC 6749, 2.3.1).</summary>
    [JsonStringEnumMemberName("client_secret_post")]
    ClientSecretPost,

    /// <summary>A JWT signed with the client's private key (RFC 7523, 2.2; OpenID Connect Core, 9).</summary>
    [JsonStringEnumMemberName("private_key_jwt")]
    PrivateKeyJwt,

    /// <summary>The certificate of the connection, and the id as a parameter (RFC 8705, 2). The certificate is the business of the handed-in client.</summary>
    [JsonStringEnumMemberName("tls_client_auth")]
    TlsClientAuth,

    /// <summary>The id as a parameter and nothing else: a public client (RFC 6749, 2.1).</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>How the code is bound to whoever asked for it (RFC 7636, 4.2).</summary>
public enum PkceMethod
{
    /// <summary>The challenge is a hash of the verifier.</summary>
    [JsonStringEnumMemberName("S256")]
    S256,

    /// <summary>The challenge is the verifier: for servers that know nothing better.</summary>
    [JsonStringEnumMemberName("plain")]
    Plain,

    /// <summary>No challenge: for servers that refuse one.</summary>
    [JsonStringEnumMemberName("off")]
    Off,
}
