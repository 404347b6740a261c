using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Connections;

/// <summary>Creates a connection with its credentials, all or nothing.</summary>
internal sealed class CreateConnection(PatchbayDb db, SecretStore secrets, TimeProvider clock)
{
    public async Task<Outcome<Connection>> RunAsync(string connectorId, ConnectionCreateJson request, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");

        var now = clock.Now();
        var connection = new Connection
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Owner = "",
            Name = request.Name,
            Variables = VariablesOf(connector, request.Variables),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var faults = new List<FieldFault>();
        ConnectorRules.CheckVariables(request.Variables, "variables", faults);
        if (await db.Connections.AnyAsync(c => c.ConnectorId == id && c.Owner == "" && c.Name == request.Name, cancellationToken))
            faults.Add(new("name", NameIsTaken));
        var ids = Identifiers.Sequence(clock).GetEnumerator();
        await AddCredentialsAsync(connection, connector, CredentialUse.Action, "action", request.Credentials.Action, ids, faults, cancellationToken);
        await AddCredentialsAsync(connection, connector, CredentialUse.Trigger, "trigger", request.Credentials.Trigger, ids, faults, cancellationToken);
        if (faults is [{ Field: "name" }])
            return NameTaken(request.Name);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);

        connector.UpdatedAt = now;
        db.Add(connection);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connection;
    }

    public const string NameIsTaken = "is the name of another connection of this connector";

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "connection_exists", $"The connector already has a connection '{name}'. Choose another name.")
        {
            Fields = [new("name", NameIsTaken)],
        };

    private async Task AddCredentialsAsync(
        Connection connection, Connector connector, CredentialUse use, string name, IReadOnlyList<ConnectionCredentialCreateJson>? credentials,
        IEnumerator<Ulid> ids, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        foreach (var (index, (config, credential)) in (credentials ?? []).Select(c => (c.AuthSchemeConfig, c.Credential)).Index())
        {
            var path = $"credentials.{name}[{index}]";
            var found = ConfigReference.Find(connector, config, $"{path}.authSchemeConfig");
            if (!found.Succeeded(out var scheme, out var failure)
                || !CredentialKind.For(credential.Type, scheme.SchemeType, $"{path}.credential.type").Succeeded(out var kind, out failure)
                || !kind.Read(credential.Data, $"{path}.credential.data", null).Succeeded(out var parts, out failure))
            {
                faults.AddRange(failure.Fields);
                continue;
            }

            if (use == CredentialUse.Action
                && RequestCredentials.Of(AuthSchemeConfigJson.Of(scheme), parts, $"{path}.credential.data").Failure is { } unusable)
            {
                faults.AddRange(unusable.Fields);
                continue;
            }

            var credentialId = Next(ids);
            connection.Credentials.Add(new ConnectionCredential
            {
                Id = Next(ids),
                ConnectionId = connection.Id,
                Use = use,
                Position = index,
                AuthSchemeConfigId = scheme.Id,
                CredentialId = credentialId,
                Credential = new Credential
                {
                    Id = credentialId,
                    OrganisationId = connection.OrganisationId,
                    Name = credential.Name,
                    Type = kind.Name,
                    PublicData = parts.PublicData,
                    Secret = parts.Secret is null ? null
                        : await secrets.SealAsync(db, connection.OrganisationId, credentialId, parts.Secret, cancellationToken),
                    CreatedAt = connection.CreatedAt,
                    UpdatedAt = connection.UpdatedAt,
                },
            });
        }
    }

    private static List<ConnectionVariable> VariablesOf(Connector connector, IReadOnlyList<ConnectionVariableJson> given)
    {
        var values = connector.ConnectionVariables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        foreach (var variable in given)
            values[variable.Name] = variable.Value;
        return [.. values.Select(v => new ConnectionVariable(v.Key, v.Value))];
    }

    private static Ulid Next(IEnumerator<Ulid> ids)
    {
        ids.MoveNext();
        return ids.Current;
    }
}
