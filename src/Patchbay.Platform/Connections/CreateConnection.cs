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

/// <summary>Whose a connection is.</summary>
/// <param name="Id">The internal id of the end user; empty for the organisation itself.</param>
/// <param name="Authorization">What sign-ins at providers for them are bound to; empty for the organisation itself.</param>
internal sealed record ConnectionOwner(string Id, string Authorization)
{
    public static readonly ConnectionOwner Organisation = new("", "");

    /// <summary>What sign-ins for an end user are bound to: the hub and the external id, since the user may not be there yet.</summary>
    public static string AuthorizationOf(Ulid hubId, string externalId) => $"{hubId}/{externalId}";

    /// <summary>Whether a sign-in serves: it was for this very user, or the organisation asked for it and named no user of the hub.</summary>
    /// <param name="asked">What the sign-in is bound to.</param>
    /// <param name="wanted">Whom it is to serve.</param>
    public static bool IsFor(string asked, string wanted) => asked == wanted || (asked.EndsWith('/') && wanted.StartsWith(asked, StringComparison.Ordinal));

    /// <summary>The hub of such a binding; null where it is the organisation's own.</summary>
    public static Ulid? HubOf(string authorization) =>
        authorization.IndexOf('/', StringComparison.Ordinal) is > 0 and var end && Ulid.TryParse(authorization.AsSpan(0, end), out var hub) ? hub : null;

    /// <summary>
    /// Begins a change of a connector's connections: of an end user's with the user first, as whoever deletes the user does, so that neither waits
    /// for the other for good.
    /// </summary>
    public async Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction> BeginWriteAsync(PatchbayDb db, Ulid connectorId)
    {
        if (Id.Length == 0)
            return await db.Dialect.BeginWriteAsync(db, connectorId, CancellationToken.None);
        var transaction = await db.Dialect.BeginWriteAsync(db, Ulid.Parse(Id), CancellationToken.None);
        await db.Dialect.LockAsync(db, connectorId, shared: false, CancellationToken.None);
        return transaction;
    }

    /// <summary>What else belongs to the change that makes the connection, in the same transaction; what it returns refuses all of it.</summary>
    public Func<Connection, Task<Failure?>>? Join { get; init; }
}

/// <summary>A new connection that was read against its connector as that was then.</summary>
internal sealed record PreparedConnection(Connector Connector, NewConnection Made);

/// <summary>
/// Creates a connection with its credentials, all or nothing. Providers are asked before the transaction begins; a grant that then finds no
/// place, because the connector changed meanwhile, is given back.
/// </summary>
internal sealed class CreateConnection(PatchbayDb db, ReadCredentials read, SecretStore secrets, GrantStart grants, TimeProvider clock)
{
    public const string NameIsTaken = "is the name of another connection of this connector";

    /// <param name="connectorId">The connector.</param>
    /// <param name="request">The connection.</param>
    /// <param name="owner">Whose it is to be.</param>
    /// <param name="cancellationToken">Cancels, until providers are asked.</param>
    public async Task<Outcome<Connection>> RunAsync(string connectorId, ConnectionCreateJson request, ConnectionOwner owner, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        if (!(await PrepareAsync(connectorId, request, owner, "", faults, cancellationToken)).Succeeded(out var prepared, out var unusable))
            return unusable;
        if (faults is [{ Field: "name", Message: NameIsTaken }])
            return NameTaken(request.Name);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if ((await ExchangeAsync(prepared, owner, cancellationToken)).Failure is { } refused)
            return refused;
        var stored = await StoreAsync(prepared, owner);
        if (stored.Failure is not null)
            await GiveBackAsync(prepared);
        return stored;
    }

