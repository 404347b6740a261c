using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Http;

/// <summary>
/// Decides for every request who calls, for which organisation, and whether it may: the one place that does, so that no endpoint can
/// forget to. What it finds goes into the <see cref="RequestScope"/>, from which the tenant filter takes it.
/// </summary>
internal sealed class Authorizer(CallerDirectory callers, ConnectionPlans plans)
{
    private static readonly Failure NoKey = new(FailureKind.Unauthenticated, "unauthenticated",
        "Send the header Authorization: Bearer <API key>.");

    private static readonly Failure BadKey = new(FailureKind.Unauthenticated, "invalid_key",
        "The key is not known here. It may have been deleted, or belong to another server.");

    private static readonly Failure NoConnection = Failure.NotFound("connection");

    private static readonly Failure OperatorNeeded = new(FailureKind.Forbidden, "operator_required",
        "Only the operator may do this: use the operator key.");

    /// <summary>Lets a request through to its endpoint, or answers why not.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var route = context.GetEndpoint() as RouteEndpoint;
        var access = route?.Metadata.GetMetadata<Access>();
        var scope = context.RequestServices.GetRequiredService<RequestScope>();
        if (route is not null)
        {
            scope.Trail.Open(
                route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? $"{context.Request.Method} /{route.RoutePattern.RawText?.TrimStart('/')}",
                context.Request.RouteValues);
        }

        if (access is null or Access.Public)
        {
            // Unknown paths and wrong methods; routes were held against PublicRoutes when the server started.
            await next(context);
            return;
        }

        if (!TryGetToken(context.Request, out var header, out var token))
        {
            await ApiError.WriteAsync(context, NoKey);
            return;
        }

        var caller = await callers.FindAsync(header, token, context.RequestAborted);
        if (caller is null)
        {
            await ApiError.WriteAsync(context, BadKey);
            return;
        }

        var refusal = access switch
        {
            Access.AnyCaller => Enter(scope, caller, (caller as Caller.Backend)?.OrganisationId),
            Access.OperatorOnly when caller is Caller.Operator => Enter(scope, caller, null),
            Access.OperatorOnly => OperatorNeeded,
            Access.Organisation organisation => await EnterOrganisationAsync(context, scope, caller, organisation),
            _ => throw new InvalidOperationException($"The authorizer does not know {access.GetType().Name}."),
        };
        if (refusal is null)
            await next(context);
        else
            await ApiError.WriteAsync(context, refusal);
    }

    /// <summary>Who calls through which connection, which says what a proxied request may do: the proxy has no routes and no scope.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connectionId">What stands in the place of the connection's id.</param>
    public ValueTask<Outcome<EnteredConnection>> EnterConnectionAsync(HttpContext context, ReadOnlySpan<char> connectionId)
    {
        if (!TryGetToken(context.Request, out var header, out var token))
            return ValueTask.FromResult<Outcome<EnteredConnection>>(NoKey);
        var known = Ulid.TryParse(connectionId, out var id);
        var finding = callers.FindAsync(header, token, context.RequestAborted);
        if (!finding.IsCompletedSuccessfully)
            return FinishAsync(finding, id, known, context.RequestAborted);
        if (finding.Result is not { } caller)
            return ValueTask.FromResult<Outcome<EnteredConnection>>(BadKey);
        if (!known)
            return ValueTask.FromResult<Outcome<EnteredConnection>>(NoConnection);
        var planning = plans.FindAsync(id, context.RequestAborted);
        return planning.IsCompletedSuccessfully
            ? ValueTask.FromResult(Judge(caller, id, planning.Result))
            : FinishAsync(ValueTask.FromResult<Caller?>(caller), id, known, context.RequestAborted);
    }

    /// <summary>The same for a caller or a connection that has to be looked up first.</summary>
    private async ValueTask<Outcome<EnteredConnection>> FinishAsync(
        ValueTask<Caller?> finding, Ulid id, bool known, CancellationToken cancellationToken)
    {
        if (await finding is not { } caller)
            return BadKey;
        return Judge(caller, id, known ? await plans.FindAsync(id, cancellationToken) : null);
    }

    private static Failure? Enter(RequestScope scope, Caller caller, Ulid? organisationId, bool libraryOnly = false)
    {
        scope.Enter(caller, organisationId, libraryOnly);
        return null;
    }

    private static async Task<Failure?> EnterOrganisationAsync(
        HttpContext context, RequestScope scope, Caller caller, Access.Organisation access)
    {
        var known = Ulid.TryParse(context.Request.RouteValues[access.Parameter] as string, out var id);
        if (known && caller is Caller.Operator)
        {
            var db = context.RequestServices.GetRequiredService<PatchbayDb>();
            known = await db.Organisations.AnyAsync(o => o.Id == id, context.RequestAborted);
        }

        if (known && caller.ActsFor(id) && access.ByOperator && caller is not Caller.Operator)
            return OperatorNeeded;
        if (known && caller.ActsFor(id))
            return Enter(scope, caller, id);
        if (access.Library)
        {
            // A made-up organisation has published nothing: strangers cannot tell it from one that keeps to itself.
            return Enter(scope, caller, known ? id : null, libraryOnly: true);
        }

        return Failure.NotFound("organisation");
    }

    private static bool TryGetToken(HttpRequest request, out string header, out ReadOnlySpan<char> token)
    {
        const string Scheme = "Bearer ";
        var headers = request.Headers.Authorization;
        header = headers.Count == 1 ? headers.ToString() : "";
        token = default;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        token = header.AsSpan(Scheme.Length).Trim();
        return true;
    }

    private static Outcome<EnteredConnection> Judge(Caller caller, Ulid id, ConnectionPlan? plan) =>
        plan is not null && caller.ActsFor(plan.OrganisationId) ? new EnteredConnection(caller, id, plan) : NoConnection;
}

/// <summary>A connection that a caller may use.</summary>
/// <param name="Caller">The caller.</param>
/// <param name="Id">The connection.</param>
/// <param name="Plan">All that a request through it needs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EnteredConnection(Caller Caller, Ulid Id, ConnectionPlan Plan);
