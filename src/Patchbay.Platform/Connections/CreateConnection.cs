using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Connections;

/// <summary>A new connection, as it was sent and understood.</summary>
internal sealed record NewConnection(string Name, List<ConnectionVariable> Variables, List<ReadCredential> Credentials)
{
    public ConnectionLimits? Limits { get; init; }

    /// <summary>The name, never a secret.</summary>
    public override string ToString() => Name;
}

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
        var nameIsTaken = await IsNameTakenAsync(id, request.Name, cancellationToken);
        if (nameIsTaken)
            faults.Add(new("name", NameIsTaken));
        if (!(await ReadAsync(connector, request, "", faults, cancellationToken)).Succeeded(out var made, out var unusable))
            return unusable;
        if (nameIsTaken && faults.Count == 1)
            return NameTaken(request.Name);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var (_, variables, credentials) = made;
        var named = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        if ((await read.ExchangeCodesAsync(connector, credentials, named, endUser: "", cancellationToken)).Failure is { } refused)
            return refused;

        foreach (var (name, value) in credentials.SelectMany(c => c.Captured))
        {
            variables.RemoveAll(v => v.Name == name);
            variables.Add(new ConnectionVariable(name, value));
        }

        // From here on there may be grants that only this request knows of.
        var stored = await StoreAsync(connector, made);
        if (stored.Failure is not null)
        {
            foreach (var exchanged in credentials.Select(c => c.Exchanged).OfType<Authorizations.ExchangedCode>())
                await exchanged.Source.RevokeAsync(GrantTokens.After(null, exchanged.Grant), CancellationToken.None);
        }

        return stored;
    }

    /// <summary>Reads a new connection and sees whether its credentials can be used; what is wrong is added to the faults.</summary>
    /// <param name="connector">The connector.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="prefix">What stands before the fields' paths; empty, or with a dot at its end.</param>
    /// <param name="faults">The faults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A failure that is no fault of the request's.</returns>
    public async Task<Outcome<NewConnection>> ReadAsync(
        Connector connector, ConnectionCreateJson request, string prefix, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        ConnectorRules.CheckVariables(request.Variables, $"{prefix}variables", faults);
        var variables = VariablesOf(connector, request.Variables);
        var credentials = new List<ReadCredential>();
        Read(CredentialUse.Action, "action", request.Credentials.Action);
        Read(CredentialUse.Trigger, "trigger", request.Credentials.Trigger);
        var named = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        return (await read.CheckAsync(connector, credentials, named, faults, cancellationToken)).Failure is { } unusable
            ? unusable
            : new NewConnection(request.Name, variables, credentials) { Limits = request.Limits?.Read() };

        void Read(CredentialUse use, string name, IReadOnlyList<ConnectionCredentialCreateJson>? sent)
        {
            foreach (var (index, credential) in (sent ?? []).Index())
            {
                var path = $"{prefix}credentials.{name}[{index}]";
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

    private async Task<Outcome<Connection>> StoreAsync(Connector seen, NewConnection made)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, seen.Id, CancellationToken.None);
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == seen.Id);
        if (connector is null)
            return Failure.NotFound("connector");
        if (made.Credentials.Exists(c => connector.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config != seen.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config))
            return new Failure(FailureKind.Conflict, "auth_scheme_config_changed", "An auth scheme config of the connector was changed meanwhile. Try again.");
        if (await IsNameTakenAsync(seen.Id, made.Name, CancellationToken.None))
            return NameTaken(made.Name);
        var connection = await AddAsync(connector, made);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return connection;
    }

    /// <summary>Adds a connection whose codes are exchanged. Runs inside the transaction of the connector; the caller saves.</summary>
    public async Task<Connection> AddAsync(Connector connector, NewConnection made)
    {
        var now = clock.Now();
        var connection = new Connection
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Owner = "",
            Name = made.Name,
            Variables = made.Variables,
            Limits = made.Limits,
            CreatedAt = now,
            UpdatedAt = now,
        };
        foreach (var (credential, id) in made.Credentials.Zip(Identifiers.Sequence(clock)))
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
