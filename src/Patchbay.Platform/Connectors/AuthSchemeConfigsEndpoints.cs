using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Connectors;

/// <summary>Auth scheme configs of a connector: upsert and delete.</summary>
internal static class AuthSchemeConfigsEndpoints
{
    public static void MapAuthSchemeConfigs(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/auth-scheme-configs/{auth_scheme_config_id}")
            .WithTags("connectors").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPut("", UpsertAsync).WithName("UpsertAuthSchemeConfig").Needs(Permission.ConnectorEdit);
        group.MapDelete("", DeleteAsync).WithName("DeleteAuthSchemeConfig").Needs(Permission.ConnectorEdit);
    }

    /// <summary>Adds an auth scheme config under an id of the client's choice, or replaces the one with that id.</summary>
    internal static async Task<Results<Tagged<ConnectorJson>, ApiError>> UpsertAsync(
        string organisation_id, string connector_id, string auth_scheme_config_id, Body<AuthSchemeConfigJson> body, Precondition precondition, PatchbayDb db,
        AuthSchemeConfigs configs, ConnectorReader reader, ConnectionPlans plans, TimeProvider clock, CancellationToken cancellationToken)
    {
        var config = body.Value;
        var faults = new List<FieldFault>();
        if (config.Id != auth_scheme_config_id)
            faults.Add(new("id", "must be the id in the path"));
        AuthSchemeConfigs.Check(config, "", faults);
        if (faults.Count > 0)
            return new ApiError(Failure.InvalidFields([.. faults.Select(f => f with { Field = f.Field.TrimStart('.') })]));
        if (!Ulid.TryParse(connector_id, out var id))
            return new ApiError(Failure.NotFound("connector"));
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken))
        {
            var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
            if (connector is null)
                return new ApiError(Failure.NotFound("connector"));
            if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
                return new ApiError(changed);
            ConnectorRules.CheckScheme(connector.Protocol, config, "schemeType", faults);
            if (faults.Count > 0)
                return new ApiError(Failure.InvalidFields(faults));
            var put = await configs.PutAsync(connector, config, "", cancellationToken);
            if (put.Failure is { } failure)
                return new ApiError(failure with { Fields = [.. failure.Fields.Select(f => f with { Field = f.Field.TrimStart('.') })] });
            connector.UpdatedAt = clock.Now();
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        plans.ForgetConnector(id);
        return Tagged.Ok(await reader.ReadAsync(id, cancellationToken));
    }

    /// <summary>Deletes an auth scheme config. Connections made with it stay, and can no longer use it.</summary>
    internal static async Task<Results<Tagged<ConnectorJson>, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string auth_scheme_config_id, Precondition precondition, PatchbayDb db,
        AuthSchemeConfigs configs, ConnectorReader reader, ConnectionPlans plans, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var id))
            return new ApiError(Failure.NotFound("connector"));
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken))
        {
            var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
            if (connector is null)
                return new ApiError(Failure.NotFound("connector"));
            if (connector.AuthSchemeConfigs.Find(c => c.Id == auth_scheme_config_id) is not { } config)
                return new ApiError(Failure.NotFound("auth_scheme_config"));
            if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
                return new ApiError(changed);
            await configs.DeleteAsync(connector, config, cancellationToken);
            connector.UpdatedAt = clock.Now();
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        plans.ForgetConnector(id);
        return Tagged.Ok(await reader.ReadAsync(id, cancellationToken));
    }
}
