using Patchbay.Authorizing.Faults;
using Patchbay.Authorizing.Observing;

namespace Patchbay.Authorizing;

/// <summary>
/// Stands before the token endpoint: notes each request and lets it meet its fault. Requests are processed one at a time, so that of two which race
/// with one refresh token the second is always seen as reuse, and once a request was read it is processed to the end, whether or not its client still listens.
/// </summary>
internal sealed class TokenRequestGate(AuthorizationServerOptions options, Observations observations, TokenFaults faults, IHostApplicationLifetime lifetime)
    : IMiddleware, IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != Paths.Token || !HttpMethods.IsPost(context.Request.Method) || !context.Request.HasFormContentType)
        {
            await next(context);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        TokenFault? fault = null;
        var request = observations.Arrive(number =>
        {
            var arrived = TokenRequest.Of(context.Request, form, number, options.Clock.GetUtcNow());
            fault = faults.TakeFor(arrived.GrantType);
            return arrived;
        });
        var exchange = new FaultyExchange(context, context.RequestAborted, lifetime.ApplicationStopping);
        context.RequestAborted = CancellationToken.None;
        try
        {
            await MeetAsync(fault!, exchange, request, next);
        }
        finally
        {
            fault!.Finish();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task MeetAsync(TokenFault fault, FaultyExchange exchange, TokenRequest request, RequestDelegate next)
    {
        if (await fault.EndsBeforeProcessingAsync(exchange))
            return;

        var context = exchange.Context;
        var client = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await ProcessAsync(context, request, next);
        }
        finally
        {
            context.Response.Body = client;
        }

        if (await fault.EndsBeforeAnswerAsync(exchange) || exchange.ClientGone.IsCancellationRequested)
            return;
        answer.Position = 0;
        await answer.CopyToAsync(client, exchange.ClientGone);
    }

    private async Task ProcessAsync(HttpContext context, TokenRequest request, RequestDelegate next)
    {
        if (!IsAccepted(request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsJsonAsync(
                new { error = "invalid_client", error_description = "This client sends its secret another way." }, context.RequestAborted);
            return;
        }

        await _one.WaitAsync(context.RequestAborted);
        try
        {
            await next(context);
        }
        finally
        {
            _one.Release();
        }

        if (context.Response.StatusCode == StatusCodes.Status200OK)
            observations.Granted();
    }

    private bool IsAccepted(TokenRequest request)
    {
        var client = options.Clients.FirstOrDefault(c => c.Id == request.ClientId);
        return (client?.SecretTransport, request.Authentication) is not ((SecretTransport.Basic, "client_secret_post") or (SecretTransport.Post, "client_secret_basic"));
    }
}
