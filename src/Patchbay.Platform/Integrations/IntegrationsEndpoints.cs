using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Activations;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Integrations;

/// <summary>Integrations of a hub: create, list, get, update, delete, deploy.</summary>
internal static class IntegrationsEndpoints
{
    public static readonly Failure NotFound = Failure.NotFound("integration");

    private static readonly Failure Deployed = new(FailureKind.Conflict, "integration_deployed", "Users can activate the integration; undeploy it first.");

    private static readonly ListOrder<Integration> Order = new ListOrder<Integration>()
        .ById(i => i.Id).By("name", i => i.Name).By("createdAt", i => i.CreatedAt).By("updatedAt", i => i.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapIntegrations(this RouteGroupBuilder api)
    {
        var ofHub = api.MapGroup("/hubs/{hub_id}/integrations").WithTags("Integrations").WithAccess(HubsEndpoints.InPath());
        ofHub.MapPost("", CreateAsync).WithName("CreateIntegration").Needs(Permission.IntegrationCreate);
        ofHub.MapGet("", ListAsync).WithName("ListIntegrations").Needs(Permission.IntegrationRead);
        var group = api.MapGroup("/integrations/{integration_id}").WithTags("Integrations").WithAccess(In(new Source.Path("integration_id")));
        group.MapGet("", GetAsync).WithName("GetIntegration").Needs(Permission.IntegrationRead);
        group.MapPatch("", UpdateAsync).WithName("UpdateIntegration").Needs(Permission.IntegrationEdit);
        group.MapDelete("", DeleteAsync).WithName("DeleteIntegration").Needs(Permission.IntegrationDelete);
        group.MapPost("/deploy", DeployAsync).WithName("DeployIntegration").Needs(Permission.IntegrationPublish);
        group.MapPost("/undeploy", UndeployAsync).WithName("UndeployIntegration").Needs(Permission.IntegrationPublish);
    }

    /// <summary>Whoever acts for the organisation of the integration that a request names, and end users of its hub by a rule.</summary>
    public static Access In(Source source, EndUserRule? endUsers = null) => new Access.Resource("integration", source, OwnerAsync, endUsers);

    private static async Task<ResourceOwner?> OwnerAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken) =>
        await db.Integrations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(i => i.Id == id).Select(i => new { i.OrganisationId, i.HubId }).FirstOrDefaultAsync(cancellationToken) is { } found
            ? new ResourceOwner(found.OrganisationId, found.HubId)
            : null;

    public static Task<Integration?> FindAsync(PatchbayDb db, string integrationId, CancellationToken cancellationToken) => Ulid.TryParse(integrationId, out var id)
        ? db.Integrations.Include(i => i.Templates).Include(i => i.Events).FirstOrDefaultAsync(i => i.Id == id, cancellationToken)
        : Task.FromResult<Integration?>(null);

    /// <summary>Creates an integration. It has a template for the connection with the product itself, and the one that is given.</summary>
    internal static async Task<Results<Tagged<IntegrationJson>, ApiError>> CreateAsync(
        string hub_id, Body<IntegrationCreateJson> body, CreateIntegration create, HubReader hubs, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(hub_id, body.Value, cancellationToken);
        return created.Succeeded(out var integration, out var failure) ? Tagged.Ok(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) : new ApiError(failure);
    }

    /// <summary>Lists the integrations of a hub, the one changed last first.</summary>
    /// <param name="search">Part of the name.</param>
    internal static async Task<Results<Ok<ListIntegrationsJson>, ApiError>> ListAsync(
        string hub_id, PageRequest page, PatchbayDb db, HubReader hubs, CancellationToken cancellationToken, string? search = null)
    {
        var hub = Ulid.Parse(hub_id);
        var integrations = db.Integrations.AsNoTracking().Include(i => i.Templates).Include(i => i.Events).Where(i => i.HubId == hub && (string.IsNullOrEmpty(search) || i.Name.Contains(search)));
        var listed = await Order.PageAsync(integrations, page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new ListIntegrationsJson { Total = found.TotalCount, Integrations = [.. found.Items.Select(i => IntegrationJson.Of(i, hubs.DefaultImageUrl))], Next = found.Next, Prev = found.Prev })
            : new ApiError(failure);
    }

