using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.SigningKeys;

/// <summary>Signing keys of an organisation, and their public halves for anybody.</summary>
internal static class SigningKeysEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("signing_key");

    public static void MapSigningKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/keys").WithTags("signing-keys").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreateSigningKey").Needs(Permission.KeyCreate);
        group.MapGet("", ListAsync).WithName("ListSigningKeys").Needs(Permission.KeyRead);
        group.MapDelete("/{key_id}", DeleteAsync).WithName("DeleteSigningKey").Needs(Permission.KeyDelete);
        api.MapGet("/keys/{id}", GetPublicAsync).WithName("GetPublicKey").WithTags("signing-keys", "public").WithAccess(new Access.Public());
    }

    /// <summary>Creates an RSA key pair. The answer shows the private half once; only the public one is kept.</summary>
    /// <remarks>
    /// Tokens that it signs are JWTs of the algorithm RS256 whose issuer ends in the key's id. With the claim sub one opens that end user's own embedded endpoints; without it
    /// one stands for the organisation, if allowOrganisationTokens says so.
    /// </remarks>
    internal static async Task<Results<Created<SigningKeySetJson>, ApiError>> CreateAsync(
        string organisation_id, Body<CreatePublicKeyJson> body, PatchbayDb db, RequestScope scope, TimeProvider clock, HttpResponse response,
        CancellationToken cancellationToken)
    {
        var allowsOrganisation = body.Value.AllowOrganisationTokens == true;
        // Whoever has the key can do what its tokens allow.
        if (allowsOrganisation && scope.Caller!.AllowanceIn(scope.OrganisationId!.Value)!.Lacks(SignedGrants.Of(null).Everywhere, null) is { Bits: not 0 } missing)
            return new ApiError(Authorizer.PermissionDenied(missing));
        // Made before the transaction: it takes long, and nobody should wait for it.
        var (publicKey, privateKey) = SigningKey.NewPair();
        var key = new SigningKey
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            Name = body.Value.Name,
            PublicKey = publicKey,
            AllowsOrganisationTokens = allowsOrganisation,
            CreatedAt = clock.Now(),
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key.Id, cancellationToken);
        db.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        response.Headers.CacheControl = "no-store";
        var shown = PublicKeyJson.Of(key);
        return TypedResults.Created($"/api/organisations/v1/keys/{key.Id}", new SigningKeySetJson
        {
            Id = shown.Id,
            Name = shown.Name,
            PublicKey = shown.PublicKey,
            CreatedAt = shown.CreatedAt,
            AllowOrganisationTokens = shown.AllowOrganisationTokens,
            PrivateKey = privateKey,
        });
    }

    /// <summary>Lists the signing keys of an organisation, newest first.</summary>
    internal static async Task<Results<Ok<SigningKeysListResponseJson>, ApiError>> ListAsync(string organisation_id, PatchbayDb db, CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new SigningKeysListResponseJson { Keys = [.. keys.Select(PublicKeyJson.Of)] });
    }

    /// <summary>Deletes a signing key. Its tokens fail at once here, and within a second on other nodes.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string key_id, PatchbayDb db, SignedTokens tokens, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(key_id, out var id))
            return new ApiError(NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.SigningKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken) is not { } key)
            return new ApiError(NotFound);
        db.Remove(key);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        tokens.Forget(id);
        return TypedResults.NoContent();
    }

    /// <summary>Gets the public half of a signing key, for whoever wants to verify a token.</summary>
    internal static async Task<Results<Ok<PublicKeyJson>, ApiError>> GetPublicAsync(string id, PatchbayDb db, CancellationToken cancellationToken)
    {
        // Whose it is nobody needs to know: a public key of this id is all that is told.
        var key = Ulid.TryParse(id, out var keyId)
            ? await db.SigningKeys.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(k => k.Id == keyId, cancellationToken)
            : null;
        return key is null ? new ApiError(NotFound) : TypedResults.Ok(PublicKeyJson.ForAnyone(key));
    }
}
