using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Members;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Invitations;

/// <summary>Reads invitations with the roles that they hold.</summary>
internal sealed class InvitationReader(PatchbayDb db, MemberReader members)
{
    /// <param name="id">One of them; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<InvitationJson>> ReadAsync(Ulid? id, CancellationToken cancellationToken)
    {
        var roles = await RoleGrants.NamesAsync(db, RoleSubject.Invitation, cancellationToken);
        var found = await db.Invitations.AsNoTracking().Where(i => id == null || i.Id == id).OrderByDescending(i => i.UpdatedAt).ThenBy(i => i.Id).ToListAsync(cancellationToken);
        return [.. found.Select(i => new InvitationJson
        {
            Id = i.Id, Email = i.Email, Name = i.Email, Picture = members.DefaultPicture, Accepted = false, InviteType = i.Type, ExpiresAt = i.ExpiresAt, CreatedAt = i.CreatedAt,
            Roles = [.. roles[i.Id]], GroupIDs = i.GroupIds,
        })];
    }
}
