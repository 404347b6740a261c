using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Groups;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Invitations;

/// <summary>Invitations: invite, list, delete, send again, accept.</summary>
internal static class InvitationsEndpoints
{
    private const string SecretPrefix = "pbi_";

    private static readonly Failure NotFound = Failure.NotFound("invitation");

    private static readonly Failure AlreadyInvited = new(FailureKind.Conflict, "invitation_exists", "The address is invited already: send that invitation again, or delete it.") { Fields = [new("email", "is invited already")] };

    private static readonly Failure AlreadyMember = new(FailureKind.Conflict, "member_exists", "Somebody with this address is a member already.") { Fields = [new("email", "is a member's")] };

    public static void MapInvitations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/invitations").WithTags("invitations").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", InviteAsync).WithName("InviteMember").Needs(Permission.MembersInvite);
        group.MapGet("", ListAsync).WithName("GetInvitations").Needs(Permission.MembersRead);
        group.MapDelete("/{invitation_id}", DeleteAsync).WithName("DeleteInvitation").Needs(Permission.MembersInvite);
        group.MapPut("/{invitation_id}/resend", ResendAsync).WithName("ResendInvitation").Needs(Permission.MembersInvite);
        // Of somebody who does not belong here yet.
        group.MapPut("/{invitation_id}/accept", AcceptAsync).WithName("AcceptInvitation").WithAccess(new Access.AnyCaller());
    }

    /// <summary>Invites somebody by their mail address, for seven days. Where the server sends no mail, the answer has the link, to pass on.</summary>
    internal static async Task<Results<Created<InvitationJson>, ApiError>> InviteAsync(
        string organisation_id, Body<InvitationCreateJson> body, PatchbayDb db, RequestScope scope, InvitationReader reader, GiveRoles giving, JoinGroups joining, InvitationMail mail, PublicAddress address,
        TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        var (sent, id) = (body.Value, scope.OrganisationId!.Value);
        var secret = RandomToken.New(SecretPrefix);
        var invitation = new Invitation
        {
            Id = Identifiers.New(clock), OrganisationId = id, Email = sent.Email, Type = sent.InviteType, SecretHash = RandomToken.HexHashOf(secret), GroupIds = [.. (sent.GroupIDs ?? []).Distinct()],
            ExpiresAt = clock.Now() + Invitation.Lifetime, CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is not { } organisation)
            return new ApiError(Failure.NotFound("organisation"));
        var faults = InvitationLinks.Faults(sent.Url, sent.AuthUrl, organisation, address).ToList();
        if (!MailAddresses.IsOne(sent.Email))
            faults.Insert(0, new("email", "must be a mail address"));
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        if ((await db.Invitations.Select(i => i.Email).ToListAsync(cancellationToken)).Exists(e => MailAddresses.AreSame(e, sent.Email)))
            return new ApiError(AlreadyInvited);
        if (sent.InviteType == InviteType.JoinOrganisation && (await db.Members.Join(db.People.Where(p => p.EmailVerified && p.Email != null), m => m.PersonId, p => p.Id, (m, p) => p.Email!).ToListAsync(cancellationToken)).Exists(e => MailAddresses.AreSame(e, sent.Email)))
            return new ApiError(AlreadyMember);
        // Who makes somebody the owner gives all that an owner may.
        var roles = GivenRole.Named(sent.Roles);
        if (sent.InviteType == InviteType.TransferOwnership && !roles.Exists(r => r.Role == BuiltInRoles.Owner.Name))
            roles.Add(new GivenRole(BuiltInRoles.Owner.Name, RoleScope.Organisation, null, "inviteType"));
        if ((await joining.MissingAsync(invitation.GroupIds, cancellationToken) ?? (await giving.ReplaceAsync(RoleSubject.Invitation, invitation.Id, roles, cancellationToken)).Failure
            ?? RoleGrants.Exceeds(scope, await joining.SetOfAsync(invitation.GroupIds, cancellationToken))) is { } refused)
        {
            return new ApiError(refused);
        }

        db.Add(invitation);
        await db.SaveChangesAsync(cancellationToken);
        var shown = (await reader.ReadAsync(invitation.Id, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/api/organisations/v1/organisations/{id}/invitations/{invitation.Id}",
            await SentAsync(shown, invitation, organisation, sent.Url, sent.AuthUrl, secret, mail, response, cancellationToken));
    }

    /// <summary>Lists the invitations of an organisation, the one changed last first; those that are over are kept for 60 days.</summary>
    internal static async Task<Results<Ok<InvitationsPageJson[]>, ApiError>> ListAsync(string organisation_id, InvitationReader reader, CancellationToken cancellationToken)
    {
        var invitations = await reader.ReadAsync(null, cancellationToken);
        return TypedResults.Ok<InvitationsPageJson[]>([new InvitationsPageJson { TotalCount = invitations.Count, Invitations = invitations }]);
    }

    /// <summary>Deletes an invitation: its link leads nowhere from then on.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(string organisation_id, string invitation_id, PatchbayDb db, RequestScope scope, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(invitation_id, out var id))
            return new ApiError(NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, scope.OrganisationId!.Value, cancellationToken);
        if (await db.Invitations.FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } invitation)
            return new ApiError(NotFound);
        db.RemoveRange(await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Invitation && b.SubjectId == id).ToListAsync(cancellationToken));
        db.Remove(invitation);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Sends an invitation again, with a new link, for seven days from now. The old link leads nowhere from then on.</summary>
    internal static async Task<Results<Ok<InvitationJson>, ApiError>> ResendAsync(
        string organisation_id, string invitation_id, Body<InvitationResendJson> body, PatchbayDb db, RequestScope scope, InvitationReader reader, GiveRoles giving, JoinGroups joining, InvitationMail mail,
        PublicAddress address, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(invitation_id, out var id))
            return new ApiError(NotFound);
        var (sent, organisationId) = (body.Value, scope.OrganisationId!.Value);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisationId, cancellationToken);
        if (await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == organisationId, cancellationToken) is not { } organisation
            || await db.Invitations.FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } invitation)
        {
            return new ApiError(NotFound);
        }

        var faults = InvitationLinks.Faults(sent.Url, sent.AuthUrl, organisation, address).ToList();
        // What is to change is made anew: whom it is for, and to what, was looked at when it was made.
        if (!MailAddresses.AreSame(sent.Email, invitation.Email))
            faults.Add(new("email", "is not the address that was invited"));
        if (sent.InviteType != invitation.Type)
            faults.Add(new("inviteType", "is not what they were invited to"));
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        // Who renews it gives what is in it, and must have that.
        var held = await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.Invitation && b.SubjectId == id).Select(b => b.RoleId).ToListAsync(cancellationToken);
        var custom = await db.Roles.AsNoTracking().Where(r => held.Contains(r.Id)).ToListAsync(cancellationToken);
        var set = held.Aggregate(await joining.SetOfAsync(invitation.GroupIds, cancellationToken), (all, role) => all | (BuiltInRoles.Find(role)?.Permissions ?? custom.Find(r => r.Id == role)?.Set ?? new PermissionSet(0)));
        if (RoleGrants.Exceeds(scope, set) is { } beyond)
            return new ApiError(beyond);
        var secret = RandomToken.New(SecretPrefix);
        (invitation.SecretHash, invitation.ExpiresAt, invitation.UpdatedAt) = (RandomToken.HexHashOf(secret), clock.Now() + Invitation.Lifetime, clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        var shown = (await reader.ReadAsync(id, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(await SentAsync(shown, invitation, organisation, sent.Url, sent.AuthUrl, secret, mail, response, cancellationToken));
    }

    /// <summary>Accepts an invitation, as the person whose verified mail address was invited. They are a member from then on, and the invitation is gone.</summary>
    /// <param name="secret">Ours: the secret of the link. Where it is given it must be the right one.</param>
    internal static async Task<Results<NoContent, ApiError>> AcceptAsync(
        string organisation_id, string invitation_id, AcceptInvitation accept, CancellationToken cancellationToken, string? secret = null) =>
        (await accept.RunAsync(organisation_id, invitation_id, secret, cancellationToken)).Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();

    private static async Task<InvitationJson> SentAsync(
        InvitationJson shown, Invitation invitation, Organisations.Organisation organisation, string url, string authUrl, string secret, InvitationMail mail, HttpResponse response,
        CancellationToken cancellationToken)
    {
        var link = InvitationLinks.Of(url, invitation, secret);
        if (await mail.SendAsync(invitation, organisation, link, authUrl, cancellationToken))
            return shown;
        response.Headers.CacheControl = "no-store";
        return shown with { Link = link };
    }
}
