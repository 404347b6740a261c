using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Patchbay.ServerTests.Hosting;

/// <summary>A small token endpoint on loopback (RFC 6749, section 3.2): every request gets a token of its own, in the order of the requests.</summary>
public sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly Upstream _upstream;
    private int _tokens;

    private TokenEndpoint(Upstream upstream) => _upstream = upstream;

    public string Url => new Uri(_upstream.Address, "/token").ToString();

    /// <summary>The form of every request, with the header Authorization as <c>authorization</c>.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Asked { get; } = new();

    /// <summary>Runs before a request is answered, given its number from 1 on; what it returns is answered, unless null.</summary>
    public Func<int, Task<(int Status, string Body)?>> Before { get; set; } = _ => Task.FromResult<(int, string)?>(null);

    public static async Task<TokenEndpoint> StartAsync()
    {
        TokenEndpoint? self = null;
        var upstream = await Upstream.StartAsync(context => self!.AnswerAsync(context));
        return self = new TokenEndpoint(upstream);
    }

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _tokens);
        var sent = _upstream.Requests.Last();
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(sent.Body)).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        form["authorization"] = sent.Headers.GetValueOrDefault("Authorization", "");
        Asked.Enqueue(form);
        var (status, body) = await Before(number)
            ?? (200, $$"""{"access_token":"access-{{number}}","refresh_token":"refresh-{{number}}","token_type":"Bearer","expires_in":3600,"scope":"read"}""");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
