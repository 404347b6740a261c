using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>Roles of an organisation (ours, beside the contract).</summary>
internal static class RolesEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("role");

    private static readonly Failure NameTaken = new(FailureKind.Conflict, "role_exists", "The organisation has a role of this name already.") { Fields = [new("name", "is taken")] };

    private static readonly Failure BuiltIn = new(FailureKind.Conflict, "role_built_in", "The role is one that every organisation has; it cannot be changed.");

    private static readonly Failure InUse = new(FailureKind.Conflict, "role_in_use", "Somebody has the role still; take it from them first.");

    public static void MapRoles(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/roles").WithTags("roles").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("ListRoles").Needs(Permission.RoleRead);
        group.MapPost("", CreateAsync).WithName("CreateRole").Needs(Permission.RoleEdit);
        group.MapGet("/{role_id}", GetAsync).WithName("GetRole").Needs(Permission.RoleRead);
        group.MapPut("/{role_id}", UpdateAsync).WithName("UpdateRole").Needs(Permission.RoleEdit);
        group.MapDelete("/{role_id}", DeleteAsync).WithName("DeleteRole").Needs(Permission.RoleEdit);
    }

    /// <summary>Lists the roles of an organisation, those that every organisation has first.</summary>
    internal static async Task<Results<Ok<RolesJson>, ApiError>> ListAsync(string organisation_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        var own = await db.Roles.AsNoTracking().ToListAsync(cancellationToken);
        return TypedResults.Ok(new RolesJson { Roles = [.. BuiltInRoles.All.Select(RoleJson.Of), .. own.OrderBy(r => r.Name, StringComparer.Ordinal).Select(RoleJson.Of)] });
    }

    /// <summary>Creates a role. It can hold only what its maker may do.</summary>
    internal static async Task<Results<TaggedCreated<RoleJson>, ApiError>> CreateAsync(
        string organisation_id, Body<RoleChangeJson> body, PatchbayDb db, RequestScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var role = new Role
        {
            Id = Identifiers.New(clock), OrganisationId = scope.OrganisationId!.Value, Name = body.Value.Name, Permissions = [], Scopes = [], CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        if (Change(role, body.Value, scope) is { } refused)
            return new ApiError(refused);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, role.Id, cancellationToken);
        db.Add(role);
        if (await SaveAsync(db, cancellationToken) is { } taken)
            return new ApiError(taken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Created($"/api/organisations/v1/organisations/{role.OrganisationId}/roles/{role.Id}", RoleJson.Of(role));
    }

    /// <summary>Gets a role.</summary>
    internal static async Task<Results<Tagged<RoleJson>, ApiError>> GetAsync(string organisation_id, string role_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(role_id, out var id))
            return new ApiError(NotFound);
        if (BuiltInRoles.Find(id) is { } builtIn)
            return Tagged.Ok(RoleJson.Of(builtIn));
        return await db.Roles.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is { } role ? Tagged.Ok(RoleJson.Of(role)) : new ApiError(NotFound);
    }

    /// <summary>Replaces a role; it counts at once here for all who have it, and within a second on other nodes.</summary>
    internal static async Task<Results<Tagged<RoleJson>, ApiError>> UpdateAsync(
        string organisation_id, string role_id, Body<RoleChangeJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, CallerDirectory callers, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(role_id, out var id))
            return new ApiError(NotFound);
        if (BuiltInRoles.Find(id) is not null)
            return new ApiError(BuiltIn);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Roles.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } role)
            return new ApiError(NotFound);
        // Who may not do what the role allows may not take it from others either.
        if (precondition.RefusalOf(RoleJson.Of(role)) is { } changed)
            return new ApiError(changed);
        if (RoleGrants.Exceeds(scope, role.Set) is { } beyond)
            return new ApiError(beyond);
        if (Change(role, body.Value, scope) is { } refused)
            return new ApiError(refused);
        role.UpdatedAt = clock.Now();
        if (await SaveAsync(db, cancellationToken) is { } taken)
            return new ApiError(taken);
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(role.OrganisationId);
        return Tagged.Ok(RoleJson.Of(role));
    }

    /// <summary>Deletes a role that nobody has.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string role_id, Precondition precondition, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(role_id, out var id))
            return new ApiError(NotFound);
        if (BuiltInRoles.Find(id) is not null)
            return new ApiError(BuiltIn);
        // Whoever is about to give the role to somebody has given it then, or does not find it.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Roles.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } role)
            return new ApiError(NotFound);
        if (precondition.RefusalOf(RoleJson.Of(role)) is { } changed)
            return new ApiError(changed);
        if (await db.RoleBindings.AnyAsync(b => b.RoleId == id, cancellationToken))
            return new ApiError(InUse);
        db.Remove(role);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static Failure? Change(Role role, RoleChangeJson body, RequestScope scope)
    {
        var faults = new List<FieldFault>();
        for (var i = 0; i < body.Permissions.Count; i++)
        {
            if (Permissions.Find(body.Permissions[i]) is null)
                faults.Add(new($"permissions[{i}]", "is no permission; docs/permissions.md lists them"));
        }

        if (body.Scopes is { Count: 0 })
            faults.Add(new("scopes", "must name one at least"));
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (BuiltInRoles.Named(body.Name) is not null)
            return NameTaken;
        (role.Name, role.Permissions, role.Scopes) = (body.Name, [.. body.Permissions.Distinct(StringComparer.Ordinal)], [.. (body.Scopes ?? [RoleScope.Organisation]).Distinct()]);
        return RoleGrants.Exceeds(scope, role.Set);
    }

    private static async Task<Failure?> SaveAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return NameTaken;
        }
    }
}
