using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Integrations;

namespace Patchbay.Platform.Activations;

/// <summary>Activations: create, get, delete, and what users set.</summary>
internal static class ActivationsEndpoints
{
    private static readonly Failure NotFound = Failure.NotFound("activation");

    public static void MapActivations(this RouteGroupBuilder api)
    {
        api.MapPost("/activations", ActivateAsync).WithName("ActivateIntegration").WithTags("Activations").Needs(Permission.HubUserEdit)
            .WithAccess(IntegrationsEndpoints.In(new Source.Body("integrationId"), new EndUserRule.OfBody("userId")));
        var group = api.MapGroup("/activations/{activation_id}").WithTags("Activations")
            .WithAccess(new Access.Resource("activation", new Source.Path("activation_id"), OwnerAsync, new EndUserRule.Owner()));
        group.MapGet("", GetAsync).WithName("GetActivation").Needs(Permission.HubUserRead);
        group.MapDelete("", DeleteAsync).WithName("DeleteActivation").Needs(Permission.HubUserEdit);
        group.MapPut("/variables", UpdateVariablesAsync).WithName("UpdateDynamicVariables").Needs(Permission.HubUserEdit);
        var ofUser = api.MapGroup("/integrations/{integration_id}/users/{user_id}/variables").WithTags("Internal").WithAccess(IntegrationsEndpoints.In(new Source.Path("integration_id")));
        ofUser.MapGet("", GetVariablesAsync).WithName("GetDynamicVariables").Needs(Permission.HubUserRead);
        ofUser.MapPut("", PutVariablesAsync).WithName("UpdateDynamicVariablesInternal").Needs(Permission.HubUserEdit);
    }

    private static async Task<ResourceOwner?> OwnerAsync(PatchbayDb db, Ulid id, CancellationToken cancellationToken) =>
        await db.Activations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(a => a.Id == id)
            .Join(db.EndUsers.IgnoreQueryFilters([PatchbayDb.TenantFilter]), a => a.EndUserId, u => u.Id, (a, u) => new { a.OrganisationId, a.HubId, u.ExternalId }).FirstOrDefaultAsync(cancellationToken) is { } found
            ? new ResourceOwner(found.OrganisationId, found.HubId, found.ExternalId)
            : null;

    /// <summary>Activates an integration for an end user, with connections that they have and new ones: all of it or nothing.</summary>
    internal static async Task<Results<Ok<ActivationJson>, ApiError>> ActivateAsync(
        Body<ActivationCreateJson> body, ActivateIntegration activate, ActivationReader reader, CancellationToken cancellationToken)
    {
        var activated = await activate.RunAsync(body.Value, cancellationToken);
        if (!activated.Succeeded(out var activation, out var failure))
            return new ApiError(failure);
        return await reader.ReadAsync(activation.Id, cancellationToken) is { } shown ? TypedResults.Ok(shown) : new ApiError(NotFound);
    }

    /// <summary>Gets an activation.</summary>
    internal static async Task<Results<Tagged<ActivationJson>, ApiError>> GetAsync(string activation_id, ActivationReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(Ulid.Parse(activation_id), cancellationToken) is { } activation ? Tagged.Ok(activation) : new ApiError(NotFound);

    /// <summary>Deletes an activation; the user keeps the connections.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string activation_id, Precondition precondition, PatchbayDb db, ActivationReader reader, ActivationEndpoints endpoints, CancellationToken cancellationToken)
    {
        var id = Ulid.Parse(activation_id);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Activations.FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } activation || await reader.ReadAsync(id, cancellationToken) is not { } shown)
            return new ApiError(NotFound);
        if (precondition.RefusalOf(shown) is { } changed)
            return new ApiError(changed);
        var connections = await db.ActivationConnections.Where(c => c.ActivationId == id).Select(c => c.ConnectionId).Distinct().ToListAsync(cancellationToken);
        foreach (var connector in await db.Connections.Where(c => connections.Contains(c.Id)).Select(c => c.ConnectorId).Distinct().OrderBy(c => c).ToListAsync(cancellationToken))
            await db.Dialect.LockAsync(db, connector, shared: false, cancellationToken);
        db.Remove(activation);
        await db.SaveChangesAsync(cancellationToken);
        await endpoints.RemoveUnusedAsync(connections, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        endpoints.Forget(connections);
        return TypedResults.NoContent();
    }

