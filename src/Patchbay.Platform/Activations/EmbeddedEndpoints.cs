using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Integrations;

namespace Patchbay.Platform.Activations;

/// <summary>
/// What the pages of a product show a user: integrations, and what they have activated. A user who is not there yet is answered as one who has
/// activated nothing.
/// </summary>
internal static class EmbeddedEndpoints
{
    private static readonly ListOrder<Activation> Order = new ListOrder<Activation>()
        .ById(a => a.Id).By("createdAt", a => a.CreatedAt).By("updatedAt", a => a.UpdatedAt).Default("updatedAt", descending: true);

    public static void MapEmbedded(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/embed/{hub_id}/users/{user_id}").WithTags("Embedded").WithAccess(HubsEndpoints.InPath(new EndUserRule.OfPath()));
        group.MapGet("/integrations", ListAsync).WithName("ListEndUserIntegrations").Needs(Permission.HubUserRead);
        group.MapGet("/integrations/{integration_id}", GetAsync).WithName("GetEmbeddedIntegration").Needs(Permission.HubUserRead);
        group.MapGet("/activations", ListActivationsAsync).WithName("ListEndUserActivations").Needs(Permission.HubUserRead);
    }

    /// <summary>Lists the integrations of a hub for a user, by name.</summary>
    /// <param name="deployed">Only those that can be activated, or only those that cannot.</param>
    internal static async Task<Results<Ok<EmbeddedIntegrationPageJson>, ApiError>> ListAsync(
        string hub_id, string user_id, UserIdentifier named, PatchbayDb db, EndUserReader users, HubReader hubs, CancellationToken cancellationToken, bool? deployed = null)
    {
        var hub = Ulid.Parse(hub_id);
        var activated = await ActivatedAsync(hub_id, named, db, users, cancellationToken);
        var integrations = await db.Integrations.AsNoTracking().Where(i => i.HubId == hub && (deployed == null || i.DeployedAt != null == deployed)).OrderBy(i => i.Name).ThenBy(i => i.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new EmbeddedIntegrationPageJson
        {
            TotalCount = integrations.Count,
            TotalConnected = activated.Count,
            Integrations = [.. integrations.Select(i => EmbeddedIntegrationSummaryJson.Of(i, activated.Contains(i.Id), hubs.DefaultImageUrl))],
        });
    }

    /// <summary>Gets an integration with the connections that it takes.</summary>
    internal static async Task<Results<Tagged<EmbeddedIntegrationJson>, ApiError>> GetAsync(
        string hub_id, string user_id, string integration_id, UserIdentifier named, PatchbayDb db, EndUserReader users, HubReader hubs, TemplateReader templates, CancellationToken cancellationToken)
    {
        var hub = Ulid.Parse(hub_id);
        if (await IntegrationsEndpoints.FindAsync(db, integration_id, cancellationToken) is not { } integration || integration.HubId != hub)
            return new ApiError(IntegrationsEndpoints.NotFound);
        var summary = EmbeddedIntegrationSummaryJson.Of(integration, (await ActivatedAsync(hub_id, named, db, users, cancellationToken)).Contains(integration.Id), hubs.DefaultImageUrl);
        return Tagged.Ok(new EmbeddedIntegrationJson
        {
            Id = summary.Id, Name = summary.Name, ImageUrl = summary.ImageUrl, Description = summary.Description, VariablesSchema = summary.VariablesSchema, IsDeployed = summary.IsDeployed,
            IsActivated = summary.IsActivated, ConnectionTemplates = await templates.ReadAsync(integration.Templates, cancellationToken),
        });
    }

    /// <summary>Lists what a user has activated, the one changed last first.</summary>
    /// <param name="integration_id">Of this integration only.</param>
    internal static async Task<Results<Ok<EndUserActivationPageJson>, ApiError>> ListActivationsAsync(
        string hub_id, string user_id, UserIdentifier named, PageRequest page, PatchbayDb db, EndUserReader users, HubReader hubs, CancellationToken cancellationToken, string? integration_id = null)
    {
        var user = (await users.FindAsync(hub_id, named, cancellationToken))?.Id ?? default;
        Ulid? integration = Ulid.TryParse(integration_id, out var id) ? id : string.IsNullOrEmpty(integration_id) ? null : default(Ulid);
        var listed = await Order.PageAsync(
            db.Activations.AsNoTracking().Where(a => a.EndUserId == user && (integration == null || a.IntegrationId == integration)), page, cancellationToken);
        if (!listed.Succeeded(out var found, out var failure))
            return new ApiError(failure);
        var ids = found.Items.Select(a => a.IntegrationId).Distinct().ToList();
        var integrations = await db.Integrations.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, cancellationToken);
        return TypedResults.Ok(new EndUserActivationPageJson
        {
            Activations = [.. found.Items.Select(a => new EndUserActivationJson
            {
                Id = a.Id, HubId = a.HubId, Integration = EmbeddedIntegrationSummaryJson.Of(integrations[a.IntegrationId], isActivated: true, hubs.DefaultImageUrl),
            })],
            TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev,
        });
    }

    private static async Task<HashSet<Ulid>> ActivatedAsync(string hubId, UserIdentifier named, PatchbayDb db, EndUserReader users, CancellationToken cancellationToken) =>
        await users.FindAsync(hubId, named, cancellationToken) is { } user
            ? await db.Activations.Where(a => a.EndUserId == user.Id).Select(a => a.IntegrationId).ToHashSetAsync(cancellationToken)
            : [];
}
