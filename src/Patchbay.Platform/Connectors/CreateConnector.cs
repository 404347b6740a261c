using Patchbay.Platform.Data;

namespace Patchbay.Platform.Connectors;

/// <summary>Creates an HTTP connector without versions.</summary>
internal sealed class CreateConnector(PatchbayDb db, RequestScope scope, AuthSchemeConfigs configs, TimeProvider clock)
{
    public async Task<Outcome<Connector>> RunAsync(HTTPConnectorCreateJson request, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        ConnectorRules.CheckBaseUrl(request.BaseUrl, "baseUrl", faults);
        ConnectorRules.CheckAllowedHosts(request.AllowedHosts, "allowedHosts", faults);
        ConnectorRules.CheckVariables(request.ConnectionVariables, "connectionVariables", faults);
        ConnectorRules.CheckTags(request.Tags, "tags", faults);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, config) in request.AuthSchemeConfigs.Index())
        {
            if (!ids.Add(config.Id))
                faults.Add(new($"authSchemeConfigs[{index}].id", "stands twice"));
            AuthSchemeConfigs.Check(config, $"authSchemeConfigs[{index}]", faults);
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var now = clock.Now();
        var connector = new Connector
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            Name = request.Name,
            Protocol = Connector.Http,
            Public = request.Public ?? false,
            BaseUrl = request.BaseUrl,
            AllowedHosts = [.. request.AllowedHosts ?? []],
            ConnectionVariables = ConnectionVariableJson.Read(request.ConnectionVariables),
            CreatedAt = now,
            UpdatedAt = now,
        };
        connector.Tags.AddRange(ConnectorRules.TagRows(connector.Id, request.Tags));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        db.Add(connector);
        foreach (var (index, config) in request.AuthSchemeConfigs.Index())
        {
            var put = await configs.PutAsync(connector, config, $"authSchemeConfigs[{index}]", cancellationToken);
            if (put.Failure is { } failure)
                return failure;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connector;
    }
}
