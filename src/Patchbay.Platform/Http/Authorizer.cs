using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Http;

/// <summary>
/// Decides for every request who calls, for which organisation, and whether it may: the one place that does, so that no endpoint can
/// forget to. What it finds goes into the <see cref="RequestScope"/>, from which the tenant filter takes it.
/// </summary>
internal sealed partial class Authorizer(CallerDirectory callers, ConnectionPlans plans, UserConnections users, PatchbaySettings settings)
{
    private const string Bearer = "Bearer ";
    private const string Jwt = "JWT ";

    private static readonly Failure NoKey = new(FailureKind.Unauthenticated, "unauthenticated",
        "Send the header Authorization: Bearer <API key, service account's token or ID token>, or JWT <token> with a token that a signing key of the organisation signed.");

    private static readonly Failure BadKey = new(FailureKind.Unauthenticated, "invalid_key",
        "The key or token does not hold here. It may have been deleted, have expired, or belong to another server.");

    private static readonly Failure NoConnection = Failure.NotFound("connection");

    private static readonly Failure EndUserRefused = new(FailureKind.Forbidden, "end_user_token",
        "A token with sub opens its end user's own embedded endpoints only.");

    private static readonly PermissionSet ProxyNeeds = PermissionSet.Of(Permission.ProxyUse);

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

        if (access is Access.Resource resource)
        {
            await EnterResourceAsync(context, next, scope, resource);
            return;
        }

        if (access is null or Access.Public)
        {
            // Unknown paths and wrong methods; routes were held against PublicRoutes when the server started.
            await next(context);
            return;
        }

        if (!TryGetToken(context.Request, out var shown))
        {
            await ApiError.WriteAsync(context, NoKey);
            return;
        }

        var caller = await callers.FindAsync(shown, context.RequestAborted);
        if (caller is null)
        {
            await ApiError.WriteAsync(context, BadKey);
            return;
        }

        var refusal = access switch
        {
            Access.AnyCaller when caller is Caller.EndUser => EndUserRefused,
            Access.AnyCaller => Lacking(caller, caller.Home, route!) ?? Enter(scope, caller, caller.Home),
            Access.OperatorOnly when caller is Caller.Operator => Enter(scope, caller, null),
            Access.OperatorOnly { OrPeople: true } when caller is Caller.Person && settings.PeopleCreateOrganisations => Enter(scope, caller, null),
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
        if (!TryGetToken(context.Request, out var shown))
            return ValueTask.FromResult<Outcome<EnteredConnection>>(NoKey);
        var known = Ulid.TryParse(connectionId, out var id);
        var finding = callers.FindAsync(shown, context.RequestAborted);
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

    /// <summary>The same for the connection of an end user by a template.</summary>
    public async ValueTask<Outcome<EnteredConnection>> EnterConnectionAsync(HttpContext context, UserOfTemplate named)
    {
        if (!TryGetToken(context.Request, out var shown))
            return NoKey;
        if (await callers.FindAsync(shown, context.RequestAborted) is not { } caller)
            return BadKey;
        return await users.FindAsync(named, context.RequestAborted) is { } id ? Judge(caller, id, await plans.FindAsync(id, context.RequestAborted)) : NoConnection;
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
            return Lacking(caller, id, context.GetEndpoint()!, ResourceOf(context.Request.RouteValues)) ?? Enter(scope, caller, id);
        if (access.Library && caller is not Caller.EndUser)
        {
            // A made-up organisation has published nothing: strangers cannot tell it from one that keeps to itself.
            return Enter(scope, caller, known ? id : null, libraryOnly: true);
        }

        return Failure.NotFound("organisation");
    }

    /// <summary>What the operation needs and the caller lacks, as the answer to that; null for nothing.</summary>
    private static Failure? Lacking(Caller caller, Ulid? organisationId, Endpoint endpoint, BoundResource? resource = null) =>
        organisationId is { } id && endpoint.Metadata.GetMetadata<Needs>() is { } needs && caller.AllowanceIn(id) is { } grants
            && grants.Lacks(needs.Permissions, resource) is { Bits: not 0 } missing
                ? PermissionDenied(missing)
                : null;

    /// <summary>The answer to who may act for the organisation, and lacks permissions.</summary>
    public static Failure PermissionDenied(PermissionSet missing) => new(FailureKind.Forbidden, "permission_denied",
        $"The key or account has no role with {string.Join(" and ", missing.Listed.Select(Permissions.IdOf))}.");

    /// <summary>The single resource that a path names and that a role can be bound to.</summary>
    private static BoundResource? ResourceOf(RouteValueDictionary values) =>
        values.TryGetValue("connection_id", out var connection) && Ulid.TryParse(connection as string, out var id) ? new BoundResource(RoleScope.Connection, id)
        : values.TryGetValue("hub_id", out var hub) && Ulid.TryParse(hub as string, out id) ? new BoundResource(RoleScope.Hub, id)
        : null;

    private static bool TryGetToken(HttpRequest request, out ShownToken shown)
    {
        var headers = request.Headers.Authorization;
        var header = headers.Count == 1 ? headers.ToString() : "";
        shown = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? new ShownToken(header, Bearer.Length, IsSigned: false)
            : header.StartsWith(Jwt, StringComparison.OrdinalIgnoreCase) ? new ShownToken(header, Jwt.Length, IsSigned: true)
            : default;
        return shown.Header is not null;
    }

    private static Outcome<EnteredConnection> Judge(Caller caller, Ulid id, ConnectionPlan? plan)
    {
        if (plan is null || caller.AllowanceIn(plan.OrganisationId) is not { } grants)
            return NoConnection;
        if (grants.Lacks(ProxyNeeds, new BoundResource(RoleScope.Connection, id)) is { Bits: not 0 } missing
            && (plan.HubId is not { } hub || grants.Lacks(ProxyNeeds, new BoundResource(RoleScope.Hub, hub)) is { Bits: not 0 }))
        {
            return PermissionDenied(missing);
        }

        return new EnteredConnection(caller, id, plan);
    }
}

/// <summary>What a request shows of its caller.</summary>
/// <param name="Header">The header's text, as the server made it.</param>
/// <param name="Start">Where in it the key or token begins.</param>
/// <param name="IsSigned">Whether it is a token that a signing key signed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ShownToken(string Header, int Start, bool IsSigned)
{
    public ReadOnlySpan<char> Token => Header.AsSpan(Start).Trim();
}

/// <summary>A connection that a caller may use.</summary>
/// <param name="Caller">The caller.</param>
/// <param name="Id">The connection.</param>
/// <param name="Plan">All that a request through it needs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EnteredConnection(Caller Caller, Ulid Id, ConnectionPlan Plan);
