using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Contract;

/// <summary>The Embedded API.</summary>
internal static class EmbeddedCases
{
    private const string Any = "Any state of it can be replaced.";

    public static ApiCases Cases { get; } = new("/api/embedded/v1", "embedded-api-v1.yaml", 31)
    {
        Operations =
        [
            "ListHubs", "CreateHub", "GetHub", "UpdateHubDetails", "DeleteHub", "CreateEndUser", "ListEndUsers", "GetEndUser", "DeleteEndUser", "CreateEndUserConnection",
            "ListEndUserConnections", "CreateIntegration", "ListIntegrations", "DeleteIntegration", "UpdateIntegration", "GetIntegration", "CreateHubConnectionTemplate",
            "ListIntegrationConnectionTemplates", "UpdateIntegrationMetadata", "GetDynamicVariables", "UpdateDynamicVariablesInternal", "GetEndUserConnection",
            "ListEndUserIntegrations", "GetEmbeddedIntegration", "InitialiseOAuth2EmbeddedConnection", "ListEndUserActivations", "ActivateIntegration", "GetActivation",
            "DeleteActivation", "UpdateDynamicVariables", "HealthCheck",
        ],
        NeverConflicts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CreateHub"] = "Names of hubs need not be unique.",
            ["UpdateHubDetails"] = Any,
            ["DeleteHub"] = "What exists under a deleted hub goes on.",
            ["DeleteEndUser"] = "All that depends on a user goes with them.",
            ["CreateIntegration"] = "Names of integrations need not be unique.",
            ["UpdateIntegration"] = Any,
            ["CreateHubConnectionTemplate"] = "An integration can use one connector several times.",
            ["UpdateIntegrationMetadata"] = Any,
            ["UpdateDynamicVariablesInternal"] = Any,
            ["UpdateDynamicVariables"] = Any,
            ["DeleteActivation"] = "Nothing depends on an activation.",
            ["InitialiseOAuth2EmbeddedConnection"] = "Only with an application whose publisher has taken it back; see the tests of borrowed applications.",
        },
        // Pages are the same for who has not been seen yet as for who has activated nothing.
        NeverMissing = [("ListEndUserIntegrations", "user_id"), ("GetEmbeddedIntegration", "user_id"), ("ListEndUserActivations", "user_id")],
        Special =
        [
            new("CreateEndUser", 409, w => w.Tenant.PostAsync($"/api/embedded/v1/hubs/{w.Populated.HubId}/users", new { externalId = w.Populated.UserId })),
            new("CreateEndUserConnection", 409, async w =>
            {
                var body = (await RequestBodies.ForAsync("CreateEndUserConnection", w.Populated))!;
                (await w.Tenant.PostAsync($"/api/embedded/v1/hubs/{w.Populated.HubId}/users/{w.Populated.UserId}/connections", body)).Expect(201);
                return await w.Tenant.PostAsync($"/api/embedded/v1/hubs/{w.Populated.HubId}/users/{w.Populated.UserId}/connections", body);
            }),
            // Nobody can activate it any more, and this user has already.
            new("ActivateIntegration", 409, async w =>
                await w.Tenant.PostAsync("/api/embedded/v1/activations", await PopulatedTenant.ActivationOfAsync(w.Tenant, w.Populated.IntegrationId, w.Populated.UserId, "again"))),
            new("DeleteIntegration", 409, async w =>
                await w.Tenant.DeleteAsync($"/api/embedded/v1/integrations/{await PopulatedTenant.IntegrateAsync(w.Tenant, w.Populated.HubId, "deployed")}")),
        ],
    };
}
