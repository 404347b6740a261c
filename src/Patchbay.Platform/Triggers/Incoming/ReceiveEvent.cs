using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Events;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>
/// Takes in what APIs send to the public URLs of triggers: verifies it, answers handshakes, holds it against its definition, and stores it before it
/// is acknowledged.
/// </summary>
internal sealed partial class ReceiveEvent(
    TriggerTokens tokens, TriggerPlans plans, EventIntake intake, PublicAddress address, PatchbaySettings settings, TimeProvider clock, ILogger<ReceiveEvent> logger)
{
    private const int MaxDuplicateKey = 2000;

    private static readonly Failure NoEndpoint = Failure.NotFound("trigger_endpoint");

    private static readonly Failure NotVerified = new(FailureKind.Unauthenticated, "not_verified",
        "The request does not prove that it comes from the API: its signature, key or certificate is missing, wrong or too old.");

    private static readonly Failure BadHandshake = new(FailureKind.Invalid, "handshake_invalid", "The text of the handshake cannot be sent back.");

    private static readonly Failure TooLarge = new(FailureKind.TooLarge, "event_too_large", "The body is larger than this server takes.");

    public async Task RunAsync(HttpContext context)
    {
        var response = context.Response;
        // Whatever is sent back, such as a text that somebody chose, must not run as a page of ours.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "no-store";
        var token = context.Request.RouteValues["token"] as string ?? "";
        if (!await tokens.IsOursAsync(token) || await plans.FindAsync(token, context.RequestAborted) is not { } plan)
            await ApiError.WriteAsync(context, NoEndpoint);
        else if (context.Request.Method != plan.Method && !plan.Handshakes.Any(h => h.Value.Method == context.Request.Method))
            await RefuseMethodAsync(context, plan);
        else
            await ReceiveAsync(context, plan);
    }

    private async Task ReceiveAsync(HttpContext context, TriggerPlan plan)
    {
        if (await ReadBodyAsync(context.Request) is not { } body)
        {
            await ApiError.WriteAsync(context, TooLarge);
            return;
        }

        using var request = await IncomingAsync(context, plan, body);
        var now = clock.GetUtcNow();
        foreach (var handshake in plan.Handshakes)
        {
            if (!handshake.Value.IsIn(request))
                continue;
            await ShakeHandsAsync(context, plan, handshake, request, now);
            return;
        }

        if (context.Request.Method != plan.Method)
        {
            await RefuseMethodAsync(context, plan);
            return;
        }

        if (!plan.IsVerified(request, now))
        {
            await RefuseAsync(context, plan);
            return;
        }

        if (plan.Fault is { } fault)
        {
            context.Response.Headers.RetryAfter = "60";
            await ApiError.WriteAsync(context, fault);
            return;
        }

        var faults = plan.Declared.FaultsOf(request);
        if (faults.Count > 0 && plan.RefusesMismatch)
        {
            await ApiError.WriteAsync(context, Failure.InvalidFields([.. faults.Select(f => new FieldFault(f.Field, f.Message))]) with { Code = "event_mismatch" });
            return;
        }

        var accepted = await intake.AcceptAsync(EventOf(context.Request, plan, request, faults), context.RequestAborted);
        if (accepted.Failure is { } failure)
        {
            if (failure.Kind == FailureKind.Unavailable)
                context.Response.Headers.RetryAfter = "1";
            await ApiError.WriteAsync(context, failure.Kind == FailureKind.NotFound ? NoEndpoint : failure);
            return;
        }

        context.Response.StatusCode = plan.AnswerStatus;
        if (plan.AnswerStatus is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent))
            context.Response.ContentLength = 0;
    }

    private static IncomingEvent EventOf(HttpRequest request, TriggerPlan plan, IncomingRequest incoming, IReadOnlyList<EventFault> faults)
    {
        var headers = new List<EventHeader>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                headers.Add(plan.Stored(name, value ?? ""));
        }

        return new IncomingEvent
        {
            OrganisationId = plan.OrganisationId,
            ConnectorId = plan.ConnectorId,
            ConnectionId = plan.ConnectionId,
            TriggerName = plan.TriggerName,
            VersionName = plan.VersionName,
            Origin = EventOrigin.Webhook,
            DuplicateKey = plan.DuplicateKey?.Find(incoming) is { Length: > 0 and <= MaxDuplicateKey } key ? DuplicateKey.Of(plan.DuplicateSecret, key) : null,
            Content = new EventContent
            {
                Method = request.Method,
                Query = plan.Stored(incoming.Query),
                Headers = headers,
                Faults = faults,
                Body = incoming.Body,
            },
        };
    }

    private async Task<IncomingRequest> IncomingAsync(HttpContext context, TriggerPlan plan, byte[] body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // In absolute form (RFC 9112, section 3.2.2) the path begins behind the authority.
        var start = target.StartsWith('/') ? 0 : Math.Max(target.IndexOf('/', Math.Max(target.IndexOf("://", StringComparison.Ordinal), 0) + 3), 0);
        var mark = target.IndexOf('?', start);
        return new IncomingRequest
        {
            Method = context.Request.Method,
            Root = address.Absolute(""),
            Path = mark < 0 ? target[start..] : target[start..mark],
            Query = mark < 0 ? null : target[(mark + 1)..],
            Header = name => context.Request.Headers.TryGetValue(name, out var values) ? string.Join(", ", values.ToArray()) : null,
            Body = body,
            ClientCertificate = plan.AsksForCertificate ? await CertificateAsync(context) : null,
        };
    }

    private static async Task<X509Certificate2?> CertificateAsync(HttpContext context) =>
        context.Features.Get<ForwardedCertificate>() is { } forwarded ? forwarded.Certificate : await context.Connection.GetClientCertificateAsync(context.RequestAborted);

    private static async Task ShakeHandsAsync(HttpContext context, TriggerPlan plan, PlannedHandshake handshake, IncomingRequest request, DateTimeOffset now)
    {
        if (handshake.Proof is { } proof && !proof.IsVerified(request, now))
        {
            await RefuseAsync(context, plan, log: null);
            return;
        }

        if (handshake.Value.AnswerTo(request, handshake.Group?.Credentials is [{ Key: var key }, ..] ? key : []) is not { } answer)
        {
            await ApiError.WriteAsync(context, BadHandshake);
            return;
        }

        context.Response.ContentType = answer.IsJson ? "application/json" : "text/plain; charset=utf-8";
        await context.Response.WriteAsync(answer.Text, context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context, TriggerPlan plan)
    {
        if (plan.RefusesAll is { } why)
            RefusesAll(logger, plan.TriggerName, plan.ConnectionId, why);
        return RefuseAsync(context, plan, logger);
    }

    private static Task RefuseAsync(HttpContext context, TriggerPlan plan, ILogger? log)
    {
        if (log is not null)
            Refused(log, plan.TriggerName, plan.ConnectionId);
        // No bearer token is what is asked for here.
        context.Response.OnStarting(() =>
        {
            if (plan.AsksForPassword)
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"events\", charset=\"UTF-8\"";
            else
                context.Response.Headers.Remove("WWW-Authenticate");
            return Task.CompletedTask;
        });
        return ApiError.WriteAsync(context, NotVerified);
    }

    private static Task RefuseMethodAsync(HttpContext context, TriggerPlan plan)
    {
        context.Response.Headers.Allow = string.Join(", ", plan.Handshakes.Select(h => h.Value.Method).Prepend(plan.Method).Distinct(StringComparer.Ordinal));
        return ApiError.WriteAsync(context, new Failure(FailureKind.MethodNotAllowed, "method_not_allowed", $"The endpoint does not take {context.Request.Method}; see the header Allow."));
    }

    /// <returns>The body; null where it is too large.</returns>
    private async Task<byte[]?> ReadBodyAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length)
        {
            if (length > settings.MaxEventBytes)
                return null;
            var whole = new byte[length];
            await request.Body.ReadExactlyAsync(whole, request.HttpContext.RequestAborted);
            return whole;
        }

        return (await JsonBody.ReadBytesAsync(request, settings.MaxEventBytes, request.HttpContext.RequestAborted)).Succeeded(out var body, out _) ? body : null;
    }

    [LoggerMessage(1, LogLevel.Debug, "A request to the trigger {Trigger} of connection {ConnectionId} was not verified")]
    private static partial void Refused(ILogger logger, string trigger, Ulid connectionId);

    [LoggerMessage(2, LogLevel.Debug, "The trigger {Trigger} of connection {ConnectionId} takes no request: {Why}")]
    private static partial void RefusesAll(ILogger logger, string trigger, Ulid connectionId, string why);
}
