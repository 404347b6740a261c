using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Connections;

/// <summary>Renames a connection, replaces its variables, reorders its credentials. The credentials themselves are not changed here.</summary>
internal sealed class UpdateConnection(PatchbayDb db, ConnectionPlans plans, TimeProvider clock)
{
    public async Task<Outcome<Connection>> RunAsync(
        string connectorId, string connectionId, ConnectionUpdateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var connector) || !Ulid.TryParse(connectionId, out var id))
            return Failure.NotFound("connection");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        var connection = await db.Connections.Include(c => c.Connector!.AuthSchemeConfigs).Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .FirstOrDefaultAsync(c => c.Id == id && c.ConnectorId == connector && c.Owner == "", cancellationToken);
        if (connection is null)
            return Failure.NotFound("connection");
        if (await precondition.RefusalAsync(() => ConnectionsEndpoints.JsonOfAsync(db, connection, cancellationToken)) is { } changed)
            return changed;
        var faults = new List<FieldFault>();
        if (request.Id != id)
            faults.Add(new("id", "is read-only: it must be the id of the connection"));
        ConnectorRules.CheckVariables(request.Variables, "variables", faults);
        Reorder(connection, CredentialUse.Action, "action", request.Credentials?.Action, faults);
        Reorder(connection, CredentialUse.Trigger, "trigger", request.Credentials?.Trigger, faults);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (await db.Connections.AnyAsync(
            c => c.ConnectorId == connector && c.Owner == "" && c.Name == request.Name && c.Id != id, cancellationToken))
        {
            return CreateConnection.NameTaken(request.Name);
        }

        var now = clock.Now();
        connection.Name = request.Name;
        if (request.Variables is not null)
            connection.Variables = ConnectionVariableJson.Read(request.Variables);
        if (request.Limits is not null)
            connection.Limits = request.Limits.Read();
        connection.UpdatedAt = now;
        connection.Connector!.UpdatedAt = now;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        plans.Forget(id);
        return connection;
    }

    private static void Reorder(
        Connection connection, CredentialUse use, string name, IReadOnlyList<ConnectionCredentialUpdateJson>? order, List<FieldFault> faults)
    {
        if (order is null)
            return;
        var credentials = connection.Credentials.Where(c => c.Use == use).ToDictionary(c => c.Id);
        if (order.Count != credentials.Count || order.Select(o => o.Id).Distinct().Count(credentials.ContainsKey) != credentials.Count)
        {
            faults.Add(new($"credentials.{name}", "must name every credential of the connection once; credentials are neither added nor removed here"));
            return;
        }

        foreach (var (index, item) in order.Index())
        {
            var path = $"credentials.{name}[{index}].authSchemeConfig";
            var credential = credentials[item.Id];
            var found = ConfigReference.Find(connection.Connector!, item.AuthSchemeConfig, path);
            if (!found.Succeeded(out var config, out var failure))
            {
                faults.AddRange(failure.Fields);
                continue;
            }

            var before = connection.Connector!.AuthSchemeConfigs.Find(c => c.Id == credential.AuthSchemeConfigId);
            if (before is not null && before.SchemeType != config.SchemeType)
                faults.Add(new($"{path}.schemeType", $"stays {before.SchemeType}: a credential does not move to another scheme"));
            else if (before is not null && !GoesToTheSamePlaces(AuthSchemeConfigJson.Of(before), AuthSchemeConfigJson.Of(config)))
            {
                faults.Add(new($"{path}.id", $"would send the credential to other places than '{before.Id}', for which it was given; "
                    + "make another connection with it, or give the credential again"));
            }

            (credential.Position, credential.AuthSchemeConfigId) = (index, config.Id);
        }
    }

    /// <summary>Otherwise a client secret or a refresh token would be shown to a provider that it was not meant for.</summary>
    private static bool GoesToTheSamePlaces(AuthSchemeConfigJson before, AuthSchemeConfigJson after) => before.Id == after.Id || (before, after) switch
    {
        (AuthSchemeConfigOAuth2Json one, AuthSchemeConfigOAuth2Json other) => !ApplicationBinding.Of(one).FieldsThatDiffer(ApplicationBinding.Of(other)).Any(),
        _ => CredentialHosts.Of(before).SequenceEqual(CredentialHosts.Of(after), StringComparer.Ordinal),
    };
}
