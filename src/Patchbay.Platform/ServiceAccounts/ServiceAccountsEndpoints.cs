using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Groups;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Members;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>Service accounts: create, list, get, update, delete.</summary>
internal static class ServiceAccountsEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("service_account");

    private static readonly Failure NameTaken = new(FailureKind.Conflict, "service_account_exists", "The organisation has a service account of this name already.") { Fields = [new("name", "is taken")] };

    public static void MapServiceAccounts(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/service-accounts").WithTags("service-accounts").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateServiceAccount").Needs(Permission.MembersInvite);
        group.MapGet("", ListAsync).WithName("GetServiceAccounts").Needs(Permission.MembersRead);
        group.MapGet("/{service_account_id}", GetAsync).WithName("GetServiceAccount").Needs(Permission.MembersRead);
        group.MapPut("/{service_account_id}", UpdateAsync).WithName("UpdateServiceAccount").Needs(Permission.MembersEdit);
        group.MapDelete("/{service_account_id}", DeleteAsync).WithName("DeleteServiceAccount").Needs(Permission.MembersDelete);
    }

    /// <summary>Creates a service account. The answer shows its secret once; only the hash is kept.</summary>
    internal static async Task<Results<TaggedCreated<ServiceAccountJson>, ApiError>> CreateAsync(
        string organisation_id, Body<ServiceAccountCreateJson> body, PatchbayDb db, RequestScope scope, MemberReader reader, GiveRoles giving, JoinGroups joining, TimeProvider clock, HttpResponse response,
        CancellationToken cancellationToken)
    {
        var organisation = scope.OrganisationId!.Value;
        var secret = RandomToken.New(ServiceAccount.SecretPrefix);
        var account = new ServiceAccount
        {
            Id = Identifiers.New(clock), OrganisationId = organisation, Name = body.Value.Name, ClientId = Identifiers.New(clock).ToString(), SecretHash = RandomToken.HexHashOf(secret),
            CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        db.Add(account);
        if (((await giving.ReplaceAsync(RoleSubject.ServiceAccount, account.Id, GivenRole.Named(body.Value.Roles), cancellationToken)).Failure
            ?? (await joining.ReplaceGroupsAsync(RoleSubject.ServiceAccount, account.Id, body.Value.GroupIDs ?? [], cancellationToken)).Failure) is { } refused)
        {
            return new ApiError(refused);
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return new ApiError(NameTaken);
        }

        var shown = Of((await reader.ReadAsync(account.Id, IdentityType.ServiceAccount, cancellationToken)).Single());
        await transaction.CommitAsync(cancellationToken);
        response.Headers.CacheControl = "no-store";
        return Tagged.Created($"/api/organisations/v1/organisations/{organisation}/service-accounts/{account.Id}", shown with { ClientSecret = secret }, EntityTag.Of(shown));
    }

    /// <summary>Lists the service accounts of an organisation, the one changed last first.</summary>
    internal static async Task<Results<Ok<ServiceAccountsPageJson[]>, ApiError>> ListAsync(string organisation_id, MemberReader reader, CancellationToken cancellationToken)
    {
        var accounts = await reader.ReadAsync(null, IdentityType.ServiceAccount, cancellationToken);
        return TypedResults.Ok<ServiceAccountsPageJson[]>([new ServiceAccountsPageJson { TotalCount = accounts.Count, ServiceAccounts = [.. accounts.Select(Of)] }]);
    }

    /// <summary>Gets a service account, without its secret.</summary>
    internal static async Task<Results<Tagged<ServiceAccountJson>, ApiError>> GetAsync(string organisation_id, string service_account_id, MemberReader reader, CancellationToken cancellationToken) =>
        Ulid.TryParse(service_account_id, out var id) && await reader.ReadAsync(id, IdentityType.ServiceAccount, cancellationToken) is [var account] ? Tagged.Ok(Of(account)) : new ApiError(NotFound);

    /// <summary>Ours: replaces the roles of a service account, and its groups; it counts at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<Tagged<ServiceAccountJson>, ApiError>> UpdateAsync(
        string organisation_id, string service_account_id, Body<MemberChangeJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, MemberReader reader, GiveRoles giving,
        JoinGroups joining, CallerDirectory callers, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(service_account_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.ServiceAccounts.FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } account)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => Of((await reader.ReadAsync(id, IdentityType.ServiceAccount, cancellationToken)).Single())) is { } changed)
            return new ApiError(changed);
        if ((await giving.ReplaceAsync(RoleSubject.ServiceAccount, id, GivenRole.Bound(body.Value.RoleBindings), cancellationToken)).Failure is { } refused)
            return new ApiError(refused);
        if (body.Value.GroupIDs is { } groups && (await joining.ReplaceGroupsAsync(RoleSubject.ServiceAccount, id, groups, cancellationToken)).Failure is { } unknown)
            return new ApiError(unknown);
        account.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        var shown = Of((await reader.ReadAsync(id, IdentityType.ServiceAccount, cancellationToken)).Single());
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return Tagged.Ok(shown);
    }

    /// <summary>Deletes a service account. Its tokens fail at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string service_account_id, Precondition precondition, PatchbayDb db, RequestScope scope, MemberReader reader, GiveRoles giving, JoinGroups joining, CallerDirectory callers,
        CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(service_account_id, out var id))
            return new ApiError(NotFound);
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, organisation, cancellationToken);
        if (await db.ServiceAccounts.FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } account)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(async () => Of((await reader.ReadAsync(id, IdentityType.ServiceAccount, cancellationToken)).Single())) is { } changed)
            return new ApiError(changed);
        if (((await giving.ReplaceAsync(RoleSubject.ServiceAccount, id, [], cancellationToken)).Failure ?? (await joining.ReplaceGroupsAsync(RoleSubject.ServiceAccount, id, [], cancellationToken)).Failure) is { } refused)
            return new ApiError(refused);
        db.Remove(account);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.ForgetGrants(organisation);
        return TypedResults.NoContent();
    }

    private static ServiceAccountJson Of(MemberJson member) => new()
    {
        Id = member.Id, Name = member.Name, Email = member.Email, ClientId = member.IdentityId, RoleBindings = member.RoleBindings, GroupIDs = member.GroupIDs,
    };
}
