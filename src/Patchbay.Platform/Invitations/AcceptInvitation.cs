using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Groups;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Members;
using Patchbay.Platform.People;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Invitations;

/// <summary>
/// Makes a person a member, with the roles and groups of an invitation to their address. Who they are says the issuer, and only an address that it has made sure of
/// counts: whoever can type an address into a profile owns nothing by that.
/// </summary>
internal sealed class AcceptInvitation(PatchbayDb db, RequestScope scope, CallerDirectory callers, PeopleDirectory people, TimeProvider clock)
{
    private static readonly Failure NotFound = Failure.NotFound("invitation");

    private static readonly Failure PersonNeeded = new(FailureKind.Forbidden, "person_required", "Invitations are accepted by people: sign in at the OpenID Connect issuer, and send its ID token.");

    private static readonly Failure Unverified = new(FailureKind.Forbidden, "email_unverified", "The issuer has not made sure that the mail address is yours: have it verified there, and sign in again.");

    private static readonly Failure Expired = new(FailureKind.Gone, "invitation_expired", "The invitation is over: ask for it to be sent again.");

    /// <param name="organisationId">The organisation, as the path has it.</param>
    /// <param name="invitationId">The invitation, as the path has it.</param>
    /// <param name="secret">The secret of the link, where it was given.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Done>> RunAsync(string organisationId, string invitationId, string? secret, CancellationToken cancellationToken)
    {
        if (scope.Caller is not Caller.Person caller)
            return Ulid.TryParse(organisationId, out var named) && scope.Caller!.ActsFor(named) ? PersonNeeded : NotFound;
        if (!Ulid.TryParse(organisationId, out var organisation) || !Ulid.TryParse(invitationId, out var id)
            || await db.People.AsNoTracking().FirstOrDefaultAsync(p => p.Id == caller.PersonId, cancellationToken) is not { Email: { } email } person)
        {
            return NotFound;
        }

        // Of the one organisation that the path names; what is there is told only to whom it is for.
        scope.Enter(caller, organisation);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.Invitations.FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } invitation || !MailAddresses.AreSame(invitation.Email, email)
            || (secret is not null && !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(RandomToken.HexHashOf(secret)), Encoding.ASCII.GetBytes(invitation.SecretHash))))
        {
            return NotFound;
        }

        if (!person.EmailVerified)
            return Unverified;
        if (invitation.ExpiresAt <= clock.Now())
            return Expired;
        await JoinAsync(invitation, person, cancellationToken);
        db.Remove(invitation);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        people.Forget(person.Id);
        return new Done();
    }

    private async Task JoinAsync(Invitation invitation, Person person, CancellationToken cancellationToken)
    {
        var member = await db.Members.FirstOrDefaultAsync(m => m.PersonId == person.Id, cancellationToken);
        if (member is null)
            db.Add(member = new Member { Id = Identifiers.New(clock), OrganisationId = invitation.OrganisationId, PersonId = person.Id, CreatedAt = clock.Now(), UpdatedAt = clock.Now() });
        else
            member.UpdatedAt = clock.Now();
        var held = await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Invitation && b.SubjectId == invitation.Id).ToListAsync(cancellationToken);
        var had = await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Member && b.SubjectId == member.Id && b.ResourceType == RoleScope.Organisation).Select(b => b.RoleId).ToListAsync(cancellationToken);
        db.RemoveRange(held);
        db.AddRange(RoleGrants.Bind(RoleSubject.Member, member.Id, invitation.OrganisationId, held.Select(b => b.RoleId).Except(had), clock));
        var groups = await db.Groups.Where(g => invitation.GroupIds.Contains(g.Id)).Select(g => g.Id).ToListAsync(cancellationToken);
        var within = await db.GroupMemberships.Where(m => m.SubjectId == member.Id).Select(m => m.GroupId).ToListAsync(cancellationToken);
        db.AddRange(groups.Except(within).Select(g => new GroupMembership { OrganisationId = invitation.OrganisationId, GroupId = g, SubjectKind = RoleSubject.Member, SubjectId = member.Id }));
        if (invitation.Type == InviteType.TransferOwnership)
            await TransferAsync(invitation.OrganisationId, member, person, cancellationToken);
    }

    /// <summary>Names the new owner. Whoever was one before is admin from then on: an organisation that is handed over is not shared.</summary>
    private async Task TransferAsync(Ulid organisationId, Member member, Person person, CancellationToken cancellationToken)
    {
        var organisation = await db.Organisations.FirstAsync(o => o.Id == organisationId, cancellationToken);
        (organisation.Owner, organisation.UpdatedAt) = (person.Id.ToString(), clock.Now());
        foreach (var owner in await Owners.BesidesOf(db, member.Id).ToListAsync(cancellationToken))
        {
            db.Remove(owner);
            if (!await db.RoleBindings.AnyAsync(b => b.SubjectId == owner.SubjectId && b.RoleId == BuiltInRoles.Admin.Id && b.ResourceType == RoleScope.Organisation, cancellationToken))
                db.AddRange(RoleGrants.Bind(RoleSubject.Member, owner.SubjectId, organisationId, [BuiltInRoles.Admin.Id], clock));
        }
    }
}
