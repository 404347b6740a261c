using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Triggers.Incoming;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Proxy;

/// <summary>The plans of connections in use, by what <see cref="BriefMemory{TKey,TValue}"/> promises.</summary>
internal sealed class ConnectionPlans
{
    private readonly IServiceScopeFactory _scopes;
    private readonly SecretStore _secrets;
    private readonly BriefMemory<Ulid, ConnectionPlan> _plans;

    private readonly CredentialPlanner _planner;
    private readonly PatchbaySettings _settings;
    private readonly TimeProvider _clock;

    private readonly TriggerPlans _triggers;

    public ConnectionPlans(IServiceScopeFactory scopes, SecretStore secrets, CredentialPlanner planner, TriggerPlans triggers, PatchbaySettings settings, TimeProvider clock)
    {
        _triggers = triggers;
        _scopes = scopes;
        _secrets = secrets;
        _planner = planner;
        _settings = settings;
        _clock = clock;
        _plans = new(LoadAsync, clock);
    }

    /// <summary>The plan of a connection, or null where there is no such connection.</summary>
    public ValueTask<ConnectionPlan?> FindAsync(Ulid connectionId, CancellationToken cancellationToken)
    {
        var found = _plans.FindAsync(connectionId, cancellationToken);
        if (!found.IsCompletedSuccessfully)
            return RenewAsync(connectionId, found, cancellationToken);
        var plan = found.Result;
        return IsOver(plan) ? RenewAsync(connectionId, new(plan), cancellationToken) : new(plan);
    }

    /// <summary>Forgets a connection that was changed, for requests of both directions.</summary>
    public void Forget(Ulid connectionId)
    {
        _plans.Forget(connectionId);
        _triggers.ForgetConnection(connectionId);
    }

    /// <summary>Forgets the connections of a connector that was changed, for requests of both directions.</summary>
    public void ForgetConnector(Ulid connectorId)
    {
        _plans.ForgetAll(plan => plan.ConnectorId == connectorId);
        _triggers.ForgetConnector(connectorId);
    }

    /// <summary>Forgets the connections of an organisation that was deleted, for requests of both directions.</summary>
    public void ForgetOrganisation(Ulid organisationId)
    {
        _plans.ForgetAll(plan => plan.OrganisationId == organisationId);
        _triggers.ForgetOrganisation(organisationId);
    }

    private bool IsOver(ConnectionPlan? plan) => plan?.EndsAt is { } end && end <= _clock.GetUtcNow();

    /// <summary>A plan ends with the first of its credentials, and no time in the store tells of that.</summary>
    private async ValueTask<ConnectionPlan?> RenewAsync(Ulid connectionId, ValueTask<ConnectionPlan?> finding, CancellationToken cancellationToken)
    {
        var found = await finding;
        if (!IsOver(found))
            return found;
        _plans.Forget(connectionId);
        return await _plans.FindAsync(connectionId, cancellationToken);
    }

    private async Task<ConnectionPlan?> LoadAsync(Ulid connectionId, ConnectionPlan? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // The organisation is what is being found out here; the authorizer holds it against the caller's.
        var connections = db.Connections.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(c => c.Id == connectionId);
        var stamp = await connections.Select(c => new PlanStamp(
            c.UpdatedAt, c.Connector!.UpdatedAt, c.Credentials.Max(x => (DateTimeOffset?)x.Credential!.UpdatedAt))).FirstOrDefaultAsync();
        if (stamp is null)
            return null;
        if (stamp == known?.Stamp && !known.Borrows)
            return known;
        var connection = await connections.Include(c => c.Connector!).Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .FirstOrDefaultAsync();
        if (connection is null)
            return null;
        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(a => a.ConnectorId == connection.ConnectorId)
            .ToDictionaryAsync(a => a.Id, AuthSchemeConfigJson.Of, StringComparer.Ordinal);
        var user = Ulid.TryParse(connection.Owner, out var owner) ? owner : default(Ulid?);
        var hub = user is null ? null : await db.EndUsers.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(u => u.Id == user && u.OrganisationId == connection.OrganisationId)
            .Select(u => (Ulid?)u.HubId).FirstOrDefaultAsync();
        try
        {
            return await MakeAsync(connection, hub, configs, stamp, scope.ServiceProvider.GetRequiredService<Applications>(), scope.ServiceProvider.GetRequiredService<TokenCertificates>());
        }
        catch (InvalidDataException)
        {
            // Deleted meanwhile, with the key to it.
            if (!await connections.AnyAsync())
                return null;
            throw;
        }
    }

