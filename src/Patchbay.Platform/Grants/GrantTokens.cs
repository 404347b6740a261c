using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.OAuth.Tokens;

namespace Patchbay.Platform.Grants;

/// <summary>What of a grant is secret.</summary>
internal sealed record GrantTokens
{
    /// <summary>The access token; null where there is only a refresh token yet.</summary>
    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>What a custom function returned, as JSON.</summary>
    public byte[]? Returned { get; init; }

    /// <summary>When the access token expires, where who brought it said so. It is stored beside the secret, not in it.</summary>
    [JsonIgnore]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether requests can be sent with it; where not, there is only a refresh token yet.</summary>
    [JsonIgnore]
    public bool IsComplete => AccessToken is not null;

    /// <summary>Values of the token answer that the config asks to keep; they count as variables of the connection.</summary>
    public IReadOnlyDictionary<string, string> Captured { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What follows from an answer, given what was held before: what an answer leaves out stays (RFC 6749, section 6).</summary>
    public static GrantTokens After(GrantTokens? held, TokenGrant grant, byte[]? returned = null)
    {
        var captured = new Dictionary<string, string>(held?.Captured ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (name, value) in grant.Captured)
            captured[name] = value;
        return new GrantTokens { AccessToken = grant.AccessToken, RefreshToken = grant.RefreshToken ?? held?.RefreshToken, Captured = captured, Returned = returned };
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Default);

    /// <summary>Reads what <see cref="Write"/> wrote and clears it.</summary>
    public static GrantTokens ReadAndClear(byte[] secret)
    {
        var tokens = JsonSerializer.Deserialize<GrantTokens>(secret, JsonSerializerOptions.Default)!;
        CryptographicOperations.ZeroMemory(secret);
        return tokens;
    }

    /// <summary>The type, never a token.</summary>
    public override string ToString() => nameof(GrantTokens);
}
