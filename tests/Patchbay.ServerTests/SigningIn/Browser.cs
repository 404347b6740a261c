using System.Net;
using System.Text.RegularExpressions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.SigningIn;

/// <summary>A browser as far as the sign-in pages need one: it keeps cookies, fills in forms, and is told of redirects.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly Uri _server;
    private readonly HttpMessageInvoker _client;

    public Browser(PatchbayHost host)
    {
        _server = host.Address;
        _client = new HttpMessageInvoker(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false, UseProxy = false });
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The session's token, or null.</summary>
    public string? Session => Cookies.GetCookies(_server)["patchbay_session"]?.Value;

    public async Task<Seen> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server, path));
        return await SeenAsync(await _client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a form with the mark that a page has in it.</summary>
    public async Task<Seen> PostAsync(string path, string? mark, string? origin = null, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server, path))
        {
            Content = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), .. mark is null ? [] : (KeyValuePair<string, string>[])[new("form", mark)]]),
        };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await SeenAsync(await _client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>Signs in with the operator's password.</summary>
    public async Task<Seen> SignInAsync(string password, string back = "") =>
        await PostAsync($"/sign-in/password{back}", (await GetAsync("/sign-in")).Mark, null, ("password", password));

    public void Dispose() => _client.Dispose();

    private static async Task<Seen> SeenAsync(HttpResponseMessage answer)
    {
        using (answer)
            return new Seen((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.Location?.OriginalString, answer.Headers.RetryAfter?.Delta);
    }

    /// <summary>What a browser was shown.</summary>
    internal sealed partial record Seen(int Status, string Text, string? Location, TimeSpan? RetryAfter)
    {
        /// <summary>The mark of the first form.</summary>
        public string? Mark => MarkText().Match(Text) is { Success: true } found ? found.Groups["mark"].Value : null;

        /// <summary>The token that is shown once.</summary>
        public string Token => TokenText().Match(Text).Value;

        [GeneratedRegex("name=\"form\" value=\"(?<mark>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex MarkText();

        [GeneratedRegex("pbs_[A-Za-z0-9_-]{43}", RegexOptions.None, 1000)]
        private static partial Regex TokenText();
    }
}
