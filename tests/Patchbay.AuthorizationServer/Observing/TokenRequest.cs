using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Patchbay.Authorizing.Observing;

/// <summary>A token request as it arrived, without its secrets.</summary>
public sealed record TokenRequest
{
    private const string Redacted = "[redacted]";

    /// <summary>Its number; the first is 1.</summary>
    public required int Number { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The grant type, or an empty text.</summary>
    public required string GrantType { get; init; }

    /// <summary>The client id from the header, the body or the assertion, or an empty text. It is what was said, not what was proven.</summary>
    public required string ClientId { get; init; }

    /// <summary>How the client says who it is: <c>none</c>, <c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c> or <c>certificate</c>.</summary>
    public required string Authentication { get; init; }

    /// <summary>Whether a PKCE verifier came.</summary>
    public bool HasCodeVerifier => Parameters.ContainsKey("code_verifier");

    /// <summary>
    /// Every parameter of the body. Values of secrets read <c>[redacted]</c>; those of codes and refresh tokens have a short fingerprint in it, so that a
    /// test sees whether the same one came again.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Which refresh token came, by the fingerprint; null when none did.</summary>
    public string? RefreshToken => Parameters.GetValueOrDefault("refresh_token");

    /// <summary>Describes a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="form">Its body.</param>
    /// <param name="number">Its number.</param>
    /// <param name="at">When it arrived.</param>
    internal static TokenRequest Of(HttpRequest request, IFormCollection form, int number, DateTimeOffset at)
    {
        var (clientId, authentication) = ClientOf(request, form);
        return new TokenRequest
        {
            Number = number,
            At = at,
            GrantType = form["grant_type"].ToString(),
            ClientId = clientId,
            Authentication = authentication,
            Parameters = form.ToDictionary(p => p.Key, p => Shown(p.Key, p.Value.ToString()), StringComparer.Ordinal),
        };
    }

    /// <summary>The form in which a code or a refresh token shows in <see cref="Parameters"/>.</summary>
    public static string Fingerprint(string token) =>
        $"[redacted {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 4))}]";

    private static string Shown(string name, string value)
    {
        if (name is "refresh_token" or "code")
            return Fingerprint(value);
        return name is "grant_type" or "client_assertion_type" || !IsSecret(name) ? value : Redacted;
    }

    private static bool IsSecret(string name) =>
        ((string[])["secret", "password", "token", "assertion", "verifier", "key", "code"]).Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static (string ClientId, string Authentication) ClientOf(HttpRequest request, IFormCollection form)
    {
        var said = form["client_id"].ToString();
        if (AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return (UserOf(header.Parameter ?? ""), "client_secret_basic");
        if (form.ContainsKey("client_secret"))
            return (said, "client_secret_post");
        if (form.TryGetValue("client_assertion", out var assertion))
            return (said.Length > 0 ? said : SubjectOf(assertion.ToString()), "private_key_jwt");
        return (said, request.HttpContext.Connection.ClientCertificate is null ? "none" : "certificate");
    }

    private static string UserOf(string basic)
    {
        var bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, bytes, out var length))
            return "";
        return Uri.UnescapeDataString(Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0].Replace('+', ' '));
    }

    private static string SubjectOf(string assertion)
    {
        try
        {
            return new JsonWebToken(assertion).Subject ?? "";
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
