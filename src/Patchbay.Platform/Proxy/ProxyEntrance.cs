using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Proxy;

/// <summary>
/// Takes the proxy's requests out of the pipeline before anything looks into them or touches their answers: routing, error pages and
/// scopes are for our own APIs, and would cost every proxied request time and the API's answers their shape.
/// </summary>
internal sealed class ProxyEntrance(RequestDelegate next, Authorizer authorizer, ProxyForwarder forwarder)
{
    private static readonly Failure DotSegment = new(FailureKind.Invalid, "dot_segment",
        "The path has a segment '.' or '..', plain or encoded. Send the path that you mean.");

    public Task InvokeAsync(HttpContext context)
    {
        // A tunnel has no path (RFC 9110, 9.3.6), and this server makes none to anywhere.
        if (HttpMethods.IsConnect(context.Request.Method))
            return RefuseMethodAsync(context);
        if (!ProxyPath.TryParse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var path))
            return next(context);
        if (HttpMethods.IsTrace(context.Request.Method))
            return RefuseMethodAsync(context);
        if (DotSegments.Found(path.Whole))
            return RefuseAsync(context, DotSegment);
        var entering = path.Named is { } named ? authorizer.EnterConnectionAsync(context, named) : authorizer.EnterConnectionAsync(context, path.ConnectionId);
        return entering.IsCompletedSuccessfully
            ? EnterAsync(context, entering.Result, path)
            : EnterAsync(context, entering, path);
    }

    private async Task EnterAsync(HttpContext context, ValueTask<Outcome<EnteredConnection>> entering, ProxyPath path) =>
        await EnterAsync(context, await entering, path);

    private Task EnterAsync(HttpContext context, Outcome<EnteredConnection> entered, ProxyPath path) =>
        entered.Succeeded(out var connection, out var failure)
            ? forwarder.ForwardAsync(context, connection, path.Remainder)
            : RefuseAsync(context, failure);

    private static Task RefuseAsync(HttpContext context, Failure failure)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return ApiError.WriteAsync(context, failure);
    }

    private static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        return RefuseAsync(context, new Failure(FailureKind.MethodNotAllowed, "method_not_allowed",
            $"The proxy does not take {context.Request.Method}."));
    }
}
