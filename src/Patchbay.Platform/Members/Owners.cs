using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Members;

/// <summary>The people who have the role owner in the whole organisation, by themselves and not by a group.</summary>
internal static class Owners
{
    private static readonly Failure LastOwner = new(FailureKind.Conflict, "last_owner", "Nobody else is owner of the organisation: make somebody else one first.");

    /// <summary>The members who are, but for one.</summary>
    public static IQueryable<RoleBinding> BesidesOf(PatchbayDb db, Ulid memberId) =>
        db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Member && b.RoleId == BuiltInRoles.Owner.Id && b.ResourceType == RoleScope.Organisation && b.SubjectId != memberId);

    /// <summary>The answer to who would take the role from the last owner; null where somebody else is one, or they are none. Under the organisation's lock.</summary>
    /// <param name="db">The store.</param>
    /// <param name="memberId">Who loses it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Failure?> WhyKeptAsync(PatchbayDb db, Ulid memberId, CancellationToken cancellationToken) =>
        await db.RoleBindings.AnyAsync(b => b.SubjectKind == RoleSubject.Member && b.SubjectId == memberId && b.RoleId == BuiltInRoles.Owner.Id && b.ResourceType == RoleScope.Organisation, cancellationToken)
        && !await BesidesOf(db, memberId).AnyAsync(cancellationToken) ? LastOwner : null;
}
