using System.Net;
using System.Text.RegularExpressions;

namespace Patchbay.Authorizing;

/// <summary>Somebody with a browser, which keeps cookies and follows redirects as long as they stay at the authorization server.</summary>
public sealed partial class Person : IDisposable
{
    private const int MaxPages = 12;

    private readonly HttpMessageInvoker _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() });
    private readonly Uri _server;
    private readonly string _userName;
    private readonly string _password;

    internal Person(Uri server, string userName, string password) => (_server, _userName, _password) = (server, userName, password);

    /// <summary>The forms that were filled in so far: <c>sign-in</c> and <c>consent</c>.</summary>
    public IList<string> FormsSeen { get; } = [];

    /// <summary>Opens an authorization request, signs in where asked, and answers the question of consent.</summary>
    /// <param name="authorizeUrl">The authorization request.</param>
    /// <param name="allow">Whether to allow it.</param>
    /// <param name="cancellationToken">Ends the visit.</param>
    /// <returns>Where the server sent the browser: the client's redirect URI, with code or error.</returns>
    /// <exception cref="InvalidOperationException">The server showed an error, or asks again and again.</exception>
    public async Task<Uri> VisitAsync(Uri authorizeUrl, bool allow = true, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, authorizeUrl);
        for (var page = 0; page < MaxPages; page++)
        {
            HttpResponseMessage response;
            using (request)
                response = await _browser.SendAsync(request, cancellationToken);
            using (response)
            {
                if (response.Headers.Location is { } location)
                {
                    var target = new Uri(request.RequestUri!, location);
                    if (target.GetLeftPart(UriPartial.Authority) != _server.GetLeftPart(UriPartial.Authority))
                        return target;
                    request = new HttpRequestMessage(HttpMethod.Get, target);
                }
                else
                {
                    request = FillIn(await response.Content.ReadAsStringAsync(cancellationToken), response.StatusCode, allow);
                }
            }
        }

        throw new InvalidOperationException("The authorization server asks again and again.");
    }

    /// <summary>Closes the browser.</summary>
    public void Dispose() => _browser.Dispose();

    private HttpRequestMessage FillIn(string page, HttpStatusCode status, bool allow)
    {
        var form = Form().Match(page);
        if (status != HttpStatusCode.OK || !form.Success || page.Contains("id=\"sign-in-error\"", StringComparison.Ordinal))
            throw new InvalidOperationException($"The authorization server showed ({(int)status}): {page}");
        var name = form.Groups["id"].Value;
        FormsSeen.Add(name);
        var fields = Hidden().Matches(page).Select(m => KeyValuePair.Create(WebUtility.HtmlDecode(m.Groups["name"].Value), WebUtility.HtmlDecode(m.Groups["value"].Value)));
        fields = name == "sign-in"
            ? fields.Append(new("username", _userName)).Append(new("password", _password))
            : fields.Append(new("decision", allow ? "allow" : "deny"));
        return new HttpRequestMessage(HttpMethod.Post, new Uri(_server, form.Groups["action"].Value)) { Content = new FormUrlEncodedContent(fields) };
    }

    [GeneratedRegex("<form id=\"(?<id>[a-z-]+)-form\" method=\"post\" action=\"(?<action>[^\"]*)\">", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\">", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
