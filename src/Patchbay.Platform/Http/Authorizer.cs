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
internal sealed class Authorizer(RequestDelegate next, CallerDirectory callers, ConnectionPlans plans)
{
    private static readonly Failure NoKey = new(FailureKind.Unauthenticated, "unauthenticated",
        "Send the header Authorization: Bearer <API key>.");

    private static readonly Failure BadKey = new(FailureKind.Unauthenticated, "invalid_key",
        "The key is not known here. It may have been deleted, or belong to another server.");

    private static readonly Failure OperatorNeeded = new(FailureKind.Forbidden, "operator_required",
        "Only the operator may do this: use the operator key.");

    public async Task InvokeAsync(HttpContext context, RequestScope scope)
    {
        var access = (context.GetEndpoint() as RouteEndpoint)?.Metadata.GetMetadata<Access>();
        if (access is null or Access.Public)
        {
            // Unknown paths and wrong methods; routes were held against PublicRoutes when the server started.
            await next(context);
            return;
        }

        var token = TokenOf(context.Request);
        if (token is null)
        {
            await ApiError.WriteAsync(context, NoKey);
            return;
        }

        var caller = await callers.FindAsync(token, context.RequestAborted);
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
            Access.Connection connection => await EnterConnectionAsync(context, scope, caller, connection),
            _ => throw new InvalidOperationException($"The authorizer does not know {access.GetType().Name}."),
        };
        if (refusal is null)
            await next(context);
        else
            await ApiError.WriteAsync(context, refusal);
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

        if (known && caller.ActsFor(id))
            return Enter(scope, caller, id);
        if (access.Library)
        {
            // A made-up organisation has published nothing: strangers cannot tell it from one that keeps to itself.
            return Enter(scope, caller, known ? id : null, libraryOnly: true);
        }

        return Failure.NotFound("organisation");
    }

    private async Task<Failure?> EnterConnectionAsync(HttpContext context, RequestScope scope, Caller caller, Access.Connection access)
    {
        if (!Ulid.TryParse(context.Request.RouteValues[access.Parameter] as string, out var id)
            || await plans.FindAsync(id, context.RequestAborted) is not { } plan
            || !caller.ActsFor(plan.OrganisationId))
        {
            return Failure.NotFound("connection");
        }

        context.Features.Set(plan);
        return Enter(scope, caller, plan.OrganisationId);
    }

    private static string? TokenOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim() : null;
    }
}
