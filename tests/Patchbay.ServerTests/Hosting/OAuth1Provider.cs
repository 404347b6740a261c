using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// A small OAuth 1.0a provider and its API, by the text of RFC 5849 and nothing of the server's own code. It believes no request whose
/// HMAC-SHA1 signature it cannot make itself, no nonce twice, and no temporary token after its use.
/// </summary>
public sealed class OAuth1Provider : IAsyncDisposable
{
    public const string ConsumerKey = "consumer key+1";
    public const string ConsumerSecret = "consumer secret&%";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _nonces = [];
    private readonly Dictionary<string, (string Secret, string? Verifier)> _temporary = [];
    private readonly Dictionary<string, string> _lasting = [];
    private int _tokens;

    private OAuth1Provider(WebApplication app) => _app = app;

    public string Root => _app.Urls.First();

    /// <summary>Requests to the API whose signature holds, as method and raw target.</summary>
    public List<string> Served { get; } = [];

    /// <summary>Why requests were turned away.</summary>
    public List<string> Refused { get; } = [];

    public static async Task<OAuth1Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new OAuth1Provider(app);
        app.Run(provider.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>The user says yes.</summary>
    /// <returns>What the user brings back.</returns>
    public (string Token, string Verifier) Grant(string authorizeUrl)
    {
        var token = Fields(new Uri(authorizeUrl).Query.TrimStart('?')).Single(f => f.Name == "oauth_token").Value;
        lock (_lock)
        {
            var verifier = $"verifier {++_tokens}";
            _temporary[token] = (_temporary[token].Secret, verifier);
            return (token, verifier);
        }
    }

    /// <summary>A token as an administrator makes it.</summary>
    public (string Token, string Secret) NewToken()
    {
        lock (_lock)
        {
            var token = $"lasting/{++_tokens}";
            return (token, _lasting[token] = $"secret of {token}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        string answer;
        lock (_lock)
            answer = Answer(context, body);
        if (answer.StartsWith('!'))
        {
            Refused.Add(answer[1..]);
            context.Response.StatusCode = 401;
            answer = $"oauth_problem={answer[1..]}";
        }

        context.Response.ContentType = "application/x-www-form-urlencoded";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private string Answer(HttpContext context, string body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (path, query) = target.Split('?', 2) is [var p, var q] ? (p, q) : (target, "");
        var protocol = HeaderFields(context.Request.Headers.Authorization.ToString());
        var form = context.Request.ContentType == "application/x-www-form-urlencoded" ? body : "";
        var signed = protocol.Where(f => f.Name != "realm").Concat(Fields(query)).Concat(Fields(form)).ToList();
        string? Value(string name) => signed.Where(f => f.Name == name).Select(f => f.Value).SingleOrDefault();

        if (Value("oauth_consumer_key") != ConsumerKey)
            return "!consumer_key_unknown";
        if (!_nonces.Add($"{Value("oauth_timestamp")} {Value("oauth_nonce")}"))
            return "!nonce_used";
        var token = Value("oauth_token");
        var isTrade = path == "/access";
        var secret = token is null ? "" : isTrade ? _temporary.GetValueOrDefault(token).Secret : _lasting.GetValueOrDefault(token);
        if (secret is null)
            return "!token_rejected";
        // RFC 5849, 3.4.1 and 3.4.2.
        var pairs = signed.Where(f => f.Name != "oauth_signature").Select(f => (Encode(f.Name), Encode(f.Value)))
            .OrderBy(f => f.Item1, StringComparer.Ordinal).ThenBy(f => f.Item2, StringComparer.Ordinal).Select(f => $"{f.Item1}={f.Item2}");
        var text = $"{context.Request.Method}&{Encode($"http://{context.Request.Host}{path}")}&{Encode(string.Join('&', pairs))}";
#pragma warning disable CA5350 // It is the method of RFC 5849, section 3.4.2.
        var expected = HMACSHA1.HashData(Encoding.ASCII.GetBytes($"{Encode(ConsumerSecret)}&{Encode(secret)}"), Encoding.ASCII.GetBytes(text));
#pragma warning restore CA5350
        if (Value("oauth_signature") != Convert.ToBase64String(expected))
            return "!signature_invalid";

        switch (path)
        {
            case "/request":
                if (Value("oauth_callback") is not { } callback || !callback.EndsWith("/oauth2/callback", StringComparison.Ordinal))
                    return "!parameter_absent";
                var temporary = $"temporary {++_tokens}";
                _temporary[temporary] = ($"secret of {temporary}", null);
                return $"oauth_token={Encode(temporary)}&oauth_token_secret={Encode($"secret of {temporary}")}&oauth_callback_confirmed=true";
            case "/access":
                if (_temporary[token!].Verifier is not { } verifier || verifier != Value("oauth_verifier"))
                    return "!verifier_invalid";
                _temporary.Remove(token!);
                var lasting = NewToken();
                return $"oauth_token={Encode(lasting.Token)}&oauth_token_secret={Encode(lasting.Secret)}&account_id=account-7";
            default:
                if (token is null)
                    return "!token_rejected";
                Served.Add($"{context.Request.Method} {target.Split("&oauth_")[0].Split("?oauth_")[0]}");
                return "ok=1";
        }
    }

    /// <summary>RFC 5849, 3.5.1.</summary>
    private static List<(string Name, string Value)> HeaderFields(string header) =>
        !header.StartsWith("OAuth ", StringComparison.Ordinal) ? []
            : [.. header[6..].Split(',').Select(f => f.Trim().Split('=', 2)).Select(f => (Uri.UnescapeDataString(f[0]), Uri.UnescapeDataString(f[1].Trim('"'))))];

    private static IEnumerable<(string Name, string Value)> Fields(string form) =>
        form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2))
            .Select(f => (Decode(f[0]), f.Length == 2 ? Decode(f[1]) : ""));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>RFC 5849, 3.6.</summary>
    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b =>
        char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' ? ((char)b).ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture)));
}
