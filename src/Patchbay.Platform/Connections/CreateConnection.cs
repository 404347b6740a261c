using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Connections;

/// <summary>
/// Creates a connection with its credentials, all or nothing. Providers are asked before the transaction begins; a grant that then finds no
/// place, because the connector changed meanwhile, is given back.
/// </summary>
internal sealed class CreateConnection(PatchbayDb db, ReadCredentials read, SecretStore secrets, GrantStart grants, TimeProvider clock)
{
    public const string NameIsTaken = "is the name of another connection of this connector";

    public async Task<Outcome<Connection>> RunAsync(string connectorId, ConnectionCreateJson request, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id))
            return Failure.NotFound("connector");
        var connector = await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connector is null)
            return Failure.NotFound("connector");

        var faults = new List<FieldFault>();
        ConnectorRules.CheckVariables(request.Variables, "variables", faults);
        var nameIsTaken = await IsNameTakenAsync(id, request.Name, cancellationToken);
        if (nameIsTaken)
            faults.Add(new("name", NameIsTaken));
        var variables = VariablesOf(connector, request.Variables);
        var credentials = new List<ReadCredential>();
        Read(CredentialUse.Action, "action", request.Credentials.Action);
        Read(CredentialUse.Trigger, "trigger", request.Credentials.Trigger);
        var named = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        if ((await read.CheckAsync(connector, credentials, named, faults, cancellationToken)).Failure is { } unusable)
            return unusable;
        if (nameIsTaken && faults.Count == 1)
            return NameTaken(request.Name);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if ((await read.ExchangeCodesAsync(connector, credentials, named, endUser: "", cancellationToken)).Failure is { } refused)
            return refused;

        foreach (var (name, value) in credentials.SelectMany(c => c.Captured))
        {
            variables.RemoveAll(v => v.Name == name);
            variables.Add(new ConnectionVariable(name, value));
        }

        // From here on there may be grants that only this request knows of.
        var stored = await StoreAsync(connector, request.Name, variables, credentials);
        if (stored.Failure is not null)
        {
            foreach (var exchanged in credentials.Select(c => c.Exchanged).OfType<Authorizations.ExchangedCode>())
                await exchanged.Source.RevokeAsync(GrantTokens.After(null, exchanged.Grant), CancellationToken.None);
        }

        return stored;

        void Read(CredentialUse use, string name, IReadOnlyList<ConnectionCredentialCreateJson>? sent)
        {
            foreach (var (index, credential) in (sent ?? []).Index())
            {
                var path = $"credentials.{name}[{index}]";
                if (CredentialExpiry.FaultOf(credential.Credential.ExpiresAt, clock.Now(), $"{path}.credential.expiresAt") is { } over)
                    faults.Add(over);
                var made = ReadCredentials.Read(connector, use, index, credential, path);
                if (made.Succeeded(out var readable, out var failure))
                    credentials.Add(readable);
                else
                    faults.AddRange(failure.Fields);
            }
        }
    }

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "connection_exists", $"The connector already has a connection '{name}'. Choose another name.")
        {
            Fields = [new("name", NameIsTaken)],
        };

    /// <summary>The variables of a new connection: the connector's defaults, and over them what is given.</summary>
    public static List<ConnectionVariable> VariablesOf(Connector connector, IReadOnlyList<ConnectionVariableJson> given)
    {
        var values = connector.ConnectionVariables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        foreach (var variable in given)
            values[variable.Name] = variable.Value;
        return [.. values.Select(v => new ConnectionVariable(v.Key, v.Value))];
    }

    private Task<bool> IsNameTakenAsync(Ulid connectorId, string name, CancellationToken cancellationToken) =>
        db.Connections.AnyAsync(c => c.ConnectorId == connectorId && c.Owner == "" && c.Name == name, cancellationToken);

    private async Task<Outcome<Connection>> StoreAsync(
        Connector seen, string name, List<ConnectionVariable> variables, List<ReadCredential> credentials)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, seen.Id, CancellationToken.None);
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == seen.Id);
        if (connector is null)
            return Failure.NotFound("connector");
        if (credentials.Exists(c => connector.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config != seen.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config))
            return new Failure(FailureKind.Conflict, "auth_scheme_config_changed", "An auth scheme config of the connector was changed meanwhile. Try again.");
        if (await IsNameTakenAsync(seen.Id, name, CancellationToken.None))
            return NameTaken(name);

        var now = clock.Now();
        var connection = new Connection
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Owner = "",
            Name = name,
            Variables = variables,
            CreatedAt = now,
            UpdatedAt = now,
        };
        foreach (var (credential, id) in credentials.Zip(Identifiers.Sequence(clock)))
        {
            connection.Credentials.Add(new ConnectionCredential
            {
                Id = Identifiers.New(clock),
                ConnectionId = connection.Id,
                Use = credential.Use,
                Position = credential.Position,
                AuthSchemeConfigId = credential.Config.Id,
                CredentialId = id,
                Credential = await CredentialOfAsync(credential, connection, id),
            });
            if (credential.IsLive)
                db.Add(await grants.OfAsync(db, connection.OrganisationId, id, credential.Exchanged, credential.Parts.Tokens));
        }

        connector.UpdatedAt = now;
        db.Add(connection);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return connection;
    }

    private async Task<Credential> CredentialOfAsync(ReadCredential read, Connection connection, Ulid id) => new()
    {
        Id = id,
        OrganisationId = connection.OrganisationId,
        Name = read.Name,
        Type = read.Kind.Name,
        PublicData = read.Parts.PublicData,
        Secret = read.Parts.Secret is null ? null : await secrets.SealAsync(db, connection.OrganisationId, id, read.Parts.Secret, CancellationToken.None),
        ExpiresAt = read.ExpiresAt?.ToUniversalTime(),
        Errors = read.Exchanged is null ? null : [],
        CreatedAt = connection.CreatedAt,
        UpdatedAt = connection.UpdatedAt,
    };
}
