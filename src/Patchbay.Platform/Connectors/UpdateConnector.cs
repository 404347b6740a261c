using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Connectors;

/// <summary>Replaces what a connector says of itself; versions and configs have operations of their own.</summary>
internal sealed class UpdateConnector(PatchbayDb db, ConnectorReader reader, ConnectionPlans plans, TimeProvider clock)
{
    public async Task<Outcome<Connector>> RunAsync(
        string connectorId, ConnectorUpdateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var connector = await db.Connectors.Include(c => c.Tags).Include(c => c.AuthSchemeConfigs)
            .FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");
        if (await precondition.RefusalAsync(() => reader.ReadAsync(id, cancellationToken)) is { } changed)
            return changed;
        if (FaultsOf(connector, request) is { Count: > 0 } faults)
            return Failure.InvalidFields(faults);

        connector.Name = request.Name;
        connector.Public = request.Public ?? connector.Public;
        connector.DocumentationUrl = request.DocumentationURL;
        connector.ImageUrl = request.ImageURL;
        connector.UpdatedAt = clock.Now();
        db.RemoveRange(connector.Tags);
        connector.Tags.Clear();
        await db.SaveChangesAsync(cancellationToken);
        connector.Tags.AddRange(ConnectorRules.TagRows(connector.Id, request.Tags));
        foreach (var (position, configId) in (request.AuthSchemeConfigIds ?? []).Index())
            connector.AuthSchemeConfigs.Single(c => c.Id == configId).Position = position;
        if (request is HTTPConnectorUpdateJson http)
        {
            connector.BaseUrl = http.BaseUrl;
            if (http.AllowedHosts is not null)
                connector.AllowedHosts = [.. http.AllowedHosts];
            if (http.ConnectionVariables is not null)
                await ReplaceVariablesAsync(db, connector, ConnectionVariableJson.Read(http.ConnectionVariables), cancellationToken);
        }
        else if (request is BigQueryConnectorUpdateJson bigQuery)
            connector.DatasetId = bigQuery.DatasetId;

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        plans.ForgetConnector(connector.Id);
        return connector;
    }

    private static List<FieldFault> FaultsOf(Connector connector, ConnectorUpdateJson request)
    {
        var faults = new List<FieldFault>();
        if (request.Id != connector.Id)
            faults.Add(new("id", "is read-only: it must be the id of the connector"));
        if (request.OrganisationId != connector.OrganisationId)
            faults.Add(new("organisationId", "is read-only: it must be the organisation that owns the connector"));
        if ((request is BigQueryConnectorUpdateJson ? Connector.BigQuery : Connector.Http) != connector.Protocol)
        {
            faults.Add(new("protocol", $"is read-only: it must be \"{connector.Protocol}\""));
            return faults;
        }

        ConnectorRules.CheckTags(request.Tags, "tags", faults);
        ConnectorRules.CheckLink(request.DocumentationURL, "documentationURL", faults);
        ConnectorRules.CheckLink(request.ImageURL, "imageURL", faults);
        if (request is HTTPConnectorUpdateJson http)
        {
            ConnectorRules.CheckBaseUrl(http.BaseUrl, "baseUrl", faults);
            ConnectorRules.CheckAllowedHosts(http.AllowedHosts, "allowedHosts", faults);
            ConnectorRules.CheckVariables(http.ConnectionVariables, "connectionVariables", faults);
        }
        else if (request is BigQueryConnectorUpdateJson bigQuery)
            ConnectorRules.CheckDatasetId(bigQuery.DatasetId, "datasetId", faults);
        if (request.AuthSchemeConfigIds is { } ids
            && !ids.Order(StringComparer.Ordinal).SequenceEqual(connector.AuthSchemeConfigs.Select(c => c.Id).Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            faults.Add(new("authSchemeConfigIds", "must name every auth scheme config of the connector once"));
        }

        return faults;
    }

    /// <summary>
    /// Replaces the defaults, and brings connections along: they gain new variables, lose dropped ones and follow a changed default that
    /// they had kept. A value of their own stays: overwriting it could send one customer's credentials to another's address.
    /// </summary>
    public static async Task ReplaceVariablesAsync(
        PatchbayDb db, Connector connector, List<ConnectionVariable> variables, CancellationToken cancellationToken)
    {
        var before = connector.ConnectionVariables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        var dropped = before.Keys.Except(variables.Select(v => v.Name), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        connector.ConnectionVariables = variables;
        foreach (var connection in await db.Connections.Where(c => c.ConnectorId == connector.Id).ToListAsync(cancellationToken))
        {
            var own = connection.Variables.Where(v => !dropped.Contains(v.Name)).ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
            foreach (var (name, value) in variables)
            {
                if (!own.TryGetValue(name, out var kept) || (before.TryGetValue(name, out var old) && kept == old))
                    own[name] = value;
            }

            connection.Variables = [.. own.Select(v => new ConnectionVariable(v.Key, v.Value))];
        }
    }
}
