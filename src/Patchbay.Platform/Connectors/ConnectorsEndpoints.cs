using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Connectors;

/// <summary>Connectors: create, get, list, the library's list, update, delete, tags and categories.</summary>
internal static class ConnectorsEndpoints
{
    private static readonly ListOrder<Connector> Order = new ListOrder<Connector>()
        .ById(c => c.Id).By("name", c => c.Name).By("createdAt", c => c.CreatedAt).By("updatedAt", c => c.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapConnectors(this RouteGroupBuilder api)
    {
        api.MapGet("/categories", ListCategories).WithName("ListCategories").WithTags("misc").WithAccess(new Access.Public());
        api.MapGet("/connectors", ListPublicAsync).WithName("ListPublicConnectors").WithTags("connectors").WithAccess(new Access.AnyCaller());
        var group = api.MapGroup("/o/{organisation_id}").WithTags("connectors").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("/protocols/http/connectors", CreateAsync).WithName("CreateHTTPConnector").Needs(Permission.ConnectorCreate)
            .Produces<HTTPConnectorJson>(StatusCodes.Status201Created);
        group.MapPost("/protocols/bigquery/connectors", CreateBigQueryAsync).WithName("CreateBigQueryConnector").Needs(Permission.ConnectorCreate).WithTags("protocol-bigquery")
            .Produces<BigQueryConnectorJson>(StatusCodes.Status201Created);
        group.MapGet("/connectors", ListAsync).WithName("ListConnectors").Needs(Permission.ConnectorRead);
        group.MapGet("/connectors/{connector_id}", GetAsync).WithName("GetConnector").Needs(Permission.ConnectorRead)
            .WithAccess(new Access.Organisation("organisation_id", Library: true));
        group.MapPut("/connectors/{connector_id}", UpdateAsync).WithName("UpdateConnector").Needs(Permission.ConnectorEdit);
        group.MapDelete("/connectors/{connector_id}", DeleteAsync).WithName("DeleteConnector").Needs(Permission.ConnectorDelete);
        group.MapPut("/connectors/{connector_id}/tags", UpdateTagsAsync).WithName("UpdateConnectorTags").Needs(Permission.ConnectorEdit);
        group.MapPut("/connectors/{connector_id}/categories", UpdateCategoriesAsync).WithName("UpdateConnectorCategories").Needs(Permission.ConnectorEdit);
    }

    /// <summary>Lists the categories that there are.</summary>
    internal static Results<Ok<Category[]>, ApiError> ListCategories() => TypedResults.Ok(Enum.GetValues<Category>());

    /// <summary>Lists the library: public connectors of every organisation, with their published versions.</summary>
    internal static async Task<Results<Ok<ConnectorPageJson>, ApiError>> ListPublicAsync(
        PageRequest page, ConnectorSearch search, PatchbayDb db, ConnectorReader reader, CancellationToken cancellationToken)
    {
        var connectors = search.In(db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .Where(c => c.Public && c.Versions.Any(v => v.PublishedAt != null)));
        var listed = await Order.PageAsync(connectors, page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(PageOf(found, await reader.ReadPublicAsync([.. found.Items.Select(c => c.Id)], cancellationToken)))
            : new ApiError(failure);
    }

    /// <summary>Lists the organisation's connectors, the one changed last first.</summary>
    internal static async Task<Results<Ok<ConnectorPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, ConnectorSearch search, PatchbayDb db, ConnectorReader reader, CancellationToken cancellationToken)
    {
        var listed = await Order.PageAsync(search.In(db.Connectors.AsNoTracking()), page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(PageOf(found, await reader.ReadAsync([.. found.Items.Select(c => c.Id)], cancellationToken)))
            : new ApiError(failure);
    }

    /// <summary>Creates a connector over HTTP, without versions.</summary>
    internal static async Task<Results<TaggedCreated<ConnectorJson>, ApiError>> CreateAsync(
        string organisation_id, Body<HTTPConnectorCreateJson> body, CreateConnector create, ConnectorReader reader, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(body.Value, cancellationToken);
        return created.Succeeded(out var connector, out var failure)
            ? Tagged.Created(LocationOf(connector), await reader.ReadAsync(connector.Id, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Creates a connector to a BigQuery dataset, with its first connections.</summary>
    internal static async Task<Results<TaggedCreated<ConnectorJson>, ApiError>> CreateBigQueryAsync(
        string organisation_id, Body<BigQueryConnectorCreateJson> body, CreateBigQueryConnector create, ConnectorReader reader, CancellationToken cancellationToken)
    {
        var created = await create.RunAsync(body.Value, cancellationToken);
        return created.Succeeded(out var connector, out var failure)
            ? Tagged.Created(LocationOf(connector), await reader.ReadAsync(connector.Id, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Gets a connector: one's own, or another organisation's as the library shows it.</summary>
    internal static async Task<Results<Tagged<ConnectorJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, PatchbayDb db, ConnectorReader reader, CancellationToken cancellationToken)
    {
        var found = await db.FindConnectorAsync(connector_id, cancellationToken);
        return found.Succeeded(out var connector, out var failure)
            ? Tagged.Ok(await reader.ReadAsync(connector.Id, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Replaces what the connector says of itself. Fields left out are unset, unless they say otherwise.</summary>
    internal static async Task<Results<Tagged<ConnectorJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, Body<ConnectorUpdateJson> body, Precondition precondition, UpdateConnector update,
        ConnectorReader reader, CancellationToken cancellationToken)
    {
        var updated = await update.RunAsync(connector_id, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var connector, out var failure)
            ? Tagged.Ok(await reader.ReadAsync(connector.Id, cancellationToken))
            : new ApiError(failure);
    }

    /// <summary>Deletes a connector with everything in it.</summary>
    /// <param name="force">Also when something uses it.</param>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, Precondition precondition, DeleteConnector delete, CancellationToken cancellationToken, bool force = false)
    {
        var deleted = await delete.RunAsync(connector_id, precondition, cancellationToken);
        return deleted.Failure is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    /// <summary>Replaces the tags.</summary>
    internal static async Task<Results<TaggedNoContent, ApiError>> UpdateTagsAsync(
        string organisation_id, string connector_id, Body<ConnectorTagsUpdateJson> body, Precondition precondition, PatchbayDb db,
        ConnectorReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        ConnectorRules.CheckTags(body.Value.Tags, "tags", faults);
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields(faults));
        if (!Ulid.TryParse(connector_id, out var id))
            return new ApiError(Failure.NotFound("connector"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Connectors.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } connector)
            return new ApiError(Failure.NotFound("connector"));
        if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
            return new ApiError(changed);
        await db.Set<ConnectorTag>().Where(t => t.ConnectorId == id).ExecuteDeleteAsync(cancellationToken);
        db.AddRange(ConnectorRules.TagRows(id, body.Value.Tags));
        connector.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        var tag = EntityTag.Of(await reader.ReadAsync(id, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return Tagged.NoContent(tag);
    }

    /// <summary>Replaces the categories.</summary>
    internal static async Task<Results<TaggedNoContent, ApiError>> UpdateCategoriesAsync(
        string organisation_id, string connector_id, Body<ConnectorCategoriesUpdateJson> body, Precondition precondition, PatchbayDb db,
        ConnectorReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var id))
            return new ApiError(Failure.NotFound("connector"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Connectors.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } connector)
            return new ApiError(Failure.NotFound("connector"));
        if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
            return new ApiError(changed);
        await db.Set<ConnectorCategory>().Where(c => c.ConnectorId == id).ExecuteDeleteAsync(cancellationToken);
        db.AddRange((body.Value.Categories ?? []).Distinct()
            .Select((c, position) => new ConnectorCategory { ConnectorId = id, Position = position, Category = CategoryNames.Of(c) }));
        connector.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(cancellationToken);
        var tag = EntityTag.Of(await reader.ReadAsync(id, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return Tagged.NoContent(tag);
    }

    private static ConnectorPageJson PageOf(Page<Connector> page, IReadOnlyList<ConnectorJson> connectors) =>
        new() { Connectors = connectors, TotalCount = page.TotalCount, Next = page.Next, Prev = page.Prev };

    private static string LocationOf(Connector connector) => $"/api/connect/v1/o/{connector.OrganisationId}/connectors/{connector.Id}";
}
