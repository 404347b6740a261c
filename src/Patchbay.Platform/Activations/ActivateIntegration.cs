using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Integrations;

namespace Patchbay.Platform.Activations;

/// <summary>
/// Activates an integration for an end user, with connections that they have and new ones: all of it or nothing. Providers are asked before the
/// transaction; grants that then find no place are given back.
/// </summary>
internal sealed class ActivateIntegration(PatchbayDb db, CreateConnection connections, ActivationEndpoints endpoints, TimeProvider clock)
{
    private static readonly Failure NotDeployed = new(FailureKind.Conflict, "integration_not_deployed", "The integration is not deployed, so that nobody can activate it.");
    private static readonly Failure Exists = new(FailureKind.Conflict, "activation_exists", "The user has activated the integration already.");

    public async Task<Outcome<Activation>> RunAsync(ActivationCreateJson request, CancellationToken cancellationToken)
    {
        if (await IntegrationsEndpoints.FindAsync(db, request.IntegrationId.ToString(), cancellationToken) is not { } integration)
            return IntegrationsEndpoints.NotFound;
        if (await db.EndUsers.FirstOrDefaultAsync(u => u.HubId == integration.HubId && u.ExternalId == request.UserId, cancellationToken) is not { } user)
            return EndUserReader.NotFound;
        if (await RefusalAsync(integration, user, cancellationToken) is { } refused)
            return refused;
        var plan = new Plan(integration, user, EndUserReader.OwnerOf(user));
        if (await ReadAsync(plan, request, cancellationToken) is { } unusable)
            return unusable;
        if (plan.Faults.Count > 0)
            return Failure.InvalidFields(plan.Faults);
        foreach (var prepared in plan.New.Values)
        {
            if ((await connections.ExchangeAsync(prepared, plan.Owner, cancellationToken)).Failure is not { } failure)
                continue;
            await GiveBackAsync(plan);
            return failure;
        }

        var stored = await StoreAsync(plan, request);
        if (stored.Failure is not null)
            await GiveBackAsync(plan);
        return stored;
    }

    private async Task<Failure?> RefusalAsync(Integration integration, EndUser user, CancellationToken cancellationToken)
    {
        if (!await db.Hubs.AnyAsync(h => h.Id == integration.HubId && h.DeletedAt == null, cancellationToken))
            return HubsEndpoints.NotFound;
        if (!await db.Integrations.AnyAsync(i => i.Id == integration.Id && i.DeployedAt != null, cancellationToken))
            return NotDeployed;
        return await db.Activations.AnyAsync(a => a.IntegrationId == integration.Id && a.EndUserId == user.Id, cancellationToken) ? Exists : null;
    }

    /// <summary>Reads what was sent, and finds all that is wrong with it or missing.</summary>
    private async Task<Failure?> ReadAsync(Plan plan, ActivationCreateJson request, CancellationToken cancellationToken)
    {
        foreach (var (index, sent) in request.Connections.Index())
        {
            var path = $"connections[{index}]";
            if (plan.Integration.Templates.Find(t => t.Id == sent.TemplateId) is not { } template)
                plan.Faults.Add(new($"{path}.templateId", "is no connection template of the integration"));
            else if (plan.Existing.ContainsKey(template.Id) || plan.New.ContainsKey(template.Id))
                plan.Faults.Add(new($"{path}.templateId", "stands twice"));
            else if (sent.ConnectionId is { } existing)
                await TakeAsync(plan, template, existing, path, cancellationToken);
            else if (await PrepareAsync(plan, template, sent, $"{path}.", cancellationToken) is { } unusable)
                return unusable;
        }

        foreach (var template in plan.Integration.Templates.Where(t => t.IsUsed && !plan.Existing.ContainsKey(t.Id) && !plan.New.ContainsKey(t.Id) && !plan.Seen.Contains(t.Id)))
        {
            if (template.IsPrimary && plan.User.PrimaryConnectionId is { } primary)
                plan.Existing[template.Id] = primary;
            else
                plan.Faults.Add(new("connections", $"lack one for the template {template.Id}{(template.IsPrimary ? ", the connection with the product itself" : "")}"));
        }

        plan.Faults.AddRange(VariablesSchemas.FaultsOf(plan.Integration, request.DynamicVariables ?? JsonElement.Parse("{}"), "dynamicVariables"));
        return null;
    }

    private async Task TakeAsync(Plan plan, ConnectionTemplate template, Ulid connection, string path, CancellationToken cancellationToken)
    {
        plan.Seen.Add(template.Id);
        if (await db.Connections.AnyAsync(c => c.Id == connection && c.Owner == plan.Owner.Id && c.ConnectorId == template.ConnectorId, cancellationToken))
            plan.Existing[template.Id] = connection;
        else
            plan.Faults.Add(new($"{path}.connectionId", "is no connection of the user with the template's connector"));
    }

