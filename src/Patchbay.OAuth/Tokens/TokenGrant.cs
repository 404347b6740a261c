namespace Patchbay.OAuth.Tokens;

/// <summary>What a token endpoint granted (RFC 6749, 5.1).</summary>
public sealed record TokenGrant
{
    /// <summary>The access token: not empty, and fit for a header.</summary>
    public required string AccessToken { get; init; }

    /// <summary>Its type; <c>Bearer</c> in this spelling where the provider gives another one or none.</summary>
    public required string TokenType { get; init; }

    /// <summary>When the access token expires, counted from before the request was sent; null where nobody knows.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The new refresh token; null means that the old one, if any, is still the one to use (RFC 6749, 6).</summary>
    public string? RefreshToken { get; init; }

    /// <summary>The granted scopes; where the answer has none, those that were asked for, and null where none were.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The values that the profile asks to keep.</summary>
    public IReadOnlyDictionary<string, string> Captured { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The expiry, never a token.</summary>
    public override string ToString() => $"{nameof(TokenGrant)} ({TokenType}, expires {ExpiresAt?.ToString("O") ?? "at no known time"})";
}
