using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Organisations;

/// <summary>The organisation that somebody works in: a person's choice; keys and accounts have their own.</summary>
internal static class ActiveOrganisationEndpoints
{
    private static readonly Failure NoneChosen = new(FailureKind.NotFound, "no_active_organisation",
        "No organisation is active: choose one of yours with PUT /organisations/{organisation_id}/active.");

    public static void MapActiveOrganisation(this RouteGroupBuilder api)
    {
        api.MapGet("/active-organisation", GetAsync).WithName("GetActiveOrganisation").WithTags("organisations").WithAccess(new Access.AnyCaller());
        api.MapPut("/organisations/{organisation_id}/active", SetAsync).WithName("SetActiveOrganisation").WithTags("organisations")
            .WithAccess(new Access.Organisation("organisation_id")).Needs(Permission.OrganisationRead);
    }

    /// <summary>The active organisation of a caller; null for none. A choice counts as long as they belong there.</summary>
    public static async Task<Ulid?> OfAsync(PatchbayDb db, Caller? caller, CancellationToken cancellationToken)
    {
        if (caller is not Caller.Person person)
            return caller?.Home;
        var chosen = await db.People.Where(p => p.Id == person.PersonId).Select(p => p.ActiveOrganisationId).FirstOrDefaultAsync(cancellationToken);
        return chosen is { } id && person.ActsFor(id) ? id : person.Home;
    }

    /// <summary>Gets the organisation that the caller works in: what a person has chosen, else their only one.</summary>
    internal static async Task<Results<Ok<OrganisationJson>, ApiError>> GetAsync(PatchbayDb db, RequestScope scope, CancellationToken cancellationToken) =>
        await OfAsync(db, scope.Caller, cancellationToken) is { } id && await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is { } organisation
            ? TypedResults.Ok(OrganisationJson.Of(organisation))
            : new ApiError(NoneChosen);

    /// <summary>Sets the organisation that a person works in. For everybody else it is their own, and stays it.</summary>
    internal static async Task<Results<Ok<OrganisationJson>, ApiError>> SetAsync(string organisation_id, PatchbayDb db, RequestScope scope, CancellationToken cancellationToken)
    {
        var id = scope.OrganisationId!.Value;
        if (scope.Caller is Caller.Person person)
        {
            // A choice of theirs, and no change of anything that is the organisation's.
            using var step = scope.Trail.BeginStep();
            await db.People.Where(p => p.Id == person.PersonId).ExecuteUpdateAsync(s => s.SetProperty(p => p.ActiveOrganisationId, id), cancellationToken);
        }

        return await db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is { } organisation
            ? TypedResults.Ok(OrganisationJson.Of(organisation))
            : new ApiError(Failure.NotFound("organisation"));
    }
}
