using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Roles;

/// <summary>What roles give, and who may give them: nobody more than they have.</summary>
internal static class RoleGrants
{
    /// <summary>What the roles of somebody allow. Runs behind the tenant filter of their organisation.</summary>
    /// <param name="db">The store.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="subjectId">Who they are.</param>
    public static async Task<Allowance> OfAsync(PatchbayDb db, RoleSubject kind, Ulid subjectId) =>
        await OfAsync(db, await db.RoleBindings.AsNoTracking().Where(b => b.SubjectKind == kind && b.SubjectId == subjectId).ToListAsync());

    /// <summary>What the roles of a member or a service account allow, with those of their groups. Runs behind the tenant filter of their organisation.</summary>
    /// <param name="db">The store.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="subjectId">Who they are.</param>
    public static async Task<Allowance> WithGroupsAsync(PatchbayDb db, RoleSubject kind, Ulid subjectId) =>
        await OfAsync(db, await db.RoleBindings.AsNoTracking()
            .Where(b => (b.SubjectKind == kind && b.SubjectId == subjectId)
                || (b.SubjectKind == RoleSubject.Group && db.GroupMemberships.Any(m => m.GroupId == b.SubjectId && m.SubjectId == subjectId && m.SubjectKind == kind)))
            .ToListAsync());

    private static async Task<Allowance> OfAsync(PatchbayDb db, List<RoleBinding> bindings)
    {
        var own = bindings.Exists(b => BuiltInRoles.Find(b.RoleId) is null) ? await OwnAsync(db, bindings) : [];
        var everywhere = new PermissionSet(0);
        Dictionary<BoundResource, PermissionSet>? single = null;
        foreach (var binding in bindings)
        {
            var set = BuiltInRoles.Find(binding.RoleId)?.Permissions ?? own.GetValueOrDefault(binding.RoleId);
            if (binding.ResourceType == RoleScope.Organisation)
                everywhere |= set;
            else
            {
                single ??= [];
                var resource = new BoundResource(binding.ResourceType, binding.ResourceId);
                single[resource] = single.GetValueOrDefault(resource) | set;
            }
        }

        return new Allowance(everywhere, single);
    }

    /// <summary>
    /// Finds roles by their names, for somebody who is to be given them in the whole organisation. Inside the transaction that gives them: none of them
    /// is deleted before it ends.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="scope">Who gives them.</param>
    /// <param name="names">The names.</param>
    /// <param name="field">The field that they came in.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Their ids; or every name that is none, or <c>permission_denied</c> where one allows what the giver may not do.</returns>
    public static async Task<Outcome<IReadOnlyList<Ulid>>> FindAsync(
        PatchbayDb db, RequestScope scope, IReadOnlyList<string> names, string field, CancellationToken cancellationToken)
    {
        foreach (var id in await db.Roles.Where(r => names.Contains(r.Name)).Select(r => r.Id).ToListAsync(cancellationToken))
            await db.Dialect.LockAsync(db, id, shared: true, cancellationToken);
        var custom = await db.Roles.AsNoTracking().Where(r => names.Contains(r.Name)).ToDictionaryAsync(r => r.Name, StringComparer.Ordinal, cancellationToken);
        var faults = new List<FieldFault>();
        var ids = new List<Ulid>();
        var given = new PermissionSet(0);
        for (var i = 0; i < names.Count; i++)
        {
            if (BuiltInRoles.Named(names[i]) is { } builtIn)
            {
                ids.Add(builtIn.Id);
                given |= builtIn.Permissions;
            }
            else if (custom.TryGetValue(names[i], out var role) && role.Scopes.Contains(RoleScope.Organisation))
            {
                ids.Add(role.Id);
                given |= role.Set;
            }
            else
                faults.Add(new($"{field}[{i}]", role is null ? "is no role of this organisation" : "is a role that cannot be bound to an organisation"));
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        return Exceeds(scope, given) is { } denied ? denied : ids.Distinct().ToList();
    }

    /// <summary>The answer to who would give what they may not do themselves; null where they may.</summary>
    public static Failure? Exceeds(RequestScope scope, PermissionSet given) =>
        scope.Caller!.AllowanceIn(scope.OrganisationId!.Value)?.Lacks(given, null) is { Bits: not 0 } missing ? Authorizer.PermissionDenied(missing) : null;

    /// <summary>That somebody has roles in the whole organisation, as rows.</summary>
    public static IEnumerable<RoleBinding> Bind(RoleSubject kind, Ulid subjectId, Ulid organisationId, IEnumerable<Ulid> roles, TimeProvider clock) =>
        roles.Select(role => new RoleBinding
        {
            Id = Identifiers.New(clock),
            OrganisationId = organisationId,
            SubjectKind = kind,
            SubjectId = subjectId,
            RoleId = role,
            ResourceType = RoleScope.Organisation,
            ResourceId = organisationId,
        });

    /// <summary>The names of the roles that each of some subjects has in the whole organisation, in order.</summary>
    public static async Task<ILookup<Ulid, string>> NamesAsync(PatchbayDb db, RoleSubject kind, CancellationToken cancellationToken)
    {
        var bindings = await db.RoleBindings.AsNoTracking().Where(b => b.SubjectKind == kind && b.ResourceType == RoleScope.Organisation).ToListAsync(cancellationToken);
        var custom = await db.Roles.AsNoTracking().ToDictionaryAsync(r => r.Id, r => r.Name, cancellationToken);
        return bindings.Select(b => (b.SubjectId, Name: BuiltInRoles.Find(b.RoleId)?.Name ?? custom.GetValueOrDefault(b.RoleId)))
            .Where(b => b.Name is not null).OrderBy(b => b.Name, StringComparer.Ordinal).ToLookup(b => b.SubjectId, b => b.Name!);
    }

    private static async Task<Dictionary<Ulid, PermissionSet>> OwnAsync(PatchbayDb db, List<RoleBinding> bindings)
    {
        var ids = bindings.Select(b => b.RoleId).ToList();
        return (await db.Roles.AsNoTracking().Where(r => ids.Contains(r.Id)).ToListAsync()).ToDictionary(r => r.Id, r => r.Set);
    }
}
