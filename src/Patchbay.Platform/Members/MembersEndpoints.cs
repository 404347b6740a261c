using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Groups;
using Patchbay.Platform.Http;
using Patchbay.Platform.People;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Members;

/// <summary>Members: list, get, update, delete. They come by invitation.</summary>
internal static class MembersEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("member");

    public static void MapMembers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/members").WithTags("members").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("GetMembers").Needs(Permission.MembersRead);
        group.MapGet("/{member_id}", GetAsync).WithName("GetMember").Needs(Permission.MembersRead);
        group.MapPut("/{member_id}", UpdateAsync).WithName("UpdateMember").Needs(Permission.MembersEdit);
        group.MapDelete("/{member_id}", DeleteAsync).WithName("DeleteMember").Needs(Permission.MembersDelete);
    }

    /// <summary>Lists the members of an organisation: people, then service accounts, each the one changed last first.</summary>
    /// <param name="identity_type">user or service_account, for these only.</param>
    internal static async Task<Results<Ok<MembersPageJson[]>, ApiError>> ListAsync(
        string organisation_id, MemberReader reader, CancellationToken cancellationToken, string? identity_type = null)
    {
        IdentityType? type = identity_type switch { "user" => IdentityType.User, "service_account" => IdentityType.ServiceAccount, _ => null };
        if (type is null && !string.IsNullOrEmpty(identity_type))
            return new ApiError(Failure.InvalidField("identity_type", "must be user or service_account"));
        var members = await reader.ReadAsync(null, type, cancellationToken);
        return TypedResults.Ok<MembersPageJson[]>([new MembersPageJson { TotalCount = members.Count, Members = members }]);
    }

    /// <summary>Gets a member, a person or a service account.</summary>
    internal static async Task<Results<Tagged<MemberJson>, ApiError>> GetAsync(string organisation_id, string member_id, MemberReader reader, CancellationToken cancellationToken) =>
        Ulid.TryParse(member_id, out var id) && await reader.ReadAsync(id, null, cancellationToken) is [var member] ? Tagged.Ok(member) : new ApiError(NotFound);

    /// <summary>Ours: replaces what a person has here: roles, by what they are bound to, and groups. The last owner stays one.</summary>
    internal static async Task<Results<Tagged<MemberJson>, ApiError>> UpdateAsync(
        string organisation_id, string member_id, Body<MemberChangeJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, MemberReader reader, GiveRoles giving, JoinGroups joining,
        CallerDirectory callers, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(member_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } member)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => (await reader.ReadAsync(id, IdentityType.User, cancellationToken)).Single()) is { } changed)
            return new ApiError(changed);
        var given = GivenRole.Bound(body.Value.RoleBindings);
        if (!given.Exists(g => g.Role == BuiltInRoles.Owner.Name && g.Type == RoleScope.Organisation) && await Owners.WhyKeptAsync(db, id, cancellationToken) is { } last)
            return new ApiError(last);
        if ((await giving.ReplaceAsync(RoleSubject.Member, id, given, cancellationToken)).Failure is { } refused)
            return new ApiError(refused);
        if (body.Value.GroupIDs is { } groups && (await joining.ReplaceGroupsAsync(RoleSubject.Member, id, groups, cancellationToken)).Failure is { } unknown)
            return new ApiError(unknown);
        member.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        var shown = (await reader.ReadAsync(id, IdentityType.User, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return Tagged.Ok(shown);
    }

    /// <summary>Removes a person from an organisation. Their access ends at once here, and within a second on other nodes. The last owner stays.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string member_id, Precondition precondition, PatchbayDb db, RequestScope scope, MemberReader reader, GiveRoles giving, JoinGroups joining, CallerDirectory callers,
        PeopleDirectory people, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(member_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } member)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => (await reader.ReadAsync(id, IdentityType.User, cancellationToken)).Single()) is { } changed)
            return new ApiError(changed);
        if (await Owners.WhyKeptAsync(db, id, cancellationToken) is { } last)
            return new ApiError(last);
        // Who leaves by themselves takes nothing from anybody else.
        var isOneself = scope.Caller is Caller.Person self && self.PersonId == member.PersonId;
        if (!isOneself && ((await giving.ReplaceAsync(RoleSubject.Member, id, [], cancellationToken)).Failure ?? (await joining.ReplaceGroupsAsync(RoleSubject.Member, id, [], cancellationToken)).Failure) is { } refused)
            return new ApiError(refused);
        if (isOneself)
        {
            db.RemoveRange(await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Member && b.SubjectId == id).ToListAsync(cancellationToken));
            db.RemoveRange(await db.GroupMemberships.Where(m => m.SubjectId == id).ToListAsync(cancellationToken));
        }

        db.Remove(member);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        people.Forget(member.PersonId);
        return TypedResults.NoContent();
    }
}
