using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Integrations;
using Patchbay.Platform.Triggers.Endpoints;
using Patchbay.Platform.Triggers.Incoming;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Activations;

/// <summary>
/// The URLs of triggers that activations need: made with the first that needs one, deleted with the last. A URL that the organisation made by itself is
/// used as it is, and stays.
/// </summary>
internal sealed class ActivationEndpoints(PatchbayDb db, TriggerTokens tokens, TriggerPlans plans, SecretStore secrets, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>Before the transaction: the first token of an installation stores the key of all.</summary>
    public Task PrepareAsync() => tokens.NewAsync();

    /// <summary>The triggers that an integration listens to now.</summary>
    public Task<List<ListenedTrigger>> ListenedAsync(Ulid integrationId, CancellationToken cancellationToken) => db.IntegrationEvents.Where(e => e.IntegrationId == integrationId)
        .Join(db.ConnectionTemplates, e => e.TemplateId, t => t.Id, (e, t) => new ListenedTrigger(t.Id, t.ConnectorId, t.VersionName, e.TriggerName)).Distinct().ToListAsync(cancellationToken);

    /// <summary>Makes what an activation lacks. Inside a transaction, in which nobody else changes the connectors.</summary>
    /// <param name="organisationId">Whose it is.</param>
    /// <param name="listened">The triggers that its integration listens to.</param>
    /// <param name="filled">The connection of each template.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AddAsync(Ulid organisationId, IEnumerable<ListenedTrigger> listened, IReadOnlyDictionary<Ulid, Ulid> filled, CancellationToken cancellationToken)
    {
        foreach (var trigger in listened)
        {
            if (!filled.TryGetValue(trigger.TemplateId, out var connection)
                || db.TriggerEndpoints.Local.Any(e => e.ConnectionId == connection && e.TriggerName == trigger.TriggerName)
                || await db.TriggerEndpoints.AnyAsync(e => e.ConnectionId == connection && e.TriggerName == trigger.TriggerName, cancellationToken))
            {
                continue;
            }

            var secret = EndpointSecret.New(await tokens.NewAsync());
            var row = new TriggerEndpoint
            {
                Id = Identifiers.New(clock), OrganisationId = organisationId, ConnectorId = trigger.ConnectorId, ConnectionId = connection, TriggerName = trigger.TriggerName,
                VersionSelector = trigger.Version ?? ConnectorVersion.Default, IsOfActivations = true, TokenHash = TriggerTokens.HashOf(secret.Token), CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
            };
            row.Secret = await secret.SealAsync(db, secrets, row, cancellationToken);
            db.Add(row);
        }
    }

    /// <summary>Deletes those of connections that no activation needs any more. Inside a transaction; <see cref="Forget"/> belongs behind it.</summary>
    public async Task RemoveUnusedAsync(IReadOnlyCollection<Ulid> connections, CancellationToken cancellationToken)
    {
        var unused = await db.TriggerEndpoints.Where(e => e.IsOfActivations && connections.Contains(e.ConnectionId)
                && !db.ActivationConnections.Any(c => c.ConnectionId == e.ConnectionId && db.IntegrationEvents.Any(v => v.TemplateId == c.TemplateId && v.TriggerName == e.TriggerName)))
            .Select(e => e.Id).ToListAsync(cancellationToken);
        if (unused.Count == 0)
            return;
        await db.TriggerEndpoints.Where(e => unused.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
        foreach (var id in unused)
            db.Trail.Touch("trigger_endpoint", id, AuditResource.Deleted);
    }

    /// <summary>Forgets what is remembered of the URLs of connections.</summary>
    public void Forget(IEnumerable<Ulid> connections)
    {
        foreach (var connection in connections)
            plans.ForgetConnection(connection);
    }

    /// <summary>
    /// Gives activations that exist what a deployment asks for, and takes what it does not any more: a few in a transaction, so that nobody waits for all.
    /// </summary>
    public async Task FollowAsync(Integration integration, CancellationToken cancellationToken)
    {
        // Part of the deployment, which has its record.
        using var step = db.Trail.BeginStep();
        await PrepareAsync();
        Ulid last = default;
        while (true)
        {
            var batch = await db.Activations.AsNoTracking().Include(a => a.Connections).Where(a => a.IntegrationId == integration.Id && a.Id.CompareTo(last) > 0).OrderBy(a => a.Id).Take(Batch).ToListAsync(cancellationToken);
            if (batch.Count == 0)
                return;
            last = batch[^1].Id;
            await FollowAsync(integration, batch, cancellationToken);
        }
    }

    private async Task FollowAsync(Integration integration, List<Activation> batch, CancellationToken cancellationToken)
    {
        var connections = batch.SelectMany(a => a.Connections).Select(c => c.ConnectionId).Distinct().ToList();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, integration.Id, cancellationToken);
        foreach (var connector in integration.Templates.Select(t => t.ConnectorId).Distinct().Order())
            await db.Dialect.LockAsync(db, connector, shared: false, cancellationToken);
        var listened = await ListenedAsync(integration.Id, cancellationToken);
        var ids = batch.ConvertAll(a => a.Id);
        // Some may be gone since they were read.
        var there = (await db.Activations.Where(a => ids.Contains(a.Id)).Select(a => a.Id).ToListAsync(cancellationToken)).ToHashSet();
        foreach (var activation in batch.Where(a => there.Contains(a.Id)))
            await AddAsync(integration.OrganisationId, listened, activation.Connections.ToDictionary(c => c.TemplateId, c => c.ConnectionId), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await RemoveUnusedAsync(connections, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(connections);
        db.ChangeTracker.Clear();
    }
}

/// <summary>A trigger that an integration listens to.</summary>
/// <param name="TemplateId">By which users connect.</param>
/// <param name="ConnectorId">The template's connector.</param>
/// <param name="Version">The version that the deployment names; null for the default one.</param>
/// <param name="TriggerName">The trigger.</param>
internal sealed record ListenedTrigger(Ulid TemplateId, Ulid ConnectorId, string? Version, string TriggerName);
