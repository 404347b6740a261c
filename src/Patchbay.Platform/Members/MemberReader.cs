using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Roles;
using Patchbay.Platform.ServiceAccounts;

namespace Patchbay.Platform.Members;

/// <summary>Reads members of an organisation with who they are and what they have.</summary>
internal sealed class MemberReader(PatchbayDb db, PublicAddress address)
{
    /// <summary>A picture for who has none.</summary>
    public string DefaultPicture => address.Absolute("/docs/favicon.svg");

    /// <param name="id">One of them; null for all.</param>
    /// <param name="type">What they are; null for both.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<MemberJson>> ReadAsync(Ulid? id, IdentityType? type, CancellationToken cancellationToken)
    {
        var roles = await RoleBindingJson.AllAsync(db, cancellationToken);
        var groups = (await db.GroupMemberships.AsNoTracking().OrderBy(m => m.GroupId).ToListAsync(cancellationToken)).ToLookup(m => m.SubjectId, m => m.GroupId);
        var members = new List<MemberJson>();
        if (type is null or IdentityType.User)
        {
            var found = await db.Members.AsNoTracking().Where(m => id == null || m.Id == id).Join(db.People, m => m.PersonId, p => p.Id, (m, p) => new { Member = m, Person = p })
                .OrderByDescending(f => f.Member.UpdatedAt).ThenBy(f => f.Member.Id).ToListAsync(cancellationToken);
            members.AddRange(found.Select(f => new MemberJson
            {
                Id = f.Member.Id, IdentityType = IdentityType.User, IdentityId = f.Person.Id.ToString(), Name = f.Person.ShownName, Email = f.Person.Email ?? "",
                Picture = f.Person.Picture ?? DefaultPicture, RoleBindings = [.. roles[f.Member.Id]], GroupIDs = [.. groups[f.Member.Id]],
            }));
        }

        if (type is null or IdentityType.ServiceAccount)
        {
            var found = await db.ServiceAccounts.AsNoTracking().Where(a => id == null || a.Id == id).OrderByDescending(a => a.UpdatedAt).ThenBy(a => a.Id).ToListAsync(cancellationToken);
            var slug = found.Count == 0 ? "" : await db.Organisations.Where(o => o.Id == found[0].OrganisationId).Select(o => o.Slug).FirstOrDefaultAsync(cancellationToken) ?? "";
            members.AddRange(found.Select(a => new MemberJson
            {
                Id = a.Id, IdentityType = IdentityType.ServiceAccount, IdentityId = a.ClientId, Name = a.Name, Email = ServiceAccountJson.EmailOf(a.Name, slug),
                Picture = DefaultPicture, RoleBindings = [.. roles[a.Id]], GroupIDs = [.. groups[a.Id]],
            }));
        }

        return members;
    }
}
