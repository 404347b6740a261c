using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Roles;

/// <summary>What a role is bound to.</summary>
internal sealed record ResourceReferenceJson
{
    public required RoleScope ResourceType { get; init; }
    public required string ResourceId { get; init; }

    /// <summary>Its name; empty where it is not there any more.</summary>
    public required string Name { get; init; }
}

/// <summary>A role, and what it is bound to.</summary>
internal sealed record RoleBindingJson
{
    public required RoleJson Role { get; init; }
    public required ResourceReferenceJson Resource { get; init; }

    /// <summary>The bindings of everybody of the organisation, by who has them.</summary>
    public static async Task<ILookup<Ulid, RoleBindingJson>> AllAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        var custom = (await db.Roles.AsNoTracking().ToListAsync(cancellationToken)).ToDictionary(r => r.Id, RoleJson.Of);
        var bindings = await db.RoleBindings.AsNoTracking().Where(b => b.SubjectKind != RoleSubject.ApiKey).OrderBy(b => b.Id).ToListAsync(cancellationToken);
        var ids = bindings.Where(b => b.ResourceType != RoleScope.Organisation).Select(b => b.ResourceId).Distinct().ToList();
        var names = await db.Hubs.Where(h => ids.Contains(h.Id)).Select(h => new { h.Id, h.Name })
            .Concat(db.Connections.Where(c => ids.Contains(c.Id)).Select(c => new { c.Id, c.Name })).ToDictionaryAsync(r => r.Id, r => r.Name, cancellationToken);
        if (bindings.Select(b => b.OrganisationId).FirstOrDefault() is var organisation && organisation != default)
            names[organisation] = await db.Organisations.Where(o => o.Id == organisation).Select(o => o.DisplayName).FirstOrDefaultAsync(cancellationToken) ?? "";
        return bindings.Select(b => (b.SubjectId, Role: BuiltInRoles.Find(b.RoleId) is { } builtIn ? RoleJson.Published(builtIn) : custom.GetValueOrDefault(b.RoleId), Binding: b))
            .Where(b => b.Role is not null)
            .ToLookup(b => b.SubjectId, b => new RoleBindingJson
            {
                Role = b.Role!,
                Resource = new ResourceReferenceJson { ResourceType = b.Binding.ResourceType, ResourceId = b.Binding.ResourceId.ToString(), Name = names.GetValueOrDefault(b.Binding.ResourceId, "") },
            });
    }
}

/// <summary>A role to give.</summary>
internal sealed record RoleBindingChangeJson
{
    /// <summary>The role's name. Nobody can give a role that allows what they may not do, or take one away.</summary>
    public required string Role { get; init; }

    /// <summary>What it is bound to; the organisation unless given.</summary>
    public RoleScope? ResourceType { get; init; }

    /// <summary>Which hub or connection.</summary>
    public Ulid? ResourceId { get; init; }
}
