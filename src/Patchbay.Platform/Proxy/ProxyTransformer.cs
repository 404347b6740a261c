using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Patchbay.Platform.Proxy;

/// <summary>Makes the outgoing request of one exchange, and the answer to the caller.</summary>
/// <param name="credentials">Applied in this order.</param>
/// <param name="target">Where the request goes.</param>
/// <param name="directives">What the caller asks to be different.</param>
/// <param name="body">The body, where credentials sign it; it was read beforehand.</param>
/// <param name="expiry">Looks for "expired" in the answer, where the request can be sent again; else null.</param>
internal sealed class ProxyTransformer(
    IReadOnlyList<IRequestCredential> credentials, RawTarget target, ProxyDirectives directives, BufferedBody? body = null, ExpiryWatch? expiry = null)
    : HttpTransformer
{
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var headers = httpContext.Request.Headers;
        var named = headers.Connection.Count == 0 ? null : ProxyHeaders.NamedByConnection(headers.Connection);
        // A body is framed by one of the two; both together is how requests are smuggled (RFC 9112, section 6.3).
        var chunked = headers.TransferEncoding.Count > 0;
        foreach (var (name, values) in headers)
        {
            if (!ProxyHeaders.PassesToUpstream(name) || named?.Contains(name) == true || directives.IgnoredHeaders.Contains(name)
                || (chunked && name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            Add(proxyRequest, name, values);
        }

        var outgoing = new OutgoingRequest(proxyRequest, target) { Body = body?.Bytes };
        foreach (var credential in credentials)
            credential.Apply(outgoing);
        outgoing.Complete();
        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return ValueTask.FromResult(false);
        return expiry is null
            ? CopyHeadAsync(httpContext, proxyResponse, cancellationToken)
            : CopyHeadUnlessExpiredAsync(expiry, httpContext, proxyResponse, cancellationToken);
    }

    private static async ValueTask<bool> CopyHeadUnlessExpiredAsync(
        ExpiryWatch expiry, HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        !await expiry.SeesExpiryAsync(proxyResponse, cancellationToken) && await CopyHeadAsync(httpContext, proxyResponse, cancellationToken);

    private static ValueTask<bool> CopyHeadAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        var response = httpContext.Response.Headers;
        var named = proxyResponse.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var connection)
            ? ProxyHeaders.NamedByConnection(connection) : null;
        Copy(proxyResponse.Headers.NonValidated, response, named);
        Copy(proxyResponse.Content.Headers.NonValidated, response, named);
        response.XContentTypeOptions = "nosniff";
        response.Append(HeaderNames.ContentSecurityPolicy, "sandbox");
        return IsStream(httpContext.Request, proxyResponse) ? StartAsync(httpContext.Response, cancellationToken) : ValueTask.FromResult(true);
    }

    /// <summary>A body of unknown length may be one of events that are yet to happen; its head must not wait for the first.</summary>
    private static bool IsStream(HttpRequest request, HttpResponseMessage response) =>
        !response.Content.Headers.NonValidated.Contains(HeaderNames.ContentLength)
        && (int)response.StatusCode is >= 200 and not StatusCodes.Status204NoContent and not StatusCodes.Status304NotModified
        && !HttpMethods.IsHead(request.Method);

    private static async ValueTask<bool> StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        await response.Body.FlushAsync(cancellationToken);
        return true;
    }

    private static void Add(HttpRequestMessage request, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            var value = values.ToString();
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        else if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
    }

    private static void Copy(System.Net.Http.Headers.HttpHeadersNonValidated from, IHeaderDictionary to, IReadOnlySet<string>? named)
    {
        foreach (var (name, values) in from)
        {
            // The error header is how callers tell our answers from the API's; no API may speak in our name.
            if (ProxyHeaders.PassesToCaller(name) && named?.Contains(name) != true && !name.Equals(ApiError.Header, StringComparison.OrdinalIgnoreCase))
                to[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
        }
    }
}
