using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Proxy;

/// <summary>
/// The plans of connections in use. A plan is held against the store once a second at most, by the times of what it was made from; changes
/// on this node make it forget at once. So another node's change shows within a second, and a request in between costs no query.
/// </summary>
internal sealed class ConnectionPlans(IServiceScopeFactory scopes, SecretStore secrets, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Ulid, Entry> _entries = new();

    /// <summary>The plan of a connection, or null where there is no such connection.</summary>
    public ValueTask<ConnectionPlan?> FindAsync(Ulid connectionId, CancellationToken cancellationToken) =>
        _entries.TryGetValue(connectionId, out var entry) && clock.GetElapsedTime(entry.CheckedAt) < TrustedFor
            ? ValueTask.FromResult<ConnectionPlan?>(entry.Plan)
            : CheckAsync(connectionId, entry, cancellationToken);

    public void Forget(Ulid connectionId) => _entries.TryRemove(connectionId, out _);

    public void ForgetConnector(Ulid connectorId)
    {
        foreach (var (id, entry) in _entries)
        {
            if (entry.ConnectorId == connectorId)
                _entries.TryRemove(id, out _);
        }
    }

    private async ValueTask<ConnectionPlan?> CheckAsync(Ulid connectionId, Entry? known, CancellationToken cancellationToken)
    {
        var checkedAt = clock.GetTimestamp();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // The organisation is what is being found out here; the authorizer holds it against the caller's.
        var connections = db.Connections.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(c => c.Id == connectionId);
        var stamp = await connections.Select(c => new Stamp(
            c.UpdatedAt, c.Connector!.UpdatedAt, c.Credentials.Max(x => (DateTimeOffset?)x.Credential!.UpdatedAt))).FirstOrDefaultAsync(cancellationToken);
        if (stamp is null)
        {
            Forget(connectionId);
            return null;
        }

        if (known is not null && known.Stamp == stamp)
        {
            // Only where it is still remembered: a change on this node may have made us forget it meanwhile.
            _entries.TryUpdate(connectionId, known with { CheckedAt = checkedAt }, known);
            return known.Plan;
        }

        var connection = await connections.Include(c => c.Connector!).Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .FirstOrDefaultAsync(cancellationToken);
        if (connection is null)
            return null;
        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(a => a.ConnectorId == connection.ConnectorId)
            .ToDictionaryAsync(a => a.Id, AuthSchemeConfigJson.Of, StringComparer.Ordinal, cancellationToken);
        var plan = await MakeAsync(connection, configs, cancellationToken);
        if (_entries.Count >= MaxRemembered)
            _entries.Clear();
        _entries[connectionId] = new Entry(plan, connection.ConnectorId, stamp, checkedAt);
        return plan;
    }

    private async Task<ConnectionPlan> MakeAsync(
        Connection connection, Dictionary<string, AuthSchemeConfigJson> configs, CancellationToken cancellationToken)
    {
        Failure? fault = null;
        var connector = connection.Connector!;
        if (!BaseUrlTemplate.Parse(connector.BaseUrl).TryGet(out var template, out var faults))
        {
            fault = new Failure(FailureKind.Invalid, "base_url_invalid", connector.BaseUrl.Length == 0
                ? "The connector has no base URL yet; set it with UpdateConnector."
                : $"The connector's base URL cannot be used: {faults[0].Message}");
            template = null;
        }

        var credentials = new List<IRequestCredential>();
        foreach (var use in connection.Credentials.Where(c => c.Use == CredentialUse.Action).OrderBy(c => c.Position))
        {
            if (!configs.TryGetValue(use.AuthSchemeConfigId, out var config))
            {
                fault ??= new Failure(FailureKind.Conflict, "auth_scheme_config_deleted",
                    $"The auth scheme config '{use.AuthSchemeConfigId}' of this connection was deleted from the connector.");
                continue;
            }

            var made = await CredentialOfAsync(config, use.Credential!, cancellationToken);
            if (made.Succeeded(out var credential, out var failure))
                credentials.Add(credential);
            else
                fault ??= failure with { Kind = FailureKind.Conflict, Code = "credential_unusable" };
        }

        var variables = connection.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        return new ConnectionPlan
        {
            OrganisationId = connection.OrganisationId,
            Template = template!,
            Variables = variables,
            StoredAddress = fault is not null ? fault : ConnectionPlan.Expand(template!, variables),
            AllowedHosts = AllowedHosts.Parse(connector.AllowedHosts).TryGet(out var allowed, out _) ? allowed : AllowedHosts.None,
            Credentials = credentials,
            Fault = fault,
        };
    }

    private async Task<Outcome<IRequestCredential>> CredentialOfAsync(
        AuthSchemeConfigJson config, Credential credential, CancellationToken cancellationToken)
    {
        var secret = credential.Secret is null ? null : await secrets.OpenAsync(credential, cancellationToken);
        try
        {
            return RequestCredentials.Of(config, new CredentialParts(credential.PublicData, secret), "credential");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The times of everything that a plan is made from.</summary>
    private sealed record Stamp(DateTimeOffset Connection, DateTimeOffset Connector, DateTimeOffset? Credentials);

    private sealed record Entry(ConnectionPlan Plan, Ulid ConnectorId, Stamp Stamp, long CheckedAt);
}
