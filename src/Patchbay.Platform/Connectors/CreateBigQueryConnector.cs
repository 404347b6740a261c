using System.Text.Json;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Connectors;

/// <summary>
/// Creates a BigQuery connector with its first connections, all or nothing. The body has no place for auth scheme configs but inside the
/// connections, so here, and only here, they are the caller's own configs and not references to what is there.
/// </summary>
internal sealed class CreateBigQueryConnector(PatchbayDb db, RequestScope scope, AuthSchemeConfigs configs, CreateConnection connections, TimeProvider clock)
{
    public async Task<Outcome<Connector>> RunAsync(BigQueryConnectorCreateJson request, CancellationToken cancellationToken)
    {
        if (request.Connections.Count > 0 && RoleGrants.Exceeds(scope, PermissionSet.Of(Permission.ConnectionCreate)) is { } denied)
            return denied;
        var faults = new List<FieldFault>();
        ConnectorRules.CheckDatasetId(request.DatasetId, "datasetId", faults);
        var names = new HashSet<string>(StringComparer.Ordinal);
        faults.AddRange(request.Connections.Index().Where(c => !names.Add(c.Item.Name)).Select(c => new FieldFault($"connections[{c.Index}].name", "stands twice")));
        var given = ConfigsIn(request.Connections, faults);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);

        var now = clock.Now();
        var connector = new Connector
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            Name = request.Name,
            Protocol = Connector.BigQuery,
            DatasetId = request.DatasetId ?? "",
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        db.Add(connector);
        foreach (var (config, path) in given)
        {
            if ((await configs.PutAsync(connector, config, path, cancellationToken)).Failure is { } unfit)
                return unfit;
        }

        await db.SaveChangesAsync(cancellationToken);
        var made = new List<NewConnection>();
        foreach (var (index, connection) in request.Connections.Index())
        {
            if (!(await connections.ReadAsync(connector, connection, $"connections[{index}].", faults, cancellationToken)).Succeeded(out var read, out var failure))
                return failure;
            // A code is asked for with a connector that is there.
            faults.AddRange(read.Credentials.Where(c => c.Kind.Becomes is not null)
                .Select(c => new FieldFault(c.Path, "is to be exchanged, which a connector must be there for: make this connection afterwards")));
            made.Add(read);
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        foreach (var connection in made)
            await connections.AddAsync(connector, connection, ConnectionOwner.Organisation);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connector;
    }

    /// <summary>The configs that the connections name, each once, with where it stands in full. The id alone refers to one that does so elsewhere.</summary>
    private static List<(AuthSchemeConfigJson Config, string Path)> ConfigsIn(IReadOnlyList<ConnectionCreateJson> connections, List<FieldFault> faults)
    {
        var sent = new List<(JsonElement Config, string Path)>();
        foreach (var (index, connection) in connections.Index())
        {
            Add(connection.Credentials.Action, $"connections[{index}].credentials.action");
            Add(connection.Credentials.Trigger, $"connections[{index}].credentials.trigger");
        }

        var configs = new List<(AuthSchemeConfigJson, string)>();
        var known = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (config, path) in sent.Where(s => IsWhole(s.Config)))
        {
            if (!JsonBody.Read<AuthSchemeConfigJson>(config, path).Succeeded(out var read, out var failure))
                faults.AddRange(failure.Fields);
            else if (known.TryGetValue(read.Id, out var first))
            {
                if (!JsonElement.DeepEquals(first, config))
                    faults.Add(new(path, $"differs from the config '{read.Id}' before it; give it another id, or name it by its id alone"));
            }
            else
            {
                known.Add(read.Id, config);
                ConnectorRules.CheckScheme(Connector.BigQuery, read, $"{path}.schemeType", faults);
                AuthSchemeConfigs.Check(read, path, faults);
                configs.Add((read, path));
            }
        }

        return configs;

        void Add(IReadOnlyList<ConnectionCredentialCreateJson>? credentials, string path) =>
            sent.AddRange((credentials ?? []).Select((c, i) => (c.AuthSchemeConfig, $"{path}[{i}].authSchemeConfig")));

        static bool IsWhole(JsonElement config) => config.ValueKind == JsonValueKind.Object && config.TryGetProperty("schemeType", out _);
    }
}
