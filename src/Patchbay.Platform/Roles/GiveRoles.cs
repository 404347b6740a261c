using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>A role that somebody is to have.</summary>
/// <param name="Role">Its name.</param>
/// <param name="Type">What it is bound to.</param>
/// <param name="ResourceId">Which one; null for the organisation.</param>
/// <param name="Field">The field that it came in.</param>
internal sealed record GivenRole(string Role, RoleScope Type, Ulid? ResourceId, string Field)
{
    /// <summary>Roles in the whole organisation, by their names.</summary>
    public static List<GivenRole> Named(IReadOnlyList<string>? names) => [.. (names ?? []).Select((n, i) => new GivenRole(n, RoleScope.Organisation, null, $"roles[{i}]"))];

    /// <summary>Roles with what they are bound to.</summary>
    public static List<GivenRole> Bound(IReadOnlyList<RoleBindingChangeJson> bindings) =>
        [.. bindings.Select((b, i) => new GivenRole(b.Role, b.ResourceType ?? RoleScope.Organisation, b.ResourceId, $"roleBindings[{i}]"))];
}

/// <summary>
/// Gives and takes roles, inside the transaction that does: nobody gives or takes what they may not do themselves, and what stays as it was needs nothing.
/// </summary>
internal sealed class GiveRoles(PatchbayDb db, RequestScope scope, TimeProvider clock)
{
    /// <summary>Puts roles in the place of those that somebody has. The rows are added to the context, for the caller to save.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="subjectId">Who they are.</param>
    /// <param name="given">The roles.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Done>> ReplaceAsync(RoleSubject kind, Ulid subjectId, IReadOnlyList<GivenRole> given, CancellationToken cancellationToken)
    {
        var names = given.Select(g => g.Role).Distinct(StringComparer.Ordinal).ToList();
        foreach (var id in await db.Roles.Where(r => names.Contains(r.Name)).Select(r => r.Id).ToListAsync(cancellationToken))
            await db.Dialect.LockAsync(db, id, shared: true, cancellationToken);
        var custom = await db.Roles.AsNoTracking().ToListAsync(cancellationToken);
        var organisation = scope.OrganisationId!.Value;
        var faults = new List<FieldFault>();
        var wanted = new HashSet<(Ulid Role, RoleScope Type, Ulid Resource)>();
        foreach (var role in given)
        {
            var own = custom.Find(r => r.Name == role.Role);
            if ((BuiltInRoles.Named(role.Role)?.Id ?? own?.Id) is not { } id)
                faults.Add(new(role.Field, "is no role of this organisation"));
            else if (own is not null && !own.Scopes.Contains(role.Type))
                faults.Add(new(role.Field, "is a role that cannot be bound to that"));
            else if (await IsThereAsync(role, organisation, cancellationToken))
                wanted.Add((id, role.Type, role.ResourceId ?? organisation));
            else
                faults.Add(new(role.Field, "is bound to what is not there: give resourceType and the resourceId of a hub or connection of the organisation"));
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var had = await db.RoleBindings.Where(b => b.SubjectKind == kind && b.SubjectId == subjectId).ToListAsync(cancellationToken);
        var gone = had.Where(b => !wanted.Contains((b.RoleId, b.ResourceType, b.ResourceId))).ToList();
        var added = wanted.Where(w => !had.Exists(b => (b.RoleId, b.ResourceType, b.ResourceId) == w)).ToList();
        var moved = gone.Select(b => b.RoleId).Concat(added.Select(a => a.Role))
            .Aggregate(new PermissionSet(0), (set, id) => set | (BuiltInRoles.Find(id)?.Permissions ?? custom.Find(r => r.Id == id)?.Set ?? new PermissionSet(0)));
        if (RoleGrants.Exceeds(scope, moved) is { } beyond)
            return beyond;
        db.RemoveRange(gone);
        db.AddRange(added.Select(a => new RoleBinding
        {
            Id = Identifiers.New(clock), OrganisationId = organisation, SubjectKind = kind, SubjectId = subjectId, RoleId = a.Role, ResourceType = a.Type, ResourceId = a.Resource,
        }));
        return new Done();
    }

    private async Task<bool> IsThereAsync(GivenRole role, Ulid organisation, CancellationToken cancellationToken) => role.Type switch
    {
        RoleScope.Organisation => role.ResourceId is null || role.ResourceId == organisation,
        RoleScope.Hub => role.ResourceId is { } hub && await db.Hubs.AnyAsync(h => h.Id == hub && h.DeletedAt == null, cancellationToken),
        RoleScope.Connection => role.ResourceId is { } connection && await db.Connections.AnyAsync(c => c.Id == connection, cancellationToken),
        _ => false,
    };
}
