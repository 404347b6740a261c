using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>A client of the server with one key, or with none.</summary>
/// <param name="invoker">Sends requests.</param>
/// <param name="root">Where the server listens.</param>
/// <param name="key">What is shown as bearer token; null for nothing.</param>
/// <param name="seen">Is told of every answer.</param>
public sealed class Api(HttpMessageInvoker invoker, Uri root, string? key, Action<Answer> seen)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Key { get; } = key;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, ContentOf(body));

    public Task<Answer> PutAsync(string path, object? body) => SendAsync(HttpMethod.Put, path, ContentOf(body));

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path and query, sent exactly as they are.</param>
    /// <param name="content">The body, or null for none.</param>
    /// <param name="headers">Further headers; an Authorization replaces the client's own.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var token = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(method, AddressOf(path)) { Content = content };
        if (Key is not null && !headers.Any(h => h.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Key}");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                content!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await invoker.SendAsync(request, token);
        var body = await response.Content.ReadAsByteArrayAsync(token);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        var answer = new Answer($"{method} {path}", (int)response.StatusCode, all, body);
        seen(answer);
        return answer;
    }

    /// <summary>The absolute address of a path, which may be absolute already: links in answers are.</summary>
    private Uri AddressOf(string path) => new(
        path.StartsWith('/') ? root.GetLeftPart(UriPartial.Authority) + path : path,
        // Sends what a test wrote, not what Uri would make of it.
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>A body as JSON, unless it is content already.</summary>
    public static HttpContent? ContentOf(object? body)
    {
        if (body is null or HttpContent)
            return (HttpContent?)body;
        var content = new ByteArrayContent(body as byte[] ?? (body is string text ? Encoding.UTF8.GetBytes(text) : JsonSerializer.SerializeToUtf8Bytes(body, Json)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