    /// <summary>Replaces what the user set for an activation, if it is as the integration's schema asks.</summary>
    internal static async Task<Results<Ok<ActivationVariablesJson>, ApiError>> UpdateVariablesAsync(
        string activation_id, Body<ActivationVariablesJson> body, Precondition precondition, PatchbayDb db, ActivationReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var id = Ulid.Parse(activation_id);
        var variables = body.Value.DynamicVariables ?? JsonElement.Parse("{}");
        return await ReplaceAsync(db.Activations.Where(a => a.Id == id), id, variables, "dynamicVariables", precondition, db, reader, clock, cancellationToken) is { } failure
            ? new ApiError(failure)
            : TypedResults.Ok(new ActivationVariablesJson { DynamicVariables = variables });
    }

    /// <summary>Gets what a user set for an integration that they have activated.</summary>
    internal static async Task<Results<Ok<JsonElement>, ApiError>> GetVariablesAsync(
        string integration_id, string user_id, UserIdentifier named, PatchbayDb db, EndUserReader users, CancellationToken cancellationToken) =>
        await OfUserAsync(integration_id, named, db, users, cancellationToken) is { } query && await query.Select(a => a.Variables).FirstOrDefaultAsync(cancellationToken) is { } variables
            ? TypedResults.Ok(JsonElement.Parse(variables))
            : new ApiError(NotFound);

    /// <summary>Replaces what a user set for an integration that they have activated.</summary>
    internal static async Task<Results<NoContent, ApiError>> PutVariablesAsync(
        string integration_id, string user_id, UserIdentifier named, Body<JsonElement> body, Precondition precondition, PatchbayDb db, EndUserReader users, ActivationReader reader, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await OfUserAsync(integration_id, named, db, users, cancellationToken) is not { } query)
            return new ApiError(NotFound);
        return await ReplaceAsync(query, Ulid.Parse(integration_id), body.Value, "", precondition, db, reader, clock, cancellationToken) is { } failure ? new ApiError(failure) : TypedResults.NoContent();
    }

    private static async Task<IQueryable<Activation>?> OfUserAsync(string integrationId, UserIdentifier named, PatchbayDb db, EndUserReader users, CancellationToken cancellationToken)
    {
        var id = Ulid.Parse(integrationId);
        var hub = await db.Integrations.Where(i => i.Id == id).Select(i => (Ulid?)i.HubId).FirstOrDefaultAsync(cancellationToken);
        return hub is { } found && await users.FindAsync(found.ToString(), named, cancellationToken) is { } user
            ? db.Activations.Where(a => a.IntegrationId == id && a.EndUserId == user.Id)
            : null;
    }

    private static async Task<Failure?> ReplaceAsync(
        IQueryable<Activation> query, Ulid key, JsonElement variables, string path, Precondition precondition, PatchbayDb db, ActivationReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key, cancellationToken);
        if (await query.FirstOrDefaultAsync(cancellationToken) is not { } activation || await reader.ReadAsync(activation.Id, cancellationToken) is not { } shown)
            return NotFound;
        if (precondition.RefusalOf(shown) is { } changed)
            return changed;
        var integration = await db.Integrations.FirstAsync(i => i.Id == activation.IntegrationId, cancellationToken);
        if (VariablesSchemas.FaultsOf(integration, variables, path) is { Count: > 0 } faults)
            return Failure.InvalidFields(faults);
        (activation.Variables, activation.UpdatedAt) = (variables.GetRawText(), clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
