using System.Text.Json.Serialization;

namespace Patchbay.Authorizing;

/// <summary>How an authorization server behaves. Everything has a default, so that a test names only what it is about.</summary>
public sealed record AuthorizationServerOptions
{
    /// <summary>The clients that it knows.</summary>
    public IReadOnlyList<RegisteredClient> Clients { get; init; } = [];

    /// <summary>The people who can sign in and whom the password grant knows.</summary>
    public IReadOnlyList<RegisteredUser> Users { get; init; } = [new() { Name = "alice", Password = "wonderland" }];

    /// <summary>The scopes that may be asked for; others are <c>invalid_scope</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "offline_access", "profile", "read", "write"];

    /// <summary>How long an access token is good for; whole seconds, one at least. Since tokens carry whole seconds, it may live up to two seconds longer.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a refresh token is good for.</summary>
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Whether every refresh gives a new refresh token and uses up the old one. Reuse then revokes the whole chain (RFC 9700, section 4.14.2).
    /// Otherwise the first refresh token stays good and answers to refreshes name none.
    /// </summary>
    public bool RotateRefreshTokens { get; init; } = true;

    /// <summary>For how long after its use a refresh token is still answered with new tokens; zero means single use.</summary>
    public TimeSpan ReuseGrace { get; init; } = TimeSpan.Zero;

    /// <summary>Whether the authorization code and password grants give a refresh token although <c>offline_access</c> was not asked for.</summary>
    public bool RefreshTokenWithoutOfflineAccess { get; init; }

    /// <summary>When a person is asked for consent.</summary>
    public ConsentPolicy Consent { get; init; } = ConsentPolicy.Once;

    /// <summary>
    /// Whether a client assertion must have the type <c>client-authentication+jwt</c> and be made out to the issuer alone, as the draft that replaces
    /// RFC 7523 wants it. Otherwise the type <c>JWT</c> or none will do, and the token endpoint as audience.
    /// </summary>
    public bool StrictClientAssertions { get; init; }

    /// <summary>Whether it listens on https too, where it asks for a client certificate (RFC 8705).</summary>
    public bool MutualTls { get; init; }

    /// <summary>
    /// Roots and intermediates, as PEM, under which client certificates are issued (<c>tls_client_auth</c>, RFC 8705, section 2.1). Such a certificate
    /// names the host of one of its client's redirect URIs.
    /// </summary>
    public IReadOnlyList<string> ClientCertificateAuthorities { get; init; } = [];

    /// <summary>Whether <c>/control/...</c> is served, which lets whoever reaches the port plan faults and read what was observed.</summary>
    public bool Control { get; init; }

    /// <summary>The port of the http listener; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>What time it is: tokens expire by this clock.</summary>
    [JsonIgnore]
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>When a person is asked for consent. <c>prompt=consent</c> always asks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsentPolicy>))]
public enum ConsentPolicy
{
    /// <summary>Once per person, client and set of scopes.</summary>
    Once,

    /// <summary>Every time.</summary>
    Always,

    /// <summary>Never: everything is allowed.</summary>
    Never,
}

/// <summary>A person.</summary>
public sealed record RegisteredUser
{
    /// <summary>The user name, which is the subject of tokens too.</summary>
    public required string Name { get; init; }

    /// <summary>The password.</summary>
    public required string Password { get; init; }

    /// <summary>The mail address, which ID tokens name; none unless given.</summary>
    public string? Email { get; init; }

    /// <summary>Whether ID tokens say that the address was verified.</summary>
    public bool EmailVerified { get; init; } = true;

    /// <summary>The name: a password is never printed.</summary>
    public override string ToString() => Name;
}