    /// <summary>Gets an integration.</summary>
    internal static async Task<Results<Tagged<IntegrationJson>, ApiError>> GetAsync(string integration_id, PatchbayDb db, HubReader hubs, CancellationToken cancellationToken) =>
        await FindAsync(db, integration_id, cancellationToken) is { } integration ? Tagged.Ok(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) : new ApiError(NotFound);

    /// <summary>Changes an integration. What activations were given before is not held against a new schema until it is changed.</summary>
    internal static Task<Results<Tagged<IntegrationJson>, ApiError>> UpdateAsync(
        string integration_id, Body<UpdateIntegrationJson> body, Precondition precondition, PatchbayDb db, HubReader hubs, TimeProvider clock, CancellationToken cancellationToken) =>
        ChangeAsync(integration_id, precondition, db, hubs, clock, integration =>
        {
            var faults = new List<FieldFault>();
            var schema = VariablesSchemas.Read(body.Value.VariablesSchema, "variablesSchema", faults);
            if (faults.Count > 0)
                return Task.FromResult<Failure?>(Failure.InvalidFields(faults));
            integration.Name = body.Value.Name ?? integration.Name;
            integration.ImageUrl = body.Value.ImageUrl ?? integration.ImageUrl;
            integration.Description = body.Value.Description ?? integration.Description;
            integration.VariablesSchema = schema ?? integration.VariablesSchema;
            return Task.FromResult<Failure?>(null);
        }, cancellationToken);

    /// <summary>Deletes an integration that is not deployed, with its activations; users keep their connections.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string integration_id, Precondition precondition, PatchbayDb db, HubReader hubs, ActivationEndpoints endpoints, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(integration_id, out var id))
            return new ApiError(NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await FindAsync(db, integration_id, cancellationToken) is not { } integration)
            return new ApiError(NotFound);
        if (precondition.RefusalOf(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) is { } changed)
            return new ApiError(changed);
        if (integration.DeployedAt is not null)
            return new ApiError(Deployed);
        var connections = await db.ActivationConnections.Where(c => db.Activations.Any(a => a.Id == c.ActivationId && a.IntegrationId == id)).Select(c => c.ConnectionId).Distinct().ToListAsync(cancellationToken);
        db.Remove(integration);
        await db.SaveChangesAsync(cancellationToken);
        await endpoints.RemoveUnusedAsync(connections, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        endpoints.Forget(connections);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Deploys an integration: from now on users can activate it. Versions that it names are in use, and events of activated users go where it says (ours).
    /// </summary>
    internal static async Task<Results<Tagged<IntegrationJson>, ApiError>> DeployAsync(
        string integration_id, Body<DeployIntegrationJson> body, Precondition precondition, DeployIntegration deploy, HubReader hubs, CancellationToken cancellationToken)
    {
        var deployed = await deploy.RunAsync(integration_id, body.Value, precondition, cancellationToken);
        return deployed.Succeeded(out var integration, out var failure) ? Tagged.Ok(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) : new ApiError(failure);
    }

    /// <summary>Takes an integration back: nobody can activate it any more, and who has, keeps it (ours).</summary>
    internal static Task<Results<Tagged<IntegrationJson>, ApiError>> UndeployAsync(
        string integration_id, Precondition precondition, PatchbayDb db, HubReader hubs, TimeProvider clock, CancellationToken cancellationToken) =>
        ChangeAsync(integration_id, precondition, db, hubs, clock, integration =>
        {
            integration.DeployedAt = null;
            foreach (var template in integration.Templates)
                template.VersionName = null;
            return Task.FromResult<Failure?>(null);
        }, cancellationToken);

    private static async Task<Results<Tagged<IntegrationJson>, ApiError>> ChangeAsync(
        string integrationId, Precondition precondition, PatchbayDb db, HubReader hubs, TimeProvider clock, Func<Integration, Task<Failure?>> change, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(integrationId, out var id))
            return new ApiError(NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await FindAsync(db, integrationId, cancellationToken) is not { } integration)
            return new ApiError(NotFound);
        if (precondition.RefusalOf(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) is { } changed)
            return new ApiError(changed);
        if (await change(integration) is { } refused)
            return new ApiError(refused);
        integration.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Tagged.Ok(IntegrationJson.Of(integration, hubs.DefaultImageUrl));
    }
}
