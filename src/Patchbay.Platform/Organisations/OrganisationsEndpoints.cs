using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Members;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Organisations;

/// <summary>Organisations: list, create, get, delete, and whether a slug is free.</summary>
internal static partial class OrganisationsEndpoints
{
    public static void MapOrganisations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("organisations");
        group.MapGet("/organisations", ListAsync).WithName("GetOrganisations").WithAccess(new Access.AnyCaller());
        group.MapPost("/organisations", CreateAsync).WithName("CreateOrganisation").WithAccess(new Access.OperatorOnly(OrPeople: true));
        group.MapGet("/organisations/{organisation_id}", GetAsync).WithName("GetOrganisation").Needs(Permission.OrganisationRead)
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapDelete("/organisations/{organisation_id}", DeleteAsync).WithName("DeleteOrganisation").Needs(Permission.OrganisationDelete)
            .WithAccess(new Access.Organisation("organisation_id", ByOperator: true));
        group.MapGet("/slug/{slug}/availability", GetSlugAvailabilityAsync).WithName("GetSlugAvailability").WithAccess(new Access.AnyCaller());
    }

    [GeneratedRegex(OrganisationCreateJson.SlugPattern, RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Slug { get; }

    /// <summary>Lists the organisations that the caller may act for, the active one first unless there is a filter.</summary>
    /// <param name="filter">Part of the slug or name, whatever its case.</param>
    internal static async Task<Ok<OrganisationsPageJson>> ListAsync(
        PatchbayDb db, RequestScope scope, CancellationToken cancellationToken, string? filter = null)
    {
        var own = scope.Caller switch
        {
            Caller.Operator => null,
            Caller.Person person => person.Memberships.Keys.ToList(),
            var caller => caller?.Home is { } home ? [home] : new List<Ulid>(),
        };
        var organisations = await db.Organisations.Where(o => own == null || own.Contains(o.Id)).OrderBy(o => o.Slug).ToListAsync(cancellationToken);
        if (!string.IsNullOrEmpty(filter))
        {
            organisations.RemoveAll(o => !o.Slug.Contains(filter, StringComparison.OrdinalIgnoreCase)
                && !o.DisplayName.Contains(filter, StringComparison.OrdinalIgnoreCase));
        }
        else if (await ActiveOrganisationEndpoints.OfAsync(db, scope.Caller, cancellationToken) is { } active)
            organisations = [.. organisations.OrderBy(o => o.Id == active ? 0 : 1)];

        return TypedResults.Ok(new OrganisationsPageJson
        {
            TotalCount = organisations.Count,
            Organisations = [.. organisations.Select(OrganisationJson.Of)],
        });
    }

    /// <summary>Creates an organisation, with a data key of its own for its secrets. The operator does, and people where the operator lets them: who makes one is its owner.</summary>
    internal static async Task<Results<TaggedCreated<OrganisationJson>, ApiError>> CreateAsync(
        Body<OrganisationCreateJson> body, PatchbayDb db, RequestScope scope, OrganisationKeys keys, People.PeopleDirectory people, TimeProvider clock, CancellationToken cancellationToken)
    {
        var id = Identifiers.New(clock);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var organisation = new Organisation
        {
            Id = id,
            Slug = body.Value.Slug,
            DisplayName = body.Value.DisplayName,
            Owner = (scope.Caller as Caller.Person)?.PersonId.ToString() ?? "operator",
            SystemServiceAccountClientId = Identifiers.New(clock),
            WrappedKey = await keys.WrapNewAsync(db, id, cancellationToken),
            CreatedAt = clock.Now(),
            UpdatedAt = clock.Now(),
        };
        db.Add(organisation);
        db.Trail.ToInstance();
        if (scope.Caller is Caller.Person maker)
        {
            var member = new Member { Id = Identifiers.New(clock), OrganisationId = id, PersonId = maker.PersonId, CreatedAt = clock.Now(), UpdatedAt = clock.Now() };
            db.Add(member);
            db.AddRange(RoleGrants.Bind(RoleSubject.Member, member.Id, id, [BuiltInRoles.Owner.Id], clock));
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return new ApiError(new Failure(FailureKind.Conflict, "slug_taken", "Another organisation has this slug; choose a different one.")
            {
                Fields = [new("slug", "is taken")],
            });
        }

        if (scope.Caller is Caller.Person owner)
            people.Forget(owner.PersonId);
        return Tagged.Created($"/api/organisations/v1/organisations/{id}", OrganisationJson.Of(organisation));
    }

    /// <summary>Gets an organisation.</summary>
    internal static async Task<Results<Tagged<OrganisationJson>, ApiError>> GetAsync(
        string organisation_id, PatchbayDb db, RequestScope scope, CancellationToken cancellationToken) =>
        await db.Organisations.FirstOrDefaultAsync(o => o.Id == scope.OrganisationId, cancellationToken) is { } organisation
            ? Tagged.Ok(OrganisationJson.Of(organisation))
            : new ApiError(Failure.NotFound("organisation"));

    /// <summary>Deletes an organisation with everything in it and destroys its key. Copies that others imported stay theirs.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, Precondition precondition, DeleteOrganisation delete, RequestScope scope, CancellationToken cancellationToken) =>
        (await delete.RunAsync(scope.OrganisationId!.Value, precondition, cancellationToken)).Failure is { } failure
            ? new ApiError(failure)
            : TypedResults.NoContent();

    /// <summary>Says whether a slug can be taken, and if not, why.</summary>
    internal static async Task<Ok<SlugAvailabilityJson>> GetSlugAvailabilityAsync(
        string slug, PatchbayDb db, CancellationToken cancellationToken)
    {
        List<string> messages = [];
        // The pattern's end would match before a line break too.
        if (Slug.Match(slug).Length != slug.Length)
            messages.Add("A slug has 3 to 63 lower-case letters, digits or hyphens and begins with a letter.");
        else if (await db.Organisations.AnyAsync(o => o.Slug == slug, cancellationToken))
            messages.Add("Another organisation has this slug.");
        return TypedResults.Ok(new SlugAvailabilityJson { Ok = messages.Count == 0, Messages = messages });
    }
}
