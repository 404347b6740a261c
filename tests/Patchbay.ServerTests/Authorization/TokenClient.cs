using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.Authorizing;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorization;

/// <summary>A client of an authorization server that writes its requests by hand, so that it owes nothing to the product.</summary>
/// <param name="server">The server.</param>
/// <param name="certificate">What it shows on https; null for nothing.</param>
internal sealed class TokenClient(AuthorizationServer server, X509Certificate2? certificate = null) : IDisposable
{
    public const string RedirectUri = "http://client.example/callback";

    private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? [] : [certificate],
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetRawCertData().AsSpan().SequenceEqual(AuthorizationServer.TlsCertificate.RawData) ?? false,
        },
    });

    /// <summary>Posts a token request.</summary>
    /// <param name="fields">The body.</param>
    public Task<Answer> TokenAsync(params (string Name, string Value)[] fields) => PostAsync(server.TokenUrl, null, fields);

    /// <summary>Posts a form.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="authorization">The header; null for none.</param>
    /// <param name="fields">The body.</param>
    public Task<Answer> PostAsync(Uri url, string? authorization, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, url, authorization, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    /// <summary>Refreshes.</summary>
    public Task<Answer> RefreshAsync(string clientId, string refreshToken) =>
        TokenAsync(("grant_type", "refresh_token"), ("client_id", clientId), ("refresh_token", refreshToken));

    /// <summary>Calls the API.</summary>
    public Task<Answer> MeAsync(string accessToken) => SendAsync(HttpMethod.Get, new Uri(server.Url, "/api/me"), $"Bearer {accessToken}");

    /// <summary>Sends a request.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, Uri url, string? authorization = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await _invoker.SendAsync(request, _gone.Token);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer($"{method} {url}", (int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(_gone.Token));
    }

    /// <summary>An authorization request.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="scope">The scopes.</param>
    /// <param name="more">Further parameters.</param>
    public Uri Authorize(string clientId, string scope = "openid offline_access read", params (string Name, string Value)[] more) => new(QueryHelpers.AddQueryString(
        server.AuthorizeUrl.AbsoluteUri,
        new Dictionary<string, string?>(more.Select(m => KeyValuePair.Create(m.Name, (string?)m.Value)), StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = clientId,
            ["redirect_uri"] = RedirectUri,
            ["scope"] = scope,
            ["state"] = "state-1",
        }));

    /// <summary>Signs alice in and gets a code.</summary>
    public async Task<string> CodeAsync(Uri authorize)
    {
        using var alice = server.NewPerson();
        var back = await alice.VisitAsync(authorize, cancellationToken: TestContext.Current.CancellationToken);
        return Query(back, "code");
    }

    /// <summary>Signs alice in and exchanges the code of a public client.</summary>
    public async Task<Answer> SignInAsync(string clientId = "app") => (await TokenAsync(
        ("grant_type", "authorization_code"), ("client_id", clientId), ("redirect_uri", RedirectUri), ("code", await CodeAsync(Authorize(clientId))))).Expect(200);

    public static string Query(Uri url, string name) => QueryHelpers.ParseQuery(url.Query)[name].ToString();

    public static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}"));

    /// <summary>The S256 challenge of a verifier (RFC 7636, section 4.2).</summary>
    public static string ChallengeOf(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Goes away: cuts the connections of requests that wait for an answer.</summary>
    public void Leave() => _gone.Cancel();

    public void Dispose()
    {
        _invoker.Dispose();
        _gone.Dispose();
    }
}

/// <summary>What the tests read in token answers.</summary>
internal static class TokenAnswers
{
    public static string AccessToken(this Answer answer) => answer["access_token"].GetValue<string>();

    public static string RefreshToken(this Answer answer) => answer["refresh_token"].GetValue<string>();

    public static string Error(this Answer answer) => answer["error"].GetValue<string>();
}

/// <summary>A clock that a test moves.</summary>
internal sealed class MovableClock : TimeProvider
{
    private DateTimeOffset _now = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _now;

    public void Move(TimeSpan by) => _now += by;
}
