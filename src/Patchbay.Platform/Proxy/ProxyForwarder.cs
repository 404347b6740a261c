using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;
using Yarp.ReverseProxy.Forwarder;

namespace Patchbay.Platform.Proxy;

/// <summary>
/// Streams a request to the connector's API with the connection's credentials applied, and the answer back. What the API does reaches the
/// caller as it is; what Patchbay refuses itself has the error shape and the header <see cref="ApiError.Header"/>.
/// </summary>
internal sealed class ProxyForwarder(
    IHttpForwarder forwarder, OutboundNetwork network, LiveCredentials live, SecretUses uses, PatchbaySettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>The forwarder wants a prefix; the transformer sets the whole address.</summary>
    private const string DestinationIsInTheMessage = "http://invalid";

    private static readonly Failure BodyBroken = new(FailureKind.Invalid, "request_body_broken", "The request body broke off or cannot be read.");

    private static readonly string[] DirectiveNames =
    [
        ProxyDirectives.ConnectionVariableHeader, ProxyDirectives.IgnoreHeadersHeader, ProxyDirectives.OverrideBaseUrlHeader,
        ProxyDirectives.ForceRefreshCredentialHeader,
    ];

    private readonly HttpMessageInvoker _invoker = Prompt(network.CreateProxyInvoker());
    private readonly CertificateInvokers _withCertificates =
        new(certificate => Prompt(network.CreateProxyInvoker(certificate)), clock);

    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = settings.ProxyIdleTimeout };

    /// <summary>Forwards a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">The connection that it goes through, and who calls.</param>
    /// <param name="remainder">What follows in the request target: path, query, both or nothing.</param>
    public Task ForwardAsync(HttpContext context, EnteredConnection connection, string remainder)
    {
        var plan = connection.Plan;
        if (!DirectivesFrom(context.Request.Headers).Succeeded(out var directives, out var failure))
            return RefuseAsync(context, failure);
        if ((plan.NoProxy ?? plan.Fault) is { } fault)
            return RefuseAsync(context, fault);
        if (plan.Ready is not { } ready)
            return ForwardPreparedAsync(context, connection, directives, remainder);
        return TargetOf(plan, null, directives, remainder).Succeeded(out var target, out failure)
            ? SendAsync(context, connection, _invoker, target, new ProxyTransformer(ready, target, directives))
            : RefuseAsync(context, failure);
    }

    /// <summary>Forwards through credentials that live by tokens: gets them first, and once more where the API calls one expired.</summary>
    private async Task ForwardPreparedAsync(HttpContext context, EnteredConnection connection, ProxyDirectives directives, string remainder)
    {
        var plan = connection.Plan;
        var prepared = await live.PrepareAsync(plan.Credentials, directives.ForceRefreshCredential, context.RequestAborted);
        if (!prepared.Succeeded(out var credentials, out var failure)
            || !TargetOf(plan, credentials.Captured, directives, remainder).Succeeded(out var target, out failure))
        {
            await RefuseAsync(context, failure);
            return;
        }

        LiftLimits(context.Features);
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        if (!hasBody || !credentials.Applied.Any(c => c.NeedsBody))
        {
            // A body that streams is gone once it was sent.
            await SendTwiceAsync(context, connection, credentials, target, directives, remainder, body: null, repeatable: !hasBody);
            return;
        }

        var read = await ReadBodyAsync(context.Request, context.RequestAborted);
        if (!read.Succeeded(out var body, out failure))
        {
            await RefuseAsync(context, failure);
            return;
        }

        using (body)
            await SendTwiceAsync(context, connection, credentials, target, directives, remainder, body, repeatable: true);
    }

    /// <summary>Sends a request, and where it can be repeated and the API calls a token expired, once more with a new one.</summary>
    private async Task SendTwiceAsync(
        HttpContext context, EnteredConnection connection, PreparedCredentials credentials, RawTarget target, ProxyDirectives directives, string remainder,
        BufferedBody? body, bool repeatable)
    {
        var expiry = repeatable && credentials.Grants.Count > 0 ? new ExpiryWatch(credentials, live, context.RequestAborted) : null;
        if (body is not null)
            context.Request.Body = body.OpenRead();
        using var lease = credentials.Certificate is { } certificate ? _withCertificates.Rent(certificate) : default(CertificateInvokerLease?);
        var invoker = lease?.Invoker ?? _invoker;
        await SendAsync(context, connection, invoker, target, new ProxyTransformer(credentials.Applied, target, directives, body, expiry));
        if (expiry?.Renewed is not { } renewed)
            return;
        context.Response.Clear();
        if (!TargetOf(connection.Plan, renewed.Captured, directives, remainder).Succeeded(out var next, out var failure))
        {
            await RefuseAsync(context, failure);
            return;
        }

        if (body is not null)
            context.Request.Body = body.OpenRead();
        await SendAsync(context, connection, invoker, next, new ProxyTransformer(renewed.Applied, next, directives, body));
    }

    private static async Task<Outcome<BufferedBody>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var read = await BufferedBody.ReadAsync(request.Body, BufferedBody.DefaultLimit, request.ContentLength, cancellationToken);
            return read.TryGet(out var body, out var faults) ? body : new Failure(FailureKind.TooLarge, "body_too_large_to_sign", faults[0].Message);
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException)
        {
            return BodyBroken;
        }
    }

    private async Task SendAsync(HttpContext context, EnteredConnection connection, HttpMessageInvoker invoker, RawTarget target, ProxyTransformer transformer)
    {
        LiftLimits(context.Features);
        var error = await forwarder.SendAsync(context, DestinationIsInTheMessage, invoker, _config, transformer, context.RequestAborted);
        uses.Count(SecretUse.ProxyRequest, connection, error == ForwarderError.None);
        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            await AnswerErrorAsync(context, error, target.Origin);
    }

    public void Dispose()
    {
        _withCertificates.Dispose();
        _invoker.Dispose();
    }

    private static HttpMessageInvoker Prompt(HttpMessageInvoker inner) => new(new PromptRequestBodies(inner));

    private static Outcome<ProxyDirectives> DirectivesFrom(IHeaderDictionary headers)
    {
        if (DirectivesOf(headers) is not { } found)
            return ProxyDirectives.None;
        return ProxyDirectives.Parse(found).TryGet(out var directives, out var faults)
            ? directives
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault(f.Subject, f.Message))]);
    }

    private static Outcome<RawTarget> TargetOf(
        ConnectionPlan plan, IReadOnlyDictionary<string, string>? captured, ProxyDirectives directives, string remainder)
    {
        if (!plan.AddressFor(directives, captured).Succeeded(out var address, out var failure))
            return failure;
        return RawTarget.Join(address, remainder).TryGet(out var target, out var faults)
            ? target
            : new Failure(FailureKind.Invalid, "invalid_path", faults[0].Message);
    }

    /// <summary>The directives of a request that has any.</summary>
    private static List<KeyValuePair<string, string>>? DirectivesOf(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? found = null;
        foreach (var name in DirectiveNames)
        {
            if (!headers.TryGetValue(name, out var values))
                continue;
            foreach (var value in values)
                (found ??= []).Add(new(name, value ?? ""));
        }

        return found;
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
            return RefuseAsync(context, BodyBroken);
        return RefuseAsync(context, error is ForwarderError.RequestTimedOut || exception is null
            ? UpstreamFailures.TimedOut(origin.Host)
            : UpstreamFailures.Of(exception, origin.Host));
    }

    private static Task RefuseAsync(HttpContext context, Failure failure)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return ApiError.WriteAsync(context, failure);
    }
}
