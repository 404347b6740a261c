namespace Patchbay.OAuth.OAuth1;

/// <summary>A token with its secret: temporary ones to send the user with (RFC 5849, 2.1), or lasting ones to sign with (RFC 5849, 2.3).</summary>
public sealed record OAuth1Token
{
    /// <summary>The token. A temporary one comes back with the user, so it is no secret.</summary>
    public required string Token { get; init; }

    /// <summary>The shared secret.</summary>
    public required string Secret { get; init; }

    /// <summary>The values of the answer that the profile asks to keep; none with temporary credentials.</summary>
    public IReadOnlyDictionary<string, string> Captured { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The name of the type, never the token.</summary>
    public override string ToString() => nameof(OAuth1Token);
}
