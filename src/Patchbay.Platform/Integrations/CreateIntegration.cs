using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Hubs;

namespace Patchbay.Platform.Integrations;

/// <summary>Creates an integration with its templates: the hub's own, and one that is given.</summary>
internal sealed class CreateIntegration(PatchbayDb db, RequestScope scope, TimeProvider clock)
{
    public async Task<Outcome<Integration>> RunAsync(string hubId, IntegrationCreateJson request, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        if (request.OrganisationId != scope.OrganisationId)
            faults.Add(new("organisationId", "is not the organisation of the hub"));
        var schema = VariablesSchemas.Read(request.VariablesSchema, "variablesSchema", faults);
        if (!Ulid.TryParse(hubId, out var hubKey))
            return HubsEndpoints.NotFound;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, hubKey, cancellationToken);
        if (await HubsEndpoints.FindAsync(db, hubId, cancellationToken) is not { } hub)
            return HubsEndpoints.NotFound;
        var integration = new Integration
        {
            Id = Identifiers.New(clock), OrganisationId = hub.OrganisationId, HubId = hub.Id, Name = request.Name, Summary = request.Summary, Description = request.Description ?? "",
            VariablesSchema = schema, CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        integration.Templates.Add(TemplateOf(integration, hub.PrimaryConnectorId, hub.AuthSchemeConfigId, isPrimary: true));
        if (request.ConnectionTemplate is { } template)
        {
            var made = await TemplateAsync(integration, template, "connectionTemplate.", cancellationToken);
            if (made.Succeeded(out var second, out var failure))
                integration.Templates.Add(second);
            else
                faults.AddRange(failure.Fields);
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        db.Add(integration);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return integration;
    }

    /// <summary>A template as it was sent. Inside a transaction, in which its connector is not deleted.</summary>
    public async Task<Outcome<ConnectionTemplate>> TemplateAsync(Integration integration, HubConnectionTemplateCreateJson sent, string prefix, CancellationToken cancellationToken)
    {
        await db.Dialect.LockAsync(db, sent.ConnectorId, shared: true, cancellationToken);
        if (await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == sent.ConnectorId, cancellationToken) is not { } connector)
            return Failure.InvalidField($"{prefix}connectorId", "is no connector of the organisation");
        return ConfigReference.Find(connector, sent.AuthSchemeConfig, $"{prefix}authSchemeConfig").Succeeded(out var config, out var failure)
            ? TemplateOf(integration, connector.Id, config.Id, isPrimary: false)
            : failure;
    }

    private ConnectionTemplate TemplateOf(Integration integration, Ulid connector, string config, bool isPrimary) => new()
    {
        Id = Identifiers.New(clock), OrganisationId = integration.OrganisationId, IntegrationId = integration.Id, ConnectorId = connector, AuthSchemeConfigId = config, IsUsed = true, IsPrimary = isPrimary,
    };
}
