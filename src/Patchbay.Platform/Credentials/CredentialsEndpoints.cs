using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>Ours: an organisation's credentials by themselves: list, get, update.</summary>
internal static class CredentialsEndpoints
{
    private static readonly ListOrder<Credential> Order = new ListOrder<Credential>()
        .ById(c => c.Id).By("name", c => c.Name).By("createdAt", c => c.CreatedAt).By("updatedAt", c => c.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapCredentials(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/credentials").WithTags("credentials").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("ListCredentials").Needs(Permission.CredentialRead);
        group.MapGet("/{credential_id}", GetAsync).WithName("GetCredential").Needs(Permission.CredentialRead);
        group.MapPut("/{credential_id}", UpdateAsync).WithName("UpdateCredential").Needs(Permission.CredentialEdit);
    }

    /// <summary>Lists credentials with what uses them, the one changed last first; secrets read as [redacted].</summary>
    internal static async Task<Results<Ok<CredentialPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, PatchbayDb db, CredentialUsages usages, CancellationToken cancellationToken)
    {
        var listed = await Order.PageAsync(db.Credentials.AsNoTracking(), page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new CredentialPageJson
            {
                Items = await usages.ReadAsync(found.Items, cancellationToken),
                TotalCount = found.TotalCount,
                Next = found.Next,
                Prev = found.Prev,
            })
            : new ApiError(failure);
    }

    /// <summary>Gets a credential with what uses it; secrets read as [redacted].</summary>
    internal static async Task<Results<Tagged<CredentialJson>, ApiError>> GetAsync(
        string organisation_id, string credential_id, PatchbayDb db, CredentialUsages usages, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(credential_id, out var id) || await db.Credentials.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } credential)
            return new ApiError(Failure.NotFound("credential"));
        return Tagged.Ok((await usages.ReadAsync([credential], cancellationToken))[0]);
    }

    /// <summary>Replaces a credential's name, data and end. Its connections go on with it; a [redacted] keeps what is stored.</summary>
    internal static async Task<Results<Tagged<CredentialJson>, ApiError>> UpdateAsync(
        string organisation_id, string credential_id, Body<CredentialUpdateJson> body, Precondition precondition, UpdateCredential update,
        Connections.TestConnection test, PatchbayDb db, CredentialUsages usages, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(credential_id, out var id))
            return new ApiError(Failure.NotFound("credential"));
        if (!(await update.RunAsync(id, body.Value, precondition, cancellationToken)).Succeeded(out var connections, out var failure))
            return new ApiError(failure);
        // It is changed, whatever the tests show; what that is stands in its errors.
        foreach (var connection in connections)
            await test.RunByTheWayAsync(connection, Connections.TestConnection.ByTheWay / connections.Count, cancellationToken);
        return await db.Credentials.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is { } credential
            ? Tagged.Ok((await usages.ReadAsync([credential], cancellationToken))[0])
            : new ApiError(Failure.NotFound("credential"));
    }
}
