using Patchbay.OAuth.Jwt;

namespace Patchbay.OAuth.Tokens;

/// <summary>Who asks for tokens: a client that is registered at the provider (RFC 6749, 2).</summary>
/// <param name="id">Its id.</param>
public sealed class OAuthClient(string id)
{
    /// <summary>No client: for grants that name none, such as an assertion that says itself who asks. No client authentication is sent.</summary>
    public static OAuthClient Anonymous { get; } = new("");

    /// <summary>Its id, which is no secret.</summary>
    public string Id { get; } = id;

    /// <summary>Its secret, or null.</summary>
    public string? Secret { get; init; }

    /// <summary>Its private key, or null. The caller owns it.</summary>
    public SigningKey? Key { get; init; }

    /// <summary>The id only.</summary>
    public override string ToString() => Id;
}
