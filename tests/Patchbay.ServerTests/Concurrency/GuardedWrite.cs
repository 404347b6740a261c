using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Concurrency;

/// <summary>A write that takes <c>If-Match</c>, as the running server lists it.</summary>
/// <param name="Name">The operation id.</param>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The route.</param>
/// <param name="TakesBody">Whether it takes a body.</param>
internal sealed record GuardedWrite(string Name, string Method, string Pattern, bool TakesBody)
{
    /// <summary>Where the entity tag of the resource stands that a write is held against; the key of an API key is shown once, when it is made.</summary>
    private static readonly Dictionary<string, string> Resources = new(StringComparer.Ordinal)
    {
        ["UpdateConnector"] = Connector, ["DeleteConnector"] = Connector, ["UpdateConnectorTags"] = Connector, ["UpdateConnectorCategories"] = Connector,
        ["UpsertAuthSchemeConfig"] = Connector, ["DeleteAuthSchemeConfig"] = Connector, ["CreateConnectorVersion"] = Connector, ["ImportHTTPConnectorVersion"] = Connector,
        ["UpdateConnectorVersion"] = Version, ["DeleteConnectorVersion"] = Version, ["PublishConnector"] = Version, ["UnpublishConnector"] = Version,
        ["MergeConnectorVersionUpstream"] = Version,
        ["CreateAction"] = Version, ["CreateTrigger"] = Version, ["CreateDefinitions"] = Version, ["DeleteDefinitions"] = Version,
        ["UpdateAction"] = Version + "/actions/{action_name}", ["DeleteAction"] = Version + "/actions/{action_name}",
        ["UpdateTrigger"] = Version + "/triggers/{trigger_name}", ["DeleteTrigger"] = Version + "/triggers/{trigger_name}",
        ["UpdateDefinition"] = Version + "/definitions/{definition_name}", ["DeleteDefinition"] = Version + "/definitions/{definition_name}",
        ["UpdateConnection"] = Connector + "/connections/{connection_id}", ["DeleteConnection"] = Connector + "/connections/{connection_id}",
        ["MoveTriggerEndpoint"] = Endpoint, ["RotateTriggerEndpoint"] = Endpoint, ["DeleteTriggerEndpoint"] = Endpoint,
        ["UpdateCredential"] = "/api/connect/v1/o/{organisation_id}/credentials/{credential_id}",
        ["UpdateSubscription"] = Subscription, ["DeleteSubscription"] = Subscription, ["RotateSubscriptionSecret"] = Subscription,
        ["EnableSubscription"] = Subscription, ["DisableSubscription"] = Subscription,
        ["UpdatePoll"] = Poll, ["DeletePoll"] = Poll,
        ["DeleteOrganisation"] = "/api/organisations/v1/organisations/{organisation_id}",
        ["UpdateAllowedOrigins"] = "/api/organisations/v1/organisations/{organisation_id}/allowed-origins",
        ["DeleteApiKey"] = ApiKey,
        ["UpdateRole"] = Role, ["DeleteRole"] = Role,
        ["UpdateHubDetails"] = Hub, ["DeleteHub"] = Hub, ["DeleteEndUser"] = Hub + "/users/{user_id}",
        ["UpdateIntegration"] = Integration, ["DeleteIntegration"] = Integration, ["DeployIntegration"] = Integration, ["UndeployIntegration"] = Integration,
        ["UpdateIntegrationMetadata"] = Integration, ["DeleteActivation"] = Activation, ["UpdateDynamicVariables"] = Activation, ["UpdateDynamicVariablesInternal"] = Activation,
        ["UpdateMember"] = People + "/members/{member_id}", ["DeleteMember"] = People + "/members/{member_id}",
        ["UpdateGroup"] = People + "/groups/{group_id}", ["DeleteGroup"] = People + "/groups/{group_id}",
        ["UpdateServiceAccount"] = People + "/service-accounts/{service_account_id}", ["DeleteServiceAccount"] = People + "/service-accounts/{service_account_id}",
        ["UpdateHubPages"] = Hub + "/pages",
    };

