using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Proxy;

/// <summary>Requests through a connection, under both spellings of the path.</summary>
internal static class ProxyEndpoints
{
    public const string Prefix = "/api/proxy/";

    public static void MapProxy(this WebApplication app)
    {
        var access = new Access.Connection("connection_id");
        var forwarder = app.Services.GetRequiredService<ProxyForwarder>();
        app.Map("/api/proxy/{connection_id}/{**path}", context => forwarder.ForwardAsync(context, segmentsBefore: 3))
            .WithAccess(access).ExcludeFromDescription();
        app.Map("/api/proxy/legacy/{connection_id}/{**path}", context => forwarder.ForwardAsync(context, segmentsBefore: 4))
            .WithAccess(access).ExcludeFromDescription();
    }
}

/// <summary>
/// Refuses dot segments in proxied paths before routing sees the path: by then the server has resolved them, and the request may have
/// become one for another route.
/// </summary>
internal sealed class RefuseDotSegments(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith(ProxyEndpoints.Prefix, StringComparison.OrdinalIgnoreCase))
            return next(context);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return DotSegments.Found(query < 0 ? target : target.AsSpan(0, query))
            ? ApiError.WriteAsync(context, ProxyForwarder.DotSegment)
            : next(context);
    }
}
