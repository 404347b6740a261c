using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Jwt;

/// <summary>Makes signed JWTs (RFC 7519; RFC 7515, 3.1, the compact form).</summary>
public static class JsonWebToken
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes a JWT of a template.</summary>
    /// <param name="template">What it is made of.</param>
    /// <param name="key">What it is signed with.</param>
    /// <param name="values">What the placeholders of the template stand for.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// The token, or faults: the field <c>key</c> for a key that does not fit the algorithm, <c>header</c> and <c>claims</c> with what is
    /// inside for a placeholder without a value.
    /// </returns>
    public static OAuthResult<string> Create(JwtTemplate template, SigningKey key, IReadOnlyDictionary<string, string> values, DateTimeOffset now) =>
        Create(template, key, [], values.GetValueOrDefault, now);

    /// <summary>As the public one, with claims for those that the template does not give.</summary>
    internal static OAuthResult<string> Create(
        JwtTemplate template,
        SigningKey key,
        IReadOnlyList<KeyValuePair<string, JsonNode?>> defaultClaims,
        Func<string, string?> valueOf,
        DateTimeOffset now)
    {
        var faults = new List<OAuthFault>();
        if (key.WhyNot(template.Algorithm) is { } why) faults.Add(new OAuthFault("key", why));

        var header = new JsonObject { ["alg"] = template.Algorithm.ToString(), ["typ"] = "JWT" };
        if (template.KeyId is { } keyId) header["kid"] = keyId;
        foreach (var (name, value) in JsonTemplate.Expand(template.Header, valueOf, "header", faults) ?? [])
        {
            if (name == "alg") faults.Add(new OAuthFault("header.alg", "cannot be set here"));
            else header[name] = value?.DeepClone();
        }

        var claims = JsonTemplate.Expand(template.Claims, valueOf, "claims", faults) ?? [];
        foreach (var (name, value) in defaultClaims)
        {
            if (!claims.ContainsKey(name)) claims[name] = value?.DeepClone();
        }

        var issuedAt = now.ToUnixTimeSeconds() - template.BackdatedSeconds;
        if (!claims.ContainsKey("iat")) claims["iat"] = issuedAt;
        if (!claims.ContainsKey("exp")) claims["exp"] = issuedAt + template.LifetimeSeconds;
        if (!claims.ContainsKey("jti")) claims["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        foreach (var name in claims.Where(claim => claim.Value is null).Select(claim => claim.Key).ToList()) claims.Remove(name);

        if (faults.Count > 0) return OAuthResult.Of<string>(faults);
        var (head, payload) = (JsonSerializer.SerializeToUtf8Bytes(header, Options), JsonSerializer.SerializeToUtf8Bytes(claims, Options));
        return Sign(head, payload, template.Algorithm, key) is { } token
            ? OAuthResult.Of(token)
            : OAuthResult.Of<string>("key", "is damaged: it cannot sign");
    }

    /// <summary>Signs a header and a payload as they are.</summary>
    internal static string? Sign(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, JwtAlgorithm algorithm, SigningKey key)
    {
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return key.Sign(algorithm, Encoding.ASCII.GetBytes(input)) is { } signature ? $"{input}.{Base64Url.EncodeToString(signature)}" : null;
    }
}