    private const string Connector = "/api/connect/v1/o/{organisation_id}/connectors/{connector_id}";
    private const string Version = Connector + "/versions/{version}";
    private const string Subscription = "/api/connect/v1/o/{organisation_id}/subscriptions/{subscription_id}";
    private const string Poll = Connector + "/connections/{connection_id}/polls/{poll_id}";
    private const string Endpoint = Connector + "/connections/{connection_id}/triggers/{trigger_name}/endpoint";
    private const string ApiKey = "";
    private const string Hub = "/api/embedded/v1/hubs/{hub_id}";
    private const string Integration = "/api/embedded/v1/integrations/{integration_id}";
    private const string Activation = "/api/embedded/v1/activations/{activation_id}";
    private const string People = "/api/organisations/v1/organisations/{organisation_id}";
    private const string Role = "/api/organisations/v1/organisations/{organisation_id}/roles/{role_id}";

    /// <summary>Every write of the server, whether it takes a precondition, by its name.</summary>
    public static IReadOnlyList<(GuardedWrite Write, bool IsGuarded)> AllOf(PatchbayHost host) =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(route =>
            (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(m => m is not ("GET" or "HEAD")).Select(method => (
                new GuardedWrite(
                    route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? route.RoutePattern.RawText!, method, "/" + route.RoutePattern.RawText!.TrimStart('/'),
                    route.Metadata.GetMetadata<IAcceptsMetadata>() is not null || route.Metadata.GetMetadata<AcceptsUpload>() is not null),
                route.Metadata.GetMetadata<Precondition.IsGuarded>() is not null))),
    ];

    /// <summary>The version that the write is for: one that is published cannot be written, but for what only it can be.</summary>
    private string VersionOf(PopulatedTenant tenant) => Name == "UnpublishConnector" ? PopulatedTenant.PublishedVersion : tenant.DraftVersion;

    /// <summary>The definition that the write is for: one that is referred to cannot be deleted.</summary>
    private string DefinitionOf(PopulatedTenant tenant) => Name == "DeleteDefinition" ? tenant.SpareDefinition : PopulatedTenant.DefinitionName;

    /// <summary>A tenant at whose connector the write succeeds: only what came from the library has something upstream to be merged.</summary>
    public Task<PopulatedTenant> SubjectAsync(PopulatedTenant tenant) =>
        Name == "MergeConnectorVersionUpstream" ? tenant.WithLibraryCopyAsync() : Task.FromResult(tenant);

    /// <summary>The entity tag that the resource has now.</summary>
    public async Task<string> TagAsync(PopulatedTenant tenant)
    {
        Assert.True(Resources.TryGetValue(Name, out var resource), $"{Name} takes a precondition, and nobody says against which resource it is held: add it to {nameof(Resources)}.");
        if (resource != ApiKey)
            return (await tenant.Tenant.Host.Operator.GetAsync(Filled(resource, tenant))).Expect(200).Headers["ETag"];
        var keys = (await tenant.Tenant.GetAsync($"/api/organisations/v1/organisations/{tenant.Tenant.Id}/api-keys")).Expect(200)["apiKeys"].AsArray();
        var key = keys.Single(k => (string)k!["id"]! == tenant.Tenant.KeyId)!;
        return EntityTag.Of(new Patchbay.Platform.ApiKeys.ApiKeyJson
        {
            Id = Ulid.Parse((string)key["id"]!), Name = (string)key["name"]!, CreatedAt = DateTimeOffset.Parse((string)key["createdAt"]!, System.Globalization.CultureInfo.InvariantCulture),
            Roles = [.. key["roles"]!.AsArray().Select(r => (string)r!)],
        }).Text;
    }

    /// <summary>Makes the write as the operator, whose key goes on working whatever is deleted.</summary>
    /// <param name="tenant">Whose resource it is.</param>
    /// <param name="ifMatch">What is asked of it; null for nothing.</param>
    public async Task<Answer> SendAsync(PopulatedTenant tenant, string? ifMatch)
    {
        var body = TakesBody ? await RequestBodies.ForAsync(Name, tenant) : null;
        return await tenant.Tenant.Host.Operator.SendAsync(
            new HttpMethod(Method), Filled(Pattern, tenant), Api.ContentOf(body), ifMatch is null ? [] : [("If-Match", ifMatch)]);
    }

    private string Filled(string pattern, PopulatedTenant tenant) => string.Join('/', pattern.Split('/').Select(part =>
    {
        if (!part.StartsWith('{'))
            return part;
        var value = part == "{definition_name}" ? DefinitionOf(tenant) : tenant.RouteValue(part[1..^1], VersionOf(tenant));
        Assert.True(value is not null, $"{pattern} has the parameter {part}, which cannot be filled in: give it a value in PopulatedTenant.RouteValue.");
        return Uri.EscapeDataString(value);
    }));
}
