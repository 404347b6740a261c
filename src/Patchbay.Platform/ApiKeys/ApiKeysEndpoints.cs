using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.ApiKeys;

/// <summary>API keys of an organisation (ours, beside the contract).</summary>
internal static class ApiKeysEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/api-keys").WithTags("api-keys")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateApiKey").Needs(Permission.KeyCreate);
        group.MapGet("", ListAsync).WithName("ListApiKeys").Needs(Permission.KeyRead);
        group.MapDelete("/{api_key_id}", DeleteAsync).WithName("DeleteApiKey").Needs(Permission.KeyDelete);
    }

    /// <summary>Creates a key. The answer shows it once; only its hash is kept.</summary>
    internal static async Task<Results<TaggedCreated<ApiKeyCreatedJson>, ApiError>> CreateAsync(
        string organisation_id, Body<ApiKeyCreateJson> body, PatchbayDb db, RequestScope scope, TimeProvider clock, HttpResponse response,
        CancellationToken cancellationToken)
    {
        var secret = ApiKey.NewSecret();
        var key = new ApiKey
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            Name = body.Value.Name,
            Hash = ApiKey.HashOf(secret),
            CreatedAt = clock.Now(),
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key.Id, cancellationToken);
        var found = await RoleGrants.FindAsync(db, scope, body.Value.Roles ?? [BuiltInRoles.Owner.Name], "roles", cancellationToken);
        if (!found.Succeeded(out var roles, out var refused))
            return new ApiError(refused);
        db.Add(key);
        db.AddRange(RoleGrants.Bind(RoleSubject.ApiKey, key.Id, key.OrganisationId, roles, clock));
        await db.SaveChangesAsync(cancellationToken);
        var shown = ApiKeyJson.Of(key, await RoleGrants.NamesAsync(db, RoleSubject.ApiKey, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        response.Headers.CacheControl = "no-store";
        return Tagged.Created(
            $"/api/organisations/v1/organisations/{key.OrganisationId}/api-keys/{key.Id}",
            new ApiKeyCreatedJson { Id = shown.Id, Name = shown.Name, CreatedAt = shown.CreatedAt, Roles = shown.Roles, Key = secret },
            EntityTag.Of(shown));
    }

    /// <summary>Lists the keys of an organisation, newest first.</summary>
    internal static async Task<Results<Ok<ApiKeysJson>, ApiError>> ListAsync(
        string organisation_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        var roles = await RoleGrants.NamesAsync(db, RoleSubject.ApiKey, cancellationToken);
        var keys = await db.ApiKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ApiKeysJson { ApiKeys = [.. keys.Select(k => ApiKeyJson.Of(k, roles))] });
    }

    /// <summary>Deletes a key. It fails at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string api_key_id, Precondition precondition, PatchbayDb db, CallerDirectory callers, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(api_key_id, out var id))
            return new ApiError(Failure.NotFound("api_key"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken) is not { } key)
            return new ApiError(Failure.NotFound("api_key"));
        if (precondition.RefusalOf(ApiKeyJson.Of(key, await RoleGrants.NamesAsync(db, RoleSubject.ApiKey, cancellationToken))) is { } changed)
            return new ApiError(changed);
        db.Remove(key);
        db.RemoveRange(await db.RoleBindings.Where(b => b.SubjectKind == RoleSubject.ApiKey && b.SubjectId == id).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.Forget(key.Hash);
        return TypedResults.NoContent();
    }
}
