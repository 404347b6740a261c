using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.ApiKeys;

/// <summary>API keys of an organisation (ours, beside the contract).</summary>
internal static class ApiKeysEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/api-keys").WithTags("api-keys")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateApiKey");
        group.MapGet("", ListAsync).WithName("ListApiKeys");
        group.MapDelete("/{key_id}", DeleteAsync).WithName("DeleteApiKey");
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
        db.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        response.Headers.CacheControl = "no-store";
        return Tagged.Created(
            $"/api/organisations/v1/organisations/{key.OrganisationId}/api-keys/{key.Id}",
            new ApiKeyCreatedJson { Id = key.Id, Name = key.Name, CreatedAt = key.CreatedAt, Key = secret },
            EntityTag.Of(ApiKeyJson.Of(key)));
    }

    /// <summary>Lists the keys of an organisation, newest first.</summary>
    internal static async Task<Results<Ok<ApiKeysJson>, ApiError>> ListAsync(
        string organisation_id, PatchbayDb db, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeysJson
        {
            ApiKeys = await db.ApiKeys.OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id)
                .Select(k => new ApiKeyJson { Id = k.Id, Name = k.Name, CreatedAt = k.CreatedAt }).ToListAsync(cancellationToken),
        });

    /// <summary>Deletes a key. It fails at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string key_id, Precondition precondition, PatchbayDb db, CallerDirectory callers, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(key_id, out var id))
            return new ApiError(Failure.NotFound("api_key"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken) is not { } key)
            return new ApiError(Failure.NotFound("api_key"));
        if (precondition.RefusalOf(ApiKeyJson.Of(key)) is { } changed)
            return new ApiError(changed);
        db.Remove(key);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callers.Forget(key.Hash);
        return TypedResults.NoContent();
    }
}