    private async Task<Failure?> PrepareAsync(Plan plan, ConnectionTemplate template, ActivationConnectionCreateJson sent, string prefix, CancellationToken cancellationToken)
    {
        plan.Seen.Add(template.Id);
        var before = plan.Faults.Count;
        if (sent.Name is null)
            plan.Faults.Add(new($"{prefix}name", "is required, or connectionId"));
        if (sent.Credentials is null)
            plan.Faults.Add(new($"{prefix}credentials", "is required, or connectionId"));
        if (sent.Variables is null)
            plan.Faults.Add(new($"{prefix}variables", "is required, or connectionId"));
        if (plan.Faults.Count > before)
            return null;
        if (plan.New.Values.Any(n => n.Connector.Id == template.ConnectorId && n.Made.Name == sent.Name))
            plan.Faults.Add(new($"{prefix}name", CreateConnection.NameIsTaken));
        var read = await connections.PrepareAsync(
            template.ConnectorId.ToString(), new ConnectionCreateJson { Name = sent.Name!, Credentials = sent.Credentials!, Variables = sent.Variables! }, plan.Owner, prefix, plan.Faults, cancellationToken);
        if (!read.Succeeded(out var prepared, out var failure))
            return failure;
        plan.New[template.Id] = prepared;
        return null;
    }

    private async Task<Outcome<Activation>> StoreAsync(Plan plan, ActivationCreateJson request)
    {
        var (integration, user) = (plan.Integration, plan.User);
        await endpoints.PrepareAsync();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, user.Id, CancellationToken.None);
        await db.Dialect.LockAsync(db, integration.Id, shared: true, CancellationToken.None);
        // In one order, as all who take several.
        var listened = await endpoints.ListenedAsync(integration.Id, CancellationToken.None);
        foreach (var connector in plan.New.Values.Select(n => n.Connector.Id).Concat(listened.Select(l => l.ConnectorId)).Distinct().Order())
            await db.Dialect.LockAsync(db, connector, shared: false, CancellationToken.None);
        await db.Entry(user).ReloadAsync();
        if (db.Entry(user).State == EntityState.Detached)
            return EndUserReader.NotFound;
        if (await RefusalAsync(integration, user, CancellationToken.None) is { } refused)
            return refused;
        var kept = plan.Existing.Values.Distinct().ToList();
        if (await db.Connections.CountAsync(c => kept.Contains(c.Id) && c.Owner == plan.Owner.Id) != kept.Count)
            return new Failure(FailureKind.Conflict, "connection_gone", "A connection was deleted meanwhile. Try again.");
        var activation = new Activation
        {
            Id = Identifiers.New(clock), OrganisationId = integration.OrganisationId, HubId = integration.HubId, IntegrationId = integration.Id, EndUserId = user.Id,
            Variables = (request.DynamicVariables ?? JsonElement.Parse("{}")).GetRawText(), CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        var filled = plan.Existing.ToDictionary();
        foreach (var (template, prepared) in plan.New)
        {
            if (!(await connections.AddAsync(prepared, plan.Owner)).Succeeded(out var connection, out var failure))
                return failure;
            filled[template] = connection.Id;
        }

        foreach (var (template, connection) in filled)
            activation.Connections.Add(new ActivationConnection { ActivationId = activation.Id, TemplateId = template, ConnectionId = connection });
        if (user.PrimaryConnectionId is null && integration.Templates.Find(t => t.IsPrimary) is { } primary && filled.TryGetValue(primary.Id, out var own))
            (user.PrimaryConnectionId, user.UpdatedAt) = (own, clock.Now());
        db.Add(activation);
        await endpoints.AddAsync(integration.OrganisationId, listened, filled, CancellationToken.None);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return activation;
    }

    private static async Task GiveBackAsync(Plan plan)
    {
        foreach (var prepared in plan.New.Values)
            await CreateConnection.GiveBackAsync(prepared);
    }

    /// <summary>What is to be done, as far as it is known.</summary>
    private sealed record Plan(Integration Integration, EndUser User, ConnectionOwner Owner)
    {
        public List<FieldFault> Faults { get; } = [];

        /// <summary>Templates that something was sent for.</summary>
        public HashSet<Ulid> Seen { get; } = [];

        /// <summary>Connections that are there, by template.</summary>
        public Dictionary<Ulid, Ulid> Existing { get; } = [];

        /// <summary>Connections to be made, by template.</summary>
        public Dictionary<Ulid, PreparedConnection> New { get; } = [];
    }
}