    /// <summary>Reads a new connection, and sees whether it can be made; what is wrong is added to the faults.</summary>
    /// <param name="connectorId">The connector.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="owner">Whose it is to be.</param>
    /// <param name="prefix">What stands before the fields' paths; empty, or with a dot at its end.</param>
    /// <param name="faults">The faults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A failure that is no fault of the request's.</returns>
    public async Task<Outcome<PreparedConnection>> PrepareAsync(
        string connectorId, ConnectionCreateJson request, ConnectionOwner owner, string prefix, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id)
            || await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } connector)
        {
            return Failure.NotFound("connector");
        }

        if (await IsNameTakenAsync(id, owner, request.Name, cancellationToken))
            faults.Add(new($"{prefix}name", NameIsTaken));
        return (await ReadAsync(connector, request, prefix, faults, cancellationToken)).Succeeded(out var made, out var unusable)
            ? new PreparedConnection(connector, made)
            : unusable;
    }

    /// <summary>Trades codes for grants. From then on there may be grants that only this request knows of: see <see cref="GiveBackAsync"/>.</summary>
    public async Task<Outcome<Done>> ExchangeAsync(PreparedConnection prepared, ConnectionOwner owner, CancellationToken cancellationToken)
    {
        var (_, variables, credentials) = prepared.Made;
        var named = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        if ((await read.ExchangeCodesAsync(prepared.Connector, credentials, named, owner.Authorization, cancellationToken)).Failure is { } refused)
            return refused;
        foreach (var (name, value) in credentials.SelectMany(c => c.Captured))
        {
            variables.RemoveAll(v => v.Name == name);
            variables.Add(new ConnectionVariable(name, value));
        }

        return new Done();
    }

    /// <summary>Has the grants of a connection that found no place revoked.</summary>
    public static async Task GiveBackAsync(PreparedConnection prepared)
    {
        foreach (var exchanged in prepared.Made.Credentials.Select(c => c.Exchanged).OfType<Authorizations.ExchangedCode>())
            await exchanged.Source.RevokeAsync(GrantTokens.After(null, exchanged.Grant), CancellationToken.None);
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

    private Task<bool> IsNameTakenAsync(Ulid connectorId, ConnectionOwner owner, string name, CancellationToken cancellationToken) =>
        db.Connections.AnyAsync(c => c.ConnectorId == connectorId && c.Owner == owner.Id && c.Name == name, cancellationToken);

    private async Task<Outcome<Connection>> StoreAsync(PreparedConnection prepared, ConnectionOwner owner)
    {
        await using var transaction = await owner.BeginWriteAsync(db, prepared.Connector.Id);
        if (!(await AddAsync(prepared, owner)).Succeeded(out var connection, out var failure))
            return failure;
        if (owner.Join is { } join && await join(connection) is { } refused)
            return refused;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return connection;
    }

    /// <summary>
    /// Adds a connection whose codes are exchanged, unless what it was read against was changed meanwhile. Runs inside the transaction of the connector;
    /// the caller saves.
    /// </summary>
    public async Task<Outcome<Connection>> AddAsync(PreparedConnection prepared, ConnectionOwner owner)
    {
        var (seen, made) = (prepared.Connector, prepared.Made);
        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == seen.Id);
        if (connector is null)
            return Failure.NotFound("connector");
        if (made.Credentials.Exists(c => connector.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config != seen.AuthSchemeConfigs.Find(a => a.Id == c.Config.Id)?.Config))
            return new Failure(FailureKind.Conflict, "auth_scheme_config_changed", "An auth scheme config of the connector was changed meanwhile. Try again.");
        if (await IsNameTakenAsync(seen.Id, owner, made.Name, CancellationToken.None))
            return NameTaken(made.Name);
        return await AddAsync(connector, made, owner);
    }

    /// <summary>Adds a connection whose codes are exchanged. Runs inside the transaction of the connector; the caller saves.</summary>
    public async Task<Connection> AddAsync(Connector connector, NewConnection made, ConnectionOwner owner)
    {
        var now = clock.Now();
        var connection = new Connection
        {
            Id = Identifiers.New(clock),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            Owner = owner.Id,
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
