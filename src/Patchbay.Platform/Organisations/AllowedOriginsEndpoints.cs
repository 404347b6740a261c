using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Organisations;

/// <summary>Ours: the origins of the web applications that an organisation's users sign in from.</summary>
internal static class AllowedOriginsEndpoints
{
    public static void MapAllowedOrigins(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/organisations/{organisation_id}/allowed-origins").WithTags("organisations")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", GetAsync).WithName("GetAllowedOrigins").Needs(Permission.OrganisationRead);
        group.MapPut("", ReplaceAsync).WithName("UpdateAllowedOrigins").Needs(Permission.OrganisationEdit);
    }

    /// <summary>Ours: gets the origins whose pages may be given the answer to a sign-in.</summary>
    internal static async Task<Results<Tagged<AllowedOriginsJson>, ApiError>> GetAsync(
        string organisation_id, PatchbayDb db, RequestScope scope, CancellationToken cancellationToken) =>
        await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == scope.OrganisationId, cancellationToken) is { } organisation
            ? Tagged.Ok(new AllowedOriginsJson { Origins = organisation.AllowedOrigins })
            : new ApiError(Failure.NotFound("organisation"));

    /// <summary>Ours: replaces the origins whose pages may be given the answer to a sign-in. The server's own is always among them.</summary>
    internal static async Task<Results<Tagged<AllowedOriginsJson>, ApiError>> ReplaceAsync(
        string organisation_id, Body<AllowedOriginsJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = body.Value.Origins.Index()
            .Select(o => (o.Index, Fault: WebOrigin.WhyNot(o.Item))).Where(o => o.Fault is not null)
            .Select(o => new FieldFault($"origins[{o.Index}]", o.Fault!)).ToList();
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, scope.OrganisationId!.Value, cancellationToken);
        if (await db.Organisations.FirstOrDefaultAsync(o => o.Id == scope.OrganisationId, cancellationToken) is not { } organisation)
            return new ApiError(Failure.NotFound("organisation"));
        if (precondition.RefusalOf(new AllowedOriginsJson { Origins = organisation.AllowedOrigins }) is { } changed)
            return new ApiError(changed);
        organisation.AllowedOrigins = [.. body.Value.Origins.Distinct(StringComparer.Ordinal)];
        organisation.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Ok(new AllowedOriginsJson { Origins = organisation.AllowedOrigins });
    }
}

/// <summary>Ours: the origins of an organisation's web applications.</summary>
internal sealed record AllowedOriginsJson
{
    /// <summary>Each as browsers spell it, such as https://app.example.com: without path, wildcard and default port.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<string> Origins { get; init; }
}
