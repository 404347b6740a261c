using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Groups;

/// <summary>Puts members and service accounts into groups and takes them out, inside the transaction that does: with a group come its roles, so the rule for those holds here too.</summary>
internal sealed class JoinGroups(PatchbayDb db, RequestScope scope)
{
    /// <summary>Puts somebody into groups, and out of all others.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="subjectId">Who they are.</param>
    /// <param name="groupIds">The groups.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Done>> ReplaceGroupsAsync(RoleSubject kind, Ulid subjectId, IReadOnlyList<Ulid> groupIds, CancellationToken cancellationToken)
    {
        if (await MissingAsync(groupIds, cancellationToken) is { } missing)
            return missing;
        var had = await db.GroupMemberships.Where(m => m.SubjectId == subjectId).ToListAsync(cancellationToken);
        var gone = had.Where(m => !groupIds.Contains(m.GroupId)).ToList();
        var added = groupIds.Distinct().Where(id => !had.Exists(m => m.GroupId == id)).ToList();
        if (RoleGrants.Exceeds(scope, await SetOfAsync([.. gone.Select(m => m.GroupId), .. added], cancellationToken)) is { } beyond)
            return beyond;
        db.RemoveRange(gone);
        db.AddRange(added.Select(id => new GroupMembership { OrganisationId = scope.OrganisationId!.Value, GroupId = id, SubjectKind = kind, SubjectId = subjectId }));
        return new Done();
    }

    /// <summary>Puts members and service accounts into a group, and all others out of it.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="memberIds">Ids of members and service accounts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Done>> ReplaceMembersAsync(Ulid groupId, IReadOnlyList<Ulid> memberIds, CancellationToken cancellationToken)
    {
        var people = await db.Members.Where(m => memberIds.Contains(m.Id)).Select(m => m.Id).ToListAsync(cancellationToken);
        var accounts = await db.ServiceAccounts.Where(a => memberIds.Contains(a.Id)).Select(a => a.Id).ToListAsync(cancellationToken);
        var faults = memberIds.Index().Where(m => !people.Contains(m.Item) && !accounts.Contains(m.Item)).Select(m => new FieldFault($"members[{m.Index}]", "is no member of this organisation")).ToList();
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var had = await db.GroupMemberships.Where(m => m.GroupId == groupId).ToListAsync(cancellationToken);
        var gone = had.Where(m => !memberIds.Contains(m.SubjectId)).ToList();
        var added = people.Select(id => (Kind: RoleSubject.Member, Id: id)).Concat(accounts.Select(id => (Kind: RoleSubject.ServiceAccount, Id: id))).Where(m => !had.Exists(h => h.SubjectId == m.Id)).ToList();
        if (gone.Count + added.Count > 0 && RoleGrants.Exceeds(scope, await SetOfAsync([groupId], cancellationToken)) is { } beyond)
            return beyond;
        db.RemoveRange(gone);
        db.AddRange(added.Select(m => new GroupMembership { OrganisationId = scope.OrganisationId!.Value, GroupId = groupId, SubjectKind = m.Kind, SubjectId = m.Id }));
        return new Done();
    }

    /// <summary>Which of some groups are not there, as the answer to that; null for none.</summary>
    public async Task<Failure?> MissingAsync(IReadOnlyList<Ulid> groupIds, CancellationToken cancellationToken)
    {
        var found = await db.Groups.Where(g => groupIds.Contains(g.Id)).Select(g => g.Id).ToListAsync(cancellationToken);
        var faults = groupIds.Index().Where(g => !found.Contains(g.Item)).Select(g => new FieldFault($"groupIDs[{g.Index}]", "is no group of this organisation")).ToList();
        return faults.Count > 0 ? Failure.InvalidFields(faults) : null;
    }

    /// <summary>What some groups allow, anywhere.</summary>
    public async Task<PermissionSet> SetOfAsync(IReadOnlyList<Ulid> groupIds, CancellationToken cancellationToken)
    {
        var roles = await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Group && groupIds.Contains(b.SubjectId)).Select(b => b.RoleId).ToListAsync(cancellationToken);
        var custom = await db.Roles.AsNoTracking().Where(r => roles.Contains(r.Id)).ToListAsync(cancellationToken);
        return roles.Aggregate(new PermissionSet(0), (set, id) => set | (BuiltInRoles.Find(id)?.Permissions ?? custom.Find(r => r.Id == id)?.Set ?? new PermissionSet(0)));
    }
}
