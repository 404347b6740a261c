using System.Text.Json.Nodes;

namespace Patchbay.OAuth.Jwt;

/// <summary>What a JWT is made of, as data.</summary>
public sealed record JwtTemplate
{
    /// <summary>The algorithm; it must fit the key.</summary>
    public JwtAlgorithm Algorithm { get; init; }

    /// <summary>The header parameter <c>kid</c> (RFC 7515, 4.1.4).</summary>
    public string? KeyId { get; init; }

    /// <summary>Further header parameters, such as <c>x5t</c>. Texts in it may have placeholders.</summary>
    public JsonObject? Header { get; init; }

    /// <summary>
    /// The claims (RFC 7519, 4). Texts in it may have placeholders. <c>iat</c>, <c>exp</c> and <c>jti</c> are made where they are not given;
    /// one that is given as null is left out.
    /// </summary>
    public JsonObject? Claims { get; init; }

    /// <summary>From <c>iat</c> to <c>exp</c>, in seconds.</summary>
    public int LifetimeSeconds { get; init; } = 300;

    /// <summary>How far back <c>iat</c> is dated, in seconds, for servers whose clocks are slow.</summary>
    public int BackdatedSeconds { get; init; }
}
