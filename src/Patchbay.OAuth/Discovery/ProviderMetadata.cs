using Patchbay.OAuth.Profiles;

namespace Patchbay.OAuth.Discovery;

/// <summary>What an authorization server says of itself (RFC 8414, 2; OpenID Connect Discovery, 3).</summary>
public sealed record ProviderMetadata
{
    /// <summary>The server's own identifier, exactly as it spells it.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where tokens are issued.</summary>
    public required string TokenUrl { get; init; }

    /// <summary>Where users grant access, or null.</summary>
    public string? AuthorizeUrl { get; init; }

    /// <summary>Where tokens are revoked, or null.</summary>
    public string? RevocationUrl { get; init; }

    /// <summary>Where the keys stand that its tokens are signed by (RFC 7517, 5), or null.</summary>
    public string? KeysUrl { get; init; }

    /// <summary>Where tokens are issued to clients that show a certificate (RFC 8705, 5), if elsewhere.</summary>
    public string? MutualTlsTokenUrl { get; init; }

    /// <summary>The scopes that it admits to, or null.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The grant types, or null.</summary>
    public IReadOnlyList<string>? GrantTypes { get; init; }

    /// <summary>The PKCE methods, or null.</summary>
    public IReadOnlyList<string>? PkceMethods { get; init; }

    /// <summary>The methods of client authentication at the token endpoint, or null, which means <c>client_secret_basic</c> (RFC 8414, 2).</summary>
    public IReadOnlyList<string>? ClientAuthentications { get; init; }

    /// <summary>The algorithms that client assertions may be signed by, or null.</summary>
    public IReadOnlyList<string>? AssertionAlgorithms { get; init; }

    private static readonly StringComparer Exact = StringComparer.Ordinal;

    /// <summary>A profile with what the metadata tell, for somebody to complete.</summary>
    public ProviderProfile ToProfile() => new()
    {
        AuthorizeUrl = AuthorizeUrl ?? "",
        TokenUrl = TokenUrl,
        RevocationUrl = RevocationUrl,
        ClientAuthentication = Authentication(),

        // A server that has no PKCE passes over parameters that it does not know (RFC 6749, 3.1), so it costs nothing to try.
        Pkce = PkceMethods is { } methods && !methods.Contains("S256", Exact) && methods.Contains("plain", Exact) ? PkceMethod.Plain : PkceMethod.S256,
        OfflineAccess = Scopes?.Contains("offline_access", Exact) != false,
    };

    private ClientAuthentication? Authentication()
    {
        if (ClientAuthentications is null) return null;
        foreach (var (name, method) in new[]
        {
            ("client_secret_basic", ClientAuthentication.ClientSecretBasic),
            ("client_secret_post", ClientAuthentication.ClientSecretPost),
            ("private_key_jwt", ClientAuthentication.PrivateKeyJwt),
            ("tls_client_auth", ClientAuthentication.TlsClientAuth),
            ("none", ClientAuthentication.None),
        })
        {
            if (ClientAuthentications.Contains(name, Exact)) return method;
        }

        return null;
    }
}
