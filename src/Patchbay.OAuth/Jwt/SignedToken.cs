using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Patchbay.OAuth.Jwt;

/// <summary>
/// A JSON Web Token that somebody else signed, in the compact form (RFC 7519; RFC 7515, 7.1). Nothing in it is true before
/// <see cref="IsSignedBy(RSA)"/> says so.
/// </summary>
public sealed class SignedToken
{
    /// <summary>The longest token that is read, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly JsonElement _claims;

    private SignedToken(JsonElement header, byte[] signed, byte[] signature, JsonElement claims)
    {
        (_signed, _signature, _claims) = (signed, signature, claims);
        (Algorithm, KeyId, Type) = (TextOf(header, "alg") ?? "", TextOf(header, "kid"), TextOf(header, "typ"));
    }

    /// <summary>The algorithm that it names (RFC 7515, 4.1.1). Which one is right is ours to say.</summary>
    public string Algorithm { get; }

    /// <summary>The key that it names (RFC 7515, 4.1.4), or null.</summary>
    public string? KeyId { get; }

    /// <summary>What it says to be (RFC 7515, 4.1.9), or null.</summary>
    public string? Type { get; }

    /// <summary>Who says to have issued it (RFC 7519, 4.1.1); null for nobody.</summary>
    public string? Issuer => Text("iss");

    /// <summary>Whether it has a claim, of whatever kind.</summary>
    /// <param name="claim">The claim's name.</param>
    public bool Has(string claim) => _claims.TryGetProperty(claim, out _);

    /// <summary>A claim that is a text; null where there is none, or one that is something else.</summary>
    /// <param name="claim">The claim's name.</param>
    public string? Text(string claim) => TextOf(_claims, claim);

    /// <summary>The texts of a claim that is one text or a list of texts; null where there is none, or something else in it.</summary>
    /// <param name="claim">The claim's name.</param>
    public IReadOnlyList<string>? Texts(string claim)
    {
        if (!_claims.TryGetProperty(claim, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : null;
    }

    /// <summary>Whether a claim is true. Some issuers write it as a text.</summary>
    /// <param name="claim">The claim's name.</param>
    public bool Flag(string claim) => _claims.TryGetProperty(claim, out var value) && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.GetString() == "true"));

    /// <summary>A claim that is a time (RFC 7519, 2, NumericDate); null where there is none, or one that is no time.</summary>
    /// <param name="claim">The claim's name.</param>
    public DateTimeOffset? Time(string claim) => Has(claim) ? Time(claim, DateTimeOffset.MinValue) : null;

    /// <summary>
    /// Reads a token of the algorithm RS256 (RFC 7518, 3.3). Which algorithm is right is ours to say and not the token's, so one that names another, or
    /// asks for extensions (RFC 7515, 4.1.11), is none.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <returns>The token, unverified; null where it is none.</returns>
    public static SignedToken? ReadRs256(ReadOnlySpan<char> token) => Read(token) is { Algorithm: "RS256" } read ? read : null;

    /// <summary>Reads a token of whatever algorithm; one that asks for extensions (RFC 7515, 4.1.11) is none.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The token, unverified; null where it is none.</returns>
    public static SignedToken? Read(ReadOnlySpan<char> token)
    {
        if (token.Length > MaxLength)
            return null;
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        if (first <= 0 || last == first || token[(first + 1)..last].Contains('.'))
            return null;
        if (Json(token[..first]) is not { } header || Json(token[(first + 1)..last]) is not { } claims || Bytes(token[(last + 1)..]) is not { Length: > 0 } signature)
            return null;
        if (TextOf(header, "alg") is null || header.TryGetProperty("crit", out _))
            return null;
        return new SignedToken(header, Encoding.ASCII.GetBytes(token[..last].ToString()), signature, claims);
    }

    /// <summary>Whether the owner of a key signed it.</summary>
    /// <param name="key">The public key.</param>
    public bool IsSignedBy(RSA key) => IsSignedBy(key, HashAlgorithmName.SHA256);

    internal bool IsSignedBy(RSA key, HashAlgorithmName hash) => key.VerifyData(_signed, _signature, hash, RSASignaturePadding.Pkcs1);

    internal bool IsSignedBy(ECDsa key, HashAlgorithmName hash) => key.VerifyData(_signed, _signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>From when to when it holds (RFC 7519, 4.1.4 and 4.1.5).</summary>
    /// <returns>The times, the widest there are for a claim that is missing; null where a claim is no time.</returns>
    public (DateTimeOffset NotBefore, DateTimeOffset Expires)? Lifetime() =>
        Time("nbf", DateTimeOffset.MinValue) is { } from && Time("exp", DateTimeOffset.MaxValue) is { } until ? (from, until) : null;

    /// <summary>The issuer alone: claims may hold what a log must not.</summary>
    public override string ToString() => Issuer ?? "";

    private DateTimeOffset? Time(string claim, DateTimeOffset missing)
    {
        if (!_claims.TryGetProperty(claim, out var value))
            return missing;
        // A NumericDate may have a fraction. What lies beyond all calendars is no time.
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;
    }

    private static string? TextOf(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Json(ReadOnlySpan<char> part)
    {
        if (Bytes(part) is not { } bytes)
            return null;
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && NamesAreUnique(document.RootElement) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether no member is there twice: two readers might take another one each (RFC 7519, 4).</summary>
    private static bool NamesAreUnique(JsonElement holder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return holder.EnumerateObject().All(m => names.Add(m.Name));
    }

    private static byte[]? Bytes(ReadOnlySpan<char> part)
    {
        // Base64url without padding (RFC 7515, 2).
        if (part.ContainsAnyExcept(Alphabet))
            return null;
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
