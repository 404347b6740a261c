using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.SigningIn;

/// <summary>
/// The cookies of the sign-in pages, and the marks that prove a form was sent from one of them. Where the server is reached by https, cookies have the prefix <c>__Host-</c>
/// (RFC 6265bis, 4.1.3.2), so that no other host of the domain can set them. No API looks at any of them.
/// </summary>
internal sealed class SignInCookies(PublicAddress address)
{
    public const string FormField = "form";

    private static readonly TimeSpan FormLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan BeginLifetime = TimeSpan.FromMinutes(10);

    private bool IsSecure => address.Origin.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>The session's token, or null.</summary>
    public string? SessionOf(HttpRequest request) => Read(request, "patchbay_session");

    public void SetSession(HttpResponse response, string token) => Set(response, "patchbay_session", token, SignInSession.PageLifetime);

    public void EndSession(HttpResponse response) => End(response, "patchbay_session");

    /// <summary>What a browser that is at the issuer has: its secret, and where it wanted to go.</summary>
    public (string Secret, string Back)? BegunOf(HttpRequest request) => Read(request, "patchbay_begun")?.Split('.') is [var secret, var back]
        ? (secret, Encoding.UTF8.GetString(Base64Url.IsValid(back) ? Base64Url.DecodeFromChars(back) : []))
        : null;

    public void SetBegun(HttpResponse response, string secret, string back) => Set(response, "patchbay_begun", $"{secret}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(back))}", BeginLifetime);

    public void EndBegun(HttpResponse response) => End(response, "patchbay_begun");

    /// <summary>The mark for forms of this browser, which is given a cookie to hold it against.</summary>
    public string MarkForm(HttpContext context)
    {
        var secret = Read(context.Request, "patchbay_form");
        if (secret is not { Length: 43 })
        {
            secret = RandomToken.New();
            Set(context.Response, "patchbay_form", secret, FormLifetime);
        }

        return MarkOf(secret);
    }

    /// <summary>Whether a form was sent from one of our pages in this browser.</summary>
    public bool IsOurs(HttpRequest request, string? mark)
    {
        // Browsers say where a form comes from; those that do not are judged by the mark alone.
        if (request.Headers.Origin is { Count: > 0 } origin && origin.ToString() != address.Origin)
            return false;
        return mark is not null && Read(request, "patchbay_form") is { } secret && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark), Encoding.ASCII.GetBytes(MarkOf(secret)));
    }

    private static string MarkOf(string secret) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "form"u8));

    private string? Read(HttpRequest request, string name) => request.Cookies[NameOf(name)] is { Length: > 0 and <= 4096 } value ? value : null;

    private void Set(HttpResponse response, string name, string value, TimeSpan lifetime) => response.Cookies.Append(NameOf(name), value, OptionsOf(lifetime));

    private void End(HttpResponse response, string name) => response.Cookies.Delete(NameOf(name), OptionsOf(null));

    // Lax, not Strict: the way back from the issuer is a link of another site.
    private CookieOptions OptionsOf(TimeSpan? lifetime) => new() { HttpOnly = true, Secure = IsSecure, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = lifetime, IsEssential = true };

    private string NameOf(string name) => IsSecure ? $"__Host-{name}" : name;
}