    private async Task<ConnectionPlan> MakeAsync(
        Connection connection, Ulid? hub, Dictionary<string, AuthSchemeConfigJson> configs, PlanStamp stamp, Applications applications, TokenCertificates certificates)
    {
        Failure? fault = null;
        Failure? noProxy = null;
        var connector = connection.Connector!;
        var baseUrl = connector.Protocol == Connector.BigQuery ? _settings.BigQueryUrl : connector.BaseUrl;
        if (connector.Protocol != Connector.Http)
        {
            noProxy = new Failure(FailureKind.Conflict, "protocol_without_proxy",
                $"The connector's protocol is {connector.Protocol}: it has no base URL that a request could be sent on to. The proxy is for connectors over HTTP.");
        }

        if (!BaseUrlTemplate.Parse(baseUrl).TryGet(out var template, out var faults))
        {
            fault = new Failure(FailureKind.Invalid, "base_url_invalid", baseUrl.Length == 0
                ? "The connector has no base URL yet; set it with UpdateConnector."
                : $"The connector's base URL cannot be used: {faults[0].Message}");
        }

        if (connection.LostCredentials.Find(l => l.Use == CredentialUse.Action) is { } lost)
            fault ??= CredentialExpiry.Refusal(lost.ExpiredAt);
        var variables = connection.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        var credentials = new List<PlannedCredential>();
        var borrows = false;
        foreach (var use in connection.Credentials.Where(c => c.Use == CredentialUse.Action).OrderBy(c => c.Position))
        {
            if (!configs.TryGetValue(use.AuthSchemeConfigId, out var config))
            {
                fault ??= new Failure(FailureKind.Conflict, "auth_scheme_config_deleted",
                    $"The auth scheme config '{use.AuthSchemeConfigId}' of this connection was deleted from the connector.");
                continue;
            }

            borrows |= config is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson grant }
                && grant.OrganisationId is { } lender && lender != connector.OrganisationId;
            var made = await PlanAsync(connector, config, use.Credential!, variables, applications, certificates, connection.Credentials);
            if (made.Succeeded(out var credential, out var failure))
                credentials.Add(credential);
            else
                fault ??= failure.Kind == FailureKind.Invalid ? failure with { Kind = FailureKind.Conflict, Code = "credential_unusable" } : failure;
        }

        return new ConnectionPlan
        {
            OrganisationId = connection.OrganisationId,
            ConnectorId = connection.ConnectorId,
            HubId = hub,
            Stamp = stamp,
            Template = template!,
            Variables = variables,
            StoredAddress = fault is not null ? fault : ConnectionPlan.Expand(template!, variables),
            AllowedHosts = AllowedHosts.Parse(connector.AllowedHosts).TryGet(out var allowed, out _) ? allowed : AllowedHosts.None,
            Credentials = credentials,
            Ready = credentials.TrueForAll(c => c is PlannedCredential.Ready { Credential.NeedsBody: false })
                ? RequestCredentialOrder.SigningLast(credentials.Cast<PlannedCredential.Ready>().Select(c => c.Credential)) : null,
            Borrows = borrows,
            Limits = connection.Limits,
            EndsAt = fault is null ? connection.Credentials.Where(c => c.Use == CredentialUse.Action).Min(c => c.Credential!.ExpiresAt) : null,
            Fault = fault,
            NoProxy = noProxy,
        };
    }

    /// <summary>Plans one credential of a connection.</summary>
    public async Task<Outcome<PlannedCredential>> PlanAsync(
        Connector connector, AuthSchemeConfigJson config, Credential credential, IReadOnlyDictionary<string, string> variables, Applications applications,
        TokenCertificates certificates, IReadOnlyList<ConnectionCredential> ofConnection)
    {
        if (credential.ExpiresAt is { } end && end <= _clock.GetUtcNow())
            return CredentialExpiry.Refusal(end);
        Application? application = null;
        if (config is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson } oauth2
            && !(await applications.FindAsync(connector, oauth2, "authSchemeConfig", CancellationToken.None)).Succeeded(out application, out var failure))
        {
            return failure;
        }

        ClientCertificate? certificate = null;
        if (config is AuthSchemeConfigOAuth2Json asking)
        {
            ClientCertificate? own = null;
            if (ofConnection.FirstOrDefault(c => c.Use == CredentialUse.Action && c.Credential!.Type == "certificate") is { } use)
                (await certificates.OpenAsync(use.Credential!, "credential", CancellationToken.None)).Succeeded(out own, out _);
            var found = await certificates.FindAsync(
                application?.Config ?? asking, application?.OrganisationId ?? connector.OrganisationId,
                credential.Type == "oauth2-client" ? credential.PublicData : null, own, "credential", CancellationToken.None);
            if (found is { } sought && !sought.Succeeded(out certificate, out var missing))
                return missing;
        }

        return await PlanAsync(config, credential, variables, application, certificate);
    }

    /// <summary>Plans one credential of a connection whose application is known.</summary>
    /// <exception cref="InvalidDataException">Its secret does not open.</exception>
    public async Task<Outcome<PlannedCredential>> PlanAsync(
        AuthSchemeConfigJson config, Credential credential, IReadOnlyDictionary<string, string> variables, Application? application, ClientCertificate? certificate = null)
    {
        var secret = credential.Secret is null ? null : await _secrets.OpenAsync(credential, CancellationToken.None);
        try
        {
            return _planner.Plan(config, CredentialKind.OfStored(credential.Type).Type, new CredentialParts(credential.PublicData, secret),
                new CredentialContext(new GrantKey(credential.Id, credential.OrganisationId, credential.UpdatedAt), variables, application, certificate), "credential");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
