using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Hubs;

/// <summary>Hubs: list, create, get, update, delete.</summary>
internal static class HubsEndpoints
{
    public static readonly Failure NotFound = Failure.NotFound("hub");

    public static void MapHubs(this RouteGroupBuilder api)
    {
        api.MapGet("/o/{organisation_id}/hubs", ListAsync).WithName("ListHubs").WithTags("Hubs").WithAccess(new Access.Organisation("organisation_id")).Needs(Permission.HubRead);
        api.MapPost("/hubs", CreateAsync).WithName("CreateHub").WithTags("Hubs").Needs(Permission.HubCreate)
            .WithAccess(new Access.Resource("organisation", new Source.Body("organisationId"), OrganisationAsync));
        api.MapGet("/healthz", GetHealth).WithName("HealthCheck").WithTags("Miscellaneous").WithAccess(new Access.Public());
        var group = api.MapGroup("/hubs/{hub_id}").WithTags("Hubs").WithAccess(InPath());
        group.MapGet("", GetAsync).WithName("GetHub").Needs(Permission.HubRead);
        group.MapPatch("", UpdateAsync).WithName("UpdateHubDetails").Needs(Permission.HubEdit);
        group.MapDelete("", DeleteAsync).WithName("DeleteHub").Needs(Permission.HubDelete);
    }

    /// <summary>Whoever acts for the organisation of the hub in the path, and end users by a rule.</summary>
    public static Access InPath(EndUserRule? endUsers = null) => new Access.Resource("hub", new Source.Path("hub_id"), OwnerAsync, endUsers);

    /// <summary>Whose a hub is, deleted or not.</summary>
    private static async Task<ResourceOwner?> OwnerAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken) =>
        await db.Hubs.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(h => h.Id == id).Select(h => (Ulid?)h.OrganisationId).FirstOrDefaultAsync(cancellationToken) is { } organisation
            ? new ResourceOwner(organisation, id)
            : null;

    private static async Task<ResourceOwner?> OrganisationAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken) =>
        await db.Organisations.AnyAsync(o => o.Id == id, cancellationToken) ? new ResourceOwner(id) : null;

    /// <summary>A hub of the organisation that was not deleted.</summary>
    public static Task<Hub?> FindAsync(PatchbayDb db, string hubId, CancellationToken cancellationToken) => Ulid.TryParse(hubId, out var id)
        ? db.Hubs.FirstOrDefaultAsync(h => h.Id == id && h.DeletedAt == null, cancellationToken)
        : Task.FromResult<Hub?>(null);

    /// <summary>Says that the API is there.</summary>
    internal static Ok<HealthResponseJson> GetHealth() => TypedResults.Ok(new HealthResponseJson { Message = "ok" });

    /// <summary>Lists the hubs of an organisation, the one changed last first.</summary>
    internal static async Task<Results<Ok<HubsPageJson>, ApiError>> ListAsync(string organisation_id, PatchbayDb db, HubReader reader, CancellationToken cancellationToken)
    {
        var hubs = await db.Hubs.AsNoTracking().Where(h => h.DeletedAt == null).OrderByDescending(h => h.UpdatedAt).ThenBy(h => h.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new HubsPageJson { TotalCount = hubs.Count, Hubs = await reader.ReadAsync(hubs, cancellationToken) });
    }

    /// <summary>Creates a hub around a connector of the organisation's own.</summary>
    internal static async Task<Results<TaggedCreated<HubJson>, ApiError>> CreateAsync(
        Body<HubCreateJson> body, PatchbayDb db, RequestScope scope, HubReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var id = Identifiers.New(clock);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, body.Value.PrimaryConnectorId, cancellationToken);
        if (await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == body.Value.PrimaryConnectorId, cancellationToken) is not { } connector)
            return new ApiError(Failure.InvalidField("primaryConnectorId", "is no connector of the organisation"));
        if (!ConfigReference.Find(connector, body.Value.AuthSchemeConfig, "authSchemeConfig").Succeeded(out var config, out var failure))
            return new ApiError(failure);
        var hub = new Hub
        {
            Id = id, OrganisationId = scope.OrganisationId!.Value, Name = body.Value.Name, PrimaryConnectorId = connector.Id, AuthSchemeConfigId = config.Id, CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        db.Add(hub);
        await db.SaveChangesAsync(cancellationToken);
        var made = await reader.ReadAsync(hub, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Created($"/api/embedded/v1/hubs/{id}", made);
    }

    /// <summary>Gets a hub.</summary>
    internal static async Task<Results<Tagged<HubJson>, ApiError>> GetAsync(string hub_id, PatchbayDb db, HubReader reader, CancellationToken cancellationToken) =>
        await FindAsync(db, hub_id, cancellationToken) is { } hub ? Tagged.Ok(await reader.ReadAsync(hub, cancellationToken)) : new ApiError(NotFound);

    /// <summary>Renames a hub, or makes it the organisation's default.</summary>
    internal static async Task<Results<Tagged<HubJson>, ApiError>> UpdateAsync(
        string hub_id, Body<HubUpdateJson> body, Precondition precondition, PatchbayDb db, RequestScope scope, HubReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The organisation's: of two who make their hub the default at once one goes first.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, scope.OrganisationId!.Value, cancellationToken);
        if (await FindAsync(db, hub_id, cancellationToken) is not { } hub)
            return new ApiError(NotFound);
        if (await precondition.RefusalAsync(() => reader.ReadAsync(hub, cancellationToken)) is { } changed)
            return new ApiError(changed);
        hub.Name = body.Value.Name ?? hub.Name;
        if (body.Value.IsDefault == true)
        {
            foreach (var other in await db.Hubs.Where(h => h.IsDefault && h.Id != hub.Id).ToListAsync(cancellationToken))
                (other.IsDefault, other.UpdatedAt) = (false, clock.Now());
        }

        (hub.IsDefault, hub.UpdatedAt) = (body.Value.IsDefault ?? hub.IsDefault, clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        var made = await reader.ReadAsync(hub, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Ok(made);
    }

    /// <summary>Deletes a hub: it is not found any more and takes nothing new. What is under it goes on, unless it is purged.</summary>
    /// <param name="purge">Ours: whether its integrations, users, and all that is theirs are erased too; also of a hub that was deleted before.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string hub_id, Precondition precondition, PatchbayDb db, RequestScope scope, HubReader reader, DeleteEndUser users, TimeProvider clock, CancellationToken cancellationToken, bool purge = false)
    {
        if (!Ulid.TryParse(hub_id, out var id))
            return new ApiError(NotFound);
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, scope.OrganisationId!.Value, cancellationToken))
        {
            if (await db.Hubs.FirstOrDefaultAsync(h => h.Id == id && (purge || h.DeletedAt == null), cancellationToken) is not { } hub)
                return new ApiError(NotFound);
            if (await precondition.RefusalAsync(() => reader.ReadAsync(hub, cancellationToken)) is { } changed)
                return new ApiError(changed);
            (hub.DeletedAt, hub.IsDefault, hub.UpdatedAt) = (hub.DeletedAt ?? clock.Now(), false, clock.Now());
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // From here on nothing new comes under it. Users go one by one: each is a change of its own, and what a crash leaves a second purge finds.
        if (purge)
            await users.PurgeHubAsync(id, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
