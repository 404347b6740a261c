using Patchbay.OAuth.Jwt;

namespace Patchbay.OAuth.OAuth1;

/// <summary>What OAuth 1.0a requests are signed with (RFC 5849, 1.1): the client's credentials and, once there are any, those of the token.</summary>
/// <param name="consumerKey">The client's identifier.</param>
public sealed class OAuth1Credentials(string consumerKey)
{
    /// <summary>The client's identifier, which is no secret.</summary>
    public string ConsumerKey { get; } = consumerKey;

    /// <summary>The client's shared secret; unused by the RSA methods.</summary>
    public string ConsumerSecret { get; init; } = "";

    /// <summary>The client's private key, for the RSA methods, or null. The caller owns it.</summary>
    public SigningKey? Key { get; init; }

    /// <summary>The token, temporary or lasting, or null.</summary>
    public string? Token { get; init; }

    /// <summary>The token's shared secret.</summary>
    public string TokenSecret { get; init; } = "";

    /// <summary>The client, never a secret.</summary>
    public override string ToString() => ConsumerKey;

    /// <summary>The same client with a token.</summary>
    internal OAuth1Credentials With(string token, string tokenSecret) =>
        new(ConsumerKey) { ConsumerSecret = ConsumerSecret, Key = Key, Token = token, TokenSecret = tokenSecret };
}
