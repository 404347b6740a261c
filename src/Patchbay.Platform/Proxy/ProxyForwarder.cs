using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Patchbay.Platform.Http;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;
using Yarp.ReverseProxy.Forwarder;

namespace Patchbay.Platform.Proxy;

/// <summary>
/// Streams a request to the connector's API with the connection's credentials applied, and the answer back. What the API does reaches the
/// caller as it is; what Patchbay refuses itself has the error shape and the header <see cref="ApiError.Header"/>.
/// </summary>
internal sealed class ProxyForwarder(IHttpForwarder forwarder, OutboundNetwork network, PatchbaySettings settings) : IDisposable
{
    public static readonly Failure DotSegment = new(FailureKind.Invalid, "dot_segment",
        "The path has a segment '.' or '..', plain or encoded. Send the path that you mean.");

    private readonly HttpMessageInvoker _invoker = network.CreateProxyInvoker();
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = settings.ProxyIdleTimeout };

    /// <summary>Forwards a request whose plan the authorizer has found.</summary>
    /// <param name="context">The request.</param>
    /// <param name="segmentsBefore">How many path segments stand before the API's path.</param>
    public async Task ForwardAsync(HttpContext context, int segmentsBefore)
    {
        Failures.KeepAsItIs(context);
        if (HttpMethods.IsTrace(context.Request.Method) || HttpMethods.IsConnect(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
            await WriteAsync(context, StatusCodes.Status405MethodNotAllowed,
                new Failure(FailureKind.Invalid, "method_not_allowed", $"The proxy does not take {context.Request.Method}."));
            return;
        }

        var plan = context.Features.GetRequiredFeature<ConnectionPlan>();
        var target = TargetOf(context, plan, segmentsBefore, out var directives);
        if (!target.Succeeded(out var to, out var failure))
        {
            await ApiError.WriteAsync(context, failure);
            return;
        }

        LiftLimits(context.Features);
        var error = await forwarder.SendAsync(context, to.Origin.ToString(), _invoker, _config, new ProxyTransformer(plan, to, directives), context.RequestAborted);
        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            await AnswerErrorAsync(context, error, to.Origin);
    }

    public void Dispose() => _invoker.Dispose();

    private static Outcome<RawTarget> TargetOf(HttpContext context, ConnectionPlan plan, int segmentsBefore, out ProxyDirectives directives)
    {
        var parsed = ProxyDirectives.Parse(DirectivesOf(context.Request.Headers));
        if (!parsed.TryGet(out directives!, out var faults))
            return Failure.InvalidFields([.. faults.Select(f => new FieldFault(f.Subject, f.Message))]);
        if (!plan.AddressFor(directives).Succeeded(out var address, out var failure))
            return failure;
        var remainder = RemainderOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, segmentsBefore);
        if (RawTarget.Join(address, remainder).TryGet(out var target, out faults))
            return target;
        return faults[0].Kind == FaultKind.DotSegment ? DotSegment : new Failure(FailureKind.Invalid, "invalid_path", faults[0].Message);
    }

    private static IEnumerable<KeyValuePair<string, string>> DirectivesOf(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (!ProxyHeaders.IsDirective(name))
                continue;
            foreach (var value in values)
                yield return new(name, value ?? "");
        }
    }

    /// <summary>What follows the first segments in the raw request target: path, query, both or nothing, byte for byte as it came.</summary>
    private static string RemainderOf(string target, int segments)
    {
        // An absolute form begins with scheme and authority (RFC 9112, section 3.2.2).
        var at = target.StartsWith('/') ? 0 : target.IndexOf('/', target.IndexOf("://", StringComparison.Ordinal) + 3);
        for (var segment = 0; segment < segments; segment++)
        {
            var next = target.AsSpan(at + 1).IndexOfAny('/', '?');
            if (next < 0)
                return "";
            at += next + 1;
            if (target[at] == '?')
                break;
        }

        return target[at..];
    }

    /// <summary>Bodies of any size and speed pass; what bounds an exchange is its silence.</summary>
    private static void LiftLimits(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private static Task AnswerErrorAsync(HttpContext context, ForwarderError error, Protocols.Http.Origin origin)
    {
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        context.Response.Clear();
        if (error is ForwarderError.RequestBodyClient)
            return ApiError.WriteAsync(context, new Failure(FailureKind.Invalid, "request_body_broken", "The request body broke off or cannot be read."));
        if (error is ForwarderError.RequestTimedOut || exception is null)
            return ApiError.WriteAsync(context, TimedOut(origin));
        var failure = OutboundFailure.Of(exception, origin.Host);
        return ApiError.WriteAsync(context, failure.Kind switch
        {
            OutboundFailureKind.HostNotAllowed => new Failure(FailureKind.Invalid, "host_not_allowed",
                $"{failure.Message} The server's operator can open a network with --allow-network."),
            OutboundFailureKind.Timeout => TimedOut(origin),
            OutboundFailureKind.Tls => new Failure(FailureKind.BadGateway, "upstream_tls_failed", failure.Message),
            OutboundFailureKind.ConnectionLost => new Failure(FailureKind.BadGateway, "upstream_connection_lost", failure.Message),
            _ => new Failure(FailureKind.BadGateway, "upstream_unreachable", failure.Message),
        });
    }

    private static Failure TimedOut(Protocols.Http.Origin origin) =>
        new(FailureKind.GatewayTimeout, "upstream_timeout", $"The host {origin.Host} did not answer in time.");

    private static Task WriteAsync(HttpContext context, int status, Failure failure)
    {
        context.Response.StatusCode = status;
        context.Response.Headers[ApiError.Header] = failure.Code;
        return ApiError.WriteBodyAsync(context, failure);
    }
}
