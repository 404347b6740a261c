using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Http;
using Patchbay.Platform.Triggers.Endpoints;
using Patchbay.Platform.Versions;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>The plans of endpoints in use, by what <see cref="BriefMemory{TKey,TValue}"/> promises.</summary>
internal sealed class TriggerPlans
{
    private const int MaxUnknown = 10_000;

    /// <summary>How long a token that leads nowhere is not asked for again. Tokens are random: none that led nowhere is given out later.</summary>
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(10);

    private readonly IServiceScopeFactory _scopes;
    private readonly VersionSchemasMemory _schemas;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<string, TriggerPlan> _plans;
    private readonly ConcurrentDictionary<string, long> _unknown = new(StringComparer.Ordinal);

    public TriggerPlans(IServiceScopeFactory scopes, VersionSchemasMemory schemas, TimeProvider clock)
    {
        (_scopes, _schemas, _clock) = (scopes, schemas, clock);
        _plans = new(LoadAsync, clock);
    }

    /// <summary>The plan of the endpoint that a token leads to, or null for none.</summary>
    /// <param name="token">A token that was made here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<TriggerPlan?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (_unknown.TryGetValue(token, out var since))
        {
            if (_clock.GetElapsedTime(since) < UnknownFor)
                return null;
            _unknown.TryRemove(token, out _);
        }

        var plan = await _plans.FindAsync(token, cancellationToken);
        if (plan is not null && (plan.TokenEndsAt is null || plan.TokenEndsAt > _clock.GetUtcNow()))
            return plan;
        if (_unknown.Count >= MaxUnknown)
            _unknown.Clear();
        _unknown[token] = _clock.GetTimestamp();
        return null;
    }

    public void ForgetConnection(Ulid connectionId) => _plans.ForgetAll(plan => plan.ConnectionId == connectionId);

    public void ForgetConnector(Ulid connectorId) => _plans.ForgetAll(plan => plan.ConnectorId == connectorId);

    public void ForgetOrganisation(Ulid organisationId) => _plans.ForgetAll(plan => plan.OrganisationId == organisationId);

    private async Task<TriggerPlan?> LoadAsync(string token, TriggerPlan? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var hash = TriggerTokens.HashOf(token);
        // The organisation is what is being found out; the token, a secret of 256 bits, admits to this one endpoint.
        var row = await db.TriggerEndpoints.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .FirstOrDefaultAsync(e => e.TokenHash == hash || e.PreviousTokenHash == hash);
        if (row is null)
            return null;
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, row.OrganisationId);
        var stamp = await db.Connections.Where(c => c.Id == row.ConnectionId).Select(c => new TriggerStamp(
            row.Id, row.Revision, c.UpdatedAt, c.Connector!.UpdatedAt, c.Credentials.Max(x => (DateTimeOffset?)x.Credential!.UpdatedAt), c.Credentials.Count))
            .FirstOrDefaultAsync();
        if (stamp is null)
            return null;
        if (stamp == known?.Stamp)
            return known;
        try
        {
            var made = await MakeAsync(db, scope.ServiceProvider.GetRequiredService<SecretStore>(), row, stamp);
            return made is null || CryptographicOperations.FixedTimeEquals(row.TokenHash, hash) ? made : made.Until(row.PreviousUntil);
        }
        catch (InvalidDataException)
        {
            // Deleted meanwhile, with the key to it.
            if (!await db.TriggerEndpoints.AnyAsync(e => e.Id == row.Id))
                return null;
            throw;
        }
    }

    private async Task<TriggerPlan?> MakeAsync(PatchbayDb db, SecretStore secrets, TriggerEndpoint row, TriggerStamp stamp)
    {
        var connection = await db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential).FirstOrDefaultAsync(c => c.Id == row.ConnectionId);
        if (connection is null)
            return null;
        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(a => a.ConnectorId == row.ConnectorId)
            .ToDictionaryAsync(a => a.Id, AuthSchemeConfigJson.Of, StringComparer.Ordinal);
        var secret = await EndpointSecret.OpenAsync(secrets, row, CancellationToken.None);
        var found = await FindTriggerAsync(db, row);
        var proofs = await ProofsOf.ConnectionAsync(secrets, connection, configs, found?.Trigger.Intake?.VerifiedBy);
        var trigger = found?.Trigger;
        return new TriggerPlan
        {
            OrganisationId = row.OrganisationId,
            ConnectorId = row.ConnectorId,
            ConnectionId = row.ConnectionId,
            TriggerName = row.TriggerName,
            VersionName = found?.Version.Name ?? "",
            Stamp = stamp,
            Fault = found is null ? new Failure(FailureKind.Unavailable, "trigger_unavailable", "The trigger cannot take events now. Send it again later.") : null,
            Method = trigger?.Method ?? "POST",
            Groups = proofs.Groups,
            RefusesAll = proofs.RefusesAll,
            Handshakes = proofs.Handshakes,
            Hidden = proofs.Hidden,
            AsksForCertificate = proofs.Uses<CertificateVerifier>(),
            AsksForPassword = proofs.Uses<BasicVerifier>(),
            DuplicateKey = trigger?.Intake?.DuplicateKey is { } place && ValuePlace.Parse(place, "duplicateKey").TryGet(out var parsed, out _) ? parsed : null,
            DuplicateSecret = secret.DuplicateSecret,
            RefusesMismatch = trigger?.Intake?.RefusesMismatch ?? false,
            Declared = new DeclaredRequest(trigger ?? new TriggerContent { Name = row.TriggerName, Method = "POST" }, found?.Schemas),
            AnswerStatus = AnswerOf(trigger),
        };
    }

    /// <summary>The first response that the trigger declares for success, else that it was taken on.</summary>
    private static int AnswerOf(TriggerContent? trigger)
    {
        const int Ok = 200;
        const int Accepted = 202;
        foreach (var response in trigger?.Responses ?? [])
        {
            if (response.Status is >= 200 and < 300)
                return response.Status.Value;
            if (response.StatusRange is ['2', ..])
                return Ok;
        }

        return Accepted;
    }

    private async Task<FoundTrigger?> FindTriggerAsync(PatchbayDb db, TriggerEndpoint row)
    {
        if (!(await db.FindVersionAsync(row.ConnectorId.ToString(), row.VersionSelector, CancellationToken.None)).Succeeded(out var version, out _))
            return null;
        var body = await db.Triggers.Where(t => t.VersionId == version.Id && t.Name == row.TriggerName)
            .Join(db.Contents, t => t.ContentHash, c => c.Hash, (_, c) => c.Body).FirstOrDefaultAsync();
        if (body is null)
            return null;
        var trigger = StoredContent.Read<TriggerContent>(body);
        if (trigger.RequestBody is not { Definitions: { Count: > 0 } bodies })
            return new FoundTrigger(version, trigger, null);
        var schemas = await _schemas.OfAsync(db, version, CancellationToken.None);
        await schemas.LoadAsync(db, bodies.Select(d => d.Definition), CancellationToken.None);
        return new FoundTrigger(version, trigger, schemas);
    }

    private sealed record FoundTrigger(ConnectorVersion Version, TriggerContent Trigger, VersionSchemas? Schemas);
}
