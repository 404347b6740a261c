using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Groups;

/// <summary>Groups: create, list, get, update, delete.</summary>
internal static class GroupsEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("group");

    private static readonly Failure NameTaken = new(FailureKind.Conflict, "group_exists", "The organisation has a group of this name already.") { Fields = [new("name", "is taken")] };

    public static void MapGroups(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/groups").WithTags("groups").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateGroup").Needs(Permission.MembersInvite);
        group.MapGet("", ListAsync).WithName("GetGroups").Needs(Permission.MembersRead);
        group.MapGet("/{group_id}", GetAsync).WithName("GetGroup").Needs(Permission.MembersRead);
        group.MapPut("/{group_id}", UpdateAsync).WithName("UpdateGroup").Needs(Permission.MembersEdit);
        group.MapDelete("/{group_id}", DeleteAsync).WithName("DeleteGroup").Needs(Permission.MembersDelete);
    }

    /// <summary>Creates a group. Nobody can give it a role that allows what they may not do.</summary>
    internal static async Task<Results<TaggedCreated<GroupJson>, ApiError>> CreateAsync(
        string organisation_id, Body<GroupCreateJson> body, PatchbayDb db, RequestScope scope, GiveRoles giving, JoinGroups joining, CallerDirectory callers, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var organisation = scope.OrganisationId!.Value;
        var made = new Group { Id = Identifiers.New(clock), OrganisationId = organisation, Name = body.Value.Name, CreatedAt = clock.Now(), UpdatedAt = clock.Now() };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        db.Add(made);
        if ((await giving.ReplaceAsync(RoleSubject.Group, made.Id, GivenRole.Named(body.Value.Roles), cancellationToken)).Failure is { } refused)
            return new ApiError(refused);
        if ((await joining.ReplaceMembersAsync(made.Id, body.Value.Members ?? [], cancellationToken)).Failure is { } unknown)
            return new ApiError(unknown);
        if (await SaveAsync(db, cancellationToken) is { } taken)
            return new ApiError(taken);
        var shown = (await ReadAsync(db, g => g.Id == made.Id, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return Tagged.Created($"/api/organisations/v1/organisations/{organisation}/groups/{made.Id}", shown);
    }

    /// <summary>Lists the groups of an organisation, by name.</summary>
    internal static async Task<Results<Ok<GroupsPageJson[]>, ApiError>> ListAsync(string organisation_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        var groups = await ReadAsync(db, _ => true, cancellationToken);
        return TypedResults.Ok<GroupsPageJson[]>([new GroupsPageJson { TotalCount = groups.Count, Groups = groups }]);
    }

    /// <summary>Gets a group.</summary>
    internal static async Task<Results<Tagged<GroupJson>, ApiError>> GetAsync(string organisation_id, string group_id, PatchbayDb db, CancellationToken cancellationToken) =>
        Ulid.TryParse(group_id, out var id) && await ReadAsync(db, g => g.Id == id, cancellationToken) is [var found] ? Tagged.Ok(found) : new ApiError(NotFound);

    /// <summary>Ours: replaces a group's name, members and roles; it counts at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<Tagged<GroupJson>, ApiError>> UpdateAsync(
        string organisation_id, string group_id, Body<GroupChangeJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, GiveRoles giving, JoinGroups joining,
        CallerDirectory callers, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(group_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.Groups.FirstOrDefaultAsync(g => g.Id == id, cancellationToken) is not { } found)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => (await ReadAsync(db, g => g.Id == id, cancellationToken)).Single()) is { } changed)
            return new ApiError(changed);
        if ((await joining.ReplaceMembersAsync(id, body.Value.Members, cancellationToken)).Failure is { } unknown)
            return new ApiError(unknown);
        if ((await giving.ReplaceAsync(RoleSubject.Group, id, GivenRole.Bound(body.Value.RoleBindings), cancellationToken)).Failure is { } refused)
            return new ApiError(refused);
        (found.Name, found.UpdatedAt) = (body.Value.Name, clock.Now());
        if (await SaveAsync(db, cancellationToken) is { } taken)
            return new ApiError(taken);
        var shown = (await ReadAsync(db, g => g.Id == id, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return Tagged.Ok(shown);
    }

    /// <summary>Deletes a group. Its members stay, without the roles that they had by it.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string group_id, Precondition precondition, PatchbayDb db, RequestScope scope, JoinGroups joining, CallerDirectory callers, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(group_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.Groups.FirstOrDefaultAsync(g => g.Id == id, cancellationToken) is not { } found)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => (await ReadAsync(db, g => g.Id == id, cancellationToken)).Single()) is { } changed)
            return new ApiError(changed);
        if (RoleGrants.Exceeds(scope, await joining.SetOfAsync([id], cancellationToken)) is { } beyond)
            return new ApiError(beyond);
        db.RemoveRange(await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Group && b.SubjectId == id).ToListAsync(cancellationToken));
        db.RemoveRange(await db.GroupMemberships.Where(m => m.GroupId == id).ToListAsync(cancellationToken));
        db.Remove(found);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return TypedResults.NoContent();
    }

    private static async Task<List<GroupJson>> ReadAsync(PatchbayDb db, System.Linq.Expressions.Expression<Func<Group, bool>> which, CancellationToken cancellationToken)
    {
        var groups = await db.Groups.AsNoTracking().Where(which).OrderBy(g => g.Name).ThenBy(g => g.Id).ToListAsync(cancellationToken);
        var members = (await db.GroupMemberships.AsNoTracking().OrderBy(m => m.SubjectId).ToListAsync(cancellationToken)).ToLookup(m => m.GroupId);
        var roles = await RoleBindingJson.AllAsync(db, cancellationToken);
        return [.. groups.Select(g => new GroupJson
        {
            Id = g.Id, Name = g.Name, NumMembers = members[g.Id].Count(m => m.SubjectKind == RoleSubject.Member), NumServiceAccounts = members[g.Id].Count(m => m.SubjectKind == RoleSubject.ServiceAccount),
            RoleBindings = [.. roles[g.Id]], Members = [.. members[g.Id].Select(m => m.SubjectId)],
        })];
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
