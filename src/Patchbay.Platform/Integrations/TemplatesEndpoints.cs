using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Integrations;

/// <summary>Connection templates of an integration, and the connections that users made by them.</summary>
internal static class TemplatesEndpoints
{
    private static readonly ListOrder<ConnectionTemplate> Order = new ListOrder<ConnectionTemplate>().ById(t => t.Id).Default("id", descending: false);

    public static void MapTemplates(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/integrations/{integration_id}").WithTags("Connectors").WithAccess(IntegrationsEndpoints.In(new Source.Path("integration_id")));
        group.MapPost("/connection-templates", CreateAsync).WithName("CreateHubConnectionTemplate").Needs(Permission.IntegrationEdit);
        group.MapGet("/connection-templates", ListAsync).WithName("ListIntegrationConnectionTemplates").Needs(Permission.IntegrationRead);
        group.MapPut("/metadata", UpdateMetadataAsync).WithName("UpdateIntegrationMetadata").WithTags("Internal").Needs(Permission.IntegrationEdit);
        api.MapGet("/connection-templates/{connection_template_id}/users/{user_id}", GetConnectionAsync).WithName("GetEndUserConnection").WithTags("Embedded").Needs(Permission.HubUserRead)
            .WithAccess(new Access.Resource("connection_template", new Source.Path("connection_template_id"), OwnerAsync));
    }

    private static async Task<ResourceOwner?> OwnerAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken) =>
        await db.ConnectionTemplates.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(t => t.Id == id)
            .Join(db.Integrations.IgnoreQueryFilters([PatchbayDb.TenantFilter]), t => t.IntegrationId, i => i.Id, (_, i) => new { i.OrganisationId, i.HubId }).FirstOrDefaultAsync(cancellationToken) is { } found
            ? new ResourceOwner(found.OrganisationId, found.HubId)
            : null;

    /// <summary>Adds a connection that users are to make when they activate the integration.</summary>
    internal static async Task<Results<Ok<HubConnectionTemplateJson>, ApiError>> CreateAsync(
        string integration_id, Body<HubConnectionTemplateCreateJson> body, PatchbayDb db, CreateIntegration create, TemplateReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(integration_id, out var id))
            return new ApiError(IntegrationsEndpoints.NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await IntegrationsEndpoints.FindAsync(db, integration_id, cancellationToken) is not { } integration)
            return new ApiError(IntegrationsEndpoints.NotFound);
        var made = await create.TemplateAsync(integration, body.Value, "", cancellationToken);
        if (!made.Succeeded(out var template, out var failure))
            return new ApiError(failure);
        db.Add(template);
        integration.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok((await reader.ReadAsync([template], cancellationToken))[0]);
    }

    /// <summary>Lists the connection templates of an integration, the oldest first.</summary>
    internal static async Task<Results<Ok<HubConnectionTemplatePageJson>, ApiError>> ListAsync(
        string integration_id, PageRequest page, PatchbayDb db, TemplateReader reader, CancellationToken cancellationToken)
    {
        if (await IntegrationsEndpoints.FindAsync(db, integration_id, cancellationToken) is not { } integration)
            return new ApiError(IntegrationsEndpoints.NotFound);
        var listed = await Order.PageAsync(db.ConnectionTemplates.AsNoTracking().Where(t => t.IntegrationId == integration.Id), page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new HubConnectionTemplatePageJson
            {
                ConnectionTemplates = await reader.ReadAsync(found.Items, cancellationToken), TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev,
            })
            : new ApiError(failure);
    }

    /// <summary>Says which connection templates an activation needs; the others are not asked for.</summary>
    internal static async Task<Results<NoContent, ApiError>> UpdateMetadataAsync(
        string integration_id, Body<IntegrationMetadataJson> body, Precondition precondition, PatchbayDb db, HubReader hubs, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(integration_id, out var id))
            return new ApiError(IntegrationsEndpoints.NotFound);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await IntegrationsEndpoints.FindAsync(db, integration_id, cancellationToken) is not { } integration)
            return new ApiError(IntegrationsEndpoints.NotFound);
        if (precondition.RefusalOf(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) is { } changed)
            return new ApiError(changed);
        var used = body.Value.UsedConnectionTemplates ?? [];
        var faults = used.Index().Where(u => !integration.Templates.Exists(t => t.Id == u.Item))
            .Select(u => new FieldFault($"usedConnectionTemplates[{u.Index}]", "is no connection template of the integration")).ToList();
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        foreach (var template in integration.Templates)
            template.IsUsed = used.Contains(template.Id);
        integration.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Gets the connection that an end user made by a template, to run actions and send requests through.</summary>
    internal static async Task<Results<Tagged<ConnectionJson>, ApiError>> GetConnectionAsync(
        string connection_template_id, string user_id, UserIdentifier named, PatchbayDb db, EndUserReader reader, CancellationToken cancellationToken)
    {
        var template = Ulid.Parse(connection_template_id);
        var hub = await db.ConnectionTemplates.Where(t => t.Id == template).Join(db.Integrations, t => t.IntegrationId, i => i.Id, (_, i) => (Ulid?)i.HubId).FirstOrDefaultAsync(cancellationToken);
        if (hub is not { } hubId || await reader.FindAsync(hubId.ToString(), named, cancellationToken) is not { } user)
            return new ApiError(EndUserReader.NotFound);
        // From the user's few activations, not from the template's many.
        var connection = await db.Activations.Where(a => a.EndUserId == user.Id).SelectMany(a => a.Connections).Where(c => c.TemplateId == template)
            .Select(c => (Ulid?)c.ConnectionId).FirstOrDefaultAsync(cancellationToken);
        return connection is { } id && await reader.ConnectionAsync(user, id, cancellationToken) is { } found ? Tagged.Ok(found) : new ApiError(Failure.NotFound("connection"));
    }
}
