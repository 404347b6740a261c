using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Activations;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Integrations;

/// <summary>
/// Deploys an integration: with the versions that it is made for, and with where events of activated users go. Activations that exist follow: each
/// in its own change, so that nobody waits for all; what a crash leaves the next deployment finds.
/// </summary>
internal sealed class DeployIntegration(PatchbayDb db, HubReader hubs, ActivationEndpoints endpoints, TimeProvider clock)
{
    public async Task<Outcome<Integration>> RunAsync(string integrationId, DeployIntegrationJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(integrationId, out var id))
            return IntegrationsEndpoints.NotFound;
        Integration integration;
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken))
        {
            if (await IntegrationsEndpoints.FindAsync(db, integrationId, cancellationToken) is not { } found)
                return IntegrationsEndpoints.NotFound;
            integration = found;
            if (precondition.RefusalOf(IntegrationJson.Of(integration, hubs.DefaultImageUrl)) is { } changed)
                return changed;
            var faults = new List<FieldFault>();
            // Nobody takes a version back between this and the commit.
            foreach (var connector in integration.Templates.Select(t => t.ConnectorId).Distinct().Order())
                await db.Dialect.LockAsync(db, connector, shared: true, cancellationToken);
            var pinned = await PinsAsync(integration, request.Versions ?? [], faults, cancellationToken);
            var events = await EventsAsync(integration, request.Events ?? [], pinned, faults, cancellationToken);
            if (faults.Count > 0)
                return Failure.InvalidFields(faults);
            foreach (var template in integration.Templates)
                template.VersionName = pinned.GetValueOrDefault(template.Id);
            db.RemoveRange(integration.Events.Where(e => !events.Exists(n => IsSame(n, e))));
            db.AddRange(events.Where(n => !integration.Events.Exists(e => IsSame(n, e))));
            integration.DeployedAt ??= clock.Now();
            integration.UpdatedAt = clock.Now();
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await endpoints.FollowAsync(integration, CancellationToken.None);
        return integration;
    }

    private static bool IsSame(IntegrationEvent one, IntegrationEvent other) =>
        one.TemplateId == other.TemplateId && one.TriggerName == other.TriggerName && one.SubscriptionId == other.SubscriptionId;

    private async Task<Dictionary<Ulid, string>> PinsAsync(Integration integration, IReadOnlyList<DeployedVersionJson> versions, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        var pinned = new Dictionary<Ulid, string>();
        foreach (var (index, version) in versions.Index())
        {
            if (integration.Templates.Find(t => t.Id == version.TemplateId) is not { } template)
                faults.Add(new($"versions[{index}].templateId", "is no connection template of the integration"));
            else if (!await db.Versions.AnyAsync(v => v.ConnectorId == template.ConnectorId && v.Name == version.Version && v.PublishedAt != null, cancellationToken))
                faults.Add(new($"versions[{index}].version", "is no published version of the template's connector"));
            else
                pinned[template.Id] = version.Version;
        }

        return pinned;
    }

    private async Task<List<IntegrationEvent>> EventsAsync(
        Integration integration, IReadOnlyList<IntegrationEventJson> sent, Dictionary<Ulid, string> pinned, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        var events = new List<IntegrationEvent>();
        foreach (var (index, e) in sent.Index())
        {
            var path = $"events[{index}]";
            if (integration.Templates.Find(t => t.Id == e.TemplateId) is not { } template)
            {
                faults.Add(new($"{path}.templateId", "is no connection template of the integration"));
                continue;
            }

            var selector = pinned.GetValueOrDefault(template.Id) ?? ConnectorVersion.Default;
            if (!(await db.FindVersionAsync(template.ConnectorId.ToString(), selector, cancellationToken)).Succeeded(out var version, out _)
                || !await db.Triggers.AnyAsync(t => t.VersionId == version.Id && t.Name == e.TriggerName, cancellationToken))
            {
                faults.Add(new($"{path}.triggerName", $"is no trigger of the version '{selector}' of the template's connector"));
            }

            await db.Dialect.LockAsync(db, e.SubscriptionId, shared: true, cancellationToken);
            if (!await db.Subscriptions.AnyAsync(s => s.Id == e.SubscriptionId && s.ConnectorId == template.ConnectorId, cancellationToken))
                faults.Add(new($"{path}.subscriptionId", "is no subscription to the template's connector"));
            var row = new IntegrationEvent
            {
                Id = Identifiers.New(clock), OrganisationId = integration.OrganisationId, IntegrationId = integration.Id, TemplateId = template.Id, TriggerName = e.TriggerName, SubscriptionId = e.SubscriptionId,
            };
            if (events.Exists(other => IsSame(other, row)))
                faults.Add(new(path, "stands twice"));
            events.Add(row);
        }

        return events;
    }
}
